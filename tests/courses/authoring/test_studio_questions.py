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
    assert "q3" not in drafts.state(course).draft["bank"][0]["keys"]
    assert client.post(at(course, "/soal/q1/keluarkan"), data=token(client, {})).status_code == 409
