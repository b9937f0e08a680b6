"""What tests of the studio share: addresses, drafts, a token against forgery."""

from __future__ import annotations

from ekopi.courses.authoring.queries import drafts


def at(course, path="") -> str:
    return f"/studio/kursus/{course.slug}{path}"


def draft_of(course, key):
    return drafts.item(drafts.lesson_by_key(course, key).item_id).draft


def token(client, data):
    """A page's token against forgery beside other data."""
    if client.page is None or not any("csrf_token" in form["fields"] for form in client.page.forms):
        client.get("/")
    fields = next(form["fields"] for form in client.page.forms if "csrf_token" in form["fields"])
    return {"csrf_token": fields["csrf_token"], **data}
