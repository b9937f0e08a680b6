"""Walking a list by its cursors; ETags; what is typed wrong."""

from __future__ import annotations

import pytest

from tests.accounts import make as people
from tests.courses import make as courses


def test_a_walk_meets_every_row_once_also_when_rows_are_added(visitor):
    made = [people.organisation(f"Dinas {number:02}").id for number in range(7)]
    first = visitor.get("/organisations?limit=3").json
    people.organisation("Dinas Baru")
    rest = visitor.walk(first["next"])
    walked = [row["id"] for row in first["data"]] + [row["id"] for page in rest for row in page]
    assert walked[:7] == made and len(walked) == len(set(walked)) == 8
    assert [len(page) for page in rest] == [3, 2]


def test_the_way_back_leads_to_the_same_rows(visitor):
    for _number in range(5):
        courses.course()
    first = visitor.get("/courses?limit=2").json
    second = visitor.get(first["next"]).json
    assert visitor.get(second["previous"]).json["data"] == first["data"]
    assert first["previous"] is None
    assert "limit=2" in first["next"] and first["next"].startswith("http://127.0.0.1:8000/api/v1/courses?")


def test_what_was_asked_stays_in_the_addresses(visitor):
    for number in range(3):
        courses.course(title=f"Perahu {number}")
        courses.course(title=f"Lain {number}")
    titles = [row["title"] for page in visitor.walk("/courses?q=perahu&limit=1") for row in page]
    assert titles == ["Perahu 2", "Perahu 1", "Perahu 0"]


@pytest.mark.parametrize("place", ["x", "W10", "bnVsbA", "WyJhIl0", "eyJhIjogMX0"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_place_nobody_was_given_is_not_the_first_page(visitor, name, place):
    people.organisation()
    answer = visitor.get(f"/organisations?{name}={place}")
    assert (answer.status_code, answer.json["code"]) == (404, "bad-place")


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=101", "limit=-1", "limit=1.0", "limit=%201", "limit=", "limit=1&limit=2", "after=", "after=/akun", "before=WzEyXQ==",
              "setelah=x", "page=2", "q=a&q=b", "limit=" + "9" * 30]
)  # fmt: skip
def test_what_cannot_be_taken_is_said_by_its_name(visitor, asked):
    answer = visitor.get(f"/organisations?{asked}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json["errors"]] == [asked.partition("=")[0]]


def test_what_has_not_changed_is_not_sent_again(visitor):
    made = people.organisation("Dinas Lama")
    path = f"/organisations/{made.id}"
    first = visitor.get(path)
    again = visitor.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    made.name = "Dinas Baru"
    fresh = visitor.get(path, If_None_Match=first.headers["ETag"])
    assert (fresh.status_code, fresh.json["name"]) == (200, "Dinas Baru")


def test_answers_to_a_token_are_for_its_person_alone(visitor, program):
    own, open_ = program.get("/me"), visitor.get("/places")
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert open_.headers["Cache-Control"] == "no-cache"
    assert "Authorization" in own.headers["Vary"] and "Authorization" in open_.headers["Vary"]
    assert "Set-Cookie" not in own.headers


def test_addresses_of_nothing_are_problems_too(visitor):
    for path in ("/apa", "/places/34.71/apa", "/organisations/" + "9" * 40):
        answer = visitor.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    answer = visitor.post("/places", {})
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
