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
    """The conditions a course sets: lessons done, quizzes passed, langkah nyata sent."""
    needed = way.needed
    quizzes = [step for step in needed if step.kind == "quiz"]
    tasks = [step for step in needed if step.kind == "field_task"]
    every = len(needed) == len(way.steps)
    rules = [
        _rule(
            _("Semua materi selesai") if every else _("Semua materi wajib selesai"),
            _("%(done)s dari %(total)s", done=_done(needed), total=len(needed)),
            needed,
        )
    ]
    if quizzes:
        rules.append(_quizzes(quizzes))
    if tasks:
        sentence = _("Langkah nyata terkirim") if len(tasks) == 1 else _("Semua langkah nyata terkirim")
        rules.append(
            _rule(sentence, _("%(done)s dari %(total)s terkirim", done=_done(tasks), total=len(tasks)), tasks)
        )
    return rules


def _quizzes(quizzes: list[Step]) -> Rule:
    marks = sorted({step.pass_mark for step in quizzes})
    if len(quizzes) == 1:
        sentence = _("Kuis paling sedikit %(mark)s", mark=marks[0])
    elif len(marks) == 1:
        sentence = _("Semua kuis paling sedikit %(mark)s", mark=marks[0])
    else:
        sentence = _("Semua kuis lulus, batas lulusnya %(low)s sampai %(high)s", low=marks[0], high=marks[-1])
    return _rule(
        sentence, _("%(done)s dari %(total)s lulus", done=_done(quizzes), total=len(quizzes)), quizzes
    )


def _done(steps: list[Step]) -> int:
    return sum(step.done for step in steps)


def _rule(sentence: str, state: str, steps: list[Step]) -> Rule:
    return Rule(sentence, state, bool(steps) and all(step.done for step in steps))
