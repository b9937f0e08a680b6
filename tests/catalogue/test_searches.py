"""Kept searches: saving, the limit, deleting and undoing, the nightly news; whose they are, and two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from ekopi.catalogue import privacy, search_news, tasks
from ekopi.catalogue.models import Innovation, SavedSearch
from ekopi.catalogue.operations import joining, projecting, searching
from ekopi.catalogue.queries import listing
from ekopi.catalogue.queries import searches as queries
from ekopi.core import clock
from ekopi.core.db import UNDO_DAYS
from ekopi.core.errors import Invalid
from ekopi.core.registry import all_of
from ekopi.extensions import db as database
from ekopi.notifications import queries as notifications
from ekopi.notifications.models import InboxItem
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted
from tests.courses.racing import race

PAGE = "/katalog/pencarian"


@pytest.fixture
def person(db):
    return people.person(name="Ani Pencari")


@pytest.fixture
def later():
    """The clock can be moved on; it is set right again."""
    yield lambda **by: clock.shift(timedelta(**by))
    clock.shift(None)


def asking(**said) -> listing.Asked:
    return listing.asked(MultiDict([(name, one) for name, value in said.items() for one in value.split(",")]))


def keep(person, name="Puskesmas", **said) -> SavedSearch:
    made = searching.save(person.id, name, asking(**(said or {"q": "puskesmas"})))
    database.session.commit()
    return made


def settled(title, **more) -> Innovation:
    """An innovation that came an hour ago."""
    one = make.innovation(title, **more)
    when = clock.now() - timedelta(hours=1)
    database.session.execute(update(Innovation).where(Innovation.id == one.id).values(created_at=when))
    database.session.commit()
    return one


def night() -> None:
    all_of("nightly")["saved-searches"]()
    database.session.expire_all()


def told(person) -> list[tuple[str, str]]:
    """(sentence, address) of the person's notices of kept searches, the newest first."""
    rows = database.session.scalars(
        select(InboxItem)
        .where(InboxItem.person_id == person.id, InboxItem.kind == searching.NOTICE)
        .order_by(InboxItem.id.desc())
    )
    return [(one.sentence, one.address) for one in map(notifications.told, rows)]


def save(client, address, **said):
    """Opens the form at an address and sends it."""
    client.get(address)
    return client.submit(said, has="once")


def post(client, address):
    """Sends a form that the page of the person does not show."""
    client.get(PAGE)
    token = next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])
    return client.post(address, data={"csrf_token": token})


# --- saving ---------------------------------------------------------------------------------------------------


def test_the_list_leads_to_saving_what_was_asked(client, person):
    settled("Antrean Puskesmas")
    client.sign_in(person).get("/katalog")
    assert not [url for url in client.page.links if url.startswith(f"{PAGE}/simpan")], "nothing was asked"
    client.get("/katalog?q=puskesmas&sumber=jippnas&urut=judul")
    link = next(url for url in client.page.links if url.startswith(f"{PAGE}/simpan"))
    page = client.get(link)
    assert "“puskesmas”" in page.text and "JIPPNas" in page.text
    assert save(client, link, name="  Antrean   saya ").location.endswith(PAGE)
    listed = client.get(PAGE)
    assert "Antrean saya" in listed.text and "“puskesmas”, JIPPNas" in listed.text
    kept = database.session.scalars(select(SavedSearch)).one()
    assert kept.person_id == person.id and kept.question == "q=puskesmas&sumber=jippnas"
    back = next(url for url in client.page.links if "q=puskesmas" in url)
    assert "Antrean Puskesmas" in client.get(back).text


def test_a_visitor_signs_in_and_comes_back(client, db):
    answer = client.get(f"{PAGE}/simpan?q=puskesmas")
    assert "/masuk" in answer.location and "q%3Dpuskesmas" in answer.location


def test_one_question_has_one_spelling(db, person):
    one = queries.spelt(asking(q=" perahu  bidan", provinsi="62", urusan="2,1", urut="judul"))
    other = queries.spelt(asking(urusan="1,2", q="perahu bidan", provinsi="62", halaman="3", jahat="x"))
    assert one == other == "q=perahu+bidan&urusan=1&urusan=2&provinsi=62"
    assert queries.asked(SavedSearch(question=one)).chosen == {"affair": ("1", "2"), "province": ("62",)}
    assert queries.spelt(asking(q="a&b=c#ü")) == "q=a%26b%3Dc%23%C3%BC"
    assert queries.asked(SavedSearch(question="q=a%26b%3Dc%23%C3%BC")).text == "a&b=c#ü"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_is_needed_and_not_too_long(client, db, person, name):
    with pytest.raises(Invalid):
        searching.save(person.id, name, asking(q="perahu"))
    answer = save(client.sign_in(person), f"{PAGE}/simpan?q=perahu", name=name)
    assert answer.status_code == 422 and not database.session.scalars(select(SavedSearch)).all()


@pytest.mark.parametrize("address", ["", "?urut=judul", "?q=+++", "?tidak=ada"])
def test_nothing_asked_is_nothing_to_save(client, db, person, address):
    page = client.sign_in(person).get(f"{PAGE}/simpan{address}")
    assert "Belum Ada yang Dicari" in page.text and not [
        f for f in client.page.forms if "once" in f["fields"]
    ]
    with pytest.raises(Invalid):
        searching.save(person.id, "Semua", asking())


def test_the_same_search_or_name_is_kept_once(db, person):
    keep(person)
    with pytest.raises(searching.SavedAlready):
        searching.save(person.id, "Nama Lain", asking(q="puskesmas", urut="judul"))
    with pytest.raises(searching.SavedAlready):
        searching.save(person.id, "Puskesmas", asking(q="puskesmas"))
    with pytest.raises(Invalid) as refused:
        searching.save(person.id, "Puskesmas", asking(q="perahu"))
    assert refused.value.field == "name"
    searching.save(people.person().id, "Puskesmas", asking(q="puskesmas"))
    assert len(queries.of_person(person.id)) == 1


def test_a_form_sent_twice_saves_once(client, db, person):
    address = f"{PAGE}/simpan?q=perahu"
    client.sign_in(person).get(address)
    fields = next(f for f in client.page.forms if "once" in f["fields"])["fields"]
    for _time in range(2):
        assert client.post(address, data={**fields, "name": "Perahu"}).location.endswith(PAGE)
    assert len(queries.of_person(person.id)) == 1


def test_no_more_than_the_limit(client, db, person):
    for number in range(searching.MOST):
        last = keep(person, f"Nama {number}", q=f"perahu {number}")
    answer = save(client.sign_in(person), f"{PAGE}/simpan?q=satu+lagi", name="Satu Lagi")
    assert answer.status_code == 409 and "sudah menyimpan 20 pencarian" in answer.text
    searching.remove(last)
    searching.save(person.id, "Satu Lagi", asking(q="satu lagi"))
    with pytest.raises(searching.TooManySearches):
        searching.bring_back(last)
    assert len(queries.of_person(person.id)) == searching.MOST


# --- deleting and undoing -------------------------------------------------------------------------------------


def test_deleting_is_undone_by_the_toast(client, db, person):
    kept = keep(person)
    client.sign_in(person)
    client.get(PAGE)
    client.submit(action=f"/{kept.id}/hapus$")
    page = client.get(PAGE)
    assert "Pencarian “Puskesmas” dihapus." in page.text and "Belum Ada Pencarian Tersimpan" in page.text
    client.submit(action=f"/{kept.id}/kembalikan$")
    assert "q=puskesmas" in client.get(PAGE).text
    post(client, f"{PAGE}/{kept.id}/kembalikan")
    assert len(queries.of_person(person.id)) == 1, "again does nothing"


def test_what_took_its_place_is_not_pushed_out(db, person):
    kept = keep(person)
    searching.remove(kept)
    keep(person, "Puskesmas", q="perahu")
    with pytest.raises(searching.SavedAlready):
        searching.bring_back(kept)
    assert [one.question for one in queries.of_person(person.id)] == ["q=perahu"]


def test_nobody_else_can_touch_it(client, db, person):
    kept = keep(person)
    client.sign_in(people.person(roles=[("admin", "platform", 0)]))
    for act in ("hapus", "kembalikan"):
        assert post(client, f"{PAGE}/{kept.id}/{act}").status_code == 404
    assert "Puskesmas" not in client.get(PAGE).text
    assert kept.deleted_at is None


def test_after_thirty_days_it_is_gone(client, db, person, later):
    kept, left = keep(person), keep(person, "Perahu", q="perahu")
    searching.remove(kept)
    database.session.commit()
    later(days=UNDO_DAYS - 1)
    tasks.tell_news()
    assert queries.own(person.id, kept.id) is not None
    later(days=UNDO_DAYS + 1)
    assert post(client.sign_in(person), f"{PAGE}/{kept.id}/kembalikan").status_code == 404
    tasks.tell_news()
    assert [one.id for one in database.session.scalars(select(SavedSearch))] == [left.id]


# --- news -----------------------------------------------------------------------------------------------------


def test_the_night_tells_of_what_is_new_and_only_once(db, person):
    settled("Antrean Puskesmas Lama")
    keep(person)
    night()
    assert told(person) == [], "what was there is no news"
    settled("Antrean Puskesmas Baru")
    settled("Puskesmas Menyapa")
    settled("Perahu Bidan")
    night()
    assert told(person) == [
        ("2 inovasi baru cocok dengan pencarian Anda “Puskesmas”.", "/katalog?q=puskesmas&urut=terbaru")
    ]
    night()
    assert len(told(person)) == 1
    settled("Puskesmas Sungai")
    night()
    assert [sentence[:1] for sentence, _address in told(person)] == ["1", "2"]


def test_the_notice_leads_to_the_list(client, db, person):
    keep(person)
    settled("Antrean Puskesmas Baru")
    night()
    client.sign_in(person)
    assert "1 inovasi baru cocok" in client.get("/notifikasi").text
    assert "Antrean Puskesmas Baru" in client.get(told(person)[0][1]).text


def test_filters_count_as_they_do_in_the_list(db, person):
    make.regions()
    keep(person, "Kapuas", provinsi="62", q="perahu")
    settled("Perahu Bidan", wilayah="Kabupaten Kapuas", provinsi="Kalimantan Tengah")
    settled("Perahu Guru", wilayah="Kota Metro", provinsi="Lampung")
    night()
    assert [sentence for sentence, _address in told(person)] == [
        "1 inovasi baru cocok dengan pencarian Anda “Kapuas”."
    ]


def test_what_has_just_come_waits_for_the_next_night(db, person, later):
    """A transaction that began earlier may still bring lower ids: nothing of it is passed over."""
    keep(person)
    make.innovation("Antrean Puskesmas Baru")
    night()
    assert told(person) == []
    later(days=1)
    night()
    assert len(told(person)) == 1


def test_closed_innovations_are_news_to_their_own_people_only(db):
    ours = people.organisation("Dinas Kita")
    colleague, stranger = people.person(organisation=ours), people.person()
    for one in (colleague, stranger):
        keep(one)
    hidden = settled("Antrean Puskesmas Rahasia")
    hidden.owner_id, hidden.audience = ours.id, "organisation"
    database.session.flush()
    projecting.project([hidden.id])
    database.session.commit()
    night()
    assert len(told(colleague)) == 1 and told(stranger) == []


def test_a_record_that_was_joined_to_a_known_innovation_is_no_news(db, person):
    known = settled("Antrean Puskesmas")
    keep(person)
    joining.join(known, settled("Antrean Puskesmas Kota"), by_id=None)
    database.session.commit()
    night()
    assert told(person) == []


@pytest.mark.parametrize("state", ["disabled", "erased"])
def test_who_has_no_living_account_is_told_nothing(db, person, state):
    kept = keep(person)
    person.state = state
    database.session.commit()
    settled("Antrean Puskesmas Baru")
    night()
    assert told(person) == [] and kept.seen_id == 0, "whoever comes back is told then"


def test_a_deleted_search_tells_nothing_and_nothing_of_the_time_between(db, person):
    kept = keep(person)
    searching.remove(kept)
    settled("Antrean Puskesmas Baru")
    night()
    searching.bring_back(kept)
    database.session.commit()
    night()
    assert told(person) == []


def test_more_than_the_list_counts_is_said_so(db, person, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 1)
    keep(person)
    settled("Antrean Puskesmas Baru")
    settled("Puskesmas Menyapa")
    night()
    assert told(person)[0][0] == "Lebih dari 1 inovasi baru cocok dengan pencarian Anda “Puskesmas”."


def test_a_name_with_percent_signs_is_only_a_name():
    said = search_news.search_news({"name": "100% %(n)s %s", "question": "q=a", "number": 3})[0]
    assert said == "3 inovasi baru cocok dengan pencarian Anda “100% %(n)s %s”."


# --- personal data, cost, two at once -------------------------------------------------------------------------


def test_export_and_erasure(db, person):
    other = people.person()
    keep(person)
    keep(other)
    said = privacy.export(person.id)["pencarian_tersimpan"]
    assert [(one["nama"], one["pencarian"]) for one in said] == [("Puskesmas", "q=puskesmas")]
    privacy.erase(person.id)
    assert [one.person_id for one in database.session.scalars(select(SavedSearch))] == [other.id]


def test_the_list_asks_as_much_of_one_as_of_many(client, db, person):
    make.regions()
    keep(person, "Satu", provinsi="62")

    def sent():
        database.session.expire_all()
        with counted() as statements:
            assert client.get(PAGE).status_code == 200
        return len(statements)

    client.sign_in(person).get(PAGE)
    few = sent()
    for number in range(searching.MOST - 1):
        keep(person, f"Nama {number}", provinsi="18", q=f"perahu {number}")
    assert sent() == few <= 5


def save_by_id(person_id, text):
    searching.save(person_id, text, asking(q=text))
    return "saved"


def night_by_id(_number):
    tasks.tell_news()
    return "told"


def test_two_at_once_do_not_pass_the_limit(live):
    with live.app.app_context():
        ids = []
        for _round in range(4):
            one = people.person()
            ids.append(one.id)
            for number in range(searching.MOST - 1):
                searching.save(one.id, f"Nama {number}", asking(q=f"perahu {number}"))
        database.session.commit()
    outcomes = race(live, save_by_id, [[(id, "satu"), (id, "dua")] for id in ids])
    assert [sorted(one) for one in outcomes] == [["saved", "too-many-searches"]] * 4
    with live.app.app_context():
        assert [len(queries.of_person(id)) for id in ids] == [searching.MOST] * 4


def test_two_nights_at_once_tell_once(live):
    with live.app.app_context():
        persons = [people.person() for _number in range(3)]
        for one in persons:
            keep(one)
        settled("Antrean Puskesmas Baru")
        ids = [one.id for one in persons]
    assert race(live, night_by_id, [[(1,), (2,)]]) == [["told", "told"]]
    with live.app.app_context():
        rows = database.session.scalars(select(InboxItem).where(InboxItem.kind == searching.NOTICE)).all()
        assert sorted(one.person_id for one in rows) == ids
        assert all(one.facts["number"] == 1 for one in rows)
