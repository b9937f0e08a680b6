"""Several admins at once, on committed databases: one effect, one row in the trail, a friendly answer for the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ekopi.accounts.models import Membership, Organisation, Person, Role
from ekopi.core.models import AuditEntry
from ekopi.extensions import db
from tests.accounts import make
from tests.accounts.test_races import at_once, counted, made

pytestmark = pytest.mark.slow
MANY = 4


def rows(live, verb):
    return counted(live, select(func.count(AuditEntry.id)).where(AuditEntry.verb == verb))


@pytest.fixture
def meeting(live):
    """Four admins of the platform, and a person whose claim waits."""

    def build():
        admins = [make.person(roles=[("admin", "platform", 0)]).id for _one in range(MANY)]
        claim = make.membership(state="claimed")
        return admins, claim.id, claim.person_id

    return made(live, build)


def enter(client, person_id, path):
    client.sign_in(db.session.get(Person, person_id))
    assert client.get(path).status_code == 200


def test_four_admins_confirm_one_claim(live, meeting):
    admins, claim, _person = meeting
    answers = at_once(
        live.app,
        lambda client, n: enter(client, admins[n], "/kelola/orang?keadaan=menunggu"),
        lambda client, n: client.submit(action="/kelola/orang/konfirmasi").status_code,
        MANY,
    )
    assert answers == [302] * MANY
    assert rows(live, "membership.confirmed") == 1
    assert counted(live, select(Membership.state).where(Membership.id == claim)) == "confirmed"


def test_four_admins_give_one_role(live, meeting):
    admins, _claim, person = meeting
    answers = at_once(
        live.app,
        lambda client, n: enter(client, admins[n], f"/kelola/pengguna/{person}/peran/beri"),
        lambda client, n: client.submit({"kind": "auditor", "place": "platform"}, has="kind").status_code,
        MANY,
    )
    assert sorted(answers) == [302] + [422] * (MANY - 1)
    assert rows(live, "role.granted.auditor") == 1
    assert counted(live, select(func.count(Role.id)).where(Role.person_id == person)) == 1


def test_one_form_for_a_new_organisation_sent_four_times(live, meeting):
    admins, _claim, _person = meeting

    def same_form(client, n):
        enter(client, admins[0], "/kelola/instansi/baru")

    answers = at_once(
        live.app, same_form,
        lambda client, n: client.submit({"name": "Badan Baru", "once": "the-very-same"}, has="name").status_code, MANY,
    )  # fmt: skip
    assert answers.count(302) >= 1
    assert set(answers) <= {302, 409, 422}
    assert counted(live, select(func.count(Organisation.id)).where(Organisation.name == "Badan Baru")) == 1
    assert rows(live, "organisation.created") == 1
