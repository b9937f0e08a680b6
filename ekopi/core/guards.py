"""Who may enter a view. A view without a guard answers 403; a house test lists every route."""

from __future__ import annotations

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user

PUBLIC, SIGNED_IN, ROLE, BY_TOKEN = "public", "signed_in", "role", "by_token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view):
    """Anyone, signed in or not."""
    view.guard = (PUBLIC, ())
    return view


def signed_in(view):
    """Any person who is signed in; a visitor is sent to /masuk and back, a visitor's form is shown again (401)."""
    view.guard = (SIGNED_IN, ())
    return view


def by_token(view):
    """Programs: no cookie lets anybody in. Only for views of ekopi/api, which asks for the token itself."""
    view.guard = (BY_TOKEN, ())
    return view


def role(*kinds: str):
    """Persons who hold one of these roles at any place; the view still checks the object."""

    def mark(view):
        view.guard = (ROLE, kinds)
        return view

    return mark


def check(allowed: bool) -> None:
    """Goes on when the policy said yes, else answers 403."""
    if not allowed:
        abort(403)


def found(thing):
    """The thing, or 404 when there is none (also for things that are not this person's to know of)."""
    if thing is None:
        abort(404)
    return thing


def enforce():
    """Before each request: applies the guard of the view. Denied by default.

    A NUL in address or form is no text anybody typed, and PostgreSQL cannot compare it: 400. Loads the person for
    public views too, before anything says a word in a language; a visitor costs no query, having no sign-in.
    """
    known = current_user.is_authenticated
    if "\x00" in request.path or any("\x00" in text for text in request.args.values()):
        abort(400)
    if request.endpoint is None:
        return None
    view = current_app.view_functions.get(request.endpoint)
    kind, kinds = getattr(view, "guard", (None, ()))
    if kind in (PUBLIC, BY_TOKEN):
        return None
    if kind is None:
        abort(403)
    if not known:
        return to_sign_in()
    if kind == ROLE and not current_user.holds_any(kinds):
        abort(403)
    return None


def to_sign_in():
    """Sends a visitor to the sign-in page and, for a page that was read, back afterwards.

    A form is answered with 401: going away would lose what was typed, so core.failures shows it beside the way in.
    """
    if request.method not in READING:
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target))
