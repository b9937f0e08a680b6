"""Every route, method and role against the table in access.py, with what each request leaves behind."""

from __future__ import annotations

import io
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from ekopi.core import guards
from ekopi.extensions import csrf
from tests.client import Page
from tests.house.access import FOR_MACHINES, FOR_TOKENS, NOTHING_KEPT, OWN_ROWS, SENSITIVE
from tests.house.reading import Row, read, rows
from tests.house.world import ROLES, World

ROWS = rows()
GOOD = ("done", "200+", "201+", "200")
PROVE = "/akun/periksa-kata-sandi"


def unsafe(row: Row) -> bool:
    return row.method not in {"GET", "HEAD", "OPTIONS"}


def let_in(row: Row) -> str | None:
    """A role for whom the row succeeds, the one with most rights where there are several."""
    return next((role for good in GOOD for role in reversed(ROLES) if row.answers.get(role) == good), None)


FIRST = {row.endpoint: row for row in reversed(ROWS) if unsafe(row) and let_in(row)}
"""For each unsafe endpoint the first row that succeeds for somebody."""


def ask(world: World, row: Row, role: str, **more) -> str:
    """Sends the request of a row as somebody; gives back the answer in the table's words."""
    body = {name: meant(world, value) for name, value in row.body.items()}
    answer = world.ask(role, row.method, address(world, row), body, **more)
    status, kept = answer.status_code, bool(world.kept)
    if 300 <= status < 400:
        target = urlsplit(answer.location)
        assert not target.netloc, "an answer leads to another host"
        return "done" if kept else {"/masuk": "login", PROVE: "prove"}.get(target.path, "away")
    if status == 401 and not kept and any(urlsplit(to).path == "/masuk" for to in links(answer)):
        return "login"
    if status in (200, 422) and unsafe(row) and not kept and shows_form(answer):
        return "again"
    return f"{status}+" if kept else str(status)


def address(world: World, row: Row) -> str:
    names = {name: meant(world, value) for name, value in row.args.items()}
    with world.app.test_request_context():
        return world.app.url_for(row.endpoint, _method=row.method, **names)


def meant(world: World, value: str):
    if not value.startswith("@"):
        return value
    known = world.names[value[1:]]
    return (io.BytesIO(known[0]), known[1]) if isinstance(known, tuple) else str(known)


def links(answer) -> list[str]:
    return Page(answer.text).links if answer.mimetype == "text/html" else []


def shows_form(answer) -> bool:
    return answer.mimetype == "text/html" and "<form" in answer.text.partition("<main")[2]


def leaves_a_trace(world: World, row: Row) -> bool:
    """What the last request changed stands in the trail, or in a table of its own that says who and when."""
    return "audit_entries" in world.kept or row.endpoint in OWN_ROWS


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_each_role_gets_and_what_it_leaves(world, row):
    wrong = {}
    for role, expected in row.answers.items():
        got = ask(world, row, role)
        if got != expected:
            wrong[role] = f"{got}, not {expected}"
        elif got in GOOD and world.kept and not leaves_a_trace(world, row):
            wrong[role] = (
                f"{sorted(set(world.kept))} changed without a row in the trail; see OWN_ROWS in access.py"
            )
    assert not wrong


# --- the table is complete -----------------------------------------------------------------------------------


def test_every_route_and_method_has_a_row(app):
    told = {(row.endpoint, row.method, name) for row in ROWS for name in ("", *row.args)}
    missing = []
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if not {(rule.endpoint, method, name) for name in ("", *rule.arguments)} <= told:
                args = "".join(f" {name}=@…" for name in sorted(rule.arguments))
                missing.append(f"{method:4} {rule.endpoint}{args} | visitor:login *:200")
    wanted = "\n".join(missing)
    assert not missing, (
        f"add to tests/house/access.py, with rows of swapped ids where there are arguments:\n{wanted}"
    )


def test_no_row_is_about_a_route_that_is_gone(app):
    there = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods}
    assert not [str(row) for row in ROWS if (row.endpoint, row.method) not in there]
    assert SENSITIVE | set(OWN_ROWS) | set(NOTHING_KEPT) <= {endpoint for endpoint, _method in there}


def test_every_route_lets_somebody_in_and_its_guard_keeps_visitors_out(app):
    """A table that refuses everybody would prove nothing; the letters of the demo are the one exception."""
    routes: dict[tuple[str, str], list[Row]] = {}
    for row in ROWS:
        routes.setdefault((row.endpoint, row.method), []).append(row)
    for (endpoint, method), some in routes.items():
        answers = {answer for row in some for answer in row.answers.values()}
        assert answers & {"200", "200+", "201+", "done", "away"} or endpoint.startswith("mail."), (
            endpoint,
            method,
        )
        if app.view_functions[endpoint].guard[0] == guards.BY_TOKEN:
            assert some[0].answers["visitor"] in ("401", "200"), (endpoint, method)
        elif app.view_functions[endpoint].guard[0] != guards.PUBLIC:
            assert some[0].answers["visitor"] == "login", (endpoint, method)


def test_every_route_of_a_thing_within_a_thing_has_swapped_ids(app):
    """A lesson of another course, an attempt of another person: whoever is let in is refused those."""
    refused = {
        (row.endpoint, row.method)
        for row in ROWS
        if {"404", "410"} & set(row.answers.values()) or row.answers.get("learner") == "away"
    }
    nested = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if len(rule.arguments) > 1
    }
    assert not nested - refused


WITH_IDS = list(
    {(row.endpoint, row.method): row for row in reversed(ROWS) if row.args and let_in(row)}.values()
)


@pytest.mark.parametrize("row", WITH_IDS, ids=str)
def test_ids_of_nothing_are_not_found(world, row):
    """404 also for those with most rights. A lesson that is no more leads to its course, an old title or name to the new one."""
    rule = next(
        rule for rule in world.app.url_map.iter_rules(row.endpoint) if set(row.args) >= rule.arguments
    )
    for name in rule.arguments:
        plain = (
            "99999999" if name.endswith("_id") or name == "slot" else "7" if name == "number" else "tidak-ada"
        )
        got = ask(world, replace(row, args={**row.args, name: plain}), let_in(row))
        leads_on = name == "lesson_id" or (
            name == "slug" and {"innovation_id", "organisation_id"} & rule.arguments
        )
        accepted = {"away"} if leads_on else {"404", "410"}
        assert got in accepted, name


# --- unsafe routes -------------------------------------------------------------------------------------------


def test_every_unsafe_route_succeeds_for_somebody():
    """Otherwise nothing would be known of what it leaves."""
    assert {row.endpoint for row in ROWS if unsafe(row)} == set(FIRST)
    quiet = {row.endpoint for row in FIRST.values() if row.answers[let_in(row)] == "200"}
    assert quiet == set(NOTHING_KEPT)


@pytest.mark.parametrize(
    "row", [r for r in FIRST.values() if r.endpoint not in {*FOR_MACHINES, *FOR_TOKENS}], ids=str
)
def test_an_unsafe_request_without_its_token_is_refused(world, row):
    assert ask(world, row, let_in(row), token=False) == "400"


@pytest.mark.parametrize("row", [row for row in ROWS if row.endpoint.startswith("api.")], ids=str)
def test_no_cookie_opens_the_api(world, row):
    """Whoever is signed in is a visitor to it until a token is shown."""
    expected = row.answers.get("visitor")
    if expected:
        assert {ask(world, row, role, token=False) for role in ROLES} == {expected}


@pytest.mark.parametrize("row", [FIRST[endpoint] for endpoint in FOR_MACHINES], ids=str)
def test_what_machines_post_needs_no_token_and_keeps_nothing(world, row):
    assert row.endpoint in NOTHING_KEPT
    assert {ask(world, row, role, token=False) for role in ROLES} == {"200"}


def test_only_what_machines_post_is_exempt(app):
    asked = {app.view_functions[endpoint] for endpoint in FOR_MACHINES}
    shown = {app.view_functions[endpoint] for endpoint in FOR_TOKENS}
    assert all(view.guard[0] == guards.PUBLIC for view in asked)
    assert all(view.guard[0] == guards.BY_TOKEN for view in shown)
    views = asked | shown
    assert csrf._exempt_views == {f"{view.__module__}.{view.__name__}" for view in views}
    assert not csrf._exempt_blueprints


@pytest.mark.parametrize("row", [FIRST[endpoint] for endpoint in OWN_ROWS], ids=str)
def test_what_is_in_the_trail_needs_no_exemption(world, row):
    ask(world, row, let_in(row))
    assert world.kept and "audit_entries" not in world.kept, "take it out of OWN_ROWS"


def test_addresses_that_only_take_posts_are_not_read(world):
    addresses = world.app.url_map.bind("localhost")
    paths = {urlsplit(address(world, row)).path for row in FIRST.values()}
    posted = [path for path in sorted(paths) if "GET" not in addresses.allowed_methods(path)]
    assert len(posted) > 30
    assert not [path for path in posted if world.ask("learner", "GET", path).status_code != 405]


@pytest.mark.parametrize("row", [r for r in ROWS if r.endpoint in SENSITIVE and let_in(r)], ids=str)
def test_sensitive_acts_ask_for_the_password_again(world, row):
    """The sign-in gave it an hour ago."""
    assert ask(world, row, let_in(row), stale=True) == "prove"


# --- controls: the test itself would notice ------------------------------------------------------------------


@pytest.mark.parametrize("line", ["GET x.y | ", "GET x.y | *:maybe", "GET x.y | nobody:200 *:403"])
def test_a_line_that_says_nothing_is_not_read(line):
    with pytest.raises(ValueError):
        read(line)


def test_what_one_request_changed_is_undone_before_the_next(world):
    row = FIRST["staff.disable"]
    for _again in range(2):
        assert ask(world, row, "admin") == "done"
        assert {"persons", "sign_ins", "audit_entries"} <= set(world.kept)
