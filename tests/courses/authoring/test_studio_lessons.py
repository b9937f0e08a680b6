"""The lesson editor: stale saves, autosave, preview, settings of a quiz."""

from __future__ import annotations

import re

from ekopi.courses.authoring import queries
from ekopi.courses.authoring.queries import drafts
from tests.courses.authoring import make
from tests.courses.authoring.studio import at, draft_of, token


def test_a_stale_save_shows_both_versions(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Ditulis orang lain")
    answer = client.submit({"text": "Ditulis saya", "title": "Judul saya"}, has="minutes")
    assert answer.status_code == 409
    assert "Ditulis orang lain" in answer.text and "Ditulis saya" in answer.text
    assert draft_of(course, "membaca").body["text"] == "Ditulis orang lain"
    client.submit(action="/materi/membaca")
    body = draft_of(course, "membaca").body
    assert (body["text"], body["title"]) == ("Ditulis saya", "Judul saya")


def test_a_stale_save_can_keep_the_other_version(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Ditulis orang lain")
    client.submit({"text": "Ditulis saya"}, has="minutes")
    assert at(course, "/materi/membaca") in client.page.links
    assert "Ditulis orang lain" in client.get(at(course, "/materi/membaca")).text


def autosave(client, course, **fields):
    if client.page:
        client.typed = next(form["fields"] for form in client.page.forms if "minutes" in form["fields"])
    path = at(course, "/materi/membaca/simpan")
    return client.post(path, data={**client.typed, **fields}, headers={"Accept": "application/json"})


def test_autosave_says_so(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    answer = autosave(client, course, text="Satu", sequence="1")
    assert re.fullmatch(r"Tersimpan \d\d\.\d\d WIB", answer.json["saved"])
    again = autosave(client, course, text="Dua", base=answer.json["base"], sequence="2")
    assert again.json["base"] == str(int(answer.json["base"]) + 1)
    assert draft_of(course, "membaca").body["text"] == "Dua"
    assert "Dua" not in queries.lesson_page(course, drafts.lesson_by_key(course, "membaca").id).html


def test_autosave_answers_409_with_both_versions(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    make.edit_lesson(course, "membaca", text="Orang lain")
    answer = autosave(client, course, text="Saya", sequence="2")
    assert answer.status_code == 409
    assert (answer.json["mine"]["text"], answer.json["theirs"]["text"]) == ("Saya", "Orang lain")
    assert "Pakai Versi Saya" in answer.json["conflict_html"]
    assert draft_of(course, "membaca").body["text"] == "Orang lain"


def test_a_second_tab_of_the_same_person_is_a_conflict_too(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    assert autosave(client, course, text="Tab satu", sequence="1").status_code == 200
    assert autosave(client, course, text="Tab dua", sequence="1").status_code == 409


def test_a_second_tab_is_a_conflict_after_many_saves_of_its_own(client, author, course):
    """Both tabs count their saves; only the one that saved last may miss the answer."""
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    base = autosave(client, course, text="Tab satu", sequence="1").json["base"]
    older = client.typed
    client.get(at(course, "/materi/membaca"))
    assert autosave(client, course, text="Tab dua", sequence="1").status_code == 200
    client.typed = older
    answer = autosave(client, course, text="Tab satu lagi", base=base, sequence="2")
    assert answer.status_code == 409 and "Tab dua" in answer.json["conflict_html"]
    assert draft_of(course, "membaca").body["text"] == "Tab dua"


def test_a_page_that_is_left_during_a_save_keeps_its_last_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    assert autosave(client, course, text="Setengah", sequence="1").status_code == 200
    assert autosave(client, course, text="Selesai", sequence="2").status_code == 200
    assert draft_of(course, "membaca").body["text"] == "Selesai"


def test_autosave_refuses_what_the_form_refuses(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    answer = autosave(client, course, minutes="banyak")
    assert answer.status_code == 422 and answer.json["error"]
    answer = autosave(client, course, csrf_token="palsu")
    assert answer.status_code in (400, 422)


def test_the_preview_is_safe(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/materi/membaca"))
    data = token(client, {"text": "**tebal** <script>alert(1)</script>"})
    answer = client.post(at(course, "/pratinjau"), data=data)
    assert answer.mimetype == "text/plain"
    assert "<strong>tebal</strong>" in answer.text and "<script" not in answer.text
    long = client.post(at(course, "/pratinjau"), data=token(client, {"text": "a" * 50_001}))
    assert long.status_code == 422 or "token" not in long.text
