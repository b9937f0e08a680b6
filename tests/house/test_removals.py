"""Taking out one guard, one check, one eager load, one commit makes a test fail: tried on a copy of the code.

Each removal is applied alone, one test file is run on SQLite, and it must fail. Without any, all of them pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("ekopi", "tests", "migrations", "docs", "pyproject.toml", "babel.cfg", "wsgi.py")
"""What tests need of the checkout; folders of caches and data are left behind."""
ACCESS, URLS, MODELS = "tests/house/test_access.py", "tests/house/test_urls.py", "tests/house/test_models.py"

pytestmark = pytest.mark.slow


class Removal(NamedTuple):
    """What is taken out of a file (`text`, once in it; replaced by `left`), and the test that must notice."""

    what: str
    file: str
    text: str
    left: str
    test: str
    only: str = ""
    """Part of the names of the tests to run; empty runs the whole file."""

    def __str__(self) -> str:
        return self.what.replace(" ", "-")


REMOVALS = (
    Removal(
        "the guard of a view",
        "ekopi/courses/learning/views/player.py",
        '@blueprint.get("/kursus/<slug>/belajar/<int:lesson_id>")\n@signed_in\n',
        '@blueprint.get("/kursus/<slug>/belajar/<int:lesson_id>")\n',
        URLS,
    ),
    Removal(
        "the check of a policy",
        "ekopi/courses/learning/views/enrolling.py",
        "    check(policy.may_decide(current_user, course))\n    page = paging.page(\n",
        "    page = paging.page(\n",
        ACCESS, "learning.applicants",
    ),
    Removal(
        "the parent of what is loaded",
        "ekopi/courses/learning/queries.py",
        ".where(Enrolment.id == enrolment_id, Enrolment.course_id == course_id)\n",
        ".where(Enrolment.id == enrolment_id)\n",
        ACCESS, "learning.accept",
    ),
    Removal(
        "the owner of what is loaded",
        "ekopi/notifications/queries.py",
        "InboxItem.person_id == person_id, InboxItem.id == item_id",
        "InboxItem.id == item_id",
        "tests/notifications/test_inbox.py",
    ),
    Removal(
        "the eager load of a list",
        "ekopi/courses/learning/queries.py",
        "        .options(contains_eager(Enrolment.person))\n",
        "",
        ACCESS, "learning.applicants",
    ),
    Removal(
        "the commit of a view",
        "ekopi/notifications/views.py",
        "    db.session.commit()\n    return redirect(target or",
        "    return redirect(target or",
        "tests/notifications/test_inbox.py",
    ),
    Removal(
        "the claim of what is decided on",
        "ekopi/courses/assessment/operations.py",
        '    claim(attempt)\n    if attempt.state != "open":\n        return False\n',
        '    if attempt.state != "open":\n        return False\n',
        "tests/courses/assessment/test_attempts.py", "another_tab_closed",
    ),
    Removal(
        "the row in the trail",
        "ekopi/accounts/operations/account.py",
        '    audit.record("account.disabled", "person", person.id, actor_id=by.id if by else None)\n',
        "",
        ACCESS, "staff.disable",
    ),
    Removal(
        "the password asked again",
        "ekopi/accounts/staff/roles.py",
        '@role("admin")\n@proved\ndef grant(',
        '@role("admin")\ndef grant(',
        ACCESS, "staff.grant",
    ),
    Removal(
        "the cleaning of HTML",
        "ekopi/core/_render.py",
        "    return clean(finished(md.convert(text), request), request)\n",
        "    return finished(md.convert(text), request)\n",
        "tests/core/test_text.py",
    ),
    Removal(
        "the write lock of SQLite",
        "ekopi/core/db.py",
        '            cursor.execute("BEGIN IMMEDIATE")\n',
        "            pass\n",
        "tests/core/test_db.py",
    ),
    Removal(
        "the protection against forgery",
        "ekopi/core/application.py",
        "    csrf.init_app(app)\n",
        "    app.jinja_env.globals['csrf_token'] = lambda: ''\n",
        ACCESS, "without_its_token",
    ),
    Removal(
        "the declaration of a personal column",
        "ekopi/links/privacy.py",
        '"links.by_id": "keep: an id without a name after erasure"',
        "",
        MODELS,
    ),
    Removal(
        "the ban on hidden queries",
        "ekopi/accounts/models.py",
        "    region: Mapped[Region | None] = relationship(lazy=\"raise_on_sql\")\n",
        "    region: Mapped[Region | None] = relationship()\n",
        MODELS,
    ),
)  # fmt: skip


class Copy:
    """The checkout in another folder, with the interpreter of this one."""

    def __init__(self, folder: Path):
        self.folder = folder
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("EKOPI_", "PYTEST_"))
        }
        self.environment = {**kept, "PYTHONPATH": str(folder)}
        leave = shutil.ignore_patterns("__pycache__", ".*", "node_modules")
        for part in PARTS:
            source, target = ROOT / part, folder / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=leave)
            else:
                shutil.copy2(source, target)

    def python(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def test(self, files: set[str], only: str = "") -> subprocess.CompletedProcess:
        chosen = ["-k", only] if only else []
        quiet = ("-x", "-q", "-rf", "--db=sqlite", "-p", "no:cacheprovider", "--no-header")
        return self.python("-m", "pytest", *quiet, *chosen, *sorted(files))


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("copy"))
    said = made.python(
        "-c", "import ekopi.core.db, tests.living; print(ekopi.core.db.__file__, tests.living.__file__)"
    )
    assert all(path.startswith(f"{made.folder}/") for path in said.stdout.split()), said.stdout + said.stderr
    return made


def test_without_a_removal_all_of_them_pass(copy):
    wanted = " or ".join(sorted({removal.only or Path(removal.test).stem for removal in REMOVALS}))
    done = copy.test({removal.test for removal in REMOVALS}, wanted)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("removal", REMOVALS, ids=str)
def test_a_removal_is_noticed(copy, removal):
    path = copy.folder / removal.file
    whole = path.read_text(encoding="utf-8")
    assert whole.count(removal.text) == 1, (
        f"{removal.file} reads otherwise now: say here what is to be taken out"
    )
    path.write_text(whole.replace(removal.text, removal.left), encoding="utf-8")
    try:
        done = copy.test({removal.test}, removal.only)
    finally:
        path.write_text(whole, encoding="utf-8")
    assert done.returncode == 1 and "FAILED" in done.stdout, (
        f"nobody noticed\n{done.stdout[-2000:]}{done.stderr[-500:]}"
    )
