"""`ekopi jobs`: see, retry, drop."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ekopi.core.clock import local
from ekopi.extensions import db
from ekopi.jobs import operations, queries

jobs = AppGroup("jobs", help="Pekerjaan latar belakang: lihat, ulangi, buang.")
WORDS = {"failed": "gagal", "running": "berjalan", "waiting": "menunggu", "done": "selesai"}


@jobs.command("list", help="Daftar pekerjaan, yang terbaru dahulu.")
@click.option("--state", type=click.Choice([*WORDS, "all"]), default="all", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_(state: str, limit: int) -> None:
    found = queries.counts()
    click.echo(", ".join(f"{WORDS[name]}: {count}" for name, count in found.items()))
    for beat in queries.workers():
        click.echo(f"pekerja {beat.executor_id}: hidup, terakhir {local(beat.beat_at):%d-%m-%Y %H.%M.%S} WIB")
    for chosen in ("failed", "running", "waiting") if state == "all" else (state,):
        rows = queries.newest(chosen, limit)
        subjects = queries.subjects(rows)
        for row in rows:
            about = subjects.get(row.id) or row.about
            about = f" ({about})" if about else ""
            click.echo(
                f"{WORDS[row.state]}\t{local(row.created_at):%d-%m-%Y %H.%M}\t{row.name}{about}\t{row.id}"
            )
            if row.error:
                click.echo(f"\t{row.error}")


@jobs.command("retry", help="Mengulangi pekerjaan yang gagal; --all untuk semuanya.")
@click.argument("job_id", required=False)
@click.option("--all", "every", is_flag=True, help="semua yang gagal")
def retry(job_id: str | None, every: bool) -> None:
    for row in _chosen(job_id, every):
        operations.retry(row)
        db.session.commit()
        click.echo(f"diulangi: {row.id}")


@jobs.command("drop", help="Membuang pekerjaan yang gagal atau menunggu; --all untuk semua yang gagal.")
@click.argument("job_id", required=False)
@click.option("--all", "every", is_flag=True, help="semua yang gagal")
def drop(job_id: str | None, every: bool) -> None:
    for row in _chosen(job_id, every):
        operations.drop(row)
        db.session.commit()
        click.echo(f"dibuang: {row.id}")


def _chosen(job_id: str | None, every: bool) -> list[queries.JobRow]:
    if every == bool(job_id):
        raise click.UsageError("Sebutkan satu ID pekerjaan, atau --all.")
    if job_id is None:
        return queries.newest("failed", 1000)
    row = queries.job(job_id)
    if row is None:
        raise operations.NoSuchJob()
    return [row]
