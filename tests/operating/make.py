"""A small installation with rows in every table of ours that can hold them, and files; and ways to compare two."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select, text

from tests.operating import make_catalogue

EMPTY = {"sign_in_failures", "form_tokens", "worker_beats"}
"""Tables that `fill` leaves empty on purpose."""


def fill(app) -> None:
    """Commits rows in all areas: references to oneself, circles, decimals, JSON, unchangeable rows, files."""
    with app.app_context():
        from ekopi.core import audit, clock
        from ekopi.extensions import db

        add = _adder(db)
        _people(add)
        _content(add)
        _learning(add, clock)
        make_catalogue.fill(add, clock)
        _paper(add, clock)
        for number in range(3):
            keep_file(app, f"surat-{number}.txt", f"isi berkas {number}\n".encode() * 500)
        for number in range(4):
            entry = audit.record(
                "account.confirmed", "person", 1, actor_id=1, place="organisation", number=number
            )
            entry.at = clock.now() - timedelta(hours=1)
        db.session.flush()
        audit.seal()
        db.session.commit()
        db.session.remove()


def backup(live, path: Path) -> Path:
    """Writes an archive of an installation."""
    from ekopi.operating import backups

    with live.app.app_context():
        backups.make(path, live.app.extensions["settings"])
    return path


def keep_file(app, name: str, data: bytes) -> None:
    """An upload with its row and its bytes, as core.files lays them."""
    from ekopi.core.models import Upload
    from ekopi.extensions import db

    token = secrets.token_hex(16)
    path = app.extensions["settings"].files_dir / token[:2] / token
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    db.session.add(
        Upload(
            token=token, name=name, media_type="text/plain", size=len(data), sha256=digest, kind="document"
        )
    )
    db.session.flush()


def _adder(db):
    tables = db.metadata.tables

    def add(table: str, **values):
        """Inserts a row with Python-side defaults and gives back its first key."""
        done = db.session.execute(tables[table].insert().values(**values))
        return done.inserted_primary_key[0]

    return add


def _people(add) -> None:
    from ekopi.core import clock

    region = {"kind": "province", "zone": "Asia/Makassar"}
    add("regions", code="x2", name="Baru “dan”\tBerganti\nBaris \\.", **region)
    add("regions", code="x1", name="Lama", valid_to=clock.today(), successor_code="x2", **region)
    add(
        "organisations",
        id=1,
        kind="regency",
        name="Tirta",
        path="/1/",
        region_code="x2",
        mail_domains=["t.go.id"],
    )
    add("organisations", id=2, kind="unit", name="Dinas", path="/1/2/", parent_id=1)
    for number in (1, 2, 3):
        add("persons", id=number, email=f"p{number}@t.go.id", name=f"Orang {number}", state="active",
            confirmed_at=clock.now(), nip_cipher="x" if number == 1 else None, nip_hash="y" if number == 1 else None)  # fmt: skip
    add(
        "memberships",
        person_id=1,
        organisation_id=2,
        state="confirmed",
        decided_at=clock.now(),
        decided_by_id=2,
    )
    add("roles", person_id=1, kind="admin", place_kind="platform", granted_by_id=1)
    add("sign_ins", token_hash="h", person_id=1)
    add("consents", person_id=1, notice="privacy", version="1")
    add(
        "account_tokens",
        token_hash="h",
        person_id=1,
        purpose="confirm",
        expires_at=clock.now(),
        facts={"a": [1, None]},
    )
    add("inbox_items", person_id=1, kind="x", key="k")
    add("letters", key="k", to_address="p1@t.go.id", subject="s", text="baris\nbaris")
    add("links", **_link())


def _link() -> dict:
    """A row of the table of links, whatever its kinds are called."""
    from ekopi.extensions import db

    made = {}
    for column in db.metadata.tables["links"].columns:
        if column.nullable or column.default is not None or column.name == "id":
            continue
        made[column.name] = 1 if column.name.endswith("_id") else "x"
    return made


def _content(add) -> None:
    for number, kind in ((1, "course"), (2, "lesson"), (3, "question")):
        add("items", id=number, kind=kind, place="course:1")
        add("versions", id=number, item_id=number, number=1, body={"n": number, "t": "é"}, hash="h")
        add("drafts", item_id=number, body={}, base_version_id=number)
    from ekopi.extensions import db

    db.session.execute(text("UPDATE items SET published_id = id"))
    add("publications", id=1, place="course:1", number=1)
    add("publications", id=2, place="course:1", number=2, reverts_id=1)
    add("publication_entries", publication_id=1, item_id=1, new_id=1)
    add("courses", id=1, slug="k", item_id=1, jp=Decimal("2.50"), organisation_id=1)
    add("modules", id=1, course_id=1, key="m", requires=["a"])
    add(
        "lessons", id=1, course_id=1, module_id=1, key="l", kind="quiz", item_id=2, settings={"pass_mark": 70}
    )
    add("questions", id=1, course_id=1, key="q", type="single", item_id=3)
    add("question_texts", version_id=3, question_id=1, type="single", points=Decimal(1), stem_html="<p>?</p>")
    add("question_options", version_id=3, key="a", position=1, html="a", right=True)


def _learning(add, clock) -> None:
    add("enrolments", id=1, course_id=1, person_id=1, state="completed", completed_at=clock.now(), place_id=1)
    add("lesson_progress", enrolment_id=1, lesson_id=1, score=Decimal("66.67"))
    add("field_tasks", enrolment_id=1, lesson_id=1, text="langkah")
    add("attempts", id=1, enrolment_id=1, lesson_id=1, number=1, quiz_version_id=2, rules={}, seed=1)
    add("attempt_slots", attempt_id=1, number=1, version_id=3, credit=Decimal("0.01"))
    add("answers", attempt_id=1, slot=1, sequence=1, value={"options": ["a"]})


def _paper(add, clock) -> None:
    add("jp_accounts", person_id=1, year=2026, balance=Decimal("0.00"))
    for number, jp, reverses in ((1, "2.50", None), (2, "-2.50", 1)):
        add("jp_entries", id=number, person_id=1, year=2026, source_kind=f"enrolment{number}", source_id=1,
            jp=Decimal(jp), edition=_edition(), evidence={}, day=clock.today(), reversal_of_id=reverses)  # fmt: skip
    add(
        "certificates",
        id=2,
        number="N2",
        person_id=1,
        source_kind="enrolment",
        source_id=1,
        facts={"name": "Orang"},
    )
    add("certificates", id=1, number="N1", person_id=1, source_kind="enrolment", source_id=1, facts={},
        state="replaced", ended_at=clock.now(), replaced_by_id=2)  # fmt: skip
    from ekopi.extensions import db

    upload = secrets.token_hex(16)
    add("uploads", id=900, token=upload, name="peta.txt", media_type="text/plain", size=0, sha256="", kind="document",
        deleted_at=clock.now())  # fmt: skip
    add("course_files", course_id=1, name="files/peta.txt", upload_id=900)
    make_catalogue.fill_pictures(add, 900)
    if db.engine.dialect.name == "postgresql":  # ids were given by hand
        for table in db.metadata.sorted_tables:
            if "id" in table.columns:
                db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 1000)"))


def _edition() -> str:
    from ekopi.credentials.models import JpEdition
    from ekopi.extensions import db

    known = db.session.scalars(select(JpEdition.edition)).first()
    if known:
        return known
    from ekopi.core import clock

    db.session.add(JpEdition(edition="2026", valid_from=clock.today(), target=Decimal(20), minutes_per_jp=45))
    db.session.flush()
    return "2026"


def rows(url: str) -> dict[str, list[tuple]]:
    """Every row of every table in the database, the job engine's too, sorted, as texts."""
    from sqlalchemy import create_engine

    engine = create_engine(url)
    found = {}
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            tables = connection.execute(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
                )
            )
            names = [(name, f'"{name}"') for (name,) in tables]
        else:
            tables = connection.execute(
                text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')")
            )
            names = [(f"{schema}.{name}", f'"{schema}"."{name}"') for schema, name in tables]
        for shown, quoted in names:
            found[shown] = sorted(
                tuple(map(repr, row)) for row in connection.execute(text(f"SELECT * FROM {quoted}"))
            )
    engine.dispose()
    return found


def model_rows(app) -> dict[str, list[tuple]]:
    """Every row of our own tables as Python sees it, so that two kinds of database can be compared."""
    with app.app_context():
        from ekopi.extensions import db

        with db.engine.connect() as connection:
            return {
                table.name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
                for table in db.metadata.sorted_tables
            }


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder by name, with their bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
