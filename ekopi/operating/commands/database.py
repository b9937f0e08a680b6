"""`ekopi db upgrade | downgrade | check | copy`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from ekopi.config import database_url
from ekopi.core import migrating
from ekopi.operating import checks, copying
from ekopi.operating.errors import BadInput, Failed

db_group = AppGroup("db", help="Skema basis data: naikkan, turunkan, periksa, pindahkan.")


@db_group.command("upgrade", help="Membawa skema ke versi terbaru (atau ke REVISI); aman diulang.")
@click.argument("revision", default="head", metavar="[REVISI]")
def upgrade(revision: str) -> None:
    _migrate(migrating.upgrade, revision)


@db_group.command("downgrade", help="Menurunkan skema ke REVISI. Cadangkan dahulu.")
@click.argument("revision", metavar="REVISI")
def downgrade(revision: str) -> None:
    _migrate(migrating.downgrade, revision)


def _migrate(verb, revision: str) -> None:
    try:
        verb(revision)
    except SystemExit as end:  # flask-migrate has told the reason and ends the process
        raise SystemExit(2) from end
    click.echo(next(iter(checks.migrations())).sentence)


@db_group.command("check", help="Memeriksa basis data: utuh, skema terbaru, dan sama dengan model.")
def check() -> None:
    found = [*checks.database(), *checks.migrations()]
    faults = copying.differences_from_models()
    for finding in found:
        click.echo(f"{finding.level}: {finding.sentence}")
    for fault in faults:
        click.echo(f"gagal: {fault}")
    if faults or any(finding.level == "gagal" for finding in found):
        raise Failed("basis data tidak sesuai; lihat baris di atas.")


@db_group.command(
    "copy",
    short_help="Menyalin basis data SQLite ini ke PostgreSQL.",
    help=(
        "Menyalin semua baris basis data SQLite ini ke PostgreSQL di URL, dalam satu transaksi: bila gagal, "
        "tujuan tetap kosong. Basis data di sini tidak berubah, dan pekerjaan latar tidak ikut disalin.\n\n"
        "Tujuan harus kosong dan skemanya sama dengan di sini. Siapkan dahulu dengan\n\n"
        "\b\n    EKOPI_DATABASE_URL=URL ekopi db upgrade\n\n"
        "Hentikan server sebelum menyalin. Sesudahnya, isi EKOPI_DATABASE_URL dengan URL itu."
    ),
)
@click.argument("target", metavar="URL")
@click.option(
    "--leave-jobs", is_flag=True, help="lanjutkan walau ada pekerjaan yang menunggu; pekerjaan itu tertinggal"
)
def copy(target: str, leave_jobs: bool) -> None:
    settings = current_app.extensions["settings"]
    url = database_url(target, settings.data_dir)
    if not settings.sqlite or not url.startswith("postgresql+psycopg:"):
        raise BadInput("perintah ini menyalin SQLite ke PostgreSQL: URL tujuan dimulai dengan postgresql://.")
    copied = copying.copy(url, leave_jobs=leave_jobs)
    for table, rows in copied.items():
        click.echo(f"{table}: {rows} baris")
    click.echo(
        f"Selesai, jumlah baris sama di {len(copied)} tabel. Isi EKOPI_DATABASE_URL dengan alamat tujuan."
    )
