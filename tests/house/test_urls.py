"""Addresses: kebab-case, guarded, and none disappears. Who gets what behind them stands in access.py."""

from __future__ import annotations

import re
from pathlib import Path

KEPT = Path(__file__).parent / "urls.txt"
PART = re.compile(r"<[^<>]+>")


def addresses(app) -> set[str]:
    """Every address, with the names of its parts but not their types."""
    return {re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}


def shape(address: str) -> str:
    """The address whatever its parts are called."""
    return PART.sub("<>", address)


def kept() -> list[str]:
    return KEPT.read_text(encoding="utf-8").splitlines()


def test_kebab_case(app):
    """Small letters, figures and hyphens between slashes; the last part may have an ending."""
    plain = re.compile(r"/|(/(<>|[a-z0-9]+)(-(<>|[a-z0-9]+))*(\.[a-z]+)?)+")
    assert not [address for address in addresses(app) if not plain.fullmatch(shape(address))]
    for odd in ("/Kursus", "/dua_kata", "/kursus/", "/a//b", "/-a", "/x.PDF"):
        assert not plain.fullmatch(odd), odd


def test_no_address_disappears(app):
    """urls.txt holds every address that was ever served: one that goes needs a redirect first."""
    served = {shape(address) for address in addresses(app)}
    gone = [address for address in kept() if shape(address) not in served]
    assert not gone, "people kept these addresses: serve a redirect there"


def test_every_address_is_written_down(app):
    known = {shape(address) for address in kept()}
    new = sorted(address for address in addresses(app) if shape(address) not in known)
    assert not new, f"add to tests/house/{KEPT.name}: " + " ".join(new)
    assert kept() == sorted(set(kept())), "keep the lines sorted, each once"


def test_every_view_carries_a_guard(app):
    bare = [name for name, view in app.view_functions.items() if not hasattr(view, "guard")]
    assert not bare


def test_an_unguarded_view_answers_403(template, tmp_path):
    """The control: a view somebody forgot to guard is closed to everyone."""
    from tests.living import make_app

    app = make_app(template.url, tmp_path)
    app.add_url_rule("/lupa-dijaga", view_func=lambda: "terbuka", endpoint="forgotten")
    assert app.test_client().get("/lupa-dijaga").status_code == 403
