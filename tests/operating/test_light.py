"""What a process does not load before it needs it: each of these libraries costs every server and worker memory."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from ekopi.config import BadSetting, load_settings
from tests.living import ROOT, environment

RARE = (
    "alembic",
    "cryptography",
    "dbos",
    "flask_migrate",
    "mako",
    "nh3",
    "PIL",
    "puremagic",
    "pygments",
    "typst",
)
"""Used by migrations, the running worker, `ekopi init`, NIP, uploads, rendering, certificates."""


@pytest.mark.parametrize("purpose", ["web", "job"])
def test_rare_libraries_are_loaded_when_they_are_used(template, tmp_path, purpose):
    program = f"""
import sys
from ekopi import create_app, jobs
from ekopi.config import load_settings
create_app(load_settings(purpose="{purpose}"))
import ekopi.jobs.worker, ekopi.operating.commands
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EKOPI_")}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**kept, **environment(template.url, tmp_path)}, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = done.stdout.split()
    assert "sqlalchemy" in loaded, "the control: what is loaded is seen"
    assert [name for name in RARE if name in loaded] == []


@pytest.mark.parametrize(
    "key",
    [
        base64.urlsafe_b64encode(b"k" * 32).decode(), "", "x", "a" * 43, "a" * 44, base64.urlsafe_b64encode(b"k" * 31).decode(),
        base64.urlsafe_b64encode(b"k" * 33).decode(), base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        base64.b64encode(b"\xfb" * 32).decode(), "é" * 44, "not a key at all, but a sentence of words =",
    ],
    ids=str,
)  # fmt: skip
def test_a_data_key_is_judged_as_fernet_judges_it(tmp_path, key):
    """Without loading it: beside a good key in the list, as an old key stands there."""
    try:
        Fernet(key.encode())
        good = True
    except ValueError:
        good = False
    keys = f"{Fernet.generate_key().decode()}, {key}"
    try:
        load_settings(environment("", tmp_path, EKOPI_DATA_KEY=keys))
        taken = True
    except BadSetting as refusal:
        assert "EKOPI_DATA_KEY" in str(refusal)
        taken = False
    assert taken == good
