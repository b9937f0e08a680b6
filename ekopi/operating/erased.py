"""Who was erased: `erased.json` in the data folder, outside every backup, so that a restore brings nobody back.

A person is known there by id and the moment the account was made; both mean nothing without the database. The
list is brought up to date every night, at each backup, and before a database is replaced.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from ekopi.accounts.models import Person
from ekopi.accounts.operations import account
from ekopi.core.errors import Refused
from ekopi.extensions import db

FILE_NAME = "erased.json"


def listed(folder: Path) -> list[tuple[int, str]]:
    """(id, moment of the account as ISO text) of everybody who was ever erased here."""
    try:
        return [
            (int(key), str(made))
            for key, made in json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        ]
    except FileNotFoundError:
        return []


def note() -> int:
    """Adds those erased since the last time; returns how many. Needs an application context."""
    folder = current_app.extensions["settings"].data_dir
    known = listed(folder)
    rows = db.session.execute(select(Person.id, Person.created_at).where(Person.state == "erased"))
    new = [pair for key, made in rows if (pair := (key, made.isoformat())) not in known]
    if new:
        draft = folder / f".{FILE_NAME}.{os.getpid()}"
        draft.write_text(json.dumps([*known, *new]), encoding="utf-8")
        draft.replace(folder / FILE_NAME)
    return len(new)


def erase_again() -> tuple[int, list[str]]:
    """Erases those of the list who are back; commits. Returns how many, and what could not be done."""
    done, faults = 0, []
    for key, made in listed(current_app.extensions["settings"].data_dir):
        person = db.session.get(Person, key)
        if person is None or person.state == "erased" or person.created_at.isoformat() != made:
            continue
        try:
            account.erase(person)
            db.session.commit()
            done += 1
        except Refused as refusal:
            db.session.rollback()
            faults.append(f"orang {key}: {refusal}")
    return done, faults
