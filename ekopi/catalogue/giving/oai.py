"""OAI-PMH 2.0 (openarchives.org/OAI/openarchivesprotocol.html): requests read, answers and errors written.

`answer` takes the arguments of a request as they came and gives back the XML; what it needs of the database it
asks of a `Repository`. Nothing is kept between requests: a resumption token carries the whole request and the
place after which it goes on, signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from itsdangerous import BadSignature, URLSafeSerializer

from ekopi.catalogue.given import Change
from ekopi.catalogue.giving import markup
from ekopi.catalogue.giving.dublin_core import PREFIX, dublin_core, formats
from ekopi.catalogue.giving.markup import around, element, moment

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CHUNK = 100
"""Records of one answer."""
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
}
"""Verb -> arguments it needs, further ones it takes. A resumption token stands alone."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.A)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.A)
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*\Z", re.A)


class Error(Exception):
    """One of the protocol's errors, by its code."""

    def __init__(self, code: str, words: str):
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A list that is asked for, and where in it the answer begins."""

    verb: str
    since: str = ""
    until: str = ""
    set: str = ""
    after: tuple[datetime, int] | None = None
    told: int = 0
    """Records of the answers before this one."""
    size: int = 0
    """Records of the whole list when it was begun."""


class Repository(Protocol):
    """What the answers tell of: who we are, and what is given."""

    name: str
    base_url: str
    """The address of /oai."""
    site: str
    """The address that paths of pages follow."""
    host: str
    """Stands in identifiers."""
    mail: str

    def now(self) -> datetime: ...
    def earliest(self) -> datetime: ...
    def sets(self) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]: ...
    def one(self, id: int) -> Change | None: ...
    def size(self, asked: Asked) -> int: ...
    def list(self, asked: Asked, limit: int) -> list[Change]: ...


def answer(arguments: Mapping[str, Sequence[str]], repository: Repository, secret: str) -> str:
    """The XML of the answer; errors of the request are answers too (always HTTP 200)."""
    echoed: dict[str, object] = {}
    try:
        verb, said = _read(arguments)
        echoed = {"verb": verb, **said}
        body = VERBS[verb](said, repository, secret)
    except Error as error:
        if error.code in ("badVerb", "badArgument"):
            echoed = {}
        body = element("error", error, {"code": error.code})
    root = {
        "xmlns": NAMESPACE,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
    }
    parts = (
        element("responseDate", moment(repository.now())),
        element("request", repository.base_url, echoed),
        body,
    )
    return markup.DECLARATION + around("OAI-PMH", parts, root)


def span(asked: Asked) -> tuple[datetime | None, datetime | None]:
    """From which moment (inclusive) to which (exclusive) a list goes; both ends of the request belong to it."""
    since = _moment("from", asked.since)[0] if asked.since else None
    until = None
    if asked.until:
        last, whole_day = _moment("until", asked.until)
        until = last + (timedelta(days=1) if whole_day else timedelta(seconds=1))
    return since, until


def identifier(repository: Repository, id: int) -> str:
    return f"oai:{repository.host}:{id}"


# --- the request ------------------------------------------------------------------------------------------


def _read(arguments: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, str]]:
    verbs = arguments.get("verb", ())
    if len(verbs) != 1 or verbs[0] not in ARGUMENTS:
        raise Error("badVerb", "The verb is missing, repeated or none of the six of OAI-PMH 2.0.")
    verb = verbs[0]
    needed, further = ARGUMENTS[verb]
    given = {name: values for name, values in arguments.items() if name != "verb"}
    for name, values in given.items():
        if name not in needed | further:
            raise Error("badArgument", f"{verb} takes no argument {name!r}.")
        if len(values) != 1:
            raise Error("badArgument", f"{name!r} stands more than once.")
        if markup.ILLEGAL.search(values[0]):
            raise Error("badArgument", f"{name!r} holds characters that XML cannot hold.")
    said = {name: values[0] for name, values in given.items()}
    if "resumptionToken" in said:
        if len(said) > 1:
            raise Error("badArgument", "'resumptionToken' stands alone, beside the verb.")
        return verb, said
    missing = sorted(needed - set(said))
    if missing:
        raise Error("badArgument", f"{verb} needs {', '.join(missing)}.")
    return verb, said


def _moment(name: str, text: str) -> tuple[datetime, bool]:
    """The moment, and whether it is a whole day."""
    shape = "%Y-%m-%d" if _DAY.match(text) else "%Y-%m-%dT%H:%M:%SZ" if _SECOND.match(text) else None
    if shape is None:
        raise Error("badArgument", f"{name!r} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ.")
    try:
        read = datetime.strptime(text, shape).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise Error("badArgument", f"{name!r} is no day of the calendar.") from wrong
    # the databases hold no moment outside of these
    return min(max(read, FIRST), LAST), shape == "%Y-%m-%d"


def _asked(verb: str, said: dict[str, str], repository: Repository, secret: str) -> Asked:
    if "resumptionToken" in said:
        return _resumed(verb, said["resumptionToken"], secret)
    asked = Asked(verb, said.get("from", ""), said.get("until", ""), said.get("set", ""))
    if "set" in said and not _SET.match(said["set"]):
        raise Error("badArgument", "'set' is no setSpec.")
    ends = [_moment(name, said[name]) for name in ("from", "until") if name in said]
    if len(ends) == 2:
        if ends[0][1] != ends[1][1]:
            raise Error("badArgument", "'from' and 'until' are of different granularity.")
        if ends[0][0] > ends[1][0]:
            raise Error("badArgument", "'from' is later than 'until'.")
    _check_prefix(said["metadataPrefix"])
    if "set" in said and said["set"] not in {spec for spec, _name in _sets(repository)}:
        raise Error("noRecordsMatch", "There is no such set.")
    return Asked(verb, asked.since, asked.until, asked.set, size=repository.size(asked))


def _check_prefix(prefix: str) -> None:
    if prefix != PREFIX:
        raise Error("cannotDisseminateFormat", f"The only format is {PREFIX}.")


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="oai-resumption")


def _token(asked: Asked, last: Change, told: int, secret: str) -> str:
    place = [last.changed_at.isoformat(), last.id]
    return str(
        _serializer(secret).dumps([asked.verb, asked.since, asked.until, asked.set, *place, told, asked.size])
    )


def _resumed(verb: str, token: str, secret: str) -> Asked:
    try:
        of, since, until, set_, at, id, told, size = _serializer(secret).loads(token)
        asked = Asked(of, since, until, set_, (datetime.fromisoformat(at), int(id)), int(told), int(size))
    except (BadSignature, ValueError, TypeError) as wrong:
        raise Error("badResumptionToken", "The token is none of ours, or was changed.") from wrong
    if asked.verb != verb:
        raise Error("badResumptionToken", f"The token belongs to {asked.verb}.")
    return asked


# --- the verbs --------------------------------------------------------------------------------------------


def _identify(said: dict[str, str], repository: Repository, secret: str) -> str:
    parts = (
        element("repositoryName", repository.name),
        element("baseURL", repository.base_url),
        element("protocolVersion", "2.0"),
        element("adminEmail", repository.mail),
        element("earliestDatestamp", moment(repository.earliest())),
        element("deletedRecord", "persistent"),
        element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    )
    return around("Identify", parts)


def _list_formats(said: dict[str, str], repository: Repository, secret: str) -> str:
    if "identifier" in said:
        _one(said["identifier"], repository)
    return around("ListMetadataFormats", (formats(),))


def _list_sets(said: dict[str, str], repository: Repository, secret: str) -> str:
    if "resumptionToken" in said:
        raise Error("badResumptionToken", "The list of sets is told at once; it has no tokens.")
    return around(
        "ListSets",
        (
            around("set", (element("setSpec", spec), element("setName", name)))
            for spec, name in _sets(repository)
        ),
    )


def _sets(repository: Repository) -> list[tuple[str, str]]:
    sources, provinces = repository.sets()
    return [
        ("source", "Sumber"),
        *[(f"source:{key}", name) for key, name in sources],
        ("province", "Provinsi"),
        *[(f"province:{code}", name) for code, name in provinces],
    ]


def _get_record(said: dict[str, str], repository: Repository, secret: str) -> str:
    change = _one(said["identifier"], repository)
    _check_prefix(said["metadataPrefix"])
    return around("GetRecord", (_record(change, repository),))


def _one(name: str, repository: Repository) -> Change:
    head, _colon, number = name.rpartition(":")
    known = head == f"oai:{repository.host}" and number.isascii() and number.isdigit() and len(number) <= 18
    change = repository.one(int(number)) if known and number == str(int(number)) else None
    if change is None:
        raise Error("idDoesNotExist", "There is no record of this identifier.")
    return change


def _list_records(said: dict[str, str], repository: Repository, secret: str) -> str:
    return _list("ListRecords", said, repository, secret, _record)


def _list_identifiers(said: dict[str, str], repository: Repository, secret: str) -> str:
    return _list("ListIdentifiers", said, repository, secret, _header)


def _list(
    verb: str,
    said: dict[str, str],
    repository: Repository,
    secret: str,
    shape: Callable[[Change, Repository], str],
) -> str:
    asked = _asked(verb, said, repository, secret)
    found = repository.list(asked, CHUNK + 1)
    if not found and asked.after is None:
        raise Error("noRecordsMatch", "Nothing changed in this span and set.")
    shown, more = found[:CHUNK], len(found) > CHUNK
    parts = [shape(change, repository) for change in shown]
    if more or asked.after is not None:
        attributes = {"completeListSize": max(asked.size, asked.told + len(found)), "cursor": asked.told}
        token = _token(asked, shown[-1], asked.told + len(shown), secret) if more else ""
        parts.append(element("resumptionToken", token, attributes))
    return around(verb, parts)


VERBS: dict[str, Callable[[dict[str, str], Repository, str], str]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}


# --- records ----------------------------------------------------------------------------------------------


def _header(change: Change, repository: Repository) -> str:
    parts = (
        element("identifier", identifier(repository, change.id)),
        element("datestamp", moment(change.changed_at)),
        *[element("setSpec", spec) for spec in _specs(change)],
    )
    return around("header", parts, {"status": "deleted"} if change.gone else None)


def _specs(change: Change) -> Iterable[str]:
    for key in change.sources:
        yield f"source:{key}"
    if change.region_code:
        yield f"province:{change.region_code.split('.')[0]}"


def _record(change: Change, repository: Repository) -> str:
    parts = [_header(change, repository)]
    if change.given:
        parts.append(around("metadata", (dublin_core(change.given, repository.site),)))
    return around("record", parts)
