"""Settings of every connection, read back; claims; rows that must never change."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ekopi.core import audit
from ekopi.core.db import POSTGRES_SETTINGS, SQLITE_PRAGMAS
from ekopi.core.models import AuditEntry
from tests.living import make_app


@pytest.mark.parametrize("purpose", ["web", "job", "command"])
def test_settings_of_each_kind_of_connection(template, tmp_path, purpose):
    app = make_app(template.url, tmp_path, purpose=purpose)
    from ekopi.extensions import db

    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            for name, wanted in SQLITE_PRAGMAS.items():
                assert db.session.scalar(text(f"PRAGMA {name}")) == wanted
        else:
            for name, wanted in POSTGRES_SETTINGS[purpose].items():
                assert db.session.scalar(text(f"SHOW {name}")) == wanted
            assert db.session.scalar(text("SHOW TimeZone")) == "UTC"
        db.session.remove()
        db.engine.dispose()


def test_a_row_made_in_a_test_is_there_for_it(db):
    audit.record("test.done", "person", 1)
    db.session.commit()
    assert db.session.query(AuditEntry).count() == 1


def test_and_gone_for_the_next(db):
    assert db.session.query(AuditEntry).count() == 0


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET verb = 'x'", "DELETE FROM audit_entries"])
def test_the_trail_refuses_change(db, change):
    audit.record("test.done", "person", 1)
    db.session.flush()
    with pytest.raises(DBAPIError, match="never changed"), db.session.begin_nested():
        db.session.execute(text(change))
    assert db.session.scalar(text("SELECT verb FROM audit_entries")) == "test.done"
