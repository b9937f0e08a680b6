"""What `ekopi doctor` looks at itself; areas add theirs through the registry "doctor"."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from ekopi.config import Settings
from ekopi.core import audit, clock, registry
from ekopi.core.application import MIGRATIONS
from ekopi.core.db import POSTGRES_SETTINGS, SQLITE_PRAGMAS
from ekopi.core.doctor import Finding
from ekopi.core.web import say_size
from ekopi.extensions import db
from ekopi.operating import environment, postgres, records
from ekopi.operating.errors import Failed

LOW_SPACE = 1024**3
"""Bytes below which the disk is called short; a tenth of it is called full."""
BACKUP_AGE = timedelta(days=2)
log = logging.getLogger("ekopi.operating")


def findings() -> Iterator[Finding]:
    """All findings, ours first; a check that breaks is itself a finding."""
    own = {
        "configuration": configuration,
        "keys": keys,
        "database": database,
        "migrations": migrations,
        "disk": disk,
        "python": python,
        "audit": trail,
        "backups": backups,
    }
    for name, check in {**own, **registry.all_of("doctor")}.items():
        yield from _guarded(name, check)


def _guarded(name: str, check: Callable) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:  # a doctor that falls ill itself would hide all other findings
        log.debug("check failed", exc_info=error)
        cause = str(error.__cause__ or error).strip().splitlines() or [type(error).__name__]
        yield Finding(
            "gagal", name, f"Tidak dapat diperiksa: {cause[0]}", "Perbaiki sebabnya, lalu periksa lagi."
        )
    finally:
        db.session.rollback()


def configuration() -> Iterator[Finding]:
    settings = _settings()
    if settings.loopback:
        sentence = f"Dilayani di {settings.base_url}, hanya dari komputer ini."
        if settings.demo:
            sentence += " Konten dan akun demo terpasang."
        yield Finding("baik", "configuration", sentence)
    elif settings.https:
        yield Finding("baik", "configuration", f"Dilayani di {settings.base_url}.")
    else:
        yield Finding(
            "peringatan",
            "configuration",
            f"Alamat {settings.base_url} tidak memakai https: kata sandi dapat dibaca di jaringan.",
            "Pasang https di depan EKOPI, lalu isi EKOPI_BASE_URL dengan https://….",
        )


def keys() -> Iterator[Finding]:
    path = _settings().data_dir / environment.FILE_NAME
    if path.is_file() and path.stat().st_mode & 0o077:
        yield Finding(
            "gagal",
            "keys",
            f"{path} dapat dibaca orang lain di komputer ini.",
            f"Jalankan `chmod 600 {path}`.",
        )
        return
    where = f"di {path}" if path.is_file() else "di environment"
    yield Finding("baik", "keys", f"Kunci ada {where}. Simpan salinannya terpisah dari cadangan.")


def database() -> Iterator[Finding]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield from _sqlite(connection)
        else:
            yield from _postgres(connection)


def _sqlite(connection) -> Iterator[Finding]:
    wrong = []
    for name, wanted in SQLITE_PRAGMAS.items():
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        if str(found).lower() != str(wanted):
            wrong.append(f"{name}={found} (seharusnya {wanted})")
    if wrong:
        yield Finding(
            "gagal",
            "database",
            f"Pengaturan SQLite tidak berlaku: {', '.join(wrong)}.",
            "Letakkan basis data di disk lokal; disk jaringan tidak mendukung WAL.",
        )
        return
    state = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if state != "ok" or broken:
        yield Finding(
            "gagal",
            "database",
            f"Berkas basis data rusak: {state if state != 'ok' else f'{len(broken)} rujukan putus'}.",
            "Hentikan server dan pulihkan cadangan terakhir dengan `ekopi restore`.",
        )
        return
    yield Finding("baik", "database", f"SQLite {_version(connection)}: utuh, WAL, synchronous FULL.")


def _version(connection) -> str:
    return connection.exec_driver_sql("SELECT sqlite_version()").scalar()


def _postgres(connection) -> Iterator[Finding]:
    def show(name: str) -> str:
        return str(connection.execute(select(func.current_setting(name))).scalar())

    number = int(show("server_version_num"))
    if number < 150000:
        yield Finding(
            "gagal", "database", f"PostgreSQL {show('server_version')} terlalu lama.", "Pasang PostgreSQL 15."
        )
    unsafe = [
        f"{name}=off" for name in ("fsync", "full_page_writes", "synchronous_commit") if show(name) == "off"
    ]
    if unsafe:
        yield Finding(
            "gagal",
            "database",
            f"Yang tersimpan dapat hilang saat listrik padam: {', '.join(unsafe)}.",
            "Nyalakan kembali di postgresql.conf.",
        )
    wanted = POSTGRES_SETTINGS[_settings().purpose]
    wrong = [
        f"{name}={show(name)} (seharusnya {value})" for name, value in wanted.items() if show(name) != value
    ]
    if wrong:
        yield Finding(
            "peringatan",
            "database",
            f"Batas waktu tidak berlaku: {', '.join(wrong)}.",
            "Hubungkan EKOPI langsung ke PostgreSQL, tanpa perantara yang membuang `options`.",
        )
    try:
        postgres.tool("pg_dump")
    except Failed as error:
        yield Finding("peringatan", "database", "`ekopi backup` tidak dapat berjalan di sini.", error.message)
    if not unsafe and not wrong and number >= 150000:
        yield Finding(
            "baik", "database", f"PostgreSQL {show('server_version')}: terhubung, tahan padam listrik."
        )


def migrations() -> Iterator[Finding]:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if current == head:
        yield Finding("baik", "migrations", f"Skema basis data terbaru ({head}).")
    else:
        yield Finding(
            "gagal",
            "migrations",
            f"Skema basis data {current or 'belum ada'}, versi ini memerlukan {head}.",
            "Jalankan `ekopi db upgrade`.",
        )


def disk() -> Iterator[Finding]:
    folder = _settings().data_dir
    free = shutil.disk_usage(folder).free
    shown = say_size(free)
    if not os.access(folder, os.W_OK):
        yield Finding(
            "gagal", "disk", f"{folder} tidak dapat ditulisi.", "Ubah pemilik atau izin folder data."
        )
    elif free < LOW_SPACE / 10:
        yield Finding(
            "gagal", "disk", f"Ruang disk hampir habis: {shown}.", "Kosongkan atau perbesar disk sekarang."
        )
    elif free < LOW_SPACE:
        yield Finding("peringatan", "disk", f"Ruang disk tinggal {shown}.", "Kosongkan atau perbesar disk.")
    else:
        yield Finding("baik", "disk", f"Ruang disk tersedia {shown}.")


def python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11, 8):
        yield Finding(
            "peringatan",
            "python",
            f"Python {version}: pembaca zip sebelum 3.11.8 tidak menolak isi yang bertumpuk; EKOPI memeriksanya sendiri.",
            "Perbarui Python bila distribusi Anda menyediakannya.",
        )
    else:
        yield Finding("baik", "python", f"Python {version}.")


def trail() -> Iterator[Finding]:
    faults = audit.broken()
    if faults:
        yield Finding(
            "gagal",
            "audit",
            f"Catatan audit berubah di luar aplikasi: {'; '.join(faults[:3])}.",
            "Amankan basis data dan log sebagai bukti, lalu bandingkan dengan cadangan sebelum perubahan itu.",
        )
    elif audit.spoilt():
        yield Finding(
            "peringatan",
            "audit",
            "Berkas audit.seal kosong atau rusak; segel berikutnya menulisnya lagi.",
            "Cocokkan segel terakhir di log dengan tabel audit_seals, lalu periksa lagi setelah ada segel baru.",
        )
    else:
        yield Finding("baik", "audit", "Catatan audit cocok dengan segelnya.")


def backups() -> Iterator[Finding]:
    newest = records.newest(_settings().data_dir)
    remedy = "Jalankan `ekopi backup BERKAS` setiap hari, dan simpan hasilnya di tempat lain."
    if newest is None:
        yield Finding("peringatan", "backups", "Belum pernah dicadangkan.", remedy)
    elif (age := clock.now() - newest) > BACKUP_AGE:
        yield Finding("peringatan", "backups", f"Cadangan terakhir {age.days} hari yang lalu.", remedy)
    else:
        yield Finding("baik", "backups", f"Cadangan terakhir {clock.local(newest):%d-%m-%Y %H.%M} WIB.")


def _settings() -> Settings:
    return current_app.extensions["settings"]
