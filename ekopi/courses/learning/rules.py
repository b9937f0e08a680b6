"""“Cara Lulus”: what completion asks for, in sentences, each with its state."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _

from ekopi.courses.learning.walk import Step, Walk


class Rule(NamedTuple):
    """One condition, how far the learner is, and whether it is met."""

    sentence: str
    state: str
    met: bool


def completion_rules(way: Walk) -> list[Rule]:
    """The conditions a course sets: lessons done, quizzes passed, langkah nyata sent.

    Of a completed course what was met then: lessons that came later undo nothing, and a pass mark that was changed
    since was not the one that was reached.
    """
    needed = [step for step in way.needed if step.done] if way.completed else way.needed
    quizzes = [step for step in needed if step.kind == "quiz"]
    tasks = [step for step in needed if step.kind == "field_task"]
    every = len(needed) == len(way.steps)
    rules = [
        Rule(
            _("Semua materi selesai") if every else _("Semua materi wajib selesai"),
            _("%(done)s dari %(total)s", done=_done(needed), total=len(needed)),
            _met(needed) or way.completed,
        )
    ]
    if quizzes:
        state = _("%(done)s dari %(total)s lulus", done=_done(quizzes), total=len(quizzes))
        rules.append(Rule(_passed(quizzes, way.completed), state, _met(quizzes)))
    if tasks:
        sentence = _("Langkah nyata terkirim") if len(tasks) == 1 else _("Semua langkah nyata terkirim")
        state = _("%(done)s dari %(total)s terkirim", done=_done(tasks), total=len(tasks))
        rules.append(Rule(sentence, state, _met(tasks)))
    return rules


def _passed(quizzes: list[Step], completed: bool) -> str:
    marks = sorted({step.pass_mark for step in quizzes})
    if completed:
        return _("Kuis lulus") if len(quizzes) == 1 else _("Semua kuis lulus")
    if len(quizzes) == 1:
        return _("Kuis paling sedikit %(mark)s", mark=marks[0])
    if len(marks) == 1:
        return _("Semua kuis paling sedikit %(mark)s", mark=marks[0])
    return _("Semua kuis lulus, batas lulusnya %(low)s sampai %(high)s", low=marks[0], high=marks[-1])


def _done(steps: list[Step]) -> int:
    return sum(step.done for step in steps)


def _met(steps: list[Step]) -> bool:
    return bool(steps) and all(step.done for step in steps)
