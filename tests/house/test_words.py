"""Words: every setting is documented, every sentence has its English, every form message its Indonesian."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ekopi.config import SETTINGS

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "ekopi" / "translations"


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text()
    assert not [s.name for s in SETTINGS if f"`{s.name}`" not in page]


def test_no_documented_setting_is_gone():

    page = (ROOT / "docs" / "settings.md").read_text()
    known = {s.name for s in SETTINGS}
    assert not set(re.findall(r"^\| `(EKOPI_[A-Z_]+)`", page, re.M)) - known


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """All sentences of the code and the pages."""
    pot = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg",
               "-k", "_l", "-o", str(pot), "ekopi"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with pot.open("rb") as source:
        found = read_po(source)
    assert len(found) > 500, "nothing was read"
    return found


def test_no_english_is_a_note_to_the_translator():
    """Nothing but the sentence: no words of gettext, no remark behind a gap, no two forms in one."""
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        english = read_po(source, locale="en")
    for message in english:
        if message.id:
            texts = message.string if isinstance(message.string, tuple) else [message.string]
            for text in texts:
                assert not re.search(r"msgctxt|n?gettext|\S   *\(|\| ", text), text


def test_every_sentence_has_its_english(extracted):
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        english = read_po(source, locale="en")
    missing = []
    for message in extracted:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = english.get(key, message.context)
        texts = known.string if known and isinstance(known.string, tuple) else [known.string if known else ""]
        if known is None or known.fuzzy or not all(texts):
            missing.append(key)
    assert not missing, f"{len(missing)} without English: {missing[:10]}"


def test_limits_count_characters_under_one_name(extracted):
    """Spaces, figures and marks count too, so no limit speaks of letters ("huruf")."""

    limits = re.compile(r"(?:\d|%\((?:least|most|limit|length)\)s) huruf\b")
    ids = [m.id[0] if isinstance(m.id, tuple) else m.id for m in extracted]
    assert not [text for text in ids if limits.search(text)]


def test_placeholders_survive_translation():

    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        english = read_po(source, locale="en")
    wrong = []
    for message in english:
        if not message.id or message.obsolete if hasattr(message, "obsolete") else not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(re.findall(r"%\(\w+\)[sd]", ids[-1]))
        if any(set(re.findall(r"%\(\w+\)[sd]", text)) - wanted for text in texts):
            wrong.append(ids[0])
    assert not wrong


def test_every_message_of_the_form_library_has_its_indonesian():
    import wtforms

    pot = next((Path(wtforms.__file__).parent / "locale").glob("*.pot"))
    with pot.open("rb") as source:
        theirs = [m for m in read_po(source) if m.id]
    with (TRANSLATIONS / "id" / "LC_MESSAGES" / "wtforms.po").open("rb") as source:
        ours = read_po(source, locale="id")
    missing = [m.id for m in theirs if ours.get(m.id[0] if isinstance(m.id, tuple) else m.id) is None]
    assert not missing
