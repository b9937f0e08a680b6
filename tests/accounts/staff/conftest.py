"""Who meets whom on the staff pages: two agencies of one tree, their admins, their people."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ekopi.core.models import AuditEntry
from tests.accounts import make


@pytest.fixture
def agencies(db):
    """Sleman with a unit below it, and Bantul; an agency admin and a confirmed member in each, a claim in the unit."""
    made = SimpleNamespace()
    made.sleman = make.organisation("Pemerintah Kabupaten Sleman", kind="regency")
    made.unit = make.organisation("Dinas Kesehatan", parent=made.sleman, kind="unit")
    made.bantul = make.organisation("Pemerintah Kabupaten Bantul", kind="regency")
    made.admin = make.person("Ratna Agensi", roles=[("agency_admin", "organisation", made.sleman.id)])
    made.other_admin = make.person("Bagas Agensi", roles=[("agency_admin", "organisation", made.bantul.id)])
    made.member = make.person("Sari Wulandari", organisation=made.unit)
    made.stranger = make.person("Tono Lain", organisation=made.bantul)
    made.claimer = make.person("Dewi Klaim")
    made.claim = make.membership(made.claimer, made.unit, state="claimed")
    return made


@pytest.fixture
def platform_admin(db):
    return make.person("Gita Admin", roles=[("admin", "platform", 0)])


@pytest.fixture
def trail(db):
    """trail(verb) gives the rows of the trail with this verb, oldest first."""

    def of(verb: str) -> list[AuditEntry]:
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.verb == verb).order_by(AuditEntry.id))
        )

    return of


@pytest.fixture
def post(client):
    """post(path, **fields) sends a form as a page would, with the CSRF token of the reader's session."""

    def send(path: str, **fields):
        shown = client.get("/akun/nama")
        assert shown.status_code == 200
        token = next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])
        return client.post(path, data={"csrf_token": token, **fields})

    return send
