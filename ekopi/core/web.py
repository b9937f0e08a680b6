"""What every answer carries: headers, addresses of static files, words for dates and numbers, the log line."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, current_app, g, request
from flask_babel import get_locale, get_translations, gettext, ngettext
from jinja2 import pass_eval_context
from markupsafe import Markup
from whitenoise import WhiteNoise

from ekopi.core import clock
from ekopi.core.sentences import closed

STATIC = Path(__file__).parent.parent / "static"
CSP = (
    "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    settings = app.extensions["settings"]
    root = f"/static/{tree_hash(STATIC)}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix=root,
        immutable_file_test=lambda path, url: True,
        allow_all_origins=False,
        add_headers_function=_static_headers,
    )
    app.before_request(_begin)
    app.after_request(_finish)
    app.jinja_env.globals.update(
        static=lambda path: root + path, get_locale=get_locale, zone_name=clock.zone_name
    )
    app.jinja_env.filters.update(
        date=_shown_date, datetime=_shown_datetime, clock=say_clock, number=say_number, jp=say_jp, size=say_size,
        minutes=say_minutes,
    )  # fmt: skip
    app.jinja_env.globals.update(_=_say, gettext=_say, ngettext=_say_number_of)
    if not app.testing:
        log_as_json(settings.log_level)


def _static_headers(headers, path, url) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def tree_hash(folder: Path) -> str:
    """Changes when any static file changes; part of their addresses, so they may be kept for ever."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def own_address(target: str | None) -> str | None:
    """The target when it is a path on our own host, else None; for `next` and every redirect taken from input."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 33 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def absolute(path: str) -> str:
    """A full address for mails and QR codes: from EKOPI_BASE_URL, never from the Host header."""
    return current_app.extensions["settings"].base_url + path


def _begin():
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(8)


def _finish(response):
    settings = current_app.extensions["settings"]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings.https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if "Cache-Control" not in response.headers:
        known = getattr(g, "_login_user", None)
        private = known is not None and known.is_authenticated
        response.headers["Cache-Control"] = "no-store" if private else "no-cache"
    logging.getLogger("ekopi.web").info(
        "request",
        extra={
            "method": request.method,
            "endpoint": request.endpoint or "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        },
    )
    return response


class JsonLines(logging.Formatter):
    """One JSON object a line: no addresses, no personal data; control characters are escaped by JSON."""

    PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "taskName"}

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "text": record.getMessage(),
        }
        request_id = g.get("request_id") if g else None
        if request_id:
            line["request"] = request_id
        line.update({k: v for k, v in record.__dict__.items() if k not in self.PLAIN})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def log_as_json(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    ours = logging.getLogger("ekopi")
    ours.handlers[:] = [handler]
    ours.setLevel(level.upper())
    ours.propagate = False


# --- words of the templates -------------------------------------------------------------------------------
# What Flask-Babel installs does the same through four calls and a dozen look-ups for each word; a page says hundreds.


@pass_eval_context
def _say(eval_context, text: str, /, **values) -> str:
    return _filled(_catalogue().gettext(text), eval_context.autoescape, values)


@pass_eval_context
def _say_number_of(eval_context, one: str, many: str, number, /, **values) -> str:
    said = _catalogue().ngettext(one, many, number)
    return _filled(said, eval_context.autoescape, {"num": number, **values})


def _filled(said: str, escape: bool, values: dict) -> str:
    """Always as a format, so that %% means the same with values and without."""
    said = closed(said, values)
    if escape:
        said = Markup(said)  # noqa: S704 (our own catalogue; the values are escaped when they are filled in)
    return said % values if values or "%" in said else said


def _catalogue():
    return _language()[2]


def _language() -> tuple:
    """Locale, its name, its translations; looked up anew only when this request's language changes."""
    try:
        state = g._flask_babel
    except (AttributeError, RuntimeError):  # nobody asked for the language yet, or there is no application
        state = None
    locale = getattr(state, "babel_locale", None) or get_locale()
    known = getattr(state, "ekopi_language", None)
    if known is None or known[0] is not locale:
        known = (locale, str(locale or "id"), get_translations())
        if state is not None:
            state.ekopi_language = known
    return known


# --- words for dates, times and numbers -------------------------------------------------------------------


def person_zone() -> str:
    known = getattr(g, "_login_user", None) if g else None
    return getattr(known, "zone", None) or clock.DEFAULT_ZONE


def _locale() -> str:
    return _language()[1]


def say_date(moment) -> str:
    """17 Agustus 2026, in the reader's zone."""
    if moment is None:
        return ""
    day = clock.local(moment, person_zone()).date() if isinstance(moment, datetime) else moment
    return _date(day, _locale())


@lru_cache(maxsize=4096)
def _date(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale)


@pass_eval_context
def _shown_date(eval_context, moment) -> str:
    """In a page a date stays on one line; in plain text it is what `say_date` says."""
    return _unbroken(say_date(moment), eval_context.autoescape)


@pass_eval_context
def _shown_datetime(eval_context, moment) -> str:
    """A line may end between the date and the hour."""
    parts = say_datetime(moment).split(", ")
    return ", ".join(_unbroken(part, eval_context.autoescape) for part in parts)


def _unbroken(said: str, in_page: bool) -> str:
    return said.replace(" ", "\u00a0") if in_page else said


def say_clock(moment: datetime) -> str:
    """09.30 WIB, in the reader's zone."""
    zone = person_zone()
    local = clock.local(moment, zone)
    return (
        f"{local:%H.%M} {clock.zone_name(zone)}"
        if _locale() == "id"
        else f"{local:%H:%M} {clock.zone_name(zone)}"
    )


def say_saved(moment: datetime) -> str:
    """Tersimpan 09.30 WIB: what an autosave answers."""
    return gettext("Tersimpan %(clock)s", clock=say_clock(moment))


def say_datetime(moment: datetime | None) -> str:
    """17 Agustus 2026, 09.30 WIB."""
    return "" if moment is None else f"{say_date(moment)}, {say_clock(moment)}"


def say_number(value, digits: int | None = None) -> str:
    """1.234,5 in Indonesian, 1,234.5 in English."""
    return _number(value, digits, _locale())


@lru_cache(maxsize=4096)
def _number(value, digits: int | None, locale: str) -> str:
    pattern = "#,##0.##" if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=locale)


def say_jp(value: Decimal | int | None) -> str:
    """Learning hours without needless zeros: 12, 2,5."""
    return say_number(value or 0)


def say_size(size: int) -> str:
    """96 kB, 2,4 MB, 77,8 GB (decimal units)."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    if size < 1_000_000_000:
        return f"{_number(round(size / 1_000_000, 1), None, _locale())} MB"
    return f"{_number(round(size / 1_000_000_000, 1), None, _locale())} GB"


def say_decimal(text: object) -> str:
    """A number as its author wrote it, with the reader's decimal mark: 12,125 in Indonesian, 12.125 in English."""
    return str(text).replace(".", ",") if _locale() == "id" else str(text)


def say_minutes(minutes: int) -> str:
    """8 menit, 4 jam 30 menit."""
    return _minutes(int(minutes), _locale())


@lru_cache(maxsize=4096)
def _minutes(minutes: int, locale: str) -> str:
    """The locale is the one gettext speaks at this moment; it stands here as a key."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(num)d jam", "%(num)d jam", hours)] if hours else []
    if rest or not hours:
        parts.append(ngettext("%(num)d menit", "%(num)d menit", rest))
    return " ".join(parts) if parts else gettext("0 menit")
