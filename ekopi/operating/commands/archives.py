"""`ekopi backup FILE` and `ekopi restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ekopi.core.web import say_size
from ekopi.operating import backups, restores

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup", help="Menyimpan basis data dan berkas ke satu arsip yang sudah dibuktikan utuh.")
@click.argument("file", type=FILE, metavar="BERKAS")
@with_appcontext
def backup(file: Path) -> None:
    made = backups.make(file.absolute(), current_app.extensions["settings"])
    click.echo(
        f"Cadangan {made.path} selesai dan terbukti utuh: {made.rows} baris, {made.files} berkas, "
        f"{say_size(made.size)}."
    )
    if made.missing:
        click.echo(
            f"Peringatan: {len(made.missing)} berkas tercatat tetapi tidak ada di folder data.", err=True
        )
    click.echo("Kunci tidak ikut di dalamnya: simpan salinan ekopi.env di tempat lain.")


@click.command("restore", help="Memulihkan arsip ke folder data dan basis data. Hentikan server dahulu.")
@click.argument("file", type=FILE, metavar="BERKAS")
@click.option("--force", is_flag=True, help="ganti basis data yang sudah berisi; keadaan sekarang disisihkan")
def restore(file: Path, force: bool) -> None:
    done = restores.restore(file.absolute(), force=force)
    click.echo(f"Dipulihkan: {done.rows} baris, {done.files} berkas, skema {done.revision}.")
    if done.aside:
        click.echo(f"Keadaan sebelumnya disisihkan di {done.aside}. Hapus bila tidak diperlukan lagi.")
    for note in done.notes:
        click.echo(f"Perhatian: {note}", err=True)
