"""The order of floors, and what is private to an area."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PRIVATE = re.compile(r"^ekopi\.(?!core\.)(?P<area>[a-z_.]+?)\.(views|forms|tasks|staff)(\.|$)")


def test_the_order_of_floors():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_views_forms_and_tasks_are_private_to_their_area():
    graph = grimp.build_graph("ekopi")
    guilty = []
    for module in graph.modules:
        match = PRIVATE.match(module)
        if not match:
            continue
        area = f"ekopi.{match['area']}"
        for importer in graph.find_modules_that_directly_import(module):
            if importer != area and not importer.startswith(area + "."):
                guilty.append(f"{importer} imports {module}")
    assert not guilty
