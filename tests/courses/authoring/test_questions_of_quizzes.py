"""Choosing the questions of a quiz by their stems: fixed ones, random groups, and the order an author gave."""

from __future__ import annotations

import re

import pytest

from ekopi.courses.authoring.operations import lessons as verbs
from tests.courses.authoring import make
from tests.courses.authoring.counting import statements
from tests.courses.authoring.studio import at, draft_of


@pytest.fixture
def course(db):
    """A quiz that asks q4, q2 and one of q5 and q1, out of six questions."""
    asked = {f"q{n}": make.single(f"Pertanyaan nomor {n} tentang *arsip*?") for n in range(1, 7)}
    quiz = make.lesson(
        "quiz", "Kuis", "", questions=["q4", "q2"], pools=[{"questions": ["q5", "q1"], "count": 1}]
    )
    return make.course(questions=asked, lessons={"kuis": quiz})


@pytest.fixture
def page(client, author, course):
    client.sign_in(author)
    return client.get(at(course, "/materi/kuis"))


def quiz_of(course):
    return draft_of(course, "kuis").body["quiz"]


def test_questions_are_shown_by_stem_and_type_with_those_of_the_quiz_first(page, client):
    stems = re.findall(r'id="soal-\d+">(.*?)</p>', page.text)
    assert stems == [f"Pertanyaan nomor {n} tentang arsip?" for n in (4, 2, 5, 1, 3, 6)]
    assert page.text.count("</code>, Pilihan Tunggal") == 6
    fields = next(form["fields"] for form in client.page.forms if "pass_mark" in form["fields"])
    assert (fields["questions"], fields["pool_1"], fields["pool_1_count"]) == (
        ["q4", "q2"],
        ["q5", "q1"],
        "1",
    )
    assert "pool_2" not in fields and fields["pool_2_count"] == "1", "one empty group to begin"


def test_what_was_not_touched_stays_as_it_is(page, client, course):
    before = quiz_of(course)
    assert client.submit({"pass_mark": "85"}, has="pass_mark").status_code == 302
    assert quiz_of(course) == {**before, "pass_mark": 85}


def test_the_order_stays_and_what_is_new_comes_after_it(page, client, course):
    client.submit({"questions": ["q2", "q3", "q4", "q6"], "pool_1": ["q1", "q5"]}, has="pass_mark")
    quiz = quiz_of(course)
    assert quiz["questions"] == ["q4", "q2", "q3", "q6"]
    assert quiz["pools"] == [{"questions": ["q5", "q1"], "count": 1}]


def test_a_second_group_begins_and_an_empty_one_ends(page, client, course):
    client.submit({"pool_2": ["q3", "q6"], "pool_2_count": "2"}, has="pass_mark")
    assert quiz_of(course)["pools"] == [
        {"questions": ["q5", "q1"], "count": 1}, {"questions": ["q3", "q6"], "count": 2}
    ]  # fmt: skip
    again = client.get(at(course, "/materi/kuis"))
    assert "Acak 3" in again.text
    client.submit({"pool_1": None}, has="pass_mark")
    assert quiz_of(course)["pools"] == [{"questions": ["q3", "q6"], "count": 2}]


def test_autosave_keeps_the_groups_of_the_page_it_came_from(page, client, course):
    fields = next(form["fields"] for form in client.page.forms if "pass_mark" in form["fields"])
    address = at(course, "/materi/kuis/simpan")
    changed = {**fields, "pool_1": [], "pool_2": ["q3", "q6"], "sequence": "1"}
    base = client.post(address, data=changed).json["base"]
    assert quiz_of(course)["pools"] == [{"questions": ["q3", "q6"], "count": 1}]
    changed = {**changed, "pool_2": ["q6"], "questions": ["q4"], "base": base, "sequence": "2"}
    assert client.post(address, data=changed).status_code == 200
    quiz = quiz_of(course)
    assert (quiz["questions"], quiz["pools"]) == (["q4"], [{"questions": ["q6"], "count": 1}])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pool_1_count": "banyak"}, "Bukan angka"),
        ({"pool_1_count": "0"}, "antara 1"),
        ({"pool_1_count": ""}, "harus diisi"),
        ({"questions": ["q2", "tidak-ada"]}, "Pilihan"),
        ({"pool_1": ["tidak-ada"]}, "Pilihan"),
        ({"pass_mark": "101"}, "antara 1"),
    ],
)
def test_a_refused_quiz_answers_422_and_keeps_what_was_typed(page, client, course, typed, said):
    before = draft_of(course, "kuis").edition
    mine = {"title": "Kuis Saya", "pool_2": ["q3"], "questions": ["q6"], **typed}
    answer = client.submit(mine, has="pass_mark")
    assert answer.status_code == 422 and "data-focus" in answer.text
    assert draft_of(course, "kuis").edition == before
    fields = next(form["fields"] for form in client.page.forms if "pass_mark" in form["fields"])
    known = {name: [key for key in value if key != "tidak-ada"] if isinstance(value, list) else value
             for name, value in mine.items()}  # fmt: skip
    assert {name: fields.get(name, []) for name in known} == known
    saved = client.post(at(course, "/materi/kuis/simpan"), data={**fields, **mine})
    assert saved.status_code == 422 and saved.json["error"]


def test_a_stale_quiz_shows_both_and_can_be_taken_whole(page, client, course):
    make.edit_lesson(course, "kuis", title="Judul orang lain")
    mine = {"questions": ["q6"], "pool_1": ["q1"], "pool_2": ["q2", "q3"], "pool_2_count": "2"}
    answer = client.submit(mine, has="pass_mark")
    assert answer.status_code == 409 and "Judul orang lain" in answer.text
    form = answer.text.partition('action="' + at(course, "/materi/kuis"))[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    assert client.post(at(course, "/materi/kuis"), data=sent).status_code == 302
    quiz = quiz_of(course)
    assert quiz["questions"] == ["q6"]
    assert quiz["pools"] == [{"questions": ["q1"], "count": 1}, {"questions": ["q2", "q3"], "count": 2}]


def test_a_question_that_left_the_bank_can_be_unticked(page, client, course, db):
    body = quiz_of(course)
    make.edit_lesson(course, "kuis", quiz={**body, "questions": ["q2"]})
    verbs.remove_question(course, "q4", None)
    make.edit_lesson(course, "kuis", quiz=body)
    again = client.get(at(course, "/materi/kuis"))
    assert again.text.count("Tidak ada di bank soal") == 1
    client.submit({"questions": ["q2"]}, has="pass_mark")
    assert quiz_of(course)["questions"] == ["q2"]
    assert ">q4<" not in client.get(at(course, "/materi/kuis")).text


def test_an_empty_bank_leads_to_the_first_question(client, author):
    course = make.course(questions={}, publish=False, lessons={"kuis": make.lesson("quiz", "Kuis", "")})
    client.sign_in(author)
    page = client.get(at(course, "/materi/kuis"))
    assert "Bank soal masih kosong" in page.text and at(course, "/soal/baru") in client.page.links
    assert client.submit({"pass_mark": "60"}, has="pass_mark").status_code == 302


def test_forty_questions_cost_as_many_queries_as_four(client, author):
    courses = [
        make.course(questions={f"q{n}": make.single(f"Nomor {n}?") for n in range(count)},
                    lessons={"kuis": make.lesson("quiz", "Kuis", "", questions=["q0"])})
        for count in (4, 40)
    ]  # fmt: skip
    client.sign_in(author)
    counts = []
    for course in courses:
        client.get(at(course, "/materi/kuis"))
        with statements() as asked:
            client.get(at(course, "/materi/kuis"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
