"""`ekopi index`: the search index written anew."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ekopi.core.registry import all_of
from ekopi.extensions import db
from ekopi.search import operations

TOLD_EVERY = 10_000


@click.command()
@click.argument("kinds", nargs=-1, metavar="[JENIS]...")
@with_appcontext
def index(kinds: tuple[str, ...]) -> None:
    """Tulis ulang indeks pencarian dari isi basis data; pencarian tetap berjalan selama itu.

    Tanpa JENIS semuanya ditulis ulang.
    """
    known = list(all_of("search"))
    for kind in kinds:
        if kind not in known:
            raise click.BadParameter(f"{kind} tidak dikenal. Yang ada: {', '.join(known) or 'belum ada'}.")
    operations.forget_unknown()
    db.session.commit()
    if not known:
        click.echo("Belum ada yang dapat diindeks.")
    for kind in kinds or known:
        done = told = 0
        for done in operations.rebuild(kind):
            db.session.commit()
            if done - told >= TOLD_EVERY:
                told = done
                click.echo(f"{kind}: {done} …")
        known_words = operations.learn(kind)
        db.session.commit()
        click.echo(f"{kind}: {done} selesai, {known_words} kata dikenal.")
