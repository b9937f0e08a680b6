"""The content of lessons and questions, and the files they use: drafts only."""

from __future__ import annotations

import copy
import hashlib
import io
from typing import IO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ekopi.core import files
from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Refused
from ekopi.core.models import Upload
from ekopi.core.text import TEXT_LIMIT, TextTooLong
from ekopi.core.text import slug as slug_of
from ekopi.courses.authoring import bodies
from ekopi.courses.authoring.bodies import Body
from ekopi.courses.authoring.course_files import clean_text, questions
from ekopi.courses.authoring.models import Course, Lesson, Question
from ekopi.courses.authoring.operations.outline import KeyTaken, NotInOutline
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db
from ekopi.revisions import operations as revisions
from ekopi.revisions import queries as items
from ekopi.revisions.models import Draft, Item

IMAGE_PIXELS = 12_000_000
"""Width times height of a picture in a course: larger ones cost more memory than a server should give."""
NEW_BANK = "soal.md"
QUESTION_LIMIT = 4 * TEXT_LIMIT
"""Characters of a question with all its parts, before they are looked at one by one."""


class QuestionFaulty(Invalid):
    """The text of a question cannot be read; `faults` are (line, sentence)."""

    code = "question-faulty"
    message = _l("Tulisan soal ini belum dapat dibaca.")

    def __init__(self, faults: list[tuple[int, str]]):
        super().__init__("text")
        self.faults = faults

    def sentence(self) -> str:
        """All faults with their lines."""
        return " ".join(self.sentences())

    def sentences(self) -> list[str]:
        """One sentence for each fault, by line."""
        return [
            _("Baris %(line)d: %(sentence)s", line=line, sentence=said) for line, said in sorted(self.faults)
        ]


class QuestionUsed(Refused):
    code = "question-used"
    message = _l("Soal ini masih dipakai kuis “%(title)s”.")
    remedy = _l("Keluarkan dari kuis itu lebih dahulu.")


class FileUsed(Refused):
    code = "file-used"
    message = _l("Berkas ini masih dipakai di “%(title)s”.")
    remedy = _l("Keluarkan dari sana lebih dahulu.")


class PictureTooLarge(files.FileRefused):
    code = "picture-too-large"
    message = _l("Gambar “%(name)s” terlalu besar: paling banyak %(limit)d megapiksel.")
    remedy = _l("Perkecil ukuran gambarnya, lalu coba lagi.")


def save_lesson(lesson: Lesson, changes: Body, edition: int | None, by_id: int | None) -> Draft:
    """Keeps title, minutes, text and settings in the draft; what `changes` leaves out stays.

    Raises Stale when another saving came in between, TextTooLong.
    """
    item = drafts.item(lesson.item_id)
    body = {**item.draft.body, **changes}
    body["text"] = clean_text(body["text"]).replace("\x00", "")
    if len(body["text"]) > TEXT_LIMIT:
        raise TextTooLong(length=len(body["text"]), limit=TEXT_LIMIT)
    return revisions.save_draft(item, body, edition, by_id)


def add_question(course: Course, text: str, by_id: int | None) -> Question:
    """A new question of the bank from its readable text. Raises QuestionFaulty, KeyTaken."""
    key, body = _read(text)
    known = drafts.question_by_key(course, key)
    if known is not None:
        bank = bodies.bank_keys(items.draft(course.item_id).body)
        if key in bank:
            raise KeyTaken("text", key=key)
        revisions.save_draft(db.session.get_one(Item, known.item_id), body, None, by_id)
    question = known or question_row(course, key, body, by_id)
    _list_question(course, key, by_id)
    return question


def save_question(
    course: Course, question: Question, text: str, edition: int | None, by_id: int | None
) -> Draft:
    """Keeps a question from its readable text; the key stays. Raises QuestionFaulty, Stale."""
    parsed = read_question(text)
    faults = list(parsed.faults)
    if parsed.key != question.key:
        sentence = _("Kunci soal tidak dapat diganti; tulis kembali “## %(key)s”.", key=question.key)
        faults = [(parsed.line, sentence), *faults]
    if faults:
        raise QuestionFaulty(faults)
    body = parsed.body
    return revisions.save_draft(db.session.get_one(Item, question.item_id), body, edition, by_id)


def remove_question(course: Course, key: str, by_id: int | None) -> tuple[str, int]:
    """Takes a question out of the draft bank; its text stays, and attempts keep their versions.

    Gives back the part of the bank and the place, for undo. Raises QuestionUsed, NotInOutline.
    """
    state = drafts.state(course)
    for body in state.drafts()[0].values():
        if body["kind"] == "quiz" and key in bodies.quiz_keys(body["quiz"]):
            raise QuestionUsed(title=body["title"])
    draft = claim(items.draft(course.item_id))
    body = copy.deepcopy(draft.body)
    here = next((part for part in body["bank"] if key in part["keys"]), None)
    if here is None:
        raise NotInOutline()
    position = here["keys"].index(key)
    here["keys"].remove(key)
    body["bank"] = [part for part in body["bank"] if part["keys"]]
    revisions.save_draft(db.session.get_one(Item, course.item_id), body, None, by_id)
    return here["name"], position


def restore_question(
    course: Course, key: str, by_id: int | None, part: str = "", position: int | None = None
) -> None:
    """Lists a question again, where it stood or at the end of the bank. Raises NotInOutline."""
    if drafts.question_by_key(course, key) is None:
        raise NotInOutline()
    draft = claim(items.draft(course.item_id))
    if key not in bodies.bank_keys(draft.body):
        _put_in_bank(course, draft, key, by_id, part, position)


def question_row(course: Course, key: str, body: Body, by_id: int | None) -> Question:
    """A new question with its first draft. Raises KeyTaken."""
    item = revisions.new_item("question", course.place, body, by_id)
    row = Question(course_id=course.id, key=key, type=body["type"], item_id=item.id)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as clash:
        raise KeyTaken("text", key=key) from clash
    return row


def add_file(course: Course, stream: IO[bytes], name: str, by_id: int) -> tuple[str, bool]:
    """Keeps a file for the course's lessons; gives back the name texts use ("files/peta.png").

    It takes the place of one of the same name in the draft; the second answer says whether there was one. Raises
    FileRefused.
    """
    data = stream.read(files.DOCUMENT_LIMIT + 1)
    stem, _dot, extension = files.safe_name(name).rpartition(".")
    short = f"files/{slug_of(stem) or 'berkas'}.{extension.lower().replace('jpeg', 'jpg')}"
    entry, upload = prepare_file(data, short, owner_id=by_id)
    files.add(upload)
    draft = claim(items.draft(course.item_id))
    kept = [file for file in draft.body["files"] if file["name"] != short]
    replaced = len(kept) < len(draft.body["files"])
    body = {**draft.body, "files": sorted([*kept, entry], key=lambda file: file["name"])}
    revisions.save_draft(db.session.get_one(Item, course.item_id), body, None, by_id)
    return short, replaced


def remove_file(course: Course, name: str, by_id: int | None) -> Body:
    """Takes a file out of the draft; gives back its entry, for undo.

    Raises FileUsed when a text or a lesson still uses it, NotInOutline.
    """
    state = drafts.state(course)
    lessons, asked = state.drafts()
    for body in [*lessons.values(), *asked.values()]:
        used = {link for text in bodies.texts_of(body) for link in bodies.FILE_LINK.findall(text)}
        if name in used or body.get("file") == name:
            raise FileUsed(title=body.get("title") or body.get("stem", "")[:60])
    draft = claim(items.draft(course.item_id))
    entry = next((file for file in draft.body["files"] if file["name"] == name), None)
    if entry is None:
        raise NotInOutline()
    kept = [file for file in draft.body["files"] if file is not entry]
    revisions.save_draft(db.session.get_one(Item, course.item_id), {**draft.body, "files": kept}, None, by_id)
    return entry


def restore_file(course: Course, entry: Body, by_id: int | None) -> None:
    """Puts a removed file back; one of the same name that came since stays.

    Raises NotInOutline when the night has taken the file away, as nothing named it any more.
    """
    draft = claim(items.draft(course.item_id))
    upload = db.session.scalars(
        select(Upload).where(Upload.token == entry["token"], Upload.deleted_at.is_(None))
    ).first()
    if upload is None:
        raise NotInOutline()
    if entry["name"] not in [file["name"] for file in draft.body["files"]]:
        body = {**draft.body, "files": sorted([*draft.body["files"], entry], key=lambda file: file["name"])}
        revisions.save_draft(db.session.get_one(Item, course.item_id), body, None, by_id)


def prepare_file(data: bytes, name: str, *, owner_id: int | None) -> tuple[Body, Upload]:
    """Stores the bytes; gives back the entry for the course's body, and the row to add. Raises FileRefused."""
    short = name.partition("/")[2]
    if _pixels(data) > IMAGE_PIXELS:
        raise PictureTooLarge(name=short, limit=IMAGE_PIXELS // 1_000_000)
    upload = files.prepare(data, name=short, kind="document", owner_id=owner_id)
    entry = {
        "name": name,
        "token": upload.token,
        "media_type": upload.media_type,
        "size": upload.size,
        "sha256": upload.sha256,
        "source": hashlib.sha256(data).hexdigest(),
    }
    return entry, upload


def read_question(text: str) -> questions.Parsed:
    """A question from an editor's text; `faults` says by line what keeps it from being saved.

    What could be read is in its body, faults or not.
    """
    if len(text) > QUESTION_LIMIT:
        sentence = _("Teksnya terlalu panjang: paling banyak %(limit)d karakter.", limit=QUESTION_LIMIT)
        return questions.Parsed("", 1, questions.empty("single"), [(1, sentence)])
    parsed = questions.parse_one(clean_text(text))
    if not parsed.faults:
        found = bodies.question_faults(parsed.key, parsed.body, None)
        parsed.faults = [(parsed.line_of(fault.path), fault.sentence) for fault in found]
    return parsed


def _read(text: str) -> tuple[str, Body]:
    parsed = read_question(text)
    if parsed.faults:
        raise QuestionFaulty(parsed.faults)
    return parsed.key, parsed.body


def _pixels(data: bytes) -> int:
    """Width times height as the file's head says; 0 for what is no picture of ours (files.keep judges that)."""
    from PIL import Image  # 2 MB that a process without uploads does not need

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            return opened.width * opened.height
    except Image.DecompressionBombError:
        return IMAGE_PIXELS + 1
    except (OSError, ValueError, SyntaxError, EOFError):
        return 0


def _list_question(course: Course, key: str, by_id: int | None) -> None:
    draft = claim(items.draft(course.item_id))
    if key in bodies.bank_keys(draft.body):  # listed by another request since the bank was read
        raise KeyTaken("text", key=key)
    _put_in_bank(course, draft, key, by_id)


def _put_in_bank(
    course: Course, draft: Draft, key: str, by_id: int | None, part: str = "", position: int | None = None
) -> None:
    """Into the part of that name, else the last; what is not there yet is made, parts being in the order of names."""
    body = copy.deepcopy(draft.body)
    bank = body["bank"]
    part = part or (bank[-1]["name"] if bank else NEW_BANK)
    if part not in [known["name"] for known in bank]:
        bank.append({"name": part, "keys": []})
        bank.sort(key=lambda known: known["name"])
    keys = next(known["keys"] for known in bank if known["name"] == part)
    keys.insert(len(keys) if position is None else position, key)
    revisions.save_draft(db.session.get_one(Item, course.item_id), body, None, by_id)
