"""What a publication would change, item by item, in words an author can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.core.web import say_decimal
from ekopi.courses.authoring.bodies import Body, bank_keys, lesson_refs, stem_name
from ekopi.courses.authoring.course_files import questions
from ekopi.courses.authoring.queries.drafts import State, bodies_now
from ekopi.revisions.diff import lines
from ekopi.revisions.models import Item

Bodies = Mapping[int, Body | None]
NEW, CHANGED = "new", "changed"
KINDS = {"text": _l("Teks"), "file": _l("Berkas"), "quiz": _l("Kuis"), "field_task": _l("Langkah Nyata")}
ENROLMENTS = {"open": _l("Terbuka"), "approval": _l("Dengan persetujuan"), "link": _l("Lewat tautan")}
DURING = {"nothing": _l("Tidak ada"), "answers": _l("Jawaban benar, soal demi soal")}
AFTER = {
    "nothing": _l("Tidak ada"),
    "score": _l("Nilai saja"),
    "marks": _l("Benar atau salah, dan tanggapan pilihannya"),
    "answers": _l("Jawaban benar dan penjelasannya"),
}


@dataclass(frozen=True)
class Change:
    """One item that says something else than before. `parts` are (mark, line) pairs for parts/compare.html."""

    item_id: int
    kind: str
    key: str
    title: str
    what: str
    edition: int
    """Of the item's draft."""
    parts: list[tuple[str, str]]


def changes(state: State) -> list[Change]:
    """What publishing all drafts would change."""
    return between(state, bodies_now(state), {item.id: item.draft.body for item in state.items()})


def alone(state: State) -> set[int]:
    """Ids of the items that may be published without the others: what is in the outline or bank learners have."""
    if state.item.published is None:
        return set()
    body = state.item.published.body
    lessons = {state.lessons[key][1].id for _m, _n, key, _r in lesson_refs(body)}
    return {state.item.id} | lessons | {state.questions[key][1].id for key in bank_keys(body)}


def between(state: State, before: Bodies, after: Bodies) -> list[Change]:
    """What learners see changed from one state of the course to another; bodies by item, None for not yet there.

    Settings and outline first, then lessons and questions in the order of `after`. What leaves the outline is
    told by the outline.
    """
    old, body = before.get(state.item.id), after[state.item.id]
    assert body is not None
    found = []
    if old != body:
        text = course_text(old, _titles(state, old, before)) if old else ""
        title = _("Judul, aturan, dan susunan")
        found.append(
            _change(
                state.item, "course", "", title, old, text, course_text(body, _titles(state, body, after))
            )
        )
    for _m, _n, key, _required in lesson_refs(body):
        item = state.lessons[key][1]
        old, new = before.get(item.id), after.get(item.id)
        if new is not None and old != new:
            was = lesson_text(old) if old else ""
            found.append(_change(item, "lesson", key, new["title"], old, was, lesson_text(new)))
    for key in bank_keys(body):
        item = state.questions[key][1]
        old, new = before.get(item.id), after.get(item.id)
        if new is not None and old != new:
            was = questions.write(key, old) if old else ""
            stem = stem_name(new)
            title = _("Soal: %(stem)s (%(key)s)", stem=stem, key=key) if stem else _("Soal %(key)s", key=key)
            found.append(_change(item, "question", key, title, old, was, questions.write(key, new)))
    return found


def _titles(state: State, body: Body, at: Bodies) -> dict[str, str]:
    rows = {key: state.lessons[key][1].id for _m, _n, key, _r in lesson_refs(body) if key in state.lessons}
    return {key: lesson["title"] for key, item_id in rows.items() if (lesson := at.get(item_id))}


def _change(item: Item, kind: str, key: str, title: str, before: Body | None, old: str, new: str) -> Change:
    what = NEW if before is None else CHANGED
    return Change(item.id, kind, key, title, what, item.draft.edition, lines(old, new))


def course_text(body: Body, titles: dict[str, str]) -> str:
    """Title, rules, outline, bank and files, a line for each."""
    return "\n".join(_course_lines(body, titles))


def _course_lines(body: Body, titles: dict[str, str]) -> Iterator[str]:
    yield _("Judul: %(value)s", value=body["title"])
    yield _("Ringkasan: %(value)s", value=body["summary"])
    for outcome in body["outcomes"]:
        yield _("Hasil belajar: %(value)s", value=outcome)
    yield _("JP: %(value)s", value=say_decimal(body["jp"]))
    yield _("Bahasa: %(value)s", value=body["language"])
    yield _("Pendaftaran: %(value)s", value=ENROLMENTS[body["enrolment"]])
    if body["seats"] is not None:
        yield _("Tempat: %(value)s", value=body["seats"])
    modules = {module["key"]: module["title"] for module in body["modules"]}
    for module in body["modules"]:
        yield _("Modul: %(title)s (%(key)s)", title=module["title"], key=module["key"])
        if module["requires"]:
            yield "  " + _(
                "Setelah modul: %(value)s",
                value=", ".join(modules.get(key, key) for key in module["requires"]),
            )
        for lesson in module["lessons"]:
            title = titles.get(lesson["key"], lesson["key"])
            line = _("Materi: %(title)s (%(key)s)", title=title, key=lesson["key"])
            yield f"  {line}" if lesson["required"] else f"  {line}, " + _("tidak wajib")
    for part in body["bank"]:
        yield _("Berkas soal %(name)s: %(keys)s", name=part["name"], keys=", ".join(part["keys"]))
    for file in body["files"]:
        yield _("Berkas: %(name)s (%(mark)s)", name=file["name"], mark=file["sha256"][:8])


def lesson_text(body: Body) -> str:
    """Settings of a lesson, a line for each, then its text."""
    return "\n".join([*_lesson_lines(body), "", body["text"]])


def _lesson_lines(body: Body) -> Iterator[str]:
    yield _("Judul: %(value)s", value=body["title"])
    yield _("Jenis: %(value)s", value=KINDS[body["kind"]])
    yield _("Perkiraan waktu: %(value)s menit", value=body["minutes"])
    if body["kind"] == "file":
        yield _("Berkas: %(value)s", value=body["file"])
    if body["kind"] == "field_task":
        yield _("Paling sedikit %(value)s kata", value=body["task"]["min_words"])
    if body["kind"] == "quiz":
        quiz = body["quiz"]
        yield _("Nilai lulus: %(value)s persen", value=quiz["pass_mark"])
        yield _("Percobaan: %(value)s", value=quiz["attempts"] or _("tanpa batas"))
        yield _("Batas waktu: %(value)s", value=quiz["time_limit"] or _("tanpa batas"))
        yield _("Diacak: %(value)s", value=_("ya") if quiz["shuffle"] else _("tidak"))
        yield _("Soal tetap: %(value)s", value=", ".join(quiz["questions"]) or "–")
        for pool in quiz["pools"]:
            yield _(
                "Soal acak: %(count)s dari %(keys)s", count=pool["count"], keys=", ".join(pool["questions"])
            )
        yield _("Selama mengerjakan: %(value)s", value=DURING[quiz["show_during"]])
        yield _("Sesudah tiap percobaan: %(value)s", value=AFTER[quiz["show_after"]])
        yield _("Sesudah lulus atau percobaan habis: %(value)s", value=AFTER[quiz["show_later"]])
