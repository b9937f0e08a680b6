"""The editor of questions: examples by type, preview, autosave, and what it says of a text it cannot read."""

from __future__ import annotations

import re
import time

import pytest

from ekopi.courses.authoring.course_files import questions as texts
from ekopi.courses.authoring.operations.lessons import read_question, save_question
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.authoring.question_types import TYPES, started
from tests.accounts import make as people
from tests.courses.authoring import make
from tests.courses.authoring.studio import at, token

TRUE = "## q1\ntype: true_false\nanswer: true\n\n{}"


def question(course, key="q1"):
    return drafts.item(drafts.question_by_key(course, key).item_id).draft


def autosave(client, course, **fields):
    if client.page:
        client.typed = next(form["fields"] for form in client.page.forms if "sequence" in form["fields"])
    return client.post(at(course, "/soal/q1/simpan"), data={**client.typed, **fields})


def preview(client, course, text):
    return client.post(at(course, "/pratinjau-soal"), data=token(client, {"text": text}))


@pytest.mark.parametrize("kind", TYPES)
def test_a_new_question_starts_with_an_example_of_its_type(client, author, course, kind):
    client.sign_in(author)
    client.get(at(course, "/soal/baru"))
    assert at(course, f"/soal/baru?jenis={kind}") in client.page.links
    page = client.get(at(course, f"/soal/baru?jenis={kind}"))
    form = next(form for form in client.page.forms if "text" in form["fields"])
    parsed = read_question(form["fields"]["text"])
    assert (parsed.key, parsed.body["type"], parsed.faults) == ("soal-3", kind, [])
    assert "Saat Dikerjakan" in page.text and "Belum dapat disimpan" not in page.text
    answer = client.submit({}, has="text")
    assert answer.headers["Location"] == at(course, "/soal/soal-3")
    assert question(course, "soal-3").body == {**started(kind)}


def test_an_unknown_type_is_the_first_one(client, author, course):
    client.sign_in(author)
    assert "type: single" in client.get(at(course, "/soal/baru?jenis=esai")).text


def test_a_suggested_key_is_free(client, author):
    course = make.course(questions={"q1": make.single(), "soal-3": make.single("Lain?")},
                         lessons={"kuis": make.lesson("quiz", "Kuis", "", questions=["q1"])})  # fmt: skip
    client.sign_in(author)
    assert "## soal-4" in client.get(at(course, "/soal/baru")).text


def test_questions_are_edited_as_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    mine = "## q1\ntype: number\nanswer: 3,5\n\nBerapa?"
    refused = client.submit({"text": mine}, has="text")
    assert (
        refused.status_code == 422 and "Baris 3: “3,5” bukan angka" in refused.text and mine in refused.text
    )
    refused = client.submit({"text": mine.replace("q1", "q9").replace(",", ".")}, has="text")
    assert refused.status_code == 422 and "Baris 1: Kunci soal tidak dapat diganti" in refused.text
    assert (
        client.submit({"text": mine.replace(",", ".").replace("\n", "\r\n")}, has="text").status_code == 302
    )
    assert question(course).body["type"] == "number"


def test_a_new_question_and_its_end(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/baru"))
    client.submit({"text": TRUE.replace("q1", "q3").format("Benarkah?")}, has="text")
    client.get(at(course, "/soal/baru"))
    refused = client.submit({"text": TRUE.replace("q1", "q3").format("Lagi?")}, has="text")
    assert refused.status_code == 422 and "sudah dipakai" in refused.text and "Lagi?" in refused.text
    client.get(at(course, "/soal"))
    client.submit(action="/soal/q3/keluarkan")
    assert "q3" not in drafts.state(course).draft["bank"][0]["keys"]
    assert client.post(at(course, "/soal/q1/keluarkan"), data=token(client, {})).status_code == 409


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("type: single", "Baris 1: Tiap soal diawali baris “## kunci-soal”"),
        ("## baru\ntype: true_false\nanswer: true\n\nYa?", "Kunci “baru” dipakai alamat"),
        ("## Kunci Salah\ntype: true_false\nanswer: true\n\nYa?", "Baris 1: Kunci “Kunci Salah” hanya boleh"),
        ("## q1\ntype: esai\n\nApa?", "Baris 2: Tulis jenis soal"),
        ("## q1\ntype: true_false\nApa?", "Baris 3: Kosongkan satu baris"),
        ("## q1\ntype: true_false\n\nYa?", "Baris 2: Tulis “answer: true”"),
        ("## q1\ntype: true_false\nanswer: true\n", "Baris 2: Tulis pertanyaannya"),
        ("## q1\ntype: single\npoints: 0\n\nApa?\n\n- [x] A\n- [ ] B", "Baris 3: Poin harus lebih dari 0"),
        ("## q1\ntype: single\n\nApa?\n\n- [ ] A\n- [ ] B", "Baris 6: Tandai tepat satu pilihan"),
        ("## q1\ntype: single\n\nApa?\n\n- [x] A\n- [ ] B\n- [ ]", "Baris 8: Pilihan ini kosong; tulis"),
        ("## q1\ntype: multiple\n\nApa?\n\n- [x] A\n- [ ] B\n- [ ] A", "Baris 8: Pilihan “A” ada dua kali"),
        ("## q1\ntype: multiple\n\nApa?", "Baris 4: Soal ini memerlukan 2 sampai 10 pilihan, tiap pilihan"),
        ("## q1\ntype: single\n\nApa?\n\n- [x] A\nHalo\n- [ ] B", "Baris 7: Baris ini bukan pilihan"),
        ("## q1\ntype: short_text\n\nApa?", "Baris 4: Tulis 1 sampai 50 jawaban yang diterima"),
        ("## q1\ntype: number\nanswer: 2\ntolerance: -1\n\nApa?", "Baris 4: Toleransi tidak boleh"),
        ("## q1\ntype: number\n\nApa?", "Baris 2: Tulis jawabannya sebagai angka"),
        ("## q1\ntype: number\nanswer: 2\n\nApa?\n\n## q2\ntype: number", "Baris 7: Tulis hanya satu soal"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_names_the_line_and_what_to_write(client, author, course, text, said):
    before = question(course).edition
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    refused = client.submit({"text": text}, has="text")
    assert refused.status_code == 422
    assert said in refused.text
    assert said in preview(client, course, text).text
    client.get(at(course, "/soal/q1"))
    answer = autosave(client, course, text=text, sequence="1")
    assert answer.status_code == 422
    assert answer.json["error"].startswith("Belum tersimpan. ") and said in answer.json["error"]
    assert question(course).edition == before


def test_a_refused_text_stays_as_it_was_typed(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    typed = "## q1\ntype: single\n\n<b>Apa & mengapa?</b>\n\n- [ ] A\n- [ ] A"
    answer = client.submit({"text": typed}, has="text")
    form = next(form for form in client.page.forms if "text" in form["fields"])
    assert form["fields"]["text"].replace("\r\n", "\n").strip() == typed
    assert answer.text.count("Baris 7: Pilihan “A” ada dua kali") == 2, "at the field and in the summary"
    made = people.person("Lain", roles=[("author", "platform", 0)])
    save_question(course, drafts.question_by_key(course, "q1"), TRUE.format("Milik lain?"), None, made.id)
    assert client.submit({"text": TRUE.format("Milik saya?")}, has="text").status_code == 409


def test_the_preview_shows_what_a_learner_will_see(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    answer = preview(client, course, "## q1\ntype: single\n\n**Mana** <script>x</script>?\n\n"
                     "- [ ] Satu $x^2$\n  > Bukan.\n- [x] Dua\n  > Ya.\n\n> Sebabnya.")  # fmt: skip
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    asked, answered = answer.text.split("Saat Jawaban Tampil")
    assert "<strong>Mana</strong>" in asked and "<math" in asked and "<script" not in answer.text
    assert asked.count('type="radio" disabled') == 2 and " name=" not in asked
    assert "Ya." not in asked and "Sebabnya." not in asked and "checked" not in asked
    assert "Jawaban yang tepat" in answered and "Bukan." in answered and "Sebabnya." in answered
    many = preview(client, course, texts.write("q1", started("multiple"))).text
    assert many.count('type="checkbox" disabled') == 3 and "Pilih semua yang tepat." in many
    truth = preview(client, course, TRUE.format("Benarkah?")).text.split("Saat Jawaban Tampil")
    assert re.findall(r'<span class="grow">(\w+)</span>', truth[0]) == ["Benar", "Salah"]
    number = preview(client, course, texts.write("q1", started("number"))).text
    assert number.count("12,5 JP") == 1 and "Selisih sampai 0,5" in number
    short = preview(client, course, texts.write("q1", started("short_text"))).text
    assert "Diterima juga: ejaan lain yang diterima" in short


def test_a_half_written_question_is_shown_as_far_as_it_goes(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    answer = preview(client, course, "## q1\ntype: single\n\nMana yang *tepat*?\n\n- [ ] Satu")
    assert "<em>tepat</em>" in answer.text and "Belum dapat disimpan." in answer.text
    assert preview(client, course, "").status_code == 200
    long = preview(client, course, TRUE.format("a" * 50_001))
    assert long.status_code == 200 and "paling banyak 50000 karakter" in long.text
    assert "paling banyak 200000 karakter" in preview(client, course, TRUE.format("a" * 200_001)).text


@pytest.mark.parametrize("path", ["/soal/baru", "/soal/q1"])
def test_the_preview_button_works_without_script_and_keeps_nothing(client, author, course, path):
    before = question(course).edition
    client.sign_in(author)
    client.get(at(course, path))
    text = TRUE.format("Apakah **ini** benar?")
    answer = client.submit({"text": text, "act": "preview"}, has="text")
    assert answer.status_code == 200
    assert "<strong>ini</strong>" in answer.text and "Apakah **ini** benar?" in answer.text
    faulty = client.submit({"text": "## q1\ntype: number\n\nApa?", "act": "preview"}, has="text")
    assert faulty.status_code == 200 and faulty.text.count("Baris 2: Tulis jawabannya") == 1
    assert question(course).edition == before and len(drafts.state(course).questions) == 2
    client.submit({"text": text if path.endswith("q1") else text.replace("q1", "q9")}, has="text")
    key = "q1" if path.endswith("q1") else "q9"
    assert question(course, key).body["stem"] == "Apakah **ini** benar?"


def test_autosave_says_so(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    answer = autosave(client, course, text=TRUE.format("Satu?"), sequence="1")
    assert re.fullmatch(r"Tersimpan \d\d\.\d\d WIB", answer.json["saved"])
    again = autosave(client, course, text=TRUE.format("Dua?"), base=answer.json["base"], sequence="2")
    assert again.json["base"] == str(int(answer.json["base"]) + 1)
    assert question(course).body["stem"] == "Dua?"
    published = drafts.item(drafts.question_by_key(course, "q1").item_id).published
    assert published.body["stem"] != "Dua?", "learners never see a draft"


def test_a_page_that_is_left_during_a_save_keeps_its_last_text(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    assert autosave(client, course, text=TRUE.format("Setengah?"), sequence="1").status_code == 200
    assert autosave(client, course, text=TRUE.format("Selesai?"), sequence="2").status_code == 200
    assert question(course).body["stem"] == "Selesai?"


def test_a_stale_autosave_answers_409_with_both_versions(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    save_question(course, drafts.question_by_key(course, "q1"), TRUE.format("Milik lain?"), None, None)
    answer = autosave(client, course, text=TRUE.format("Milik saya?"), sequence="1")
    assert answer.status_code == 409
    assert "Milik saya?" in answer.json["mine"] and "Milik lain?" in answer.json["theirs"]
    assert "Pakai Versi Saya" in answer.json["conflict_html"] and "Soal ini" in answer.json["conflict_html"]
    assert question(course).body["stem"] == "Milik lain?"
    second = autosave(client, course, text=TRUE.format("Tab dua?"), sequence="1")
    assert second.status_code == 409, "a second tab of the same person is a conflict too"


def test_a_stale_save_shows_both_versions_and_keeps_the_chosen_one(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    save_question(course, drafts.question_by_key(course, "q1"), TRUE.format("Milik lain?"), None, None)
    answer = client.submit({"text": TRUE.format("Milik saya?")}, has="text")
    assert answer.status_code == 409 and "Milik lain?" in answer.text and "Milik saya?" in answer.text
    assert at(course, "/soal/q1") in client.page.links
    assert question(course).body["stem"] == "Milik lain?"
    assert client.submit(action="/soal/q1").status_code == 302
    assert question(course).body["stem"] == "Milik saya?"


def test_who_may_not(client, course):
    elsewhere = make.course()
    ways = [("/soal/q1/simpan", {"text": TRUE.format("Jahat?"), "base": "1"}), ("/pratinjau-soal", {"text": "a"}),
            ("/soal/q1", {"text": TRUE.format("Jahat?"), "base": "1"})]  # fmt: skip
    before = question(course).body
    for roles, answer in (([], 403), ([("author", "course", elsewhere.id)], 404)):
        client.sign_in(people.person(roles=roles))
        client.get("/akun/nama")
        sent = token(client, {})
        for path, data in ways:
            assert client.post(at(course, path), data={**sent, **data}).status_code == answer, path
    assert question(course).body == before
    author = people.person(roles=[("author", "course", elsewhere.id)])
    client.sign_in(author)
    client.get(at(elsewhere, "/soal/q1"))
    assert client.post(at(elsewhere, "/soal/q9/simpan"), data=token(client, {"text": "a"})).status_code == 404
    for path in ("/soal/q1/simpan", "/pratinjau-soal"):
        assert client.get(at(elsewhere, path)).status_code in (404, 405)


def test_forged_forms_change_nothing(client, author, course):
    client.sign_in(author)
    client.get(at(course, "/soal/q1"))
    before = question(course).edition
    for path in ("/soal/q1/simpan", "/pratinjau-soal"):
        answer = client.post(at(course, path), data={"text": TRUE.format("Palsu?"), "csrf_token": "palsu"})
        assert answer.status_code in (400, 422)
    assert question(course).edition == before
    client.get(at(course, "/soal/q1"))
    assert autosave(client, course, text="").status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        "## q1\ntype: single\n\nApa?\n\n- [x] A" + "\n" * 180_000 + "- [ ] B",
        "## q1\ntype: single\n\nApa?\n\n" + "- [x] A\n\n" * 20_000,
        "## a" + " " * 190_000 + "b",
        "## q1\ntype: single\n\nApa?\n\n- [x] A" + "\t" * 190_000 + "B",
        "## q1\ntype: short_text\n\nApa?\n\n- = A" + " " * 190_000 + "B",
    ],
)
def test_reading_takes_time_by_length_only(app, text):
    began = (
        time.process_time()
    )  # a square of these lengths would take minutes, whatever else the machine does
    read_question(text)
    assert time.process_time() - began < 2
