"""Open data, for programs: Inoland's JSON, OAI-PMH, DCAT. Public, the same for everybody, limited by address.

Long answers are sent while they are read, piece by piece; between two pieces no connection to the database is held,
so that a slow reader keeps nobody from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, current_app, request, send_file, stream_with_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.catalogue.given import Change, Given
from ekopi.catalogue.giving import dcat, dumps, graph, inolands, oai
from ekopi.catalogue.operations import dumping
from ekopi.catalogue.queries import giving as queries
from ekopi.core import clock, failures
from ekopi.core.errors import Refused
from ekopi.core.guards import public
from ekopi.core.web import absolute
from ekopi.extensions import csrf, db, limiter

blueprint = Blueprint("giving", __name__)

CHUNK = 100
"""Innovations of one piece: a megabyte or so, a hundred at the very most."""
PER_PAGE, MOST_PER_PAGE = 100, 1_000
OVERLAP = timedelta(minutes=5)
"""`updated_since` reaches back a little: a change may be committed after others that bear a later moment."""
MINUTE, HOUR = 60, 3600
limited = limiter.shared_limit("120 per minute", scope="open-data")
wholes = limiter.shared_limit(
    "12 per minute", scope="open-data-whole", exempt_when=lambda: "page" in request.args
)
"""Answers that hold everything."""
harvests = limiter.shared_limit("300 per minute", scope="harvests")
"""A harvest of 300,000 records at 100 an answer is done in ten minutes."""


class BadParameter(Refused):
    """A parameter of the address cannot be read; says which, and what it may be."""

    code = "bad-parameter"
    status = 400
    message = _l("Parameter %(name)s tidak dapat dibaca.")

    def __init__(self, name: str, remedy: object):
        super().__init__(name=name)
        self.remedy = remedy


@blueprint.after_request
def _for_everybody(response: Response) -> Response:
    """Pages of others may read open data; it says nothing of whoever asks."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = (
        "ETag, Link, X-Total-Count, X-Page, X-Per-Page, X-Total-Pages"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# --- Inoland's JSON ---------------------------------------------------------------------------------------


@blueprint.get("/api/inolands")
@public
@limited
@wholes
def all_inolands():
    """All innovations as {"success": true, "data": [...]}; one page of them when `page` asks for it."""
    since = _since()
    if "page" not in request.args:
        _number("per_page", PER_PAGE, MOST_PER_PAGE)
        etag = _etag("all", queries.fingerprint(), inolands.EDITION, since)
        if _known(etag):
            return _unchanged(etag)
        answer = _json(stream_with_context(_whole(since)))
        answer.headers["X-Total-Count"] = str(queries.total(since))
        return _kept(answer, etag, MINUTE)
    number, size = _number("page", 1, 10_000_000), _number("per_page", PER_PAGE, MOST_PER_PAGE)
    total = queries.total(since)
    after = _number("after", 0, 2**62, least=0) if "after" in request.args else None
    if after is None:
        after = queries.before_page((number - 1) * size, since)
    found = queries.some(after, size, since) if after is not None else []
    body = inolands.OPENING + inolands.BETWEEN.join(inolands.dumped(found)) + inolands.CLOSING
    pages = -(-total // size)
    links = _links(number, size, pages, found)
    etag = _etag(body, total, links)
    answer = _unchanged(etag) if _known(etag) else _json(body)
    answer.headers.update(
        {
            "X-Total-Count": str(total),
            "X-Page": str(number),
            "X-Per-Page": str(size),
            "X-Total-Pages": str(pages),
        }
    )
    if links:
        answer.headers["Link"] = links
    return _kept(answer, etag, MINUTE)


def _whole(since: datetime | None) -> Iterator[str]:
    yield inolands.OPENING
    after, between = 0, ""
    while found := queries.some(after, CHUNK, since):
        db.session.close()
        for text in inolands.dumped(found):
            yield between + text
            between = inolands.BETWEEN
        after = found[-1].id
    yield inolands.CLOSING


def _links(number: int, size: int, pages: int, found: list[Given]) -> str:
    """Where the pages beside this one are. The next one begins behind the last number, whatever goes meanwhile."""
    kept = {key: value for key, value in request.args.items() if key not in ("page", "per_page", "after")}

    def to(page: int, **more) -> str:
        return absolute(f"/api/inolands?{urlencode({**kept, 'page': page, 'per_page': size, **more})}")

    links = []
    if number < pages and len(found) == size:
        links.append(f'<{to(number + 1, after=found[-1].id)}>; rel="next"')
    if 1 < number <= pages + 1:
        links.append(f'<{to(number - 1)}>; rel="prev"')
    if pages:
        links += [f'<{to(1)}>; rel="first"', f'<{to(pages)}>; rel="last"']
    return ", ".join(links)


# --- OAI-PMH ----------------------------------------------------------------------------------------------


class Repository:
    """What the OAI-PMH answers tell of: this site and what it gives."""

    name = "EKOPI – Katalog Inovasi"

    def __init__(self) -> None:
        self.site = absolute("")
        self.base_url = absolute("/oai")
        self.host = urlsplit(self.site).hostname or "ekopi"
        self.mail = _sender()[1]

    def now(self) -> datetime:
        return clock.now()

    def earliest(self) -> datetime:
        return queries.earliest() or clock.now()

    def sets(self):
        return queries.sets()

    def one(self, id: int) -> Change | None:
        return queries.changed(id)

    def size(self, asked: oai.Asked) -> int:
        return queries.how_many(_wanted(asked))

    def list(self, asked: oai.Asked, limit: int) -> list[Change]:
        heads = asked.verb == "ListIdentifiers"
        return queries.changes(_wanted(asked), asked.after, limit, heads=heads)


def _wanted(asked: oai.Asked) -> queries.Wanted:
    since, until = oai.span(asked)
    scheme, _colon, code = asked.set.partition(":")
    return queries.Wanted(since, until, scheme, code)


# Machines post to it, without a page that could have given them a token against forgery. It needs none: a POST is
# the protocol's other way to ask, reads what a GET reads, and changes nothing (FOR_MACHINES in tests/house/access.py).
@blueprint.route("/oai", methods=["GET", "POST"])
@csrf.exempt
@public
@harvests
def harvest():
    """OAI-PMH 2.0: six verbs, oai_dc."""
    return _harvested()


def _harvested() -> Response:
    said = request.form if request.method == "POST" else request.args
    arguments = {name: said.getlist(name) for name in said}
    body = oai.answer(arguments, Repository(), current_app.config["SECRET_KEY"])
    answer = Response(body, content_type="text/xml; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache" if request.method == "POST" else f"public, max-age={MINUTE}"
    return answer


@blueprint.errorhandler(400)
def _no_such_text(error: Exception):
    """A NUL in the address is refused before anything reads it; the protocol's word for it is badArgument."""
    return _harvested() if request.endpoint == "giving.harvest" else failures.page(400)


@blueprint.errorhandler(429)
def _too_many(error: Exception):
    """Harvesters wait for a 503 with Retry-After; the protocol knows no 429."""
    if request.endpoint == "giving.harvest":
        return Response("Wait a minute.\n", 503, {"Retry-After": str(MINUTE)}, content_type="text/plain")
    return failures.page(429)


# --- DCAT -------------------------------------------------------------------------------------------------


@blueprint.get("/katalog/dcat.ttl")
@public
@limited
def dcat_turtle():
    """What can be had and where, as Turtle."""
    return _described(graph.turtle, "text/turtle; charset=utf-8")


@blueprint.get("/katalog/dcat.jsonld")
@public
@limited
def dcat_json_ld():
    """The same as JSON-LD."""
    return _described(graph.json_ld, "application/ld+json")


def _described(writer, content_type: str) -> Response:
    name, mail = _sender()
    nodes = dcat.catalogue(
        dcat.Site(absolute(""), name, mail),
        sources=queries.sources(),
        changed_at=queries.latest(),
        records=queries.total(),
        files=_files(),
    )
    body = writer(nodes)
    return whole_or_unchanged(body, content_type, HOUR)


def _files() -> list[dcat.File]:
    """The dumps that are there."""
    found = []
    for dump in dumps.DUMPS.values():
        try:
            stat = (dumping.folder() / dump.name).stat()
        except FileNotFoundError:
            continue
        at = datetime.fromtimestamp(stat.st_mtime, UTC)
        path = f"/katalog/unduhan/{dump.name}"
        found.append(
            dcat.File(path, dump.title, dump.media_type, dump.kind, stat.st_size, at, compressed=True)
        )
    return found


@blueprint.get("/katalog/unduhan/<name>")
@public
@limited
def dump(name):
    """Everything as one file, written each night; 404 until the first one."""
    path = dumping.folder() / name
    if name not in dumps.DUMPS or not path.is_file():
        abort(404)
    return send_file(
        path,
        mimetype="application/gzip",
        as_attachment=True,
        download_name=name,
        conditional=True,
        max_age=HOUR,
    )


# --- parameters, ETags ------------------------------------------------------------------------------------


def _number(name: str, default: int, most: int, *, least: int = 1) -> int:
    said = request.args.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 20 and least <= int(said) <= most):
        raise BadParameter(
            name, _("Isi dengan bilangan bulat dari %(least)s sampai %(most)s.", least=least, most=most)
        )
    return int(said)


def _since() -> datetime | None:
    """The moment of `updated_since`, a little earlier; None without the parameter. Without a zone it is UTC."""
    said = request.args.get("updated_since")
    if said is None:
        return None
    try:
        # a "+" that was not encoded arrives as a blank
        moment = datetime.fromisoformat(said.strip().replace(" ", "+") if "T" in said else said.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) - OVERLAP
    except (ValueError, OverflowError) as wrong:
        raise BadParameter(
            "updated_since",
            _("Isi dengan tanggal atau waktu ISO 8601, misalnya 2026-08-17 atau 2026-08-17T09:30:00Z."),
        ) from wrong


def _etag(*parts: object) -> str:
    said = "\x1f".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in parts)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _known(etag: str) -> bool:
    return request.if_none_match.contains_weak(etag)


def _unchanged(etag: str) -> Response:
    return _kept(Response(status=304), etag, MINUTE)


def _kept(answer: Response, etag: str, seconds: int) -> Response:
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    return answer


def whole_or_unchanged(body: str, content_type: str, seconds: int) -> Response:
    """The body with an ETag, to be kept for so long; 304 for who has it already."""
    etag = _etag(body)
    answer = Response(status=304) if _known(etag) else Response(body, content_type=content_type)
    return _kept(answer, etag, seconds)


def _json(body) -> Response:
    return Response(body, content_type="application/json")


def _sender() -> tuple[str, str]:
    """Name and address that letters come from: whom to ask."""
    name, mail = parseaddr(current_app.extensions["settings"].mail_from)
    return name or "EKOPI", mail
