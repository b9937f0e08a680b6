"""The yearly question: who is asked, once; what a link of the letter can do, and when it ends; who owes an answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.accounts import queries as accounts
from ekopi.accounts.operations import roles
from ekopi.catalogue import tasks
from ekopi.catalogue.models import Innovation, InnovationTerm, RunningAnswer, SourceRecord
from ekopi.catalogue.operations import asking, caring, joining
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.extensions import db as database
from ekopi.mail import operations as mail
from ekopi.mail.models import Letter
from ekopi.notifications import queries as inbox
from ekopi.search.models import SearchDocument
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted

LINK = re.compile(r"http://[^\s]+(/katalog/\d+/masih-berjalan/(\w+)/\d+/[\w-]{43})")


@pytest.fixture
def owner(db):
    return people.organisation("Dinas Kesehatan Sukamaju")


@pytest.fixture
def admin(db, owner):
    return people.person(name="Sari Admin", roles=[("agency_admin", "organisation", owner.id)])


@pytest.fixture
def due(db, owner):
    """An innovation that comes due in ten days."""
    made = make.innovation("Perahu Bidan")
    caring.hand_over(made, owner, by_id=None)
    clock.shift(timedelta(days=355))
    yield made
    clock.shift(None)


def asked() -> list[int]:
    return list(asking.ask())


def letters() -> list[Letter]:
    ours = select(Letter).where(Letter.key.startswith("still-running")).order_by(Letter.id)
    return list(database.session.scalars(ours))


def links(letter) -> dict[str, str]:
    return {said: path for path, said in LINK.findall(letter.text)}


# --- asking ---------------------------------------------------------------------------------------------------


def test_the_owner_s_admins_are_asked_once_by_letter_and_notice(due, admin, owner):
    second = people.person(name="Tono", roles=[("agency_admin", "organisation", owner.id)])
    gone = people.person(name="Lama", state="disabled", roles=[("agency_admin", "organisation", owner.id)])
    assert asked() == [1] and asked() == []
    found = letters()
    assert sorted(letter.to_address for letter in found) == sorted([admin.email, second.email])
    assert gone.email not in {letter.to_address for letter in found}
    assert set(links(found[0])) == {"berlanjut", "berkembang", "berhenti"}
    assert "Perahu Bidan" in found[0].text and owner.name in found[0].text
    (notice,) = inbox.newest(admin.id, 5)
    assert notice.sentence.startswith("Masih berjalan? 1 inovasi")
    assert notice.address == f"/katalog/instansi/{owner.id}/utang"


def test_what_is_not_due_has_stopped_or_has_nobody_is_not_asked_about(db, owner, admin):
    for number, said in enumerate(("", "Berhenti")):
        caring.hand_over(make.innovation(f"Loket Nomor {number}", keberlanjutan=said), owner, by_id=None)
    make.innovation("Tanpa Pemilik")
    caring.hand_over(make.innovation("Pemilik Tanpa Admin"), people.organisation(), by_id=None)
    assert asked() == [], "nothing is due yet"
    clock.shift(timedelta(days=355))
    try:
        assert asked() == [1], "the one that runs and has an owner with an admin"
    finally:
        clock.shift(None)


def test_without_an_own_admin_the_nearest_above_is_asked(db):
    ministry = people.organisation("Kementerian")
    office = people.organisation("Kantor", parent=ministry)
    unit = people.organisation("Unit", parent=office)
    people.person(roles=[("agency_admin", "organisation", ministry.id)])
    near = people.person(roles=[("agency_admin", "organisation", office.id)])
    caring.hand_over(make.innovation("Perahu Bidan"), unit, by_id=None)
    clock.shift(timedelta(days=355))
    try:
        assert asked() == [1]
        assert [letter.to_address for letter in letters()] == [near.email]
    finally:
        clock.shift(None)


def test_many_at_once_make_one_letter_with_links_for_the_first_ten(db, owner, admin):
    make.read([make.item(f"Inovasi Warga Nomor {n}", f"M{n}") for n in range(12)])
    for innovation in db.session.scalars(select(Innovation)).all():
        caring.hand_over(innovation, owner, by_id=None)
    clock.shift(timedelta(days=355))
    try:
        with counted() as few:
            assert asked() == [12]
        assert len(few) < 25, str(few)
        (letter,) = letters()
        assert len(LINK.findall(letter.text)) == 30 and "2 inovasi lainnya" in letter.text
        assert f"/katalog/instansi/{owner.id}/utang" in letter.text
    finally:
        clock.shift(None)


def test_it_is_asked_again_a_year_later_and_a_new_owner_at_once(db, due, admin):
    other = people.organisation("Dinas Lain")
    people.person(roles=[("agency_admin", "organisation", other.id)])
    assert asked() == [1]
    caring.hand_over(due, other, by_id=None)
    assert asked() == [1], "the new owner was not asked yet"
    clock.shift(timedelta(days=355 + 200))
    assert asked() == []
    clock.shift(timedelta(days=355 + 336))
    assert asked() == [1]


def test_the_night_commits_after_each_owner(due, admin):
    tasks.ask_owners()
    database.session.rollback()
    assert len(letters()) == 1


# --- the link -------------------------------------------------------------------------------------------------


def test_one_tap_and_one_button(client, db, due, admin):
    asked()
    path = links(letters()[0])["berkembang"]
    page = client.get(path)
    assert page.status_code == 200 and "Perahu Bidan" in page.text and "Jawab Berkembang" in page.text
    assert db.session.scalar(select(func.count(RunningAnswer.id))) == 0, (
        "a mail scanner that opens it answers nothing"
    )
    assert page.headers["Referrer-Policy"] or "no-referrer" in page.text
    done = client.submit()
    assert (done.status_code, done.location) == (302, f"/katalog/{due.id}-{due.slug}")
    db.session.refresh(due)
    assert (due.sustainability, due.review_due) == ("growing", clock.today() + timedelta(days=365))
    terms = db.session.execute(select(InnovationTerm.scheme, InnovationTerm.code)).all()
    assert ("sustainability", "growing") in terms
    for said in links(letters()[0]).values():
        assert client.get(said).status_code == 410
    assert db.session.scalar(select(func.count(RunningAnswer.id))) == 1


def test_who_stopped_says_why(client, db, due, admin):
    asked()
    path = links(letters()[0])["berhenti"]
    client.get(path)
    refused = client.submit({"reason": " "})
    assert refused.status_code == 422 and "Tuliskan mengapa inovasi ini berhenti" in refused.text
    assert client.submit({"reason": "Alat rusak.", "lessons": "Suku cadang."}).status_code == 302
    page = client.get(f"/katalog/{due.id}-{due.slug}").text
    assert "Alat rusak." in page and "Suku cadang." in page


def test_a_link_ends_with_its_person_owner_or_innovation(client, db, due, admin, owner):
    asked()
    path = links(letters()[0])["berlanjut"]
    for broken in (path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace(f"/{admin.id}/", "/999999/"),
                   path.replace(f"/{due.id}/", "/999999/"), path + "x"):  # fmt: skip
        assert client.get(broken).status_code == 410, broken
    assert client.get(path.replace("berlanjut", "mungkin")).status_code == 404
    other = make.innovation("Loket Senja")
    assert client.get(path.replace(f"/{due.id}/", f"/{other.id}/")).status_code == 410
    assert client.get(path).status_code == 200
    roles.revoke(accounts.roles_of(admin.id)[0], None)
    assert client.get(path).status_code == 410, "no longer an admin there"


def test_a_link_ends_when_the_record_changes_hands_or_is_merged(client, db, due, admin):
    asked()
    path = links(letters()[0])["berlanjut"]
    assert client.get(path).status_code == 200
    joining.join(make.innovation("Bidan Perahu Sungai"), due, by_id=admin.id)
    assert client.submit().status_code == 410
    assert db.session.scalar(select(func.count(RunningAnswer.id))) == 0


def test_of_two_answers_at_once_the_first_counts(db, due, admin):
    asked()
    word = asking.token(due, admin.id)
    asking.answer(due.id, admin.id, word, "continuing")
    with pytest.raises(asking.QuestionOver):
        asking.answer(due.id, admin.id, word, "stopped", reason="Terlambat.")


def test_an_answer_without_its_reason_leaves_the_link_open(db, due, admin):
    asked()
    word = asking.token(due, admin.id)
    with pytest.raises(Invalid):
        asking.answer(due.id, admin.id, word, "stopped")
    assert asking.opened(due.id, admin.id, word).id == due.id


def test_a_letter_that_is_kept_shows_no_link_that_works(db, due, admin):
    asked()
    letter = letters()[0]
    mail.sent(letter.id)
    assert LINK.findall(letter.text) == [] and "/masih-berjalan/" in letter.text


# --- signed in ------------------------------------------------------------------------------------------------


def test_those_who_look_after_it_answer_on_its_page(client, db, due, admin):
    path = f"/katalog/{due.id}/masih-berjalan"
    assert client.get(path).location.startswith("/masuk")
    client.sign_in(people.person())
    assert client.get(path).status_code == 403
    client.sign_in(admin)
    assert client.get(path).status_code == 200
    assert "Mutakhirkan Data" in client.get(f"/katalog/{due.id}-{due.slug}").text
    client.get(path)
    assert client.submit({"answer": "mungkin"}, has="reason").status_code == 422
    assert client.submit({"answer": "stopped"}, has="reason").status_code == 422
    assert client.submit({"answer": "continuing"}, has="reason").status_code == 302
    answer = db.session.scalars(select(RunningAnswer)).one()
    assert (answer.answer, answer.by_id) == ("continuing", admin.id)


# --- overdue --------------------------------------------------------------------------------------------------


def test_what_is_overdue_says_so_and_sinks(client, db, due, admin):
    clock.shift(timedelta(days=366))
    make.read([make.item("Loket Senja", "BARU")])
    make.read([make.item("Perahu Bidan Baru", db.session.scalars(select_record(due)).one())])
    tasks.mark_overdue()
    db.session.expire_all()
    page = client.get("/katalog").text
    assert page.index("Loket Senja") < page.index("Perahu Bidan Baru"), "changed last, and still below"
    assert "Perlu Dimutakhirkan" in client.get(f"/katalog/{due.id}-{due.slug}").text
    assert db.session.get_one(Innovation, due.id).fresh == 0
    weight = db.session.scalars(select(SearchDocument.weight).where(SearchDocument.key == due.id)).one()
    assert weight == pytest.approx(0.7)
    caring.answer(due, "growing", by_id=admin.id)
    page = client.get("/katalog").text
    assert page.index("Perahu Bidan Baru") < page.index("Loket Senja")


def select_record(innovation):
    return select(SourceRecord.external_id).where(SourceRecord.innovation_id == innovation.id)


def test_debts_of_an_organisation_and_who_reads_them(client, db, due, admin, owner):
    unit = people.organisation("Puskesmas", parent=owner)
    lower = make.innovation("Loket Senja")
    caring.hand_over(lower, unit, by_id=None)
    caring.hand_over(make.innovation("Milik Lain"), people.organisation("Dinas Lain"), by_id=None)
    path = f"/katalog/instansi/{owner.id}/utang"
    clock.shift(timedelta(days=355 + 366))
    assert client.get(path).location.startswith("/masuk")
    client.sign_in(people.person(organisation=owner))
    assert client.get(path).status_code == 403 and client.get("/kelola/utang").status_code == 403
    client.sign_in(admin)
    page = client.get(path).text
    assert "Perahu Bidan" in page and "Loket Senja" in page and "Milik Lain" not in page
    assert "2 inovasi terlambat dijawab" in page
    listed = client.get("/kelola/utang").text
    assert "Puskesmas" in listed and owner.name in listed and "Dinas Lain" not in listed
    caring.answer(lower, "continuing", by_id=admin.id)
    assert "Loket Senja" not in client.get(path).text
    client.sign_in(people.person(roles=[("curator", "platform", 0)]))
    assert "Dinas Lain" in client.get("/kelola/utang").text
    assert client.get("/katalog/instansi/999999/utang").status_code == 404


def test_debts_cost_few_queries(client, db, owner, admin):
    make.read([make.item(f"Inovasi Warga Nomor {n}", f"M{n}") for n in range(30)])
    for innovation in db.session.scalars(select(Innovation)).all():
        caring.hand_over(innovation, owner, by_id=None)
    clock.shift(timedelta(days=400))
    try:
        client.sign_in(admin)
        client.get("/kelola/utang")
        with counted() as few:
            assert client.get(f"/katalog/instansi/{owner.id}/utang").status_code == 200
        assert len(few) <= 8, str(few)
    finally:
        clock.shift(None)
