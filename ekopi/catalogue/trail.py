"""The sentences of the audit trail that speak of the catalogue, and what is meant by an id."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ekopi.catalogue.models import Innovation, Run, Source
from ekopi.core.registry import register
from ekopi.extensions import db

VERBS = {
    "catalogue.run-began": _l("%(actor)s mulai membaca %(subject)s."),
    "catalogue.source-set": _l("%(actor)s mengubah alamat atau jadwal sumber %(subject)s."),
    "catalogue.run-done": _l("Pembacaan selesai: %(subject)s."),
    "catalogue.run-failed": _l("Pembacaan gagal: %(subject)s."),
    "innovation.joined": _l("%(actor)s menggabungkan inovasi nomor %(other)s ke dalam %(subject)s."),
    "innovation.split": _l("%(actor)s memisahkan inovasi nomor %(other)s dari %(subject)s."),
    "innovation.joining-undone": _l(
        "%(actor)s membatalkan penggabungan atau pemisahan inovasi nomor %(other)s dan %(subject)s."
    ),
    "innovation.kept-apart": _l(
        "%(actor)s menetapkan bahwa inovasi nomor %(other)s berbeda dari %(subject)s."
    ),
    "innovation.asked-again": _l(
        "%(actor)s mengembalikan pasangan inovasi nomor %(other)s dan %(subject)s ke antrean."
    ),
    "innovation.edited": _l("%(actor)s menyunting %(subject)s."),
    "innovation.handed-over": _l(
        "%(actor)s menyerahkan perawatan %(subject)s kepada instansi nomor %(organisation)s."
    ),
    "innovation.care-offered": _l(
        "%(actor)s menawarkan perawatan %(subject)s kepada instansi nomor %(organisation)s."
    ),
    "innovation.care-accepted": _l(
        "%(actor)s menerima tawaran merawat %(subject)s untuk instansi nomor %(organisation)s."
    ),
    "innovation.care-refused": _l(
        "%(actor)s menolak tawaran merawat %(subject)s untuk instansi nomor %(organisation)s."
    ),
    "innovation.care-withdrawn": _l(
        "%(actor)s menarik tawaran merawat %(subject)s kepada instansi nomor %(organisation)s."
    ),
    "innovation.co-owner-left": _l(
        "%(actor)s mencatat bahwa instansi nomor %(organisation)s tidak lagi turut merawat %(subject)s."
    ),
    "innovation.answered": _l("%(actor)s menjawab apakah %(subject)s masih berjalan."),
    "innovations.asked-about": _l("%(subject)s ditanya apakah %(number)s inovasinya masih berjalan."),
    "replication.asked": _l("%(actor)s mencatat minat mereplikasi %(subject)s."),
    "replication.went-on": _l("%(actor)s mencatat langkah replikasi %(subject)s."),
    "replication.given-up": _l("%(actor)s mencatat bahwa replikasi %(subject)s dihentikan."),
}


def register_all() -> None:
    for verb, sentence in VERBS.items():
        register("audit-verbs", verb, sentence)
    register("audit-subjects", "innovation", innovation_names)
    register("audit-subjects", "catalogue_run", run_names)
    register("audit-subjects", "catalogue_source", source_names)


def innovation_names(ids: list[str]) -> dict[str, str]:
    rows = db.session.execute(
        select(Innovation.id, Innovation.title).where(Innovation.id.in_([int(id) for id in ids]))
    )
    return {str(id): title for id, title in rows}


def run_names(ids: list[str]) -> dict[str, str]:
    rows = db.session.execute(
        select(Run.id, Source.name)
        .join(Source, Source.id == Run.source_id)
        .where(Run.id.in_([int(id) for id in ids]))
    )
    return {str(id): f"{name}, nomor {id}" for id, name in rows}


def source_names(ids: list[str]) -> dict[str, str]:
    rows = db.session.execute(select(Source.id, Source.name).where(Source.id.in_([int(id) for id in ids])))
    return {str(id): name for id, name in rows}
