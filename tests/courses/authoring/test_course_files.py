"""A course as a folder: every fault with its file and line, and one canonical way to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ekopi.core.archives import read_tree
from ekopi.courses.authoring import course_files
from ekopi.courses.authoring.course_files import CourseRefused, manifest, questions

DEMO = Path(__file__).parents[3] / "ekopi" / "demo" / "courses"

MANIFEST = """format = 1
slug = "kursus-coba"
title = "Kursus Coba"
summary = "Untuk mencoba."
language = "id"
jp = 2
outcomes = ["mencoba"]
enrolment = "open"

[[modules]]
key = "satu"
title = "Satu"
requires = []

[[modules.lessons]]
key = "membaca"
kind = "text"
title = "Membaca"
minutes = 5

[[modules.lessons]]
key = "kuis"
kind = "quiz"
title = "Kuis"
minutes = 5
[modules.lessons.quiz]
questions = ["q1"]
"""
QUESTION = """## q1
type: single

Mana?

- [ ] Ini
- [x] Itu
  > Tepat.

> Karena itu.
"""
GOOD = {"course.toml": MANIFEST, "lessons/membaca.md": "Isi.\n", "questions/a.md": QUESTION}


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def put(folder: Path, parts: dict[str, str | bytes]) -> Path:
    for name, data in parts.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def read(folder: Path):
    with read_tree(folder) as tree:
        return course_files.read(tree)


def faults(folder: Path, **changed) -> list[str]:
    """What is wrong with the good folder once these files (by name, "/" as "__") are different."""
    parts = {**GOOD, **{name.replace("__", "/"): data for name, data in changed.items()}}
    with pytest.raises(CourseRefused) as caught:
        read(put(folder, {name: data for name, data in parts.items() if data is not None}))
    return [str(fault) for fault in caught.value.faults]


def written(folder: course_files.CourseFolder) -> dict[str, str]:
    return dict(course_files.write(folder.slug, folder.course, folder.lessons, folder.questions))


def test_a_good_folder(context, tmp_path):
    found = read(put(tmp_path, GOOD))
    assert (found.slug, found.course["title"], found.course["jp"]) == ("kursus-coba", "Kursus Coba", "2")
    assert found.course["modules"][0]["lessons"][1] == {"key": "kuis", "required": True}
    assert found.course["bank"] == [{"name": "a.md", "keys": ["q1"]}]
    assert found.lessons["kuis"]["quiz"]["attempts"] == 3
    assert found.questions["q1"]["options"][1] == {"text": "Itu", "right": True, "feedback": "Tepat."}
    assert found.questions["q1"]["explanation"] == "Karena itu."


@pytest.mark.parametrize("name", ["menulis-inovasi", "laboratorium-inovasi"])
def test_the_demo_courses_are_written_as_they_are_read(context, tmp_path, name):
    once = read(DEMO / name)
    text = written(once)
    again = read(put(tmp_path, text | {n: p.read_bytes() for n, p in demo_files(name).items()}))
    assert (again.course, again.lessons, again.questions) == (once.course, once.lessons, once.questions)
    assert written(again) == text


def demo_files(name: str) -> dict[str, Path]:
    return {f"files/{path.name}": path for path in sorted((DEMO / name / "files").glob("*"))}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"course.toml": None}, "course.toml: Berkas ini tidak ada"),
        ({"course.toml": MANIFEST.replace("jp = 2", "jp = = 2")}, "course.toml baris 6: Tulisan TOML"),
        ({"course.toml": MANIFEST.replace("jp = 2", "jp = 0")}, "course.toml baris 6: JP harus lebih dari 0"),
        ({"course.toml": MANIFEST.replace("jp = 2", "jp = 1.234")}, "course.toml baris 6: “jp”"),
        ({"course.toml": MANIFEST.replace("jp = 2", "jp = inf")}, "course.toml baris 6: “jp”"),
        ({"course.toml": MANIFEST.replace("jp = 2", 'jp = "dua"')}, "course.toml baris 6: “jp”"),
        ({"course.toml": MANIFEST.replace("format = 1", "format = 2")}, "course.toml baris 1: “format”"),
        ({"course.toml": MANIFEST.replace("kursus-coba", "Kursus Coba")}, "course.toml baris 2: Slug"),
        ({"course.toml": MANIFEST.replace("kursus-coba", "baru")}, "course.toml baris 2: Slug"),
        ({"course.toml": MANIFEST.replace('"open"', '"bebas"')}, "course.toml baris 8: Cara pendaftaran"),
        ({"course.toml": MANIFEST.replace("outcomes", "hasil")}, "“hasil” tidak dikenal"),
        ({"course.toml": MANIFEST.replace("requires = []", 'requires = ["dua"]')}, "baris 13: Modul prasyarat “dua”"),
        ({"course.toml": MANIFEST.replace("requires = []", 'requires = ["satu"]')}, "baris 13: Prasyarat modul"),
        ({"course.toml": MANIFEST.replace('kind = "text"', 'kind = "video"')}, "baris 17: Jenis materi"),
        ({"course.toml": MANIFEST.replace("minutes = 5", "minutes = true", 1)}, "baris 19: “minutes”"),
        ({"course.toml": MANIFEST.replace('key = "kuis"', 'key = "membaca"')}, "baris 22: Kunci materi “membaca”"),
        ({"course.toml": MANIFEST.replace('["q1"]', '["q1", "q9"]')}, "baris 27: Soal “q9” tidak ada"),
        ({"course.toml": MANIFEST.replace('["q1"]', '["q1", "q1"]')}, "Soal “q1” dipilih lebih dari sekali"),
        ({"course.toml": MANIFEST + "pass_mark = 101\n"}, "baris 28: Nilai lulus"),
        ({"course.toml": MANIFEST + "[[modules.lessons.quiz.pools]]\nquestions = []\ncount = 1\n"}, "Banyaknya soal acak"),
        ({"course.toml": "x = " + "[" * 5000}, "course.toml: Tulisan TOML"),
        ({"course.toml": MANIFEST + "# " + "x" * 300_000}, "course.toml: Berkas ini terlalu besar"),
        ({"course.toml": b"\xff\xfe"}, "course.toml: Berkas “course.toml” bukan teks UTF-8"),
        ({"lessons/membaca.md": None}, "course.toml baris 15: Membaca: Materi ini belum ada isinya"),
        ({"lessons/membaca.md": "a\n\n![x](files/tidak-ada.png)\n"}, "lessons/membaca.md baris 3: Berkas “files/tidak-ada.png”"),
        ({"lessons/membaca.md": "a\x00b"}, "lessons/membaca.md: Ada karakter kendali"),
        ({"lessons/membaca.md": "a" * 50_001}, "lessons/membaca.md: Teksnya terlalu panjang"),
        ({"lessons/lain.md": "x"}, "lessons/lain.md: Tidak ada materi berkunci “lain”"),
        ({"catatan.txt": "x"}, "catatan.txt: Berkas ini bukan bagian"),
        ({"files/peta besar.png": b"x"}, "files/peta besar.png: Nama berkas"),
        ({"questions/b.md": QUESTION}, "questions/b.md baris 1: Kunci soal “q1” dipakai"),
        ({"questions/b.md": "halo\n"}, "questions/b.md baris 1: Tiap soal diawali"),
        ({"questions/b.md": "\n"}, "questions/b.md: Berkas ini tidak berisi soal"),
    ],
)  # fmt: skip
def test_faults_name_file_and_line(context, tmp_path, changed, expected):
    found = faults(tmp_path, **{name.replace("/", "__"): data for name, data in changed.items()})
    assert any(expected in fault for fault in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type: single", "type: esai", "baris 2: Tulis jenis soal"),
        ("type: single", "points: 2", "baris 1: Tulis jenis soal"),
        ("type: single", "type: single\npoints: dua", "baris 3: “dua” bukan angka"),
        ("type: single", "type: single\npoints: 1,5", "baris 3: “1,5” bukan angka"),
        ("type: single", "type: single\nanswer: 3", "baris 3: “answer” tidak dikenal"),
        ("type: single", "type: single\ntype: single", "baris 3: “type” tertulis dua kali"),
        ("type: single\n\nMana?", "type: single\nMana?", "baris 3: Kosongkan satu baris"),
        ("Mana?\n\n", "", "baris 1: Tulis pertanyaannya"),
        ("- [ ] Ini\n", "", "baris 1: Soal ini memerlukan 2"),
        ("- [ ] Ini", "- [x] Ini", "baris 1: Tandai tepat satu"),
        ("- [ ] Ini", "- [ ] Itu", "baris 1: Pilihan “Itu” ada dua kali"),
        ("- [ ] Ini", "- [ ]", "baris 1: Pilihan ini kosong; tulis jawabannya"),
        ("> Karena itu.", "Karena itu.", "baris 10: Sesudah jawaban"),
        ("- [ ] Ini\n", "- [ ] Ini\nlalu\n", "baris 7: Baris ini bukan pilihan"),
        ("## q1", "## Soal Pertama", "baris 1: Kunci “Soal Pertama”"),
        ("Mana?", "```\nMana?", "baris 4: Blok kode"),
    ],
)
def test_faults_of_questions(context, tmp_path, old, new, expected):
    assert QUESTION.count(old) >= 1
    found = faults(tmp_path, questions__a=None, **{"questions__a.md": QUESTION.replace(old, new)})
    assert any(f"questions/a.md {expected}" in fault for fault in found), found


def test_all_faults_are_told_at_once(context, tmp_path):
    found = faults(
        tmp_path,
        **{
            "course.toml": MANIFEST.replace("jp = 2", "jp = 0").replace("minutes = 5", "minutes = 0"),
            "lessons__membaca.md": "![](files/x.png)",
            "questions__a.md": QUESTION.replace("[x]", "[ ]"),
        },
    )
    assert len(found) == 5
    assert [fault.split(":")[0] for fault in found] == [
        "course.toml baris 6", "course.toml baris 19", "course.toml baris 25",
        "lessons/membaca.md baris 1", "questions/a.md baris 1",
    ]  # fmt: skip


def test_each_type_of_question(context):
    text = """## a
type: multiple
points: 2.50

Pilih *semua*.

> Kutipan di tengah.

- [x] Satu
- [ ] Dua
  yang panjang
  > Bukan.
  > Sungguh.
- [x] Tiga

## b
type: true_false
answer: FALSE

Pernyataan.

> Penjelasan
>
> - butir

## c
type: short_text

Kota mana?

- = Yogyakarta
- = Jogja

> Ya.

## d
type: number
answer: 12.50
tolerance: 0.5
unit: JP

Berapa?

```
## bukan soal
> bukan penjelasan
```
"""
    found, outside = questions.parse(text)
    assert not outside and not any(one.faults for one in found)
    a, b, c, d = [one.body for one in found]
    assert (a["points"], a["stem"]) == ("2.5", "Pilih *semua*.\n\n> Kutipan di tengah.")
    assert a["options"][1] == {"text": "Dua yang panjang", "right": False, "feedback": "Bukan. Sungguh."}
    assert (b["answer"], b["explanation"]) == (False, "Penjelasan\n\n- butir")
    assert (c["accepted"], c["explanation"]) == (["Yogyakarta", "Jogja"], "Ya.")
    assert (d["answer"], d["tolerance"], d["unit"]) == ("12.5", "0.5", "JP")
    assert d["stem"].endswith("> bukan penjelasan\n```") and d["explanation"] == ""
    again = questions.write_file((one.key, one.body) for one in found)
    assert [one.body for one in questions.parse(again)[0]] == [a, b, c, d]


PIECES = [*"abc >-=[]x#`:!~_*\t|1.", "- [x] ", "  > ", "> ", "## ", "- = ", "```", "  "]
LINE = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@example("single", [">", "", ">"])
@example("number", ["> a", "", ">"])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["single", "multiple", "true_false", "short_text", "number"]), st.lists(LINE, max_size=12)
)
def test_any_text_that_is_read_is_written_and_read_the_same(context, kind, lines):
    answer = {"true_false": "answer: true\n", "number": "answer: 3\n"}.get(kind, "")
    found, _outside = questions.parse(f"## q\ntype: {kind}\n{answer}\n" + "\n".join(lines))
    for one in found:
        if not one.faults:
            again, outside = questions.parse(questions.write(one.key, one.body))
            assert [(o.key, o.body, o.faults) for o in again] == [(one.key, one.body, [])]
            assert not outside


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r"), max_size=30)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, st.lists(TEXT, max_size=4), st.integers(1, 99999))
def test_any_text_survives_toml(context, title, outcomes, hundredths):
    body = {
        "title": title.strip(), "summary": "s", "outcomes": [o.strip() for o in outcomes], "language": "id",
        "jp": str(hundredths), "enrolment": "open", "seats": None,
        "modules": [{"key": "m", "title": title.strip(), "requires": [], "lessons": [{"key": "a", "required": False}]}],
    }  # fmt: skip
    lesson = {"kind": "text", "title": title.strip(), "minutes": 3, "text": ""}
    text = manifest.write("x", body, {"a": lesson})
    slug, read_back, lessons, _lines, found = manifest.parse(text)
    assert (slug, read_back, found) == ("x", body, [])
    assert {**lessons["a"], "text": ""} == lesson


def test_a_hostile_toml_takes_no_long_time(context, tmp_path):
    import time

    for hostile in (
        "a." * 3_900 + "b = 1\n",
        "a = [" + "[" * 3_000,
        "[" + " " * 7_000 + "\n",
        "a" * 7_999 + "\n",
    ):
        began = time.monotonic()
        manifest.parse(hostile * 20)
        assert time.monotonic() - began < 3, hostile[:10]
