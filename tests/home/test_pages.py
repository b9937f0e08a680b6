"""Front page, my page, staff page, appearance, probes."""

import pytest

from ekopi.extensions import db as database
from tests.accounts import make
from tests.courses import make as courses


def test_the_front_page_is_open(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Periksa Keaslian Sertifikat" in answer.text


def test_my_page_needs_a_person(client):
    answer = client.get("/beranda")
    assert answer.status_code == 302
    assert answer.location == "/masuk?next=/beranda"


@pytest.mark.parametrize(
    ("hour", "words"),
    [(5, "Pagi"), (11, "Siang"), (15, "Sore"), (17, "Sore"), (18, "Malam"), (19, "Malam"), (2, "Malam")],
)
def test_the_greeting_follows_the_hour(app, hour, words):
    from ekopi.home.queries import greeting

    with app.test_request_context():
        assert words in greeting(hour)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Rina Wulandari", "Rina"),
        ("Dr. H. Muhlis Tahir, M.Si.", "Muhlis"),
        ("I Gusti Ayu", "Gusti"),
        ("H.", "H."),
    ],
)
def test_one_is_called_by_the_first_name(name, called):
    from ekopi.home import queries

    assert queries.called(name) == called


def test_my_page_of_a_newcomer_names_the_first_step(client):
    client.sign_in(make.person(name="Rina Wulandari"))
    answer = client.get("/beranda")
    assert answer.status_code == 200
    assert "Rina" in answer.text
    assert "Pilih Satu Kursus" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_staff_pages_are_for_staff(client):
    client.sign_in(make.person())
    assert client.get("/kelola").status_code == 403


def test_an_admin_sees_the_staff_pages(client):
    client.sign_in(make.person(roles=[("admin", "platform", 0)]))
    answer = client.get("/kelola")
    assert answer.status_code == 200
    assert any(link.startswith("/kelola/") for link in client.page.links)


def test_appearance_is_kept_in_the_account(client):
    person = make.person()
    client.sign_in(person)
    client.get("/tampilan")
    client.submit({"language": "en", "theme": "dark"}, has="language", action="tampilan")
    database.session.refresh(person)
    assert (person.language, person.theme) == ("en", "dark")


def test_appearance_leads_only_to_our_own_pages(client):
    client.get("/tampilan")
    answer = client.submit({"theme": "dark", "next": "https://evil.example"}, action="tampilan")
    assert answer.location == "/"


def test_an_unknown_theme_is_refused_with_a_sentence(client):
    client.get("/tampilan")
    answer = client.submit({"theme": "ungu"}, action="tampilan")
    assert answer.status_code == 422


def test_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json["faults"] == []


def test_not_ready_while_a_migration_is_missing(client):
    client.application.extensions["newest_revision"] = "9999"
    try:
        answer = client.get("/readyz")
        assert answer.status_code == 503 and answer.json["faults"] == ["migrations"]
    finally:
        del client.application.extensions["newest_revision"]


def test_an_agency_admin_meets_the_claims_first(client):
    agency = make.organisation("Kabupaten Tirta Mulya")
    boss = make.person(roles=[("agency_admin", "organisation", agency.id)])
    for _ in range(2):
        make.membership(make.person(), agency, state="claimed")
    client.sign_in(boss)
    answer = client.get("/beranda")
    assert "Konfirmasi anggota baru" in answer.text and "2 orang" in answer.text
    assert "Pilih Satu Kursus" not in answer.text


def test_every_running_course_is_on_my_page(client):
    person = make.person()
    older, newer, done = (courses.course() for _n in range(3))
    for course in (older, newer):
        courses.enrolment(course, person)
    courses.enrolment(done, person, state="completed")
    client.sign_in(person)
    page = client.get("/beranda").text
    assert "Kursus Lain yang Sedang Anda Ikuti" in page
    links = [link for link in client.page.links if link.startswith("/kursus/")]
    first = f"/kursus/{newer.slug}/belajar/{courses.lessons_of(newer)[0].id}"
    assert links == [first, f"/kursus/{older.slug}"]


def test_a_course_that_only_waits_to_be_ended_is_on_my_page(client):
    person = make.person()
    course = courses.course()
    enrolment = courses.enrolment(course, person)
    courses.done(enrolment, *courses.lessons_of(course))
    client.sign_in(person)
    assert "Kursus yang Sedang Anda Ikuti" in client.get("/beranda").text
    assert f"/kursus/{course.slug}" in client.page.links
