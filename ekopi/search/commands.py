"""`ekopi index`: the search index written anew."""

from __future__ import annotations

import click

from ekopi.search import operations


def register(app) -> None:
    app.cli.add_command(index)


@click.command()
def index() -> None:
    """Tulis ulang indeks pencarian dari isi basis data; pencarian tetap berjalan selama itu."""
    counts = operations.rebuild(said=lambda kind, done: click.echo(f"{kind}: {done} …"))
    for kind, count in counts.items():
        click.echo(f"{kind}: {count}")
    if not counts:
        click.echo("Belum ada yang dapat diindeks.")
