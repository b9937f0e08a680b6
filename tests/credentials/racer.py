"""One of several real processes that do the same at the same moment; see test_races.py.

Reads a JSON command per line, answers with a JSON line. `pause` (seconds) is spent between a verb's look and
its first write, so that all racers have looked before the first one writes.
"""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

from sqlalchemy import event, select, text, update

from tests.living import make_app


def credit(person_id: int, source_id: int) -> int:
    from ekopi.accounts.models import Person
    from ekopi.credentials.operations import ledger
    from ekopi.extensions import db

    entry = ledger.credit(
        db.session.get(Person, person_id), "enrolment", source_id, "1.25", {"course": "Uji"}
    )
    db.session.commit()
    return entry.id


def credit_carelessly(person_id: int, source_id: int) -> int:
    """The control: reads the balance, adds to it in Python and writes it back, as one must not."""
    from ekopi.credentials.models import JpAccount
    from ekopi.extensions import db

    own = (JpAccount.person_id == person_id, JpAccount.year == 2026)
    balance = db.session.scalar(select(JpAccount.balance).where(*own))
    db.session.execute(update(JpAccount).where(*own).values(balance=balance + Decimal("1.25")))
    db.session.commit()
    return 0


def issue(person_id: int, source_id: int) -> int:
    from ekopi.accounts.models import Person
    from ekopi.credentials.operations import certificates
    from ekopi.extensions import db
    from tests.credentials.make import facts

    made = certificates.issue(db.session.get(Person, person_id), "enrolment", source_id, facts())
    db.session.commit()
    return made.id


def reissue(person_id: int, source_id: int) -> int:
    from ekopi.core.errors import Refused
    from ekopi.credentials import queries
    from ekopi.credentials.operations import certificates
    from ekopi.extensions import db

    (old,) = queries.of_source("enrolment", source_id)
    try:
        made = certificates.reissue(old, "Rina Wulandari, S.K.M.", "Nama pada dokumen kepegawaian.", None)
    except Refused:
        db.session.rollback()
        return 0
    db.session.commit()
    return made.id


VERBS = {verb.__name__: verb for verb in (credit, credit_carelessly, issue, reissue)}
WRITES = ("INSERT INTO jp_accounts", "UPDATE jp_accounts", "INSERT INTO certificates", "UPDATE certificates")


def main(url: str, folder: str) -> None:
    app = make_app(url, Path(folder))
    pause = 0.0
    with app.app_context():
        from ekopi.extensions import db

        # before the listener that takes SQLite's write lock: the pause is spent without it
        @event.listens_for(db.engine, "before_cursor_execute", insert=True)
        def wait_before_the_first_write(connection, cursor, statement, parameters, context, executemany):
            nonlocal pause
            if pause and statement.startswith(WRITES):
                waiting, pause = pause, 0.0
                time.sleep(waiting)

        db.session.execute(text("SELECT 1"))
        db.session.rollback()
        print(json.dumps("ready"), flush=True)  # noqa: T201
        for line in sys.stdin:
            command = json.loads(line)
            pause = command["pause"]
            try:
                answer = VERBS[command["verb"]](command["person_id"], command["source_id"])
            except Exception as fault:
                answer = f"{type(fault).__name__}: {fault}"
            finally:
                db.session.remove()
            print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
