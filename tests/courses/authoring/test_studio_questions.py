"""The bank of questions, edited as text."""

from __future__ import annotations

from ekopi.courses.authoring.queries import drafts
from tests.courses.authoring.studio import at, token


def test_questions_are_edited_as_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    client.submit({"text": "## q1\ntype: number\nanswer: 3,5\n\nBerapa?"}, has="text")
    page = client.get(at(course, "/soal/q1"))
    refused = client.submit({"text": "## q1\ntype: number\nanswer: 3,5\n\nBerapa?"}, has="text")
    assert "Baris 3: “3,5” bukan angka" in refused.text and page.status_code == 200
    client.get(at(course, "/soal/q1"))
    assert client.submit({"text": "## q9\ntype: number\nanswer: 3\n\nBerapa?"}, has="text").status_code == 422
    client.get(at(course, "/soal/q1"))
    assert (
        client.submit({"text": "## q1\r\ntype: number\r\nanswer: 3\r\n\r\nBerapa?"}, has="text").status_code
        == 302
    )
    assert drafts.item(drafts.question_by_key(course, "q1").item_id).draft.body["type"] == "number"


def test_a_stale_question_shows_both(client, author, course):
    from ekopi.courses.authoring.operations.lessons import save_question

    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    save_question(
        course,
        drafts.question_by_key(course, "q1"),
        "## q1\ntype: true_false\nanswer: true\n\nMilik lain?",
        None,
        None,
    )
    mine = "## q1\ntype: true_false\nanswer: true\n\nMilik saya?"
    answer = client.submit({"text": mine}, has="text")
    assert answer.status_code == 409 and "Milik lain?" in answer.text and "Milik saya?" in answer.text
    assert client.submit({"text": mine}, has="text").status_code == 302


def test_a_second_tab_with_a_question_is_a_conflict_the_page_that_is_left_is_none(client, author, course):
    def typed():
        client.get(at(course, "/soal/q1"))
        return next(form["fields"] for form in client.page.forms if "text" in form["fields"])

    def save(page, stem, **more):
        text = f"## q1\ntype: true_false\nanswer: true\n\n{stem}"
        return client.post(at(course, "/soal/q1/simpan"), data={**page, "text": text, **more})

    def stem():
        return drafts.item(drafts.question_by_key(course, "q1").item_id).draft.body["stem"]

    client.sign_in(author)
    older = typed()
    base = save(older, "Tab satu?", sequence="1").json["base"]
    newer = typed()
    assert save(newer, "Tab dua?", sequence="1").status_code == 200
    assert save(older, "Tab satu lagi?", base=base, sequence="2").status_code == 409
    assert stem() == "Tab dua?"
    assert save(newer, "Tab dua, selesai?", sequence="2").status_code == 200
    assert stem() == "Tab dua, selesai?"


def test_a_new_question_and_its_end(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/baru"))
    client.submit({"text": "## q3\ntype: true_false\nanswer: true\n\nBenarkah?"}, has="text")
    client.get(at(course, "/soal/baru"))
    assert (
        "sudah dipakai"
        in client.submit({"text": "## q3\ntype: true_false\nanswer: true\n\nLagi?"}, has="text").text
    )
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q3/keluarkan")
    assert "di luar bank" in client.get(at(course, "/soal")).text.lower()
    assert "q3" not in drafts.state(course).draft["bank"][0]["keys"]
    assert client.post(at(course, "/soal/q1/keluarkan"), data=token(client, {})).status_code == 409


def bank(course):
    return [(part["name"], part["keys"]) for part in drafts.state(course).draft["bank"]]


def add(course, key):
    from ekopi.courses.authoring.operations.lessons import add_question

    add_question(course, f"## {key}\ntype: true_false\nanswer: true\n\nSoal {key}?", None)


def test_a_question_taken_out_is_put_back_where_it_stood(client, author, course):
    add(course, "q3")
    add(course, "q4")
    client.sign_in(author)
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q3/keluarkan")
    assert bank(course) == [("soal.md", ["q1", "q2", "q4"])]
    page = client.get(at(course, "/soal"))
    assert "Soal di Luar Bank" in page.text and "Urungkan" in page.text
    client.submit(action="/urungkan/")
    assert bank(course) == [("soal.md", ["q1", "q2", "q3", "q4"])]
    assert "Soal di Luar Bank" not in client.get(at(course, "/soal")).text


def test_a_question_out_of_the_bank_can_be_put_back_later(client, author, course):
    add(course, "q3")
    client.sign_in(author)
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q3/keluarkan")
    client.get(at(course, "/soal"))
    client.get(at(course, "/soal"))
    assert client.submit(action="/soal/q3/kembalikan").headers["Location"] == at(course, "/soal")
    assert bank(course) == [("soal.md", ["q1", "q2", "q3"])]
    sent = token(client, {})
    assert client.post(at(course, "/soal/q3/kembalikan"), data=sent).status_code == 302
    assert bank(course) == [("soal.md", ["q1", "q2", "q3"])]
    assert client.post(at(course, "/soal/tiada/kembalikan"), data=token(client, {})).status_code == 404


def test_the_only_question_of_a_part_brings_its_part_back(client, author, db):
    from tests.courses.authoring import make

    questions = {key: make.single(key) for key in ("a", "b")}
    parts = [{"name": "awal.md", "keys": ["a"]}, {"name": "lanjut.md", "keys": ["b"]}]
    course = make.course(lessons={"teks": make.lesson()}, questions=questions, bank=parts)
    client.sign_in(author)
    client.get(at(course, "/soal"))
    client.submit(action="/soal/a/keluarkan")
    assert bank(course) == [("lanjut.md", ["b"])]
    client.get(at(course, "/soal"))
    client.submit(action="/urungkan/")
    assert bank(course) == [("awal.md", ["a"]), ("lanjut.md", ["b"])]


def test_after_going_back_quiz_and_questions_of_later_can_be_brought_back(client, author, db):
    from ekopi.courses.authoring.operations import publish_course, revert_to
    from ekopi.courses.authoring.operations.outline import add_lesson
    from ekopi.revisions import queries as revisions
    from tests.courses.authoring import make

    course = make.course(lessons={"teks": make.lesson()}, questions={})
    add(course, "q1")
    add_lesson(course, "satu", "quiz", "Kuis Lansia", None)
    body = drafts.item(drafts.lesson_by_key(course, "kuis-lansia").item_id).draft.body
    make.edit_lesson(course, "kuis-lansia", quiz={**body["quiz"], "questions": ["q1"]})
    publish_course(course, "dengan kuis", None)
    revert_to(revisions.publication(course.place, 1), course, None)
    client.sign_in(author)
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q1/kembalikan")
    client.get(at(course))
    client.submit(action="/materi/kuis-lansia/kembalikan")
    publish_course(course, "lagi", None)
    assert course.publication_number == 4
