"""The data folder's `ekopi.env`: what `ekopi init` made or was told, readable by its owner only."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from ekopi.config import database_url, raw_settings, read_env_file
from ekopi.operating.errors import Failed

FILE_NAME = "ekopi.env"
KEYS = ("EKOPI_SECRET_KEY", "EKOPI_DATA_KEY")
KEPT_BY_INIT = ("EKOPI_DATABASE_URL", "EKOPI_BASE_URL", "EKOPI_PORT")
HEADER = "# Ditulis oleh `ekopi init`. Simpan salinannya terpisah dari cadangan: tanpa kunci ini NIP tidak terbaca.\n"


def data_dir() -> Path:
    """The data folder of this environment, absolute; it need not exist yet."""
    return Path(raw_settings()["EKOPI_DATA_DIR"])


def address_of_database() -> str:
    """The database of this environment as a SQLAlchemy URL, without checking the rest of the settings."""
    return database_url(raw_settings()["EKOPI_DATABASE_URL"], data_dir())


def make_missing_keys(environ: Mapping[str, str] | None = None, *, anew: bool = False) -> list[str]:
    """Makes the keys that neither the environment nor `ekopi.env` has; returns their names.

    Raises Failed when the database holds rows that a lost key protects, unless `anew` says they may go.
    """
    from cryptography.fernet import Fernet  # 6 MB that only `ekopi init` needs here

    raw = raw_settings(environ)
    missing = [name for name in KEYS if not raw[name]]
    if missing and not anew and (lost := _keyed_rows(missing)):
        raise Failed(
            f"basis data ini dibuat dengan {' dan '.join(lost)} yang tidak ada di sini. Salin berkas {FILE_NAME} "
            f"dari pemasangan lama ke {raw['EKOPI_DATA_DIR']}, atau jalankan `ekopi init --new-keys` bila kunci "
            "itu memang hilang: NIP lama tidak akan terbaca dan segel catatan audit tidak akan cocok."
        )
    made = {"EKOPI_SECRET_KEY": secrets.token_urlsafe(48), "EKOPI_DATA_KEY": Fernet.generate_key().decode()}
    keep({name: made[name] for name in missing})
    return missing


def keep(values: Mapping[str, str]) -> None:
    """Adds or changes lines of `ekopi.env`; other lines stay. All or nothing, mode 600 from its first moment."""
    folder = data_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else [HEADER]
    left = dict(values)
    for place, line in enumerate(lines):
        name = line.partition("=")[0].strip()
        if name in left:
            lines[place] = f"{name}={left.pop(name)}\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines += [f"{name}={value}\n" for name, value in left.items()]
    draft = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def kept() -> dict[str, str]:
    """What `ekopi.env` holds."""
    return read_env_file(data_dir() / FILE_NAME)


@contextlib.contextmanager
def alone(wait: bool = True) -> Iterator[None]:
    """Only one set-up, backup or restore works on a data folder at a time.

    Raises Failed at once when another does and `wait` is false.
    """
    folder = data_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".operating.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Failed(
                "perintah ekopi lain sedang bekerja pada folder data ini. Tunggu sampai selesai."
            ) from None
        yield


def fingerprints(environ: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Short hashes by which a key is recognised without being told; one for each key of the setting."""
    raw = raw_settings(environ)
    return {
        name: [
            hashlib.sha256(b"ekopi-key:" + key.strip().encode()).hexdigest()[:16]
            for key in raw[name].split(",")
            if key.strip()
        ]
        for name in KEYS
    }


def _keyed_rows(missing: list[str]) -> list[str]:
    """Which of the missing keys the database was written with; empty for a new database."""
    url = address_of_database()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return []
    questions = {
        "EKOPI_DATA_KEY": ("persons", "SELECT 1 FROM persons WHERE nip_cipher IS NOT NULL"),
        "EKOPI_SECRET_KEY": ("audit_seals", "SELECT 1 FROM audit_seals"),
    }
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            return [
                name
                for name in missing
                if questions[name][0] in tables
                and connection.execute(text(questions[name][1] + " LIMIT 1")).first()
            ]
    except SQLAlchemyError as error:
        raise Failed(f"basis data tidak dapat dibuka: {str(error.__cause__ or error).strip()}") from error
    finally:
        engine.dispose()
