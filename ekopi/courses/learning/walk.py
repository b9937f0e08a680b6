"""A learner's walk through a course: what is done, what is open, what comes next, and why something is not open yet.

Made of rows that were read before; asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from operator import attrgetter


@dataclass(slots=True)
class Step:
    """A live lesson with what this learner did in it."""

    lesson_id: int
    key: str
    kind: str
    title: str
    minutes: int
    required: bool
    module_key: str
    module_title: str
    module_requires: Sequence[str]
    settings: dict | None
    """Of a quiz; nothing of the others is needed on the way."""
    done_at: datetime | None = None
    score: Decimal | None = None
    seconds: int = 0
    born_at: datetime | None = None
    """When its first version was published; read only for those who completed the course."""

    @property
    def done(self) -> bool:
        return self.done_at is not None

    @property
    def question_count(self) -> int:
        """How many questions a try at this quiz holds."""
        settings = self.settings or {}
        return len(settings.get("questions") or []) + sum(
            pool["count"] for pool in settings.get("pools") or []
        )

    @property
    def pass_mark(self) -> int:
        return (self.settings or {}).get("pass_mark", 70)


@dataclass(slots=True)
class Part:
    """A module as the learner meets it."""

    key: str
    title: str
    number: int
    requires: Sequence[str]
    steps: list[Step] = field(default_factory=list)

    @property
    def done_count(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def missing(self) -> list[Step]:
        """Required lessons that are not done."""
        return [step for step in self.steps if step.required and not step.done]

    @property
    def finished(self) -> bool:
        return not self.missing


class Walk:
    """The steps of one course in order, for one enrolment (or for nobody)."""

    def __init__(self, steps: list[Step], enrolment=None):
        self.steps, self.enrolment = steps, enrolment

    @cached_property
    def parts(self) -> list[Part]:
        """The modules in order."""
        made: dict[str, Part] = {}
        for step in self.steps:
            if step.module_key not in made:
                made[step.module_key] = Part(
                    step.module_key, step.module_title, len(made) + 1, step.module_requires
                )
            made[step.module_key].steps.append(step)
        return list(made.values())

    @cached_property
    def _part_of(self) -> dict[str, Part]:
        return {part.key: part for part in self.parts}

    def part(self, step: Step) -> Part:
        return self._part_of[step.module_key]

    def step(self, lesson_id: int | None) -> Step | None:
        return next((step for step in self.steps if step.lesson_id == lesson_id), None)

    @property
    def completed(self) -> bool:
        return self.enrolment is not None and self.enrolment.state == "completed"

    @property
    def done_count(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def needed(self) -> list[Step]:
        """What completion asks for: the required lessons, or all of them where none is required."""
        return [step for step in self.steps if step.required] or self.steps

    @property
    def missing(self) -> list[Step]:
        return [step for step in self.needed if not step.done]

    @property
    def last_done(self) -> Step | None:
        """What was done last, in a completed course the act that completed it; None before anything is done."""
        return max((step for step in self.steps if step.done), key=attrgetter("done_at"), default=None)

    @property
    def finished(self) -> bool:
        """Whether everything that completion asks for is done."""
        return bool(self.steps) and not self.missing

    def waits_for(self, part: Part) -> list[Part]:
        """The modules to finish before this one; a module that is gone holds nobody up, nor does a completed course."""
        if self.completed:
            return []
        before = [self._part_of[key] for key in part.requires if key in self._part_of and key != part.key]
        return [other for other in before if not other.finished]

    def is_open(self, step: Step) -> bool:
        """Open lessons can be read and done; what is done stays open."""
        return step.done or not self.waits_for(self.part(step))

    def is_new(self, step: Step) -> bool:
        """Published after the learner had completed the course, and not done."""
        return (
            self.completed
            and not step.done
            and step.born_at is not None
            and step.born_at > self.enrolment.completed_at
        )

    @property
    def new_steps(self) -> list[Step]:
        return [step for step in self.steps if self.is_new(step)]

    def after(self, step: Step) -> Step | None:
        place = self.steps.index(step)
        return self.steps[place + 1] if place + 1 < len(self.steps) else None

    def before(self, step: Step) -> Step | None:
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None

    @cached_property
    def next_step(self) -> Step | None:
        """Where to go on: the kept place while it is not done, else the first open lesson that completion needs.

        After it, in the order of the course, before one that was passed over; None when nothing is left.
        """
        if self.completed or not self.steps:
            return None
        place = self.step(self.enrolment.place_id) if self.enrolment else None
        if place and not place.done and self.is_open(place):
            return place
        start = self.steps.index(place) if place else 0
        turned = self.steps[start:] + self.steps[:start]
        left = [step for step in turned if not step.done and self.is_open(step)]
        return next((step for step in left if step.required), left[0] if left else None)
