"""Enrolment, the player, progress, completion. Lives the walk; its parts are authoring, assessment, credentials."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.core.sentences import filled

AUDIT_VERBS = {
    "learning.enrolled": _l("%(actor)s mengikuti kursus %(subject)s."),
    "learning.asked": _l("%(actor)s meminta bergabung di kursus %(subject)s."),
    "learning.accepted": _l("%(actor)s menerima %(person)s di kursus %(subject)s."),
    "learning.refused": _l("%(actor)s menolak permintaan %(person)s untuk bergabung di kursus %(subject)s."),
    "learning.left": _l("%(actor)s keluar dari kursus %(subject)s."),
    "learning.completed": _l("%(actor)s menyelesaikan kursus %(subject)s (terbitan %(publication)s)."),
    "learning.attempt-started": _l("%(actor)s memulai percobaan %(number)s pada %(subject)s."),
    "learning.attempt-closed": _l("%(actor)s mengakhiri percobaan %(number)s pada %(subject)s."),
    "learning.task-sent": _l("%(actor)s mengirim langkah nyata %(subject)s."),
}


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.courses.learning import models, privacy, queries, tasks, waiting  # noqa: F401
    from ekopi.courses.learning.views import blueprint

    app.register_blueprint(blueprint)
    for verb, sentence in AUDIT_VERBS.items():
        registry.register("audit-verbs", verb, sentence)
    registry.register("audit-subjects", "enrolment", queries.names_of)
    registry.register("audit-subjects", "lesson", queries.lesson_titles)
    registry.register("privacy", "courses.learning", privacy)
    registry.register("waiting", "courses.learning", waiting.requests)
    registry.register("course-waiting", "courses.learning", waiting.requests_to)
    registry.register("notices", "enrolment-decided", say_decided)


def say_decided(facts: dict) -> tuple[str, str]:
    """The sentence and address of the notice about a request to join."""
    if facts["accepted"]:
        sentence = filled(
            _("Anda diterima di kursus %(course)s. Mulailah dari materi pertama."), course=facts["course"]
        )
    else:
        sentence = filled(
            _("Permintaan Anda untuk bergabung di kursus %(course)s belum diterima. Alasannya: %(reason)s."),
            course=facts["course"],
            reason=facts["reason"],
        )
    return sentence, url_for("learning.course", slug=facts["slug"])
