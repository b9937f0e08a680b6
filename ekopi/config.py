"""Settings: read from the environment, then from the data folder's `ekopi.env`, checked at start.

Every setting stands in `SETTINGS` with its default and meaning; docs/settings.md lists the same names (tested).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

WELL_KNOWN = (
    "secret", "changeme", "change", "password", "sandi", "rahasia", "ekopi", "flask", "example", "contoh", "default",
    "abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
)  # fmt: skip
"""What is typed for a key when nobody makes one; it adds nothing to a key."""
MIB = 1024 * 1024


class BadSetting(Exception):
    """A setting is missing or wrong; the text says which one and what to do."""


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "ya", "on"}


@dataclass(frozen=True)
class Setting:
    """One setting: the name in the environment, its default, how it is read, what it is for."""

    name: str
    default: str
    read: type | object
    meaning: str


SETTINGS = (
    Setting(
        "EKOPI_DATA_DIR", "data", Path, "folder of everything the product keeps: database, uploads, keys"
    ),
    Setting("EKOPI_DATABASE_URL", "", str, "database; empty means SQLite in the data folder"),
    Setting("EKOPI_SECRET_KEY", "", str, "signs cookies and links; at least 32 characters"),
    Setting("EKOPI_DATA_KEY", "", str, "encrypts NIP; Fernet keys, newest first, separated by commas"),
    Setting("EKOPI_BASE_URL", "", str, "public address, used in mails; empty means http://127.0.0.1:<port>"),
    Setting("EKOPI_PORT", "8000", int, "port the server listens on"),
    Setting("EKOPI_HOST", "127.0.0.1", str, "address the server listens on"),
    Setting("EKOPI_WORKERS", "2", int, "server processes"),
    Setting("EKOPI_JOBS_INSIDE", "1", _flag, "`ekopi run` starts the job process as its child"),
    Setting("EKOPI_PROXY_HOPS", "0", int, "trusted proxies in front, for the client's address and https"),
    Setting(
        "EKOPI_MAIL_URL",
        "",
        str,
        "smtp://user:pass@host:port or smtps://…; empty: letters stay in the database",
    ),
    Setting("EKOPI_MAIL_FROM", "EKOPI <ekopi@localhost>", str, "sender of letters"),
    Setting("EKOPI_REDIS_URL", "", str, "shared counters of request limits; empty: counted per process"),
    Setting("EKOPI_METRICS_TOKEN", "", str, "lets a collector read /metrics; empty: this computer alone"),
    Setting("EKOPI_LOG_LEVEL", "INFO", str, "DEBUG, INFO, WARNING or ERROR"),
    Setting("EKOPI_SESSION_IDLE_HOURS", "72", int, "a sign-in ends after this long without use"),
    Setting("EKOPI_SESSION_MAX_DAYS", "30", int, "a sign-in ends after this long, used or not"),
    Setting("EKOPI_UPLOAD_MAX_MIB", "25", int, "largest request body, in MiB"),
    Setting("EKOPI_SOURCE_HOSTS", "", str, "hosts from which the catalogue may be read, separated by commas"),
    Setting("EKOPI_DEMO", "0", _flag, "demo content and demo accounts are in; only on a loopback address"),
)
BY_NAME = {s.name: s for s in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """All settings, checked. `purpose` is web, job or command and decides time limits of the database."""

    data_dir: Path
    database_url: str
    secret_key: str
    data_key: str
    base_url: str
    port: int
    host: str
    workers: int
    jobs_inside: bool
    proxy_hops: int
    mail_url: str
    mail_from: str
    redis_url: str
    metrics_token: str
    log_level: str
    session_idle_hours: int
    session_max_days: int
    upload_max_mib: int
    source_hosts: str
    demo: bool
    purpose: str = "web"
    testing: bool = False
    extra: dict = field(default_factory=dict)

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def loopback(self) -> bool:
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_env_file(path: Path) -> dict[str, str]:
    """Names and values of an `ekopi.env`; lines are NAME=value, # starts a comment."""
    values = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            name, sign, value = line.strip().partition("=")
            if sign and not name.startswith("#"):
                values[name.strip()] = value.strip()
    return values


def raw_settings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Unchecked texts: the environment wins over `ekopi.env`, which wins over the default."""
    environ = os.environ if environ is None else environ
    folder = Path(environ.get("EKOPI_DATA_DIR") or BY_NAME["EKOPI_DATA_DIR"].default).expanduser().absolute()
    kept = read_env_file(folder / "ekopi.env")
    raw = {s.name: environ.get(s.name) or kept.get(s.name) or s.default for s in SETTINGS}
    raw["EKOPI_DATA_DIR"] = str(folder)
    return raw


def load_settings(environ: Mapping[str, str] | None = None, *, purpose: str = "web", **changes) -> Settings:
    """Reads and checks all settings.

    Raises BadSetting with a sentence when one is missing, unreadable or unsafe.
    """
    raw = raw_settings(environ)
    values: dict = {}
    for setting in SETTINGS:
        text = raw[setting.name]
        try:
            value = setting.read(text)  # type: ignore[operator]
        except ValueError:
            raise BadSetting(
                f"{setting.name}: '{text}' bukan nilai yang dapat dibaca ({setting.meaning})."
            ) from None
        values[setting.name.removeprefix("EKOPI_").lower()] = value
    values["base_url"] = values["base_url"].rstrip("/") or f"http://127.0.0.1:{values['port']}"
    values["database_url"] = database_url(values["database_url"], values["data_dir"])
    settings = Settings(**{**values, "purpose": purpose, **changes})
    check(settings)
    return settings


def database_url(url: str, data_dir: Path) -> str:
    """An absolute SQLAlchemy URL: empty means SQLite in the data folder, postgres:// means psycopg 3."""
    if not url:
        return f"sqlite:///{data_dir / 'ekopi.db'}"
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and not rest.startswith("//"):
        return f"sqlite:///{(data_dir / rest.lstrip('/')).absolute()}"
    return url


def check(settings: Settings) -> None:
    """Refuses settings the product must not start with."""
    key = settings.secret_key
    if not key:
        raise BadSetting(
            "EKOPI_SECRET_KEY belum ada. Jalankan `ekopi init`, atau isi dengan 32 karakter acak atau lebih."
        )
    if len(key) < 32 or easy_to_guess(key):
        raise BadSetting("EKOPI_SECRET_KEY terlalu mudah ditebak. Isi dengan 32 karakter acak atau lebih.")
    if not settings.data_key:
        raise BadSetting(
            "EKOPI_DATA_KEY belum ada. Jalankan `ekopi init`, atau salin kunci dari pemasangan lama."
        )
    _check_data_key(settings.data_key)
    if not settings.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise BadSetting("EKOPI_DATABASE_URL harus dimulai dengan sqlite:// atau postgresql://.")
    if (
        urlsplit(settings.base_url).scheme not in {"http", "https"}
        or not urlsplit(settings.base_url).hostname
    ):
        raise BadSetting("EKOPI_BASE_URL harus alamat lengkap, misalnya https://ekopi.lan.go.id.")
    if settings.mail_url and urlsplit(settings.mail_url).scheme not in {"smtp", "smtps", "smtp+starttls"}:
        raise BadSetting("EKOPI_MAIL_URL harus dimulai dengan smtp://, smtp+starttls:// atau smtps://.")
    token = settings.metrics_token
    if token and (len(token) < 32 or easy_to_guess(token)):
        raise BadSetting("EKOPI_METRICS_TOKEN terlalu mudah ditebak. Isi dengan 32 karakter acak atau lebih.")
    if settings.log_level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise BadSetting("EKOPI_LOG_LEVEL harus DEBUG, INFO, WARNING atau ERROR.")
    if settings.demo and not settings.loopback:
        raise BadSetting(
            "Konten demo hanya boleh dilayani di 127.0.0.1. Hapus EKOPI_DEMO atau ubah EKOPI_BASE_URL."
        )
    for name in ("port", "workers", "session_idle_hours", "session_max_days", "upload_max_mib"):
        if getattr(settings, name) < 1:
            raise BadSetting(f"EKOPI_{name.upper()} harus 1 atau lebih.")


def easy_to_guess(key: str) -> bool:
    """Whether a key is one text said again and again, or has fewer than 8 different characters besides known words."""
    if any(key == (key[:turn] * len(key))[: len(key)] for turn in range(1, len(key) // 2 + 1)):
        return True
    rest = key.lower()
    for word in WELL_KNOWN:
        rest = rest.replace(word, "")
    return len({c for c in rest if c.isalnum()}) < 8


def _check_data_key(text: str) -> None:
    """As Fernet checks its keys: 32 bytes in base64. Itself it would cost each process 6 MB, and most never need it."""
    for key in text.split(","):
        try:
            whole = len(base64.urlsafe_b64decode(key.strip().encode())) == 32
        except ValueError:
            whole = False
        if not whole:
            raise BadSetting("EKOPI_DATA_KEY bukan kunci Fernet. Jalankan `ekopi init` untuk membuatnya.")
