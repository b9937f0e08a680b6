"""`ekopi import` and `ekopi match`: a file into the catalogue, and the search for records of one innovation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from ekopi.catalogue import refusals, sources
from ekopi.catalogue.models import Run, RunItem
from ekopi.catalogue.operations import ingesting, pairing, projecting
from ekopi.catalogue.sources.base import FileRefused
from ekopi.catalogue.sources.reading import opened
from ekopi.extensions import db
from ekopi.search import operations as index

EVERY = 5_000
"""Items between two lines of progress where nobody watches a terminal."""


def register(app) -> None:
    app.cli.add_command(import_command)
    app.cli.add_command(match_command)


@click.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Hanya baca dan hitung; tidak ada catatan yang ditulis.")
@click.option(
    "--whole",
    is_flag=True,
    help="FILE memuat seluruh isi sumber: yang tidak ada di dalamnya ditandai hilang.",
)
@with_appcontext
def import_command(source: str, file: Path, dry_run: bool, whole: bool) -> None:
    """Baca catatan inovasi dari FILE (JSON, CSV, atau XLSX) milik SOURCE.

    SOURCE ialah sinovik, jippnas, iga, tuxedovation, atau inoland. Membaca berkas yang sama dua kali tidak
    menggandakan apa pun. Keluar dengan kode 2 bila ada baris yang ditolak, 1 bila pembacaan gagal.
    """
    adapter = sources.adapters().get(source)
    if adapter is None:
        known = ", ".join(sources.adapters())
        _stop(f"Sumber “{source}” tidak dikenal. Pilih salah satu: {known}.", 2)
    try:
        with opened(file, headers=adapter.headers) as reader:
            run = ingesting.begin(source, origin=file.name, preview=dry_run, whole=whole)
            db.session.commit()
            _read(run, adapter.items(reader))
    except FileRefused as refused:  # before a run was opened
        _stop(f"{file}: {refusals.fault(refused.code, refused.facts)}", 2)
    run = db.session.get_one(Run, run.id)
    if not dry_run:
        index.learn(projecting.KIND)
        db.session.commit()
    if run.read or run.state == "done":
        _report(run, whole)
    if run.state == "failed":
        _stop(f"{file}: {refusals.fault(run.fault, run.fault_facts)}", 1)
    if run.refused:
        sys.exit(2)


@click.command("match")
@click.option(
    "--labelled",
    is_flag=True,
    help="Cetak ketelitian pada pasangan yang sudah dinilai; tidak menulis apa pun.",
)
@with_appcontext
def match_command(labelled: bool) -> None:
    """Cari lagi catatan yang membicarakan inovasi yang sama, di antara catatan yang belum bergabung."""
    if labelled:
        from ekopi.catalogue.matching import evaluation

        click.echo(evaluation.report())
        return
    looked_at = joined = proposed = 0
    for _last, found in pairing.match_alone():
        db.session.commit()
        looked_at, joined, proposed = (
            looked_at + found.looked_at,
            joined + found.joined,
            proposed + found.proposed,
        )
        _progress(looked_at, found.looked_at)
    _progress_ends()
    click.echo(f"{looked_at} catatan diperiksa: {joined} digabungkan, {proposed} diusulkan kepada kurator.")


def _read(run: Run, items) -> None:
    run_id, before = run.id, 0
    try:
        for counts in ingesting.read(run, items):
            db.session.commit()
            _progress(counts.read, counts.read - before)
            before = counts.read
    except BaseException as fault:
        db.session.rollback()
        ingesting.give_up(run_id, "interrupted" if isinstance(fault, KeyboardInterrupt) else "error")
        db.session.commit()
        raise
    finally:
        _progress_ends()


def _report(run: Run, whole: bool) -> None:
    """Counts on the output, each refused row with its reason on the errors."""
    refused = (
        select(RunItem).where(RunItem.run_id == run.id, RunItem.outcome == "refused").order_by(RunItem.id)
    )
    told = 0
    for item in db.session.scalars(refused.execution_options(yield_per=500)):
        name = f" ({item.external_id})" if item.external_id else ""
        click.echo(f"Baris {item.row}{name}: {refusals.row(item.field, item.reason, item.facts)}", err=True)
        told += 1
    if run.refused > told:
        click.echo(f"… dan {run.refused - told} baris lagi ditolak.", err=True)
    if whole and not run.whole:
        click.echo(
            "Tidak ada yang ditandai hilang: sebagian baris yang ditolak tidak dapat dikenali catatannya.",
            err=True,
        )
    said = "Pratinjau, tidak ada yang ditulis. " if run.preview else ""
    click.echo(
        f"{said}{run.read} dibaca: {run.new} baru, {run.changed} berubah, {run.same} sama, {run.refused} ditolak, "
        f"{run.vanished} hilang."
    )
    if not run.preview:
        click.echo(f"{run.joined} digabungkan, {run.proposed} pasangan diusulkan kepada kurator.")


def _progress(done: int, new: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} dibaca …", err=True, nl=False)
    elif done // EVERY > (done - new) // EVERY:
        click.echo(f"{done} dibaca …", err=True)


def _progress_ends() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


def _stop(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
