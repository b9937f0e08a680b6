"""`ekopi doctor [--json]`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from ekopi.operating import checks

COLOURS = {"baik": "green", "peringatan": "yellow", "gagal": "red"}


@click.command("doctor", help="Memeriksa pemasangan ini; keluar dengan 1 hanya bila ada yang gagal.")
@click.option("--json", "as_json", is_flag=True, help="untuk skrip")
@with_appcontext
def doctor(as_json: bool) -> None:
    found = []
    for finding in checks.findings():
        found.append(finding)
        if not as_json:
            level = click.style(f"{finding.level:<10}", fg=COLOURS[finding.level])
            click.echo(f"{level} {finding.name}: {finding.sentence}")
            if finding.remedy:
                click.echo(f"{'':<10} → {finding.remedy}")
    if as_json:
        click.echo(
            json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1, default=str)
        )
    if any(finding.level == "gagal" for finding in found):
        raise SystemExit(1)
