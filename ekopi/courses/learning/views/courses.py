"""The list of courses, one course, its files."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from ekopi.core import files, paging
from ekopi.core.guards import found, public
from ekopi.courses.authoring import queries as authoring
from ekopi.courses.authoring.models import Course
from ekopi.courses.learning import policy, queries
from ekopi.courses.learning.rules import completion_rules
from ekopi.courses.learning.views import blueprint
from ekopi.credentials import queries as credentials


@blueprint.get("/kursus")
@public
def courses():
    text = request.args.get("q", "").strip()[:100]
    page = paging.page(
        authoring.live_courses(text),
        [Course.published_at, Course.id],
        of=lambda course: (course.published_at, course.id),
        descending=True,
    )
    states = queries.states_in([course.id for course in page.items], current_user.id)
    return render_template("learning/courses.html", page=page, text=text, states=states)


@blueprint.get("/kursus/<slug>")
@public
def course(slug):
    page = found(queries.course_page(slug, current_user.id))
    way = queries.walk(page.course.id, page.enrolment if policy.may_learn(page.enrolment) else None)
    papers = credentials.of_source("enrolment", page.enrolment.id) if way.completed else []
    return render_template(
        "learning/course.html",
        course=page.course,
        enrolment=page.enrolment,
        learners=page.learners,
        more=page.more,
        counted=queries.COUNTED,
        full=page.course.seats is not None and page.learners >= page.course.seats,
        way=way,
        rules=completion_rules(way),
        certificate=papers[0] if papers else None,
        may_decide=policy.may_decide(current_user, page.course),
    )


@blueprint.get("/kursus/<slug>/berkas/<path:name>")
@public
def course_file(slug, name):
    """Who may see a course's page may see its files."""
    course = found(authoring.course(slug))
    return files.send(found(authoring.course_file(course, name)), as_attachment=False)
