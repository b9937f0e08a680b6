"""`ekopi init` and `ekopi demo`: both run before there are settings, and make what is missing."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from ekopi.config import BadSetting, load_settings, raw_settings
from ekopi.operating import environment
from ekopi.operating.errors import BadInput, Failed

DEFAULT_ADDRESS = "http://127.0.0.1:8000"


@click.command("init", help="Menyiapkan pemasangan: kunci, basis data, dan admin pertama. Aman diulang.")
@click.option(
    "--admin-email", envvar="EKOPI_ADMIN_EMAIL", metavar="SUREL", help="surel admin [EKOPI_ADMIN_EMAIL]"
)
@click.option("--admin-name", envvar="EKOPI_ADMIN_NAME", metavar="NAMA", help="nama admin [EKOPI_ADMIN_NAME]")
@click.option("--new-keys", is_flag=True, help="buat kunci baru walau basis data memakai kunci yang hilang")
def init(admin_email: str | None, admin_name: str | None, new_keys: bool) -> None:
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    with environment.alone():
        environment.keep(_given(asking))
        made = environment.make_missing_keys(anew=new_keys)
        app = _application()
        with app.app_context():
            from ekopi.core import migrating
            from ekopi.operating import people

            migrating.upgrade()
            click.echo(f"Folder data: {environment.data_dir()}")
            if made:
                click.echo(
                    f"Kunci baru ({', '.join(made)}) disimpan di {environment.data_dir() / environment.FILE_NAME}. "
                    "Simpan salinannya di tempat lain: cadangan tidak memuatnya."
                )
            if asking and not admin_email and not people.has_admin():
                admin_email = (
                    click.prompt("Surel admin pertama", default="", show_default=False).strip() or None
                )
                admin_name = admin_name or click.prompt("Nama admin", default="Admin EKOPI")
            if admin_email:
                link = people.make_admin(admin_email, admin_name or "Admin EKOPI")
                click.echo(
                    f"Masuk sebagai {admin_email} dengan tautan sekali pakai ini, berlaku 30 menit:\n{link}"
                )
            elif not people.has_admin():
                click.echo("Belum ada admin. Jalankan lagi dengan `ekopi init --admin-email SUREL`.")
            click.echo("Siap. Jalankan `ekopi run`.")


def _given(asking: bool) -> dict[str, str]:
    """What is told now and kept for later: addresses from the environment, or asked for on a terminal."""
    kept = environment.kept()
    given = {name: os.environ[name] for name in environment.KEPT_BY_INIT if os.environ.get(name)}
    if asking and not raw_settings()["EKOPI_BASE_URL"]:
        given["EKOPI_BASE_URL"] = click.prompt(
            "Alamat EKOPI yang dilihat orang", default=DEFAULT_ADDRESS
        ).rstrip("/")
    return {name: value for name, value in given.items() if kept.get(name) != value}


@click.command(
    "demo", help="Mengisi basis data kosong dengan konten demo, dan mencetak akunnya. Aman diulang."
)
def demo() -> None:
    refuse_public_demo()
    with environment.alone():
        environment.make_missing_keys()
        app = _application(demo=True)
        with app.app_context():
            from ekopi.core import migrating

            # by name: neighbours on the top floor do not import each other
            seeding = import_module("ekopi.demo.seeding")
            migrating.upgrade()
            if not seeding.present():
                if seeding.others_present():
                    raise Failed(
                        "basis data ini sudah berisi data lain. Konten demo hanya masuk ke basis data kosong: "
                        "pakai EKOPI_DATA_DIR atau EKOPI_DATABASE_URL yang lain."
                    )
                click.echo("Mengisi konten demo …")
                seeding.fill()
        if environment.kept().get("EKOPI_DEMO") != "1":
            environment.keep({"EKOPI_DEMO": "1"})
        click.echo(f"EKOPI demo: {app.extensions['settings'].base_url}")
        click.echo(f"Akun (kata sandi semua: {seeding.PASSWORD}):")
        for email, about in seeding.accounts():
            click.echo(f"  {email:<28} {about}")


def refuse_public_demo() -> None:
    """Raises BadInput when the address is not this computer's own: everybody knows the demo's password."""
    from urllib.parse import urlsplit

    base = raw_settings()["EKOPI_BASE_URL"]
    if base and urlsplit(base).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise BadInput(
            f"konten demo hanya untuk 127.0.0.1, sedangkan EKOPI_BASE_URL adalah {base}. Kosongkan EKOPI_BASE_URL."
        )


def _application(**changes):
    from ekopi import create_app

    try:
        return create_app(load_settings(purpose="command", **changes))
    except BadSetting as error:
        raise BadInput(str(error)) from error
