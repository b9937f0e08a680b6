"""Templates compile, are used, and vouch for no HTML of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "ekopi"
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def sources():
    python = "\n".join(p.read_text() for p in ROOT.rglob("*.py"))
    pages = "\n".join((TEMPLATES / n).read_text() for n in NAMES)
    return python, pages


def test_all_compile(app):
    for name in NAMES:
        app.jinja_env.get_template(name)


def test_none_is_unused(sources):
    python, pages = sources
    unused = []
    for name in NAMES:
        stem = Path(name).stem
        named = f'"{name}"' in python or f'"{name}"' in pages or f"'{name}'" in pages
        letter = name.startswith("mail/") and f'"{stem}"' in python
        if not named and not letter:
            unused.append(name)
    assert not unused


def test_no_template_vouches_for_html():
    guilty = [n for n in NAMES if re.search(r"\|\s*safe\b|autoescape\s+false", (TEMPLATES / n).read_text())]
    assert not guilty


def test_no_inline_script_or_style():
    """A block of JSON-LD is data: no browser runs it, and the policy of contents does not concern it."""
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">\{\{ \w+\|tojson \}\}</script>)|<style|\sstyle=[\"']|\son(?!ce=)[a-z]+=[\"']|javascript:",
        re.I,
    )
    assert not [n for n in NAMES if n.endswith(".html") and pattern.search((TEMPLATES / n).read_text())]


def test_nothing_comes_from_another_host():
    pattern = re.compile(r"(src|href)=[\"']https?://", re.I)
    assert not [n for n in NAMES if n.endswith(".html") and pattern.search((TEMPLATES / n).read_text())]
