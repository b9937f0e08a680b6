"""The curator's queue: pairs, answers that can be taken back, splits; who may, and two at once."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from ekopi.catalogue import reasons
from ekopi.catalogue.matching import score
from ekopi.catalogue.models import Innovation, Joining, MatchDecision
from ekopi.catalogue.operations import curating, joining
from ekopi.catalogue.queries import curating as queries
from ekopi.core.models import AuditEntry
from ekopi.extensions import db as database
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.racing import race

WHY = [
    {"code": "name", "points": 6.1, "likeness": 68},
    {"code": "place", "points": 2.0, "relation": "same"},
    {"code": "year", "points": 0.0, "apart": None},
    {"code": "other-number", "points": -1.0, "numbers": ["", "2"]},
]


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


def proposed(one="Perahu Bidan Sungai", other="Perahu Bidan Kapuas", value=0.7, **more) -> MatchDecision:
    """A pair in the queue, of two innovations that nothing else joins."""
    a, b = (make.innovation(title, **more) for title in (one, other))
    return pair_of(a, b, value)


def pair_of(a, b, value=0.7) -> MatchDecision:
    ids = [queries.records_of(innovation.id)[0].id for innovation in (a, b)]
    known = database.session.scalars(
        select(MatchDecision).where(MatchDecision.a_id == min(ids), MatchDecision.b_id == max(ids))
    ).first()
    row = known or MatchDecision(a_id=min(ids), b_id=max(ids))
    row.score, row.reasons, row.decision = value, WHY, "proposed"
    database.session.add(row)
    database.session.commit()
    return row


def sides(pair) -> tuple[Innovation, Innovation]:
    found = queries.pair(pair.id)
    return found.one, found.other


def post(client, page, address):
    """Presses the button of a page that leads to this address (and says the same)."""
    answer, _, said = address.partition("#")
    client.get(page)
    form = next(
        f for f in client.page.forms
        if f["action"].startswith(answer) and (not said or f["fields"].get("jawaban") == said)
    )  # fmt: skip
    return client.post(form["action"], data=form["fields"])


# --- the queue ------------------------------------------------------------------------------------------------


def test_the_likeliest_pair_stands_first_and_pages_go_on(client, curator, db, monkeypatch):
    monkeypatch.setattr(queries, "SIZE", 2)
    values = {0.4: "Satu", 0.9: "Dua", 0.7: "Tiga"}
    for value, name in values.items():
        proposed(f"Kolam {name} Warga", f"Dapur {name} Desa", value)
    client.sign_in(curator)
    first = client.get("/kelola/antrean")
    assert first.status_code == 200 and "3 pasangan menunggu" in first.text
    assert first.text.index("Skor 90%") < first.text.index("Skor 70%") and "Skor 40%" not in first.text
    onward = next(link for link in client.page.links if "setelah=" in link)
    second = client.get(onward)
    assert "Skor 40%" in second.text and "Skor 70%" not in second.text


def test_the_queue_is_narrowed_by_source_province_and_likeness(client, curator, db):
    make.regions()
    there = {"wilayah": "Kabupaten Kapuas", "provinsi": "Kalimantan Tengah"}
    proposed("Kolam Ikan Warga", "Dapur Balita Desa", 0.9, **there)
    proposed("Kebun Kopi Lereng", "Bank Sampah Pantai", 0.5)
    client.sign_in(curator)
    shown = {
        query: [name for name in ("Kolam Ikan", "Kebun Kopi") if name in client.get(f"/kelola/antrean?{query}").text]
        for query in ("provinsi=62", "provinsi=31", "kemiripan=tinggi", "kemiripan=rendah", "sumber=jippnas",
                      "sumber=iga", "kemiripan=x&provinsi=%27&setelah=rusak", "sumber=iga&sumber=jippnas")
    }  # fmt: skip
    assert shown == {
        "provinsi=62": ["Kolam Ikan"], "provinsi=31": [], "kemiripan=tinggi": ["Kolam Ikan"],
        "kemiripan=rendah": ["Kebun Kopi"], "sumber=jippnas": ["Kolam Ikan", "Kebun Kopi"], "sumber=iga": [],
        "kemiripan=x&provinsi=%27&setelah=rusak": ["Kolam Ikan", "Kebun Kopi"], "sumber=iga&sumber=jippnas": [],
    }  # fmt: skip


def test_two_innovations_stand_in_the_queue_once_and_synthetic_ones_never(client, curator, db):
    one = make.innovation("Perahu Bidan Sungai")
    three = [make.innovation(f"Kolam Nomor {word} Desa") for word in ("Satu", "Dua")]
    joining.join(*three, by_id=curator.id)
    for record in queries.records_of(three[0].id):
        a, b = sorted((queries.records_of(one.id)[0].id, record.id))
        database.session.add(MatchDecision(a_id=a, b_id=b, score=0.6, reasons=[], decision="proposed"))
    made_up = [make.item("Gerobak Baca Kota", "S1"), make.item("Sumur Resapan Kota", "S2")]
    make.read(made_up, synthetic=True)
    pair_of(make.innovation_of("S1"), make.innovation_of("S2"))
    database.session.commit()
    assert queries.waiting(queries.Question()) == 1
    client.sign_in(curator)
    assert client.get("/kelola/antrean").text.count("Skor 60%") == 1


def test_the_queue_stands_on_the_page_of_curators_alone(client, curator, db):
    client.sign_in(curator)
    assert "Putuskan pasangan catatan" not in client.get("/beranda").text
    proposed()
    assert "1 pasangan" in client.get("/beranda").text and "/kelola/antrean" in client.page.links
    client.sign_in(people.person(roles=[("curator", "organisation", people.organisation().id)]))
    assert "Putuskan pasangan catatan" not in client.get("/beranda").text


def test_an_empty_queue_says_so(client, curator):
    client.sign_in(curator)
    assert "Antrean Kosong" in client.get("/kelola/antrean").text
    assert "Tidak Ada yang Cocok" in client.get("/kelola/antrean?sumber=iga").text


# --- one pair -------------------------------------------------------------------------------------------------


def test_a_pair_shows_both_records_and_why(client, curator, db):
    a = make.innovation(
        "Perahu Bidan Sungai", ringkasan="Bidan datang dengan perahu.", institusi="Dinas Kesehatan"
    )
    b = make.innovation(
        "Perahu Bidan Kapuas", ringkasan="Ibu hamil diperiksa di atas air.", institusi="Dinas Kesehatan"
    )
    pair = pair_of(a, b)
    client.sign_in(curator)
    text = client.get(f"/kelola/antrean/{pair.id}").text
    for sentence in (
        "Kata-kata judulnya 68% sama.", "Daerahnya sama.", "Tahun salah satu catatan tidak diketahui.",
        "Nomor di judulnya berbeda: tanpa nomor dan 2.", "Bidan datang dengan perahu.", "Ibu hamil diperiksa di atas air.",
        "Skor kemiripan 70%.",
    ):  # fmt: skip
        assert sentence in text
    differ, _, alike = text.partition("Isian yang Sama")
    assert "Bidan datang" in differ and "Dinas Kesehatan" in alike


def test_every_reason_of_the_rule_has_its_sentence(app):
    told = {
        "name": {"likeness": 80}, "acronym": {"acronym": "sipedas", "generic": False},
        "other-acronym": {"acronyms": ["a", "b"]}, "other-words": {"words": ["tanah"]},
        "other-number": {"numbers": ["1", ""]}, "text": {"likeness": 30, "shared": 9},
        "place": {"relation": "within"}, "agency": {"relation": "units"}, "year": {"apart": 3}, "same-source": {},
    }  # fmt: skip
    assert set(told) == set(score.REASONS)
    with app.test_request_context():
        for code, facts in told.items():
            (said,) = reasons.reasons([{"code": code, "points": 1.0, **facts}])
            assert said.sentence.endswith(".") and said.tone == reasons.SAME
        for relation in ("same", "within", "other", "unknown"):
            assert reasons.reasons([{"code": "place", "points": 0, "relation": relation}])
        for relation in ("same", "like", "other", "units", "unknown"):
            assert reasons.reasons([{"code": "agency", "points": 0, "relation": relation}])
        generic = reasons.reasons([{"code": "acronym", "points": 1, "acronym": "sip", "generic": True}])
        assert "banyak inovasi" in generic[0].sentence
        assert reasons.reasons([{"code": "something-newer", "points": 3}]) == []


def test_joining_is_answered_by_the_next_pair_and_can_be_undone(client, curator, db):
    pair, later = proposed(value=0.8), proposed("Kolam Ikan Warga", "Dapur Balita Desa", 0.5)
    one, other = sides(pair)
    client.sign_in(curator)
    answer = post(client, f"/kelola/antrean/{pair.id}?kemiripan=", f"/kelola/antrean/{pair.id}/jawab#sama")
    assert answer.status_code == 302 and answer.location == f"/kelola/antrean/{later.id}"
    toast = client.get(answer.location)
    assert "Kedua inovasi digabungkan." in toast.text
    undo = next(f for f in client.page.forms if f["action"].endswith("/urungkan"))
    assert {one.state, other.state} == {"living", "merged"}
    assert database.session.scalars(
        select(AuditEntry.actor_id).where(AuditEntry.verb == "innovation.joined")
    ).all() == [curator.id]
    back = client.post(undo["action"], data=undo["fields"])
    assert back.location == "/kelola/gabungan"
    database.session.expire_all()
    assert {i.state for i in sides(pair)} == {"living"}
    assert queries.pair(pair.id).open
    assert "Dibatalkan" in client.get("/kelola/gabungan").text
    assert client.post(undo["action"], data=undo["fields"]).status_code == 409


def test_different_is_remembered_and_can_be_taken_back(client, curator, db):
    pair = proposed()
    client.sign_in(curator)
    answer = post(client, f"/kelola/antrean/{pair.id}", f"/kelola/antrean/{pair.id}/jawab#beda")
    assert answer.location == "/kelola/antrean"
    page = client.get(answer.location)
    assert "dua inovasi yang berbeda" in page.text and "Antrean Kosong" in page.text
    undo = next(f for f in client.page.forms if f["action"].endswith("/urungkan"))
    shown = client.get(f"/kelola/antrean/{pair.id}").text
    assert "dinyatakan berbeda" in shown and "Rosinta Kurator" in shown and "Jawaban Anda" not in shown
    assert client.post(undo["action"], data=undo["fields"]).status_code == 302
    assert queries.pair(pair.id).open
    assert client.post(undo["action"], data=undo["fields"]).status_code == 409
    verbs = set(database.session.scalars(select(AuditEntry.verb)))
    assert {"innovation.kept-apart", "innovation.asked-again"} <= verbs


def test_what_the_rule_joined_is_called_by_its_record(client, curator, db):
    make.regions()
    said = {
        "wilayah": "Kabupaten Kapuas",
        "provinsi": "Kalimantan Tengah",
        "institusi": "Dinas Kesehatan Kabupaten Kapuas",
    }
    make.read([make.item("Perahu Bidan Pemeriksa Kehamilan", "N1", **said)])
    run = make.read([{"id": "7", "judul": "Perahu Bidan: Pemeriksa Kehamilan", "instansi": said["institusi"], "tahun": "2021", **said}], "sinovik")  # fmt: skip
    assert run.joined == 1
    client.sign_in(curator)
    assert "“Perahu Bidan: Pemeriksa Kehamilan”" in client.get("/kelola/gabungan?oleh=aturan").text
    assert "Belum Ada" in client.get("/kelola/gabungan?oleh=orang").text


def test_the_owned_innovation_is_kept_whichever_side_it_stands_on(db, curator):
    pair = proposed()
    one, other = sides(pair)
    other.owner_id = people.organisation().id
    database.session.flush()
    done = curating.same(pair, by_id=curator.id)
    assert (done.kept_id, done.other_id) == (other.id, one.id)


def test_the_second_of_two_curators_is_told(client, curator, db):
    """The page was opened before the other one answered."""
    pair = proposed()
    client.sign_in(curator)
    client.get(f"/kelola/antrean/{pair.id}")
    forms = [f for f in client.page.forms if f["action"].endswith("/jawab")]
    joined, apart = (next(f for f in forms if f["fields"]["jawaban"] == said) for said in ("sama", "beda"))
    curating.different(pair, by_id=people.person(roles=[("admin", "platform", 0)]).id)
    database.session.commit()
    for form in (joined, apart):
        answer = client.post(form["action"], data=form["fields"])
        assert answer.status_code == 409 and "sudah diputuskan lebih dahulu" in answer.text
    assert database.session.scalars(select(Joining)).all() == []


def test_an_answer_that_is_none_is_refused(client, curator, db):
    pair = proposed()
    client.sign_in(curator)
    client.get(f"/kelola/antrean/{pair.id}")
    form = next(f for f in client.page.forms if f["action"].endswith("/jawab"))
    assert client.post(form["action"], data={**form["fields"], "jawaban": "mungkin"}).status_code == 400
    assert queries.pair(pair.id).open


# --- splitting ------------------------------------------------------------------------------------------------


def joined_three(curator) -> tuple[Innovation, list]:
    three = [make.innovation(f"Kolam {word} Desa") for word in ("Kesatu", "Kedua", "Ketiga")]
    for other in three[1:]:
        joining.join(three[0], other, by_id=curator.id)
    database.session.commit()
    return three[0], queries.records_of(three[0].id)


def test_records_are_split_off_and_come_back(client, curator, db):
    innovation, records = joined_three(curator)
    client.sign_in(curator)
    assert (
        f"/katalog/{innovation.id}/pisahkan"
        in client.get(f"/katalog/{innovation.id}-{innovation.slug}/sumber").text
    )
    client.get(f"/katalog/{innovation.id}/pisahkan")
    form = next(f for f in client.page.forms if "csrf_token" in f["fields"] and "once" not in f["fields"])
    for wrong in ([], [r.id for r in records], [records[0].id, 999_999], ["x"]):
        answer = client.post(f"/katalog/{innovation.id}/pisahkan", data={**form["fields"], "records": wrong})
        assert answer.status_code == 422
    answer = client.post(
        f"/katalog/{innovation.id}/pisahkan", data={**form["fields"], "records": [records[2].id]}
    )
    assert answer.status_code == 302
    made = make.innovation_of(records[2].external_id)
    assert made.id != innovation.id and answer.location == f"/katalog/{made.id}-{made.slug}"
    client.get(answer.location)
    undo = next(f for f in client.page.forms if f["action"].endswith("/urungkan"))
    assert client.post(undo["action"], data=undo["fields"]).status_code == 302
    assert make.innovation_of(records[2].external_id).id == innovation.id


def test_one_record_cannot_be_split(client, curator, db):
    innovation = make.innovation()
    client.sign_in(curator)
    assert "hanya mempunyai satu catatan sumber" in client.get(f"/katalog/{innovation.id}/pisahkan").text


# --- who may, how much it asks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "roles",
    [[], [("curator", "organisation")], [("agency_admin", "organisation")], [("auditor", "platform")]],
)
def test_others_may_not(client, db, roles):
    pair = proposed()
    place = people.organisation().id
    held = [(kind, where, place if where == "organisation" else 0) for kind, where in roles]
    client.sign_in(people.person(roles=held))
    innovation = sides(pair)[0]
    for address in (
        "/kelola/antrean",
        f"/kelola/antrean/{pair.id}",
        "/kelola/gabungan",
        f"/katalog/{innovation.id}/pisahkan",
    ):
        assert client.get(address).status_code == 403
    token = "/tampilan"
    client.get(token)
    csrf = next(f["fields"]["csrf_token"] for f in client.page.forms if "csrf_token" in f["fields"])
    answer = client.post(f"/kelola/antrean/{pair.id}/jawab", data={"csrf_token": csrf, "jawaban": "sama"})
    assert answer.status_code == 403 and queries.pair(pair.id).open
    assert "pisahkan" not in client.get(f"/katalog/{innovation.id}-{innovation.slug}/sumber").text
    assert "/kelola/antrean" not in client.get("/kelola").text


def queries_of(client, address) -> int:
    seen = []
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_number_of_queries_does_not_grow(client, curator, db):
    pair = proposed("Kolam Nol Warga", "Dapur Nol Desa", 0.95)
    proposed("Lumbung Nol Warga", "Pasar Nol Desa", 0.5)
    done = proposed("Sumur Awal Warga", "Kebun Awal Desa", 0.9)
    curating.same(done, by_id=curator.id)
    database.session.commit()
    client.sign_in(curator)
    pages = ("/kelola/antrean", f"/kelola/antrean/{pair.id}", "/kelola/gabungan")
    client.get("/kelola/antrean")
    few = [queries_of(client, page) for page in pages]
    for n in "abcdef":
        proposed(f"Kolam {n}{n}kan Warga", f"Dapur {n}{n}tan Desa", 0.6)
        more = proposed(f"Sumur {n}{n}r Warga", f"Kebun {n}{n}l Desa", 0.6)
        curating.same(more, by_id=curator.id)
    database.session.commit()
    assert [queries_of(client, page) for page in pages] == few
    assert max(few) <= 9


# --- at the same moment ---------------------------------------------------------------------------------------


def answer_by_id(pair_id, say, by_id):
    act = {"same": curating.same, "different": curating.different}[say]
    act(database.session.get_one(MatchDecision, pair_id), by_id=by_id)
    return "answered"


def test_two_curators_at_once_decide_once(live):
    with live.app.app_context():
        by = [people.person().id, people.person().id]
        pairs = [proposed(f"Kolam {n}{n}kan Warga", f"Dapur {n}{n}tan Desa").id for n in "abcdef"]
        database.session.commit()
    ways = [("same", "same"), ("same", "different"), ("different", "different")] * 2
    rounds = [[(id, a, by[0]), (id, b, by[1])] for id, (a, b) in zip(pairs, ways, strict=True)]
    assert [sorted(one) for one in race(live, answer_by_id, rounds)] == [["answered", "pair-decided"]] * 6
    with live.app.app_context():
        rows = [database.session.get_one(MatchDecision, id) for id in pairs]
        joined = set(database.session.scalars(select(Joining.by_id)))
        assert all(row.decision != "proposed" and row.by_id in by for row in rows) and joined <= set(by)
        assert len(database.session.scalars(select(Joining)).all()) == [r.decision for r in rows].count(
            "joined"
        )
