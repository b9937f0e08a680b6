"""Habits of the code that a reader relies on, checked by reading it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ekopi").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
DRAWERS = {"utils", "util", "helpers", "common", "misc", "manager", "service", "services"}
EDGES = ("views", "tasks", "commands", "staff")
"""Names of modules (or folders) that commit; every other module only flushes."""
EDGE_ROOMS = ("api", "demo", "operating", "jobs")
COMMITTERS = {"accounts/loading.py": "notes the use of a sign-in in a transaction of its own"}
LONGEST = 450


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "ekopi"))


def calls(tree: ast.AST, wanted: str):
    """Calls whose dotted name ends in `wanted`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and f".{ast.unparse(node.func)}".endswith(f".{wanted}"):
            yield node


def test_only_the_clock_asks_for_the_time():
    asked = {
        (name(path), wanted)
        for path, tree in TREES.items()
        for wanted in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
        for _call in calls(tree, wanted)
    }
    assert asked == {("core/clock.py", "datetime.now")}


def test_only_edges_commit():
    guilty = [
        f"{name(path)}:{call.lineno}"
        for path, tree in TREES.items()
        for call in calls(tree, "session.commit")
        if not is_edge(path) and name(path) not in COMMITTERS
    ]
    assert not guilty


def is_edge(path: Path) -> bool:
    parts = path.relative_to(ROOT / "ekopi").with_suffix("").parts
    return parts[0] in EDGE_ROOMS or any(part.startswith(EDGES) for part in parts)


def test_no_drawers_for_odds_and_ends():
    assert not [name(path) for path in SOURCES if path.stem in DRAWERS]


def test_files_stay_short():
    assert not [name(path) for path in SOURCES if len(path.read_text().splitlines()) > LONGEST]


def test_every_module_says_what_it_is_for():
    assert not [name(path) for path, tree in TREES.items() if not ast.get_docstring(tree)]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (
            r"reset_system_database\((?!\))|\.reset_system_database\(\)$",
            "it deletes the whole database, ours included",
        ),
        (r"\bModel\.query\b|\bsession\.query\(", "select() only"),
        (r"\bMarkup\((?!\))", "only core/text.py and core/web.py vouch for HTML"),
        (r"except:\s*$", "a bare except hides faults"),
        (r"shell=True", "no shell"),
        (r"\bprint\(", "logs and click.echo speak, not print"),
        (r"TODO|FIXME|XXX", "what is open stands in docs/roadmap.md"),
    ],
)
def test_what_is_never_written(pattern, why):
    allowed = {
        r"\bMarkup\((?!\))": {"core/text.py", "core/web.py"},
        r"\bprint\(": {"serving.py"},
    }
    guilty = [
        f"{name(path)}:{number}"
        for path in SOURCES
        if name(path) not in allowed.get(pattern, ())
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not guilty, why


def test_every_sql_text_is_constant():
    """`text()` takes a literal: no query is glued together from input."""
    guilty = [
        f"{name(path)}:{call.lineno}"
        for path, tree in TREES.items()
        for call in calls(tree, "text")
        if ast.unparse(call.func) in {"text", "sa.text"}
        and call.args
        and isinstance(call.args[0], ast.JoinedStr)
    ]
    assert not guilty
