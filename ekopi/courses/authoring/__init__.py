"""Courses, modules, lessons, questions: drafts, publishing, course files, the studio."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l


def init_app(app) -> None:
    from ekopi.core import registry
    from ekopi.courses.authoring import commands, models, privacy, queries, role_places, tasks, views, waiting  # noqa: F401

    app.register_blueprint(views.blueprint)
    app.cli.add_command(commands.group)
    for verb, sentence in {
        "course.created": _l("%(actor)s membuat kursus %(subject)s."),
        "course.imported": _l("%(actor)s mengimpor kursus %(subject)s dari folder."),
        "course.published": _l("%(actor)s menerbitkan kursus %(subject)s, terbitan %(number)s."),
        "course.reverted": _l("%(actor)s memulihkan kursus %(subject)s, terbitan %(number)s."),
        "course.link-renewed": _l("%(actor)s membuat tautan undangan baru untuk kursus %(subject)s."),
        "course.deleted": _l("%(actor)s menghapus kursus %(subject)s."),
        "course.restored": _l("%(actor)s mengembalikan kursus %(subject)s."),
    }.items():
        registry.register("audit-verbs", verb, sentence)
    registry.register("audit-subjects", "course", queries.titles_of)
    registry.register("role-places", "course", role_places.course_named)
    registry.register("privacy", "authoring", privacy)
    registry.register("waiting", "courses.authoring", waiting.unfinished)
    registry.register("nightly", "courses.uploads", tasks.delete_unused_uploads)
