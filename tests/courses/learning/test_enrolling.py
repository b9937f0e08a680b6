"""Into a course and out of it: open, by approval, by link, with and without seats."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ekopi.accounts import queries as accounts
from ekopi.core.errors import Invalid
from ekopi.core.registry import all_of
from ekopi.courses.learning import operations, queries
from ekopi.courses.learning.errors import CompletedStays, CourseFull, DecidedAlready, NeedsInvitation
from ekopi.courses.learning.models import Enrolment
from ekopi.notifications.models import InboxItem
from tests.accounts import make as people
from tests.courses import make
from tests.courses.authoring import make as authored


def test_open_enrolment_is_active_at_once(db):
    enrolment = operations.enrol(make.course(), people.person())
    assert (enrolment.state, enrolment.seat) == ("active", None)


def test_enrolling_twice_is_one_enrolment(db):
    course, person = make.course(), people.person()
    assert operations.enrol(course, person).id == operations.enrol(course, person).id
    held = select(func.count()).select_from(Enrolment).where(Enrolment.course_id == course.id)
    assert db.session.scalar(held) == 1


def test_a_person_has_one_holding_enrolment_by_the_schema(db):
    course, person = make.course(), people.person()
    make.enrolment(course, person, state="asked")
    for state in ("asked", "active", "completed"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            make.enrolment(course, person, state=state)


def test_seats_are_numbers_and_the_last_one_is_the_last(db):
    course = make.course(seats=3)
    seats = {operations.enrol(course, people.person()).seat for _n in range(3)}
    assert seats == {1, 2, 3}
    with pytest.raises(CourseFull):
        operations.enrol(course, people.person())


def test_a_seat_is_held_once_by_the_schema(db):
    course = make.course(seats=3)
    make.enrolment(course, people.person(), seat=1)
    for state in ("active", "completed"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            make.enrolment(course, people.person(), state=state, seat=1)
    make.enrolment(course, people.person(), state="left", seat=1)


def test_leaving_frees_the_seat_and_returning_goes_on(db):
    course = make.course(seats=1)
    first = people.person()
    enrolment = operations.enrol(course, first)
    make.done(enrolment, make.lessons_of(course)[0])
    operations.leave(enrolment)
    other = operations.enrol(course, people.person())
    with pytest.raises(CourseFull):
        operations.enrol(course, first)
    operations.leave(other)
    back = operations.enrol(course, first)
    assert back.id == enrolment.id and back.state == "active" and back.seat == 1
    assert queries.walk(course.id, back).done_count == 1


def test_who_came_before_seats_were_counted_takes_room(db):
    course = make.course()
    operations.enrol(course, people.person())
    course.seats = 2
    assert operations.enrol(course, people.person()).seat == 1
    with pytest.raises(CourseFull):
        operations.enrol(course, people.person())


def test_a_completed_course_cannot_be_left(db):
    enrolment = make.enrolment(make.course(), people.person(), state="completed")
    with pytest.raises(CompletedStays):
        operations.leave(enrolment)
    assert enrolment.state == "completed"


def test_by_link_only_with_its_token(db):
    course, person = make.course(enrolment="link", link_token="rahasia-panjang"), people.person()
    for token in (None, "", "rahasia"):
        with pytest.raises(NeedsInvitation):
            operations.enrol(course, person, token)
    assert operations.enrol(course, person, "rahasia-panjang").state == "active"


def test_the_link_of_a_course_that_became_open_is_no_invitation(client):
    course = make.course(enrolment="open", link_token="rahasia-panjang")
    client.sign_in(people.person())
    assert client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").status_code == 404


def test_approval_asks_and_tells_the_decision(app, db):
    course, person, author = (
        make.course(enrolment="approval", title="Kursus A"),
        people.person(),
        people.person(),
    )
    enrolment = operations.enrol(course, person)
    assert enrolment.state == "asked"
    operations.decide(enrolment, course, True, author.id)
    assert (enrolment.state, enrolment.decided_by_id) == ("active", author.id)
    with pytest.raises(DecidedAlready):
        operations.decide(enrolment, course, False, author.id, "Terlambat.")
    told = db.session.scalars(select(InboxItem).where(InboxItem.person_id == person.id)).one()
    with app.test_request_context():
        sentence, address = all_of("notices")[told.kind](told.facts)
    assert "diterima di kursus Kursus A" in sentence and address == f"/kursus/{course.slug}"


def test_a_refusal_needs_its_reason_and_leaves_room_for_another_request(db):
    course, person, author = make.course(enrolment="approval"), people.person(), people.person()
    first = operations.enrol(course, person)
    with pytest.raises(Invalid):
        operations.decide(first, course, False, author.id, "  ")
    operations.decide(first, course, False, author.id, "Khusus pegawai dinas.")
    second = operations.enrol(course, person)
    assert (first.state, first.reason, second.state) == ("refused", "Khusus pegawai dinas.", "asked")
    assert second.id != first.id
    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.enrolment(course, people.person(), state="refused", reason="")


def test_accepting_takes_a_seat(db):
    course, author = make.course(enrolment="approval", seats=1), people.person()
    first, second = (operations.enrol(course, people.person()) for _n in range(2))
    operations.decide(first, course, True, author.id)
    assert first.seat == 1
    with pytest.raises(CourseFull):
        operations.decide(second, course, True, author.id)
    with pytest.raises(CourseFull):
        operations.enrol(course, people.person())


# --- pages -------------------------------------------------------------------------------------------------


def test_the_page_enrols_and_leads_to_the_first_lesson(client):
    course = make.course()
    first = make.lessons_of(course)[0].id
    client.sign_in(people.person())
    client.get(f"/kursus/{course.slug}")
    answer = client.submit(action="/ikuti$")
    assert answer.location == f"/kursus/{course.slug}/belajar/{first}"
    assert "Lanjutkan" in client.get(f"/kursus/{course.slug}").text


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    course = make.course()
    assert f'href="/masuk?next=/kursus/{course.slug}"' in client.get(f"/kursus/{course.slug}").text.replace(
        "%2F", "/"
    )
    lesson = make.lessons_of(course)[0]
    assert "/masuk?next=" in client.get(f"/kursus/{course.slug}/belajar/{lesson.id}").location


def test_a_full_course_says_so(client):
    course = make.course(seats=1)
    make.enrolment(course, people.person(), seat=1)
    client.sign_in(people.person())
    assert "Tempat Sudah Penuh" in client.get(f"/kursus/{course.slug}").text
    answer = client.post(f"/kursus/{course.slug}/ikuti", data=token(client))
    assert answer.status_code == 409 and "sudah terisi" in answer.text


@pytest.mark.parametrize(
    ("enrolment", "taken", "said"),
    [
        ("open", 1, ["Tempat Sudah Penuh", "Semua 2 tempat sudah terisi", "Sudah menjadi peserta?"]),
        ("open", 0, ["Tersisa 1 dari 2 tempat", "Masuk untuk Mengikuti"]),
        ("approval", 0, ["Penyelenggara memutuskan", "Masuk untuk Bergabung", "Tersisa 1 dari 2"]),
        ("approval", 1, ["Tempat Sudah Penuh"]),
    ],
)
def test_visitors_read_how_one_comes_in_before_they_sign_in(client, enrolment, taken, said):
    course = make.course(seats=2, enrolment=enrolment)
    for seat in range(1, taken + 2):
        make.enrolment(course, people.person(), seat=seat)
    page = client.get(f"/kursus/{course.slug}").text
    assert [words for words in said if words not in page] == []
    assert f'href="/masuk?next=/kursus/{course.slug}"' in page.replace("%2F", "/")
    assert ("untuk Mengikuti" in page or "untuk Bergabung" in page) is (not taken)


def token(client):
    client.get("/kursus")
    form = next(form for form in client.page.forms if form["method"] == "post")
    return {"csrf_token": form["fields"]["csrf_token"]}


def test_an_invitation_enrols(client):
    course = make.course(enrolment="link", link_token="rahasia-panjang")
    client.sign_in(people.person())
    assert client.get(f"/kursus/{course.slug}").status_code == 404
    assert client.get(f"/kursus/{course.slug}/undangan/salah").status_code == 404
    page = client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").text
    assert "Anda Diundang" in page and make.lessons_of(course)[0].title in page
    assert f"/kursus/{course.slug}" not in client.page.links, "leads to a page that is not there yet"
    assert "/belajar/" in client.submit(action="undangan").location
    assert client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").status_code == 302
    assert client.get(f"/kursus/{course.slug}").status_code == 200


def invited(person=None, state="active"):
    course = make.course(enrolment="link", link_token="rahasia-panjang")
    make.course_file(course, "files/panduan.txt", b"Langkah pertama")
    if person is not None:
        make.enrolment(course, person, state=state, **({"reason": "Penuh."} if state == "refused" else {}))
    return course


def statuses(client, course):
    """Answers for the page, a file, a lesson, and the requests to join."""
    ends = ("", "/berkas/panduan.txt", f"/belajar/{make.lessons_of(course)[0].id}", "/pendaftar")
    return [client.get(f"/kursus/{course.slug}{end}").status_code for end in ends]


@pytest.mark.parametrize("state", [None, "left", "refused"])
def test_a_course_by_link_is_as_unknown_as_one_that_does_not_exist(client, state):
    person = people.person()
    course = invited(person if state else None, state)
    client.sign_in(person)
    assert statuses(client, course) == [404] * 4
    answers = [
        client.post(f"/kursus/{slug}/ikuti", data=token(client)) for slug in (course.slug, "tidak-ada")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    pages = [client.get(f"/kursus/{slug}").text for slug in (course.slug, "tidak-ada")]
    assert pages[0].partition("Nomor permintaan")[0] == pages[1].partition("Nomor permintaan")[0]


def test_a_visitor_does_not_know_of_a_course_by_link(client):
    course = invited()
    assert statuses(client, course)[:2] == [404, 404]
    assert "/masuk" in client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").location


@pytest.mark.parametrize(("state", "lesson"), [("asked", 302), ("active", 200), ("completed", 200)])
def test_its_learners_know_a_course_by_link(client, state, lesson):
    person = people.person()
    course = invited(person, state)
    client.sign_in(person)
    assert statuses(client, course) == [200, 200, lesson, 403]


def test_its_authors_know_a_course_by_link_and_where_the_link_is(client):
    course = invited()
    client.sign_in(people.person(roles=[("author", "course", course.id)]))
    assert statuses(client, course) == [200, 200, 302, 200]
    client.get(f"/kursus/{course.slug}")
    assert f"/studio/kursus/{course.slug}/pengaturan" in client.page.links


def test_who_leaves_a_course_by_link_is_not_led_to_a_page_that_is_gone(client):
    person = people.person()
    course = invited(person)
    client.sign_in(person)
    client.get(f"/kursus/{course.slug}")
    assert client.submit(action=f"/kursus/{course.slug}/keluar$").location == "/kursus"
    assert "buka lagi tautan undangannya" in client.get("/kursus").text
    assert "Ikuti Lagi" in client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").text


def test_a_full_course_tells_the_invited(client):
    course = make.course(enrolment="link", link_token="rahasia-panjang", seats=1)
    make.enrolment(course, people.person(), seat=1)
    client.sign_in(people.person())
    assert "Tempat Sudah Penuh" in client.get(f"/kursus/{course.slug}/undangan/rahasia-panjang").text


def test_authors_of_the_course_decide_and_nobody_else(client):
    course = make.course(enrolment="approval")
    learner = people.person(name="Budi Santoso")
    client.sign_in(learner)
    client.get(f"/kursus/{course.slug}")
    client.submit(action="/ikuti$")
    assert "Menunggu Keputusan" in client.get(f"/kursus/{course.slug}").text
    assert client.get(f"/kursus/{course.slug}/pendaftar").status_code == 403
    author = people.person(roles=[("author", "course", course.id)])
    client.sign_in(author)
    assert "Budi Santoso" in client.get(f"/kursus/{course.slug}/pendaftar").text
    client.submit(action="/terima$")
    assert "Tidak Ada yang Menunggu" in client.get(f"/kursus/{course.slug}/pendaftar").text
    assert queries.enrolment_of(course.id, learner.id).state == "active"


def test_who_decides_sees_where_people_belong_and_finds_them_from_the_studio(client, db):
    course = authored.course(enrolment="approval")
    above = people.organisation("Pemerintah Kabupaten Contoh")
    place = people.organisation("Dinas Sosial", parent=above)
    for name, state in (("Budi", "confirmed"), ("Sari", "claimed"), ("Wati", None)):
        person = people.person(name=name)
        if state:
            people.membership(person, place, state=state)
        make.enrolment(course, person, state="asked")
    client.sign_in(people.person(roles=[("author", "course", course.id)]))
    studio = f"/studio/kursus/{course.slug}"
    said = client.get(studio).text
    assert "3 permintaan" in said and f"/kursus/{course.slug}/pendaftar" in client.page.links
    page = client.get(f"/kursus/{course.slug}/pendaftar").text
    assert page.count("Dinas Sosial – Pemerintah Kabupaten Contoh") == 2
    assert page.count("Terkonfirmasi") == page.count("Menunggu Konfirmasi") == 1
    assert page.count("Belum menyebut instansi") == 1
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.course_id == course.id)):
        enrolment.state = "active"
    db.session.flush()
    assert "permintaan" not in client.get(studio).text


def test_refusing_on_the_page_asks_for_the_reason(client):
    course, learner = make.course(enrolment="approval"), people.person()
    enrolment = make.enrolment(course, learner, state="asked")
    client.sign_in(people.person(roles=[("author", "course", course.id)]))
    address = f"/kursus/{course.slug}/pendaftar/{enrolment.id}/tolak"
    client.get(address)
    assert "Tulis alasannya" in client.submit({"reason": ""}, has="reason").text
    assert client.submit({"reason": "Khusus dinas."}, has="reason").status_code == 302
    client.sign_in(learner)
    assert "Khusus dinas" in client.get(f"/kursus/{course.slug}").text


def test_an_enrolment_of_another_course_is_not_found(client):
    mine, other = make.course(enrolment="approval"), make.course(enrolment="approval")
    enrolment = make.enrolment(other, people.person(), state="asked")
    client.sign_in(people.person(roles=[("author", "course", mine.id)]))
    assert client.get(f"/kursus/{mine.slug}/pendaftar/{enrolment.id}/tolak").status_code == 404
    assert client.get(f"/kursus/{other.slug}/pendaftar/{enrolment.id}/tolak").status_code == 403


def test_requests_wait_for_those_who_may_decide_only(app, db):
    course, other = (make.course(enrolment="approval", title=title) for title in ("Kursus A", "Kursus B"))
    for one in (course, other):
        make.enrolment(one, people.person(), state="asked")
    author = accounts.person(people.person(roles=[("author", "course", course.id)]).id)
    other = accounts.person(people.person().id)
    with app.test_request_context():
        (found,) = all_of("waiting")["courses.learning"](author)
        assert "Kursus A" in found.title and found.url == f"/kursus/{course.slug}/pendaftar"
        assert found.chip == "1 permintaan"
        assert all_of("waiting")["courses.learning"](other) == []


def test_a_request_can_be_withdrawn(client):
    course, person = make.course(enrolment="approval"), people.person()
    make.enrolment(course, person, state="asked")
    client.sign_in(person)
    client.get(f"/kursus/{course.slug}")
    client.submit(action=f"/kursus/{course.slug}/keluar$")
    assert queries.enrolment_of(course.id, person.id) is None
