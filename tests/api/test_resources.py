"""Each resource with a token and without; ids of others and of nothing are not found."""

from __future__ import annotations

import pytest

from ekopi.api import v1  # noqa: F401 (declares the operations)
from ekopi.api.declaring import OPERATIONS
from ekopi.catalogue.operations import caring, joining, projecting
from tests.accounts import make as people
from tests.api import make
from tests.catalogue import make as innovations
from tests.courses import make as courses
from tests.credentials import make as papers


def known(answer):
    """The JSON of a good answer, which must be what its operation declares."""
    assert answer.status_code == 200, answer.text
    return answer.json


def test_me(program, person):
    me = known(program.get("/me"))
    assert (me["id"], me["name"], me["email"]) == (person.id, person.name, person.email)
    assert [one["organisation"]["name"] for one in me["memberships"]] == ["Dinas Kesehatan"]
    assert "nip" not in str(me) and "password" not in str(me)


def test_places(visitor):
    diy = people.region()
    people.region("34.71", "Kota Yogyakarta", "city", parent=diy)
    assert known(visitor.get("/places/34.71"))["parent_code"] == "34"
    cities = known(visitor.get("/places?kind=city&parent_code=34"))["data"]
    assert [one["name"] for one in cities] == ["Kota Yogyakarta"]
    assert visitor.get("/places/99.99").status_code == 404
    assert visitor.get("/places?kind=desa").status_code == 422


def test_organisations(visitor):
    above = people.organisation("Pemerintah Kabupaten Sukamaju", kind="regency")
    unit = people.organisation("Dinas Kesehatan Sukamaju", parent=above, short_name="Dinkes")
    gone = people.organisation("Dinas Terhapus")
    gone.delete()
    found = known(visitor.get("/organisations?q=dinkes"))["data"]
    assert [(one["id"], one["parent_id"]) for one in found] == [(unit.id, above.id)]
    assert known(visitor.get(f"/organisations?parent_id={above.id}"))["data"] == found
    assert known(visitor.get(f"/organisations/{unit.id}"))["kind"] == "agency"
    assert visitor.get(f"/organisations/{gone.id}").status_code == 404


def test_courses(visitor):
    held = courses.course(
        title="Peta Masalah", organisation_id=people.organisation("LAN").id,
        lessons=[courses.text("Gejala"), courses.quiz("Ujian", module="dua")], requires={"dua": ["satu"]},
    )  # fmt: skip
    courses.course(title="Draf", live=False, slug="draf")
    listed = known(visitor.get("/courses"))["data"]
    assert [(one["title"], one["organisation"]["name"], one["jp"]) for one in listed] == [
        ("Peta Masalah", "LAN", 2.0)
    ]
    whole = known(visitor.get(f"/courses/{held.slug}"))
    assert [(part["key"], part["requires"]) for part in whole["modules"]] == [("satu", []), ("dua", ["satu"])]
    assert [lesson["title"] for part in whole["modules"] for lesson in part["lessons"]] == ["Gejala", "Ujian"]
    assert known(visitor.get("/courses?q=masalah"))["data"] == listed
    assert known(visitor.get("/courses?q=tidakada"))["data"] == []
    assert visitor.get("/courses/draf").status_code == 404


def test_a_course_by_invitation_is_there_for_its_learners_only(client, person, visitor, program):
    course = courses.course(enrolment="link", link_token="rahasia")
    assert program.get(f"/courses/{course.slug}").status_code == 404
    courses.enrolment(course, person)
    known(program.get(f"/courses/{course.slug}"))
    assert visitor.get(f"/courses/{course.slug}").status_code == 404
    blind = make.Program(client, make.token(person, "profile:read")[1])
    assert (
        blind.get(f"/courses/{course.slug}").status_code == 404
    )  # the token may not know what its person knows


def test_enrolments_and_progress_are_ones_own(client, person, program):
    course = courses.course(lessons=[courses.text("Gejala"), courses.text("Akar")])
    mine = courses.enrolment(course, person)
    courses.done(mine, courses.lessons_of(course)[0])
    theirs = courses.enrolment(course, people.person())
    assert [one["id"] for one in known(program.get("/enrolments"))["data"]] == [mine.id]
    assert known(program.get(f"/enrolments/{mine.id}"))["course"] == {
        "slug": course.slug,
        "title": course.title,
    }
    way = known(program.get(f"/enrolments/{mine.id}/progress"))
    assert (way["done"], way["total"], way["next"]) == (1, 2, way["lessons"][1]["key"])
    assert [one["done_at"] is not None for one in way["lessons"]] == [True, False]
    for path in (f"/enrolments/{theirs.id}", f"/enrolments/{theirs.id}/progress", "/enrolments/99999999"):
        assert program.get(path).status_code == 404


def test_who_left_sees_what_was_done_and_nothing_to_go_on_with(person, program):
    course = courses.course()
    row = courses.enrolment(course, person, state="left")
    way = known(program.get(f"/enrolments/{row.id}/progress"))
    assert way["next"] is None and not any(one["open"] for one in way["lessons"])


def test_certificates(person, program, visitor):
    mine, theirs = papers.certificate(person), papers.certificate()
    assert [one["number"] for one in known(program.get("/certificates"))["data"]] == [mine.number]
    whole = known(visitor.get(f"/certificates/{theirs.number}"))
    assert (whole["state"], whole["replaced_by"]) == ("valid", None)
    assert known(visitor.get(f"/certificates/{theirs.number.lower()}")) == whole
    assert visitor.get("/certificates/EKOPI-2026-0000-0000-0000").status_code == 404


@pytest.fixture
def catalogue(db):
    """A public innovation, one for its organisation only, one merged into the first."""
    innovations.regions()
    found = {
        name: innovations.innovation(f"Inovasi {name} warga") for name in ("terbuka", "tertutup", "kembar")
    }
    owner = people.organisation("Dinas Pemilik")
    caring.hand_over(found["tertutup"], owner, by_id=None)
    found["tertutup"].audience = "organisation"
    joining.join(found["terbuka"], found["kembar"], by_id=None)
    projecting.project([one.id for one in found.values()])
    return {**found, "owner": owner}


def test_records(client, catalogue, person, visitor, program):
    open_, closed, twin = catalogue["terbuka"], catalogue["tertutup"], catalogue["kembar"]
    assert [one["id"] for one in known(visitor.get("/records"))["data"]] == [open_.id]
    whole = known(visitor.get(f"/records/{open_.id}"))
    assert whole["fields"]["title"]["value"] == open_.title
    assert len(whole["records"]) == 2
    moved = visitor.get(f"/records/{twin.id}")
    assert (moved.status_code, moved.location) == (301, f"/api/v1/records/{open_.id}")
    assert visitor.get(f"/records/{closed.id}").status_code == 404
    people.membership(person, catalogue["owner"])
    assert known(program.get(f"/records/{closed.id}"))["title"] == closed.title
    assert {one["id"] for one in known(program.get("/records"))["data"]} == {open_.id, closed.id}
    blind = make.Program(client, make.token(person, "profile:read")[1])
    assert blind.get(f"/records/{closed.id}").status_code == 404
    open_.state = "withdrawn"
    assert visitor.get(f"/records/{open_.id}").status_code == 410


def test_records_are_narrowed_and_sorted_as_on_the_page(catalogue, visitor):
    wanted = catalogue["terbuka"]
    assert known(visitor.get("/records?year=1901&year=1902"))["data"] == []
    some = known(visitor.get(f"/records?year=1901&year={wanted.year}&sort=title"))["data"]
    assert [one["id"] for one in some] == ([wanted.id] if wanted.year else [])
    word = wanted.title.split()[1]
    assert [one["id"] for one in known(visitor.get(f"/records?q={word}"))["data"]] == [wanted.id]
    assert known(visitor.get("/records?sort=best"))["data"]  # without words the newest come first


def test_search(catalogue, visitor):
    courses.course(title=catalogue["terbuka"].title)
    found = known(visitor.get(f"/search?q={catalogue['terbuka'].title}"))
    assert [one["title"] for one in found["courses"]] == [catalogue["terbuka"].title]
    assert [one["id"] for one in found["records"]] == [catalogue["terbuka"].id]
    assert visitor.get("/search").status_code == 422


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.many], ids=lambda one: one.name)
def test_every_list_is_read_with_a_number_of_rows(program, one):
    answer = known(program.get(f"{one.rule}?limit=1"))
    assert set(answer) == {"data", "next", "previous"} and len(answer["data"]) <= 1


def test_ten_rows_cost_as_many_queries_as_one(db, person, program):
    from tests.api.counting import counted

    def build():
        course = courses.course(organisation_id=people.organisation().id)
        courses.enrolment(course, person)
        papers.certificate(person)
        people.organisation(region=people.region())

    for path in ("/courses", "/enrolments", "/certificates", "/organisations", "/places"):
        program.get(path)  # the use of the token is noted
    build()
    paths = ("/courses", "/enrolments", "/certificates", "/organisations")
    one = [counted(db, lambda path=path: known(program.get(path))) for path in paths]
    for _more in range(9):
        build()
    ten = [counted(db, lambda path=path: known(program.get(path))) for path in paths]
    assert ten == one and max(ten) <= 4
