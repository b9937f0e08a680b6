"""What every page's frame needs: ways through the house, the reader's theme, waiting notices."""

from __future__ import annotations

from flask import current_app, g, has_request_context, request
from flask_babel import get_locale
from flask_babel import gettext as _

from ekopi.core.registry import all_of
from ekopi.notifications import queries as notifications

AUTHOR_ROLES = ("author", "admin")


def context() -> dict:
    """Names for the templates; asks the database only where a page uses `unread_notices`."""
    person = getattr(g, "_login_user", None)
    if person is not None and not person.is_authenticated:
        person = None
    language = str(get_locale() or "id")
    return {
        "nav_items": nav_items(),
        "dock_items": dock_items(),
        "staff_links": staff_links(person) if person else [],
        "unread_notices": lambda: _unread(person.id) if person else 0,
        "theme": (person.theme if person else _cookie("tema")) or "",
        "next_url": request.full_path.rstrip("?")
        if has_request_context() and request.method == "GET"
        else "",
        "language_switch_url": "/tampilan?language=" + ("en" if language == "id" else "id"),
        "areas": set(current_app.blueprints),
        "demo": current_app.extensions["settings"].demo,
        "demo_accounts": lambda: [one for listed in all_of("demo-accounts").values() for one in listed()],
    }


def _cookie(name: str) -> str:
    return request.cookies.get(name, "") if has_request_context() else ""


def _unread(person_id: int) -> int:
    if "unread_notices" not in g:
        g.unread_notices = notifications.unread(person_id)
    return g.unread_notices


def nav_items() -> list[tuple[str, str, str, str]]:
    return [
        ("belajar", _("Belajar"), "/kursus", "book-2"),
        ("katalog", _("Katalog"), "/katalog", "bulb"),
        ("jp", _("Sertifikat dan JP"), "/jp", "certificate"),
        ("bantuan", _("Bantuan"), "/bantuan", "info-circle"),
    ]


def dock_items() -> list[tuple[str, str, str, str]]:
    return [
        ("belajar", _("Belajar"), "/kursus", "book-2"),
        ("jp", _("JP"), "/jp", "certificate"),
        ("notifikasi", _("Notifikasi"), "/notifikasi", "bell"),
        ("saya", _("Saya"), "/beranda", "user-circle"),
    ]


def staff_links(person) -> list[tuple[str, str, str, str]]:
    """Studio and staff pages, for those whose roles open at least one of them."""
    links = []
    if person.holds_any(AUTHOR_ROLES):
        links.append(("studio", _("Studio Penulis"), "/studio", "pencil"))
    if any(page.opens_for(person) for page in all_of("staff-pages").values()):
        links.append(("kelola", _("Kelola"), "/kelola", "settings"))
    return links
