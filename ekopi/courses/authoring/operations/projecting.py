"""Writes what a publication shows into the rows that pages read, so that reading never touches versions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ekopi.core import clock
from ekopi.core.models import Upload
from ekopi.core.text import fold
from ekopi.courses.authoring.bodies import Body, bank_keys, lesson_refs
from ekopi.courses.authoring.models import CourseFile, Module, QuestionOption, QuestionText
from ekopi.courses.authoring.queries import drafts
from ekopi.extensions import db
from ekopi.revisions.models import Item, Publication

if TYPE_CHECKING:
    from ekopi.courses.authoring.operations.publishing import Plan


def project(plan: Plan, publication: Publication) -> None:
    """Makes the rows say what the plan says."""
    modules = _modules(plan)
    _lessons(plan, modules)
    _questions(plan)
    _files(plan)
    _course(plan, publication)
    db.session.flush()


def _modules(plan: Plan) -> dict[str, Module]:
    rows = plan.state.modules
    for position, module in enumerate(plan.body["modules"], start=1):
        row = rows.get(module["key"])
        if row is None:
            row = rows[module["key"]] = Module(course_id=plan.state.course.id, key=module["key"])
            db.session.add(row)
        row.title, row.position, row.requires = module["title"], position, list(module["requires"])
    shown = {module["key"] for module in plan.body["modules"]}
    for key, row in rows.items():
        row.live = key in shown
    db.session.flush()
    return rows


def _lessons(plan: Plan, modules: dict[str, Module]) -> None:
    files = {file["name"]: file for file in plan.body["files"]}
    shown: set[str] = set()
    refs = enumerate(lesson_refs(plan.body), start=1)
    for position, (m, _n, key, required) in refs:
        row, item = plan.state.lessons[key]
        body = plan.lessons[key]
        shown.add(key)
        row.live, row.required, row.position = True, required, position
        row.module_id = modules[plan.body["modules"][m]["key"]].id
        row.kind, row.title, row.minutes = body["kind"], body["title"], body["minutes"]
        row.settings = settings_of(body, files)
        row.version_id = item.published_id
        if key in plan.fresh:
            row.html = plan.faces.lesson(key, body)
    for key, (row, _item) in plan.state.lessons.items():
        if key not in shown:
            row.live = False


def settings_of(body: Body, files: dict[str, Body]) -> dict[str, Any]:
    """What a page needs of a lesson beside its text: rules of the quiz, the file, words of the task."""
    if body["kind"] == "quiz":
        return dict(body["quiz"])
    if body["kind"] == "field_task":
        return dict(body["task"])
    if body["kind"] == "file":
        file = files[body["file"]]
        short = file["name"].partition("/")[2]
        return {"name": short, **{name: file[name] for name in ("token", "size", "media_type")}}
    return {}


def _questions(plan: Plan) -> None:
    bank = bank_keys(plan.body)
    names = {key: part["name"] for part in plan.body["bank"] for key in part["keys"]}
    places = {key: position for position, key in enumerate(bank, start=1)}
    items = [plan.state.questions[key][1] for key in plan.questions]
    faced = set(
        db.session.scalars(
            select(QuestionText.version_id).where(
                QuestionText.version_id.in_([item.published_id for item in items])
            )
        )
    )
    for key, (row, item) in plan.state.questions.items():
        row.live = key in plan.questions
        if not row.live:
            continue
        body = plan.questions[key]
        row.type, row.source_name, row.position = body["type"], names[key], places[key]
        if item.published_id not in faced:
            _face(plan, key, row.id, item, body)


def _face(plan: Plan, key: str, question_id: int, item: Item, body: Body) -> None:
    face = plan.faces.question(key, body)
    db.session.add(
        QuestionText(
            version_id=item.published_id,
            question_id=question_id,
            type=body["type"],
            points=Decimal(body["points"]),
            stem_html=face.stem_html,
            explanation_html=face.explanation_html,
            key_facts=face.key_facts,
        )
    )
    db.session.flush()
    for position, option in enumerate(face.options, start=1):
        db.session.add(
            QuestionOption(
                version_id=item.published_id,
                key=option.key,
                position=position,
                html=option.html,
                right=option.right,
                feedback_html=option.feedback_html,
            )
        )


def _files(plan: Plan) -> None:
    wanted = {file["name"]: file["token"] for file in plan.body["files"]}
    uploads = db.session.execute(
        select(Upload.token, Upload.id).where(Upload.token.in_(list(wanted.values())))
    )
    ids = dict(uploads.all())
    rows = {row.name: row for row in drafts.course_files(plan.state.course)}
    for name, token in wanted.items():
        if name in rows:
            rows[name].upload_id = ids[token]
        else:
            db.session.add(CourseFile(course_id=plan.state.course.id, name=name, upload_id=ids[token]))
    for name, row in rows.items():
        if name not in wanted:
            db.session.delete(row)


def _course(plan: Plan, publication: Publication) -> None:
    course, body = plan.state.course, plan.body
    course.title, course.summary, course.outcomes = body["title"], body["summary"], list(body["outcomes"])
    course.language, course.jp = body["language"], Decimal(body["jp"])
    course.enrolment, course.seats = body["enrolment"], body["seats"]
    course.minutes = sum(lesson["minutes"] for lesson in plan.lessons.values())
    course.lesson_count = len(plan.lessons)
    titles = [lesson["title"] for lesson in plan.lessons.values()]
    course.search_text = fold(" ".join([body["title"], body["summary"], *body["outcomes"], *titles]))
    course.publication_number, course.published_at = publication.number, clock.now()
    course.live = True
