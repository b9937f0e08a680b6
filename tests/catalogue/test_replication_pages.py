"""Pages of replications: who records what on which side, papers, outcome, giving up; both records show it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ekopi.catalogue import policy
from ekopi.catalogue.models import Replication, ReplicationStep
from ekopi.catalogue.operations import caring, joining, owning, replicating
from ekopi.catalogue.views.replicating import figure
from ekopi.core import clock, files
from ekopi.core.errors import Invalid
from ekopi.core.models import Upload
from ekopi.extensions import db as database
from ekopi.notifications import queries as inbox
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted

TODAY = "2024-02-01"


class World:
    """An innovation with an owner; an organisation that wants it, with a member and an admin."""

    def __init__(self):
        self.origin_place = people.organisation("Dinas Kesehatan Sukamaju")
        self.adopter = people.organisation("Dinas Kesehatan Sukasari")
        self.origin_admin = people.person(roles=[("agency_admin", "organisation", self.origin_place.id)])
        self.admin = people.person(roles=[("agency_admin", "organisation", self.adopter.id)])
        self.member = people.person(organisation=self.adopter)
        self.colleague = people.person(organisation=self.adopter)
        self.stranger = people.person()
        self.curator = people.person(roles=[("curator", "platform", 0)])
        self.origin = make.innovation("Perahu Bidan")
        caring.hand_over(self.origin, self.origin_place, by_id=None)
        self.origin_path = f"/katalog/{self.origin.id}-{self.origin.slug}"

    def ask(self, **more) -> Replication:
        said = {"need": "Bidan tidak sampai.", "on": date(2024, 2, 1), "by_id": self.member.id, **more}
        return replicating.interest(self.origin, self.adopter, **said)


@pytest.fixture
def w(db):
    return World()


def path(of: Replication, rest="") -> str:
    return f"/replikasi/{of.id}{rest}"


WORDS = {"interest": "kesepakatan", "agreement": "persetujuan", "approval": "implementasi"}


def step(client, of, person, **fields):
    """Opens the form of the next step and sends it; what the last of the two answered."""
    database.session.refresh(of)
    client.sign_in(person)
    page = client.get(path(of, f"/{WORDS.get(of.state, 'implementasi')}"))
    if page.status_code != 200:
        return page
    return client.submit({"on": TODAY, **fields}, has="on", content_type="multipart/form-data")


def states(db, of) -> list[str]:
    query = select(ReplicationStep.state).where(ReplicationStep.replication_id == of.id)
    return list(db.session.scalars(query.order_by(ReplicationStep.id)))


# --- interest -------------------------------------------------------------------------------------------------


def test_a_member_records_the_interest_and_the_origin_is_told(client, db, w):
    assert client.get(f"/katalog/{w.origin.id}/tiru").location.startswith("/masuk")
    client.sign_in(w.member)
    assert f'/katalog/{w.origin.id}/tiru"' in client.get(w.origin_path).text
    client.get(f"/katalog/{w.origin.id}/tiru")
    assert client.submit({"need": "", "on": TODAY}, has="need").status_code == 422
    assert client.submit({"need": "Perlu.", "on": "kemarin"}, has="need").status_code == 422
    done = client.submit({"need": "Bidan tidak sampai.", "on": TODAY}, has="need")
    made = db.session.scalars(select(Replication)).one()
    assert done.location == path(made) and (made.adopter_id, made.by_id) == (w.adopter.id, w.member.id)
    assert [item.address for item in inbox.newest(w.origin_admin.id, 5)] == [path(made)]
    assert inbox.newest(w.admin.id, 5) and not inbox.newest(w.member.id, 5)
    client.get(f"/katalog/{w.origin.id}/tiru")
    assert client.submit({"need": "Lagi.", "on": TODAY}, has="need").status_code == 409
    assert db.session.scalar(select(func.count(Replication.id))) == 1


def test_without_an_organisation_or_with_the_owner_s_nobody_records_one(client, db, w):
    claimed = people.person()
    people.membership(claimed, w.adopter, state="claimed")
    for person in (w.stranger, claimed, people.person(organisation=w.origin_place)):
        client.sign_in(person)
        page = client.get(f"/katalog/{w.origin.id}/tiru").text
        assert "Lengkapi Instansi Anda Dulu" in page
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        sent = {"csrf_token": token, "need": "x", "on": TODAY, "adopter": str(w.adopter.id)}
        assert client.post(f"/katalog/{w.origin.id}/tiru", data=sent).status_code == 403


def test_an_organisation_that_is_not_one_s_own_is_no_choice(client, db, w):
    client.sign_in(w.member)
    client.get(f"/katalog/{w.origin.id}/tiru")
    other = people.organisation("Dinas Lain")
    answer = client.submit({"need": "x", "on": TODAY, "adopter": str(other.id)}, has="need")
    assert answer.status_code == 422 and db.session.scalar(select(func.count(Replication.id))) == 0


def test_a_facilitator_is_another_organisation(db, w):
    with pytest.raises(Invalid):
        w.ask(facilitator=w.adopter)


# --- steps ----------------------------------------------------------------------------------------------------


def test_each_side_records_its_own_steps(client, db, w):
    of = w.ask()
    assert step(client, of, w.member).status_code == 403, "the origin agrees, not who asks"
    assert step(client, of, w.admin).status_code == 403
    assert step(client, of, w.origin_admin, note="Siap mendampingi.").location == path(of)
    assert step(client, of, w.origin_admin).status_code == 403, "the adopter's head approves"
    assert step(client, of, w.member).status_code == 403
    assert step(client, of, w.admin).location == path(of)
    assert step(client, of, w.colleague).status_code == 403, "only who asked, and the admins"
    assert step(client, of, w.member).location == path(of)
    assert states(db, of) == ["interest", "agreement", "approval", "implementation"]
    assert step(client, of, w.admin).status_code == 409, "nothing follows"
    db.session.refresh(w.origin)
    assert w.origin.replications == 1
    assert "Siap mendampingi." in client.get(path(of)).text
    assert [item.address for item in inbox.newest(w.admin.id, 9)].count(path(of)) == 2, "agreed, implemented"


def test_dates_stand_in_order_and_not_in_the_future(client, db, w):
    of = w.ask()
    assert step(client, of, w.origin_admin, on="2024-01-31").status_code == 422
    later = (clock.today() + timedelta(days=2)).isoformat()
    assert step(client, of, w.origin_admin, on=later).status_code == 422
    assert states(db, of) == ["interest"]


@pytest.fixture
def late_evening():
    """23:30 in Jakarta: in Jayapura the next day has begun."""
    evening = clock.now().replace(hour=16, minute=30)
    clock.shift(evening - clock.now())
    yield evening
    clock.shift(None)


def test_in_the_east_the_day_that_is_proposed_is_taken(client, db, late_evening):
    """The forms propose today where the person is; what they propose is no day to come."""
    w = World()
    tomorrow = clock.today() + timedelta(days=1)
    for person in (w.member, w.origin_admin, w.admin):
        person.zone = "Asia/Jayapura"
    client.sign_in(w.member)
    page = client.get(f"/katalog/{w.origin.id}/tiru").text
    assert f'value="{tomorrow.isoformat()}"' in page
    client.submit({"need": "Bidan tidak sampai."}, has="need")
    of = db.session.scalars(select(Replication)).one()
    for person in (w.origin_admin, w.admin, w.member):
        client.sign_in(person)
        client.get(path(of, f"/{WORDS[of.state]}"))
        assert client.submit({}, has="on", content_type="multipart/form-data").location == path(of)
        db.session.refresh(of)
    assert set(db.session.scalars(select(ReplicationStep.on))) == {tomorrow}
    with pytest.raises(Invalid):
        w.ask(on=tomorrow)  # where nothing is known of the person's zone, Jakarta's day holds
    with pytest.raises(Invalid):
        w.ask(on=tomorrow + timedelta(days=1), zone="Asia/Jayapura")


def test_everywhere_the_adopter_stands_with_its_government(client, db, w):
    """Every second regency has a "Dinas Kesehatan"."""
    government = people.organisation("Pemerintah Kabupaten Tirta Mulya")
    w.adopter = people.organisation("Dinas Kesehatan", parent=government)
    w.member = people.person(organisation=w.adopter)
    helper = people.organisation("BPSDM", parent=people.organisation("Pemerintah Provinsi Jati Raya"))
    of = w.ask(facilitator=helper)
    full = "Dinas Kesehatan, Pemerintah Kabupaten Tirta Mulya"
    given = f"/katalog/instansi/{w.origin_place.id}-dinas-kesehatan-sukamaju?lihat=replikasi"
    client.sign_in(w.member)
    for address in (w.origin_path, path(of), "/replikasi", given):
        assert full in client.get(address).text, address
    assert "BPSDM, Pemerintah Provinsi Jati Raya" in client.get(path(of)).text
    told = client.get(f"/katalog/{w.origin.id}.json").json
    assert [one["organisation"] for one in told["adopted_by"]] == [full]


def test_notices_name_the_innovation(client, db, w):
    of = w.ask()
    assert step(client, of, w.origin_admin).location == path(of)
    said = [item.sentence for item in inbox.newest(w.admin.id, 5)]
    assert said == ["Replikasi “Perahu Bidan” mencapai kesepakatan."]
    for kind in ("co_owner", "hand_over"):
        third = people.organisation(f"Dinas {kind}")
        tender = people.person(roles=[("agency_admin", "organisation", third.id)])
        offer = owning.offer(w.origin, third, kind, by_id=w.origin_admin.id)
        assert "inovasi “Perahu Bidan”" in inbox.newest(tender.id, 1)[0].sentence
        owning.refuse(offer, by_id=tender.id)
        answered = inbox.newest(w.origin_admin.id, 1)[0].sentence
        assert answered == "Tawaran Anda untuk merawat inovasi “Perahu Bidan” ditolak."


def test_the_paper_of_a_step_is_for_those_who_take_part(client, db, w):
    of = w.ask()
    answer = step(client, of, w.origin_admin, file=(io.BytesIO(b"Sepakat.\n"), "surat.txt"))
    assert answer.location == path(of)
    upload = db.session.scalars(select(Upload)).one()
    number = db.session.scalars(
        select(ReplicationStep.id).where(ReplicationStep.upload_id == upload.id)
    ).one()
    paper = path(of, f"/dokumen/{number}")
    for person, status in ((w.admin, 200), (w.colleague, 200), (w.curator, 200), (w.stranger, 404)):
        client.sign_in(person)
        assert client.get(paper).status_code == status
    client.sign_in(w.admin)
    assert client.get(paper).data == b"Sepakat.\n"
    assert "surat.txt" in client.get(path(of)).text
    other = replicating.interest(
        make.innovation("Loket Senja"), w.adopter, need="x", on=date(2024, 2, 1), by_id=None
    )
    assert client.get(path(other, f"/dokumen/{number}")).status_code == 404


def test_a_refused_file_or_step_keeps_nothing(client, db, w):
    of, before = w.ask(), kept_files()
    bad = step(client, of, w.origin_admin, file=(io.BytesIO(b"MZ"), "virus.exe"))
    assert bad.status_code == 422 and "virus.exe" in bad.text
    early = step(client, of, w.origin_admin, on="2024-01-01", file=(io.BytesIO(b"x"), "a.txt"))
    assert early.status_code == 422 and states(db, of) == ["interest"]
    assert db.session.scalar(select(func.count(Upload.id))) == 0
    assert kept_files() == before


def kept_files() -> set:
    return {path for path in files._folder().rglob("*") if path.is_file()}


def test_without_an_owner_the_adopter_records_the_agreement_with_its_paper(client, db, w):
    nobodys = make.innovation("Loket Senja")
    of = replicating.interest(nobodys, w.adopter, need="x", on=date(2024, 2, 1), by_id=w.member.id)
    assert step(client, of, w.member).status_code == 403
    refused = step(client, of, w.admin)
    assert refused.status_code == 422 and "Unggah surat kesepakatannya" in refused.text
    assert step(client, of, w.admin, file=(io.BytesIO(b"x"), "surat.txt")).location == path(of)


def test_the_result_is_the_adopter_s_own_record_and_both_show_it(client, db, w):
    of = w.ask()
    replicating.agree(of, on=date(2024, 2, 1), by_id=None)
    replicating.approve(of, on=date(2024, 2, 1), by_id=None)
    result = make.innovation("Perahu Bidan Sukasari")
    for said in (str(result.id), "999999", "bukan alamat", str(w.origin.id)):
        assert step(client, of, w.admin, result=said).status_code == 422, said
    caring.hand_over(result, w.adopter, by_id=None)
    address = f"http://localhost/katalog/{result.id}-{result.slug}"
    assert step(client, of, w.admin, result=address).location == path(of)
    assert w.adopter.name in client.get(w.origin_path).text
    page = client.get(f"/katalog/{result.id}-{result.slug}").text
    assert "Berawal dari" in page and w.origin_path in page
    assert "Ditiru 1 instansi" in client.get(w.origin_path).text


# --- adaptation, outcome, end ---------------------------------------------------------------------------------


def test_adaptation_and_outcome(client, db, w):
    of = w.ask()
    client.sign_in(w.member)
    client.get(path(of, "/penyesuaian"))
    assert client.submit({"adaptation": "Motor, bukan perahu."}, has="adaptation").location == path(of)
    assert client.get(path(of, "/hasil")).status_code == 409, "it does not run yet"
    for number, verb in enumerate((replicating.agree, replicating.approve, replicating.implement)):
        verb(of, on=date(2024, 2, 2 + number), by_id=None)
    client.get(path(of, "/hasil"))
    said = {"measure": "Lama menunggu", "unit": "menit", "before": "banyak", "after": "12,5"}
    assert client.submit(said, has="measure").status_code == 422
    assert client.submit({**said, "before": "1.250"}, has="measure").location == path(of)
    db.session.refresh(of)
    assert (of.outcome["before"], of.outcome["after"]) == (1250, 12.5)
    page = client.get(path(of)).text
    assert "Motor, bukan perahu." in page and "Lama menunggu" in page
    assert "Lama menunggu" in client.get(w.origin_path).text, "the public sees it by the same indicator"
    client.get(path(of, "/hasil"))
    assert client.page.forms[-1]["fields"]["after"] == "12,5"
    client.sign_in(w.origin_admin)
    assert client.get(path(of, "/hasil")).status_code == 403


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("90", 90),
        ("90%", 90),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1.250", 1250),
        ("1.250,5", 1250.5),
        ("-3", -3),
    ],
)
def test_numbers_as_they_are_written(said, number):
    assert figure("before", said) == number


@pytest.mark.parametrize("said", ["", "banyak", "1e9", "1,2,3", "٣", "9" * 40, "1.2.3"])
def test_what_is_no_number(app, said):
    with pytest.raises(Invalid):
        figure("before", said)


@pytest.mark.parametrize("side", ["origin_admin", "admin", "member"])
def test_each_side_gives_up_with_a_reason_and_the_adopter_begins_anew(client, db, w, side):
    of = w.ask()
    client.sign_in(getattr(w, side))
    client.get(path(of, "/hentikan"))
    assert client.submit({"reason": " "}, has="reason").status_code == 422
    assert client.submit({"reason": "Anggaran tidak ada."}, has="reason").location == path(of)
    assert "Anggaran tidak ada." in client.get(path(of)).text
    for word in ("kesepakatan", "persetujuan", "penyesuaian", "hasil", "hentikan"):
        assert client.get(path(of, f"/{word}")).status_code == 409
    assert w.adopter.name not in client.get(w.origin_path).text, "the public page forgets it"
    assert w.ask().id != of.id


# --- who ------------------------------------------------------------------------------------------------------


def test_who_takes_part_reads_it_and_nobody_else(client, db, w):
    helper = people.organisation("BPSDM")
    of = w.ask(facilitator=helper)
    facilitator = people.person(roles=[("agency_admin", "organisation", helper.id)])
    assert client.get(path(of)).location.startswith("/masuk")
    for person in (w.origin_admin, w.admin, w.member, w.colleague, w.curator, facilitator):
        client.sign_in(person)
        assert client.get(path(of)).status_code == 200
        assert path(of) in client.get("/replikasi").text
    assert client.get(path(of, "/kesepakatan")).status_code == 403, "a facilitator reads"
    client.sign_in(w.stranger)
    for rest in ("", "/kesepakatan", "/hasil", "/hentikan"):
        assert client.get(path(of, rest)).status_code == 404, "not told from a number that is none"
    assert path(of) not in client.get("/replikasi").text
    assert client.get("/replikasi/999999").status_code == 404
    client.sign_in(w.admin)
    assert client.get(path(of, "/entah")).status_code == 404


def test_who_left_the_adopter_no_longer_carries_on(client, db, w):
    of = w.ask()
    from ekopi.accounts import queries as accounts
    from ekopi.accounts.operations import memberships

    memberships.end(accounts.memberships_of(w.member.id)[0], w.admin)
    client.sign_in(w.member)
    assert client.get(path(of)).status_code == 404


def test_co_owners_of_the_origin_agree_too(client, db, w):
    third = people.organisation("Puskesmas")
    tender = people.person(roles=[("agency_admin", "organisation", third.id)])
    owning.accept(
        owning.offer(w.origin, third, "co_owner", by_id=w.origin_admin.id), w.origin, third, by_id=tender.id
    )
    assert step(client, w.ask(), tender).status_code == 302


def test_after_a_join_those_who_look_after_the_living_record_agree(client, db, w):
    of, other = w.ask(), make.innovation("Bidan Perahu Sungai")
    caring.hand_over(other, w.origin_place, by_id=None)
    joining.join(other, w.origin, by_id=w.curator.id)
    assert step(client, of, w.origin_admin).location == path(of)
    assert f"/katalog/{other.id}-" in client.get(path(of)).text


def test_the_second_of_two_who_record_one_step_is_refused(client, db, w):
    of, everything = w.ask(), people.person(roles=[("admin", "platform", 0)])
    client.sign_in(everything)
    client.get(path(of, "/kesepakatan"))
    replicating.agree(of, on=date(2024, 2, 2), by_id=w.origin_admin.id)
    late = client.submit({"on": "2024-02-03"}, has="on", content_type="multipart/form-data")
    assert late.status_code == 409 and states(db, of) == ["interest", "agreement"]


def test_every_step_has_a_side_that_may(w):
    assert set(policy.MAY) >= {"agreement", "approval", "implementation", "give-up"}
    assert all(policy.MAY.values())


def test_the_page_costs_few_queries(client, db, w):
    of = w.ask()
    for number, verb in enumerate((replicating.agree, replicating.approve, replicating.implement)):
        verb(of, on=date(2024, 2, 2 + number), by_id=None, note="Catatan.")
    client.sign_in(w.member)
    client.get(path(of))
    with counted() as sent:
        assert client.get(path(of)).status_code == 200
    assert len(sent) <= 11, str(sent)
    with counted() as sent:
        assert client.get("/replikasi").status_code == 200
    assert len(sent) <= 8, str(sent)
