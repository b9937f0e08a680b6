"""`ekopi user list | add | disable | link | role add | role remove`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ekopi.accounts.models import ROLE_KINDS
from ekopi.accounts.operations import tokens
from ekopi.extensions import db
from ekopi.operating import people

user = AppGroup("user", help="Orang: daftar, tambah, nonaktifkan, peran.")
role = AppGroup("role", help="Peran: beri dan cabut.")
user.add_command(role)
STATES = {"pending": "menunggu", "active": "aktif", "disabled": "nonaktif", "erased": "dihapus"}


@user.command("list", help="Daftar orang, yang terbaru dahulu; TEKS menyaring nama dan surel.")
@click.argument("text", default="", metavar="[TEKS]")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
def list_(text: str, limit: int) -> None:
    for person in people.listed(text, limit):
        held = ", ".join(
            f"{r.kind}@{r.place_kind}{f':{r.place_id}' if r.place_id else ''}" for r in person.roles
        )
        click.echo(f"{person.id}\t{person.email}\t{person.name}\t{STATES[person.state]}\t{held}")


@user.command("add", help="Menambah orang dan mencetak tautan masuk sekali pakai (30 menit).")
@click.argument("email", metavar="SUREL")
@click.argument("name", metavar="NAMA")
def add(email: str, name: str) -> None:
    person = people.add(email, name)
    link = tokens.make_admin_link(person)
    db.session.commit()
    click.echo(f"Ditambahkan: {person.email}\n{link}")


@user.command("link", help="Tautan masuk sekali pakai (30 menit) untuk orang yang tidak dapat masuk.")
@click.argument("email", metavar="SUREL")
def link(email: str) -> None:
    address = tokens.make_admin_link(people.found(email))
    db.session.commit()
    click.echo(address)


@user.command("disable", help="Menonaktifkan akun dan mengakhiri semua sesinya; --undo mengaktifkan lagi.")
@click.argument("email", metavar="SUREL")
@click.option("--undo", is_flag=True, help="aktifkan kembali")
def disable(email: str, undo: bool) -> None:
    people.switch(people.found(email), off=not undo)
    db.session.commit()
    click.echo(f"{email}: {'aktif' if undo else 'nonaktif'}")


@role.command("add", help="Memberi peran di TEMPAT: platform, organisation:<id>, atau course:<id>.")
@click.argument("email", metavar="SUREL")
@click.argument("kind", type=click.Choice(ROLE_KINDS), metavar="PERAN")
@click.option("--at", "place", default="platform", show_default=True, metavar="TEMPAT")
def role_add(email: str, kind: str, place: str) -> None:
    people.change_role(people.found(email), kind, place, give=True)
    db.session.commit()
    click.echo(f"{email}: peran {kind} diberikan di {place}")


@role.command("remove", help="Mencabut peran di TEMPAT.")
@click.argument("email", metavar="SUREL")
@click.argument("kind", type=click.Choice(ROLE_KINDS), metavar="PERAN")
@click.option("--at", "place", default="platform", show_default=True, metavar="TEMPAT")
def role_remove(email: str, kind: str, place: str) -> None:
    people.change_role(people.found(email), kind, place, give=False)
    db.session.commit()
    click.echo(f"{email}: peran {kind} dicabut di {place}")
