"""Who is let in: a living token, within its scopes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ekopi.accounts.models import ApiToken
from ekopi.accounts.operations import account
from ekopi.core import clock
from ekopi.core.models import AuditEntry
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.api import make
from tests.courses import make as courses

TOKENS = select(ApiToken).order_by(ApiToken.id)
OWN = {
    "/me": "profile:read",
    "/enrolments": "learning:read",
    "/enrolments/1": "learning:read",
    "/enrolments/1/progress": "learning:read",
    "/certificates": "certificates:read",
}


def refused(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    return answer


@pytest.mark.parametrize("path", OWN)
def test_what_is_not_public_needs_a_token_with_its_scope(client, person, visitor, path):
    answer = refused(visitor.get(path), 401, "token-missing")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="EKOPI"'
    others = [scope for scope in make.ALL if scope != OWN[path]]
    without = make.Program(client, make.token(person, *others)[1])
    assert OWN[path] in refused(without.get(path), 403, "scope-missing").json["detail"]
    alone = make.Program(client, make.token(person, OWN[path])[1])
    assert alone.get(path).status_code in (200, 404)


def test_a_scope_to_read_is_none_to_write(client, person):
    reader = make.Program(client, make.token(person, "learning:read")[1])
    refused(reader.post("/enrolments", {"course": "apa-saja"}), 403, "scope-missing")


@pytest.mark.parametrize(
    "shown",
    ["Bearer ekopi_salah", "Bearer", "Bearer ", "Basic c2FyaTpyYWhhc2lh", "ekopi_salah", "Bearer a b", "é"],
)
@pytest.mark.parametrize("path", ["/me", "/places"])
def test_what_is_no_token_opens_nothing_not_even_what_is_public(visitor, path, shown):
    answer = refused(visitor.get(path, Authorization=shown), 401, "token-unknown")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_an_ended_token_is_dead_at_once(client, person, program):
    assert program.get("/me").status_code == 200
    row = database.session.scalars(TOKENS).one()
    client.sign_in(person)
    client.get("/akun/token")
    assert client.submit(action=f"/akun/token/{row.id}/akhiri").status_code == 302
    refused(program.get("/me"), 401, "token-unknown")


def test_an_expired_token_is_dead(client, person, monkeypatch):
    row, text = make.token(person, days=1)
    program = make.Program(client, text)
    assert program.get("/me").status_code == 200
    end = row.expires_at
    monkeypatch.setattr(clock, "now", lambda: end)
    refused(program.get("/me"), 401, "token-unknown")


def test_who_is_disabled_has_no_tokens_any_more(program, person):
    account.disable(person, by=None)
    refused(program.get("/me"), 401, "token-unknown")
    account.enable(person, by=None)
    refused(program.get("/me"), 401, "token-unknown")


def test_erasing_the_account_takes_the_tokens_along(program, person):
    account.erase(person)
    assert database.session.scalars(TOKENS).all() == []
    refused(program.get("/me"), 401, "token-unknown")


def test_a_cookie_is_not_looked_at(client, person, visitor):
    """Neither what is own nor what is seen more of, nor a write."""
    admin = people.person(name="Admin", roles=[("admin", "platform", 0)])
    client.sign_in(admin)
    assert client.get("/beranda").status_code == 200
    refused(visitor.get("/me"), 401, "token-missing")
    refused(visitor.post("/enrolments", {"course": "apa-saja"}), 401, "token-missing")
    other = make.Program(client, make.token(person)[1])
    assert other.get("/me").json["name"] == "Sari Wulandari"  # the token's person, not the cookie's


def test_only_the_hash_is_kept(person):
    row, text = make.token(person)
    assert text.startswith("ekopi_") and len(text) > 40
    assert text not in str({column.name: getattr(row, column.name) for column in ApiToken.__table__.columns})
    assert len(row.token_hash) == 64


def test_the_last_use_is_noted_at_most_every_five_minutes(program, monkeypatch):
    assert program.get("/me").status_code == 200
    row = database.session.scalars(TOKENS).one()
    first = row.used_at
    assert first is not None
    program.get("/me")
    assert database.session.scalars(TOKENS).one().used_at == first
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    program.get("/me")
    assert database.session.scalars(TOKENS).one().used_at == later


def test_what_a_program_does_is_its_persons_deed(program, person):
    course = courses.course()
    assert program.post("/enrolments", {"course": course.slug}).status_code == 201
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.verb == "learning.enrolled")).one()
    assert entry.actor_id == person.id
