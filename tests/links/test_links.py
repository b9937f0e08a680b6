"""Edges between things: drawn once, seen from both ends, hidden where the reader may not look."""

import pytest
from sqlalchemy import func, select

from ekopi.core.registry import register
from ekopi.extensions import db as database
from ekopi.links.models import Link
from ekopi.links.operations import link, unlink
from ekopi.links.queries import Linkable, trail


@pytest.fixture(autouse=True)
def kinds(app):
    things = {1: ("Kursus Satu", "/kursus/satu"), 2: ("Kursus Dua", "/kursus/dua")}
    hidden = {2}

    def show(ids, person):
        return {i: things[i] for i in ids if i in things and (person == "admin" or i not in hidden)}

    register("link-kinds", "test-course", Linkable(show))


def test_drawn_twice_is_one_edge(db):
    for _ in range(2):
        link(("test-idea", 9), "grew-from", ("test-course", 1))
    assert database.session.scalar(select(func.count()).select_from(Link)) == 1


def test_seen_from_both_ends(db):
    link(("test-course", 1), "led-to", ("test-course", 2), note="catatan")
    came_from, came_of = trail("test-course", 1, "admin")
    assert came_from == []
    assert [(e.title, e.address, e.note) for e in came_of] == [("Kursus Dua", "/kursus/dua", "catatan")]
    came_from, came_of = trail("test-course", 2, "admin")
    assert [e.title for e in came_from] == ["Kursus Satu"] and came_of == []


def test_what_one_may_not_see_is_not_there(db):
    link(("test-course", 1), "led-to", ("test-course", 2))
    assert trail("test-course", 1, "learner") == ([], [])


def test_taken_away(db):
    link(("test-course", 1), "led-to", ("test-course", 2))
    unlink(("test-course", 1), "led-to", ("test-course", 2))
    assert trail("test-course", 1, "admin") == ([], [])
