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
    return show_course(found(page if policy.may_know(current_user, page.course, page.enrolment) else None))


def known_course(slug: str) -> Course:
    """The published course of that slug; 404 when there is none that this person or visitor may know of."""
    known = found(authoring.course(slug))
    if not policy.may_know(current_user, known, None):
        found(queries.enrolment_of(known.id, current_user.id))
    return known


def show_course(page: queries.CoursePage, token: str = "") -> str:
    """The page of a course; with the token of its link, for somebody who was invited."""
    way = queries.walk(page.course.id, page.enrolment if policy.may_learn(page.enrolment) else None)
    papers = credentials.of_source("enrolment", page.enrolment.id) if page.enrolment and way.completed else []
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
        token=token,
    )


@blueprint.get("/kursus/<slug>/berkas/<path:name>")
@public
def course_file(slug, name):
    """Who may see a course's page may see its files."""
    return files.send(found(authoring.course_file(known_course(slug), name)), as_attachment=False)
