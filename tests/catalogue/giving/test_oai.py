"""/oai: each verb, each error, what is deleted, lists that go on where they stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from ekopi.catalogue.giving import oai
from ekopi.catalogue.operations import joining
from ekopi.core import clock
from tests.accounts import make as accounts
from tests.catalogue.giving import make

NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
}
RECORDS = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
HEADERS = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


def ask(client, **arguments) -> etree._Element:
    answer = client.get("/oai", query_string={name.rstrip("_"): value for name, value in arguments.items()})
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    return etree.fromstring(answer.data)


@pytest.mark.parametrize("name", ["from", "set", "identifier", "resumptionToken", "verb"])
def test_a_nul_is_answered_in_the_protocol_s_own_words(client, db, name):
    for verb in ("ListRecords", "GetRecord"):
        answer = client.get("/oai", query_string={"verb": verb, "metadataPrefix": "oai_dc", name: "\x00"})
        assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
        assert error(etree.fromstring(answer.data)) == ("badVerb" if name == "verb" else "badArgument")
    assert client.get("/api/inolands?page=%00").status_code == 400


def words(root, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(f".//{path}", NS)]


def error(root) -> str | None:
    found = root.find("o:error", NS)
    return None if found is None else found.get("code")


def said(root) -> list[tuple[int, bool]]:
    """(innovation, is it deleted) of each header."""
    return [
        (
            int(header.findtext("o:identifier", namespaces=NS).rpartition(":")[2]),
            header.get("status") == "deleted",
        )
        for header in root.iterfind(".//o:header", NS)
    ]


def walk(client, verb="ListIdentifiers", **arguments) -> list[tuple[int, bool]]:
    """A whole list, answer by answer."""
    root = ask(client, verb=verb, metadataPrefix="oai_dc", **arguments)
    seen = said(root)
    while token := "".join(words(root, "o:resumptionToken")):
        root = ask(client, verb=verb, resumptionToken=token)
        seen += said(root)
    return seen


# --- the verbs --------------------------------------------------------------------------------------------


def test_identify(client):
    make.innovation(changed_at=make.BEGAN)
    make.innovation()
    root = ask(client, verb="Identify")
    told = {etree.QName(child).localname: child.text for child in root.find("o:Identify", NS)}
    assert told == {
        "repositoryName": "EKOPI – Katalog Inovasi",
        "baseURL": "http://127.0.0.1:8000/oai",
        "protocolVersion": "2.0",
        "adminEmail": "ekopi@localhost",
        "earliestDatestamp": "2026-03-01T08:00:00Z",
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    assert list(told) == [  # the schema wants this order
        "repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord", "granularity",
    ]  # fmt: skip
    request = root.find("o:request", NS)
    assert (request.text, dict(request.attrib)) == ("http://127.0.0.1:8000/oai", {"verb": "Identify"})
    assert client.get("/oai?verb=Identify").text.count("<repositoryName>") == 1  # without a prefix


def test_identify_of_an_empty_catalogue(client):
    assert words(ask(client, verb="Identify"), "o:earliestDatestamp")[0].endswith("Z")


def test_formats(client):
    made = make.innovation()
    for more in ({}, {"identifier": f"oai:127.0.0.1:{made.id}"}):
        assert words(ask(client, verb="ListMetadataFormats", **more), "o:metadataPrefix") == ["oai_dc"]


def test_sets_are_sources_and_provinces(client):
    make.regions()
    make.innovation(key="iga")
    root = ask(client, verb="ListSets")
    sets = dict(zip(words(root, "o:setSpec"), words(root, "o:setName"), strict=True))
    assert sets["province:35"] == "Jawa Timur"
    assert "source:iga" in sets and "source" in sets and "province:35.78" not in sets


def test_a_record_tells_all_that_dublin_core_can(client):
    make.regions()
    made = make.innovation(
        "Perahu Bidan", key="inoland", region_code="35.78",
        facts={
            "summary": "<p>Bidan &amp; perawat naik <strong>perahu</strong>.</p>", "goal": "<p>Ibu selamat.</p>",
            "initiator": "Puskesmas Teluk", "sdg": ["3"], "affair": ["kesehatan"], "link": "https://contoh.go.id/perahu",
        },
    )  # fmt: skip
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:{made.id}", metadataPrefix="oai_dc")
    assert said(root) == [(made.id, False)]
    assert words(root, "o:setSpec") == ["source:inoland", "province:35"]
    assert words(root, "o:datestamp")[0].startswith("2026-03-01T08:")
    assert words(root, "dc:title") == ["Perahu Bidan"]
    assert words(root, "dc:creator") == ["Pemerintah Kota Surabaya", "Puskesmas Teluk"]
    assert words(root, "dc:description") == ["Bidan & perawat naik perahu.", "Ibu selamat."]
    assert words(root, "dc:identifier") == [f"http://127.0.0.1:8000/katalog/{made.id}-perahu-bidan"]
    assert words(root, "dc:coverage") == ["Kota Surabaya", "Jawa Timur"]
    assert words(root, "dc:date") == ["2021"]
    assert words(root, "dc:relation") == ["https://contoh.go.id/perahu"]
    assert "Kehidupan Sehat dan Sejahtera" in words(root, "dc:subject")
    assert words(root, "dc:source")[0].startswith("Inoland NRI-")


def test_any_text_makes_xml_that_can_be_read(client):
    hostile = "]]> <b>&amp;</b> \"'\x01\x0b\x1f￾ 😀 <!-- -->"
    made = make.innovation("Judul " + hostile, agency=hostile, facts={"summary": f"<p>{hostile}</p>"})
    root = ask(client, **RECORDS)
    assert words(root, "dc:title") == ["Judul ]]> <b>&amp;</b> \"' 😀 <!-- -->"]
    assert said(root) == [(made.id, False)]


# --- errors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"), ("verb=", "badVerb"), ("verb=ListAll", "badVerb"), ("verb=identify", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"), ("verb=Identify&verb=ListSets", "badVerb"),
        ("verb=Identify&set=source", "badArgument"), ("verb=ListRecords", "badArgument"),
        ("verb=ListIdentifiers&from=2026-01-01", "badArgument"), ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=oai:127.0.0.1:1", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00:00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=2026-01-01T25:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=source:iga%20x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=source:tidak-ada", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListIdentifiers&metadataPrefix=", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=marc21&identifier=oai:127.0.0.1:999999999", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:999999999999999999999999", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:-1", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:lain.id:1", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=1", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=oai:127.0.0.1:999999999", "idDoesNotExist"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=Identify&x=%0B", "badArgument"), ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%0B", "badArgument"),
    ],
)  # fmt: skip
def test_errors(client, query, code):
    make.innovation()
    answer = client.get(f"/oai?{query}")
    assert answer.status_code == 200
    root = etree.fromstring(answer.data)
    assert error(root) == code
    echoed = dict(root.find("o:request", NS).attrib)
    if code in ("badVerb", "badArgument"):
        assert echoed == {}
    else:
        assert echoed["verb"] in query


def test_an_unknown_format_of_a_known_record(client):
    made = make.innovation()
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:{made.id}", metadataPrefix="marc21")
    assert error(root) == "cannotDisseminateFormat"


def test_an_empty_catalogue_has_no_records(client):
    assert error(ask(client, **RECORDS)) == "noRecordsMatch"


# --- POST -------------------------------------------------------------------------------------------------


def test_a_machine_posts_without_a_token_of_a_page(client):
    made = make.innovation()
    answer = client.post("/oai", data=RECORDS)
    assert said(etree.fromstring(answer.data)) == [(made.id, False)]
    assert error(etree.fromstring(client.post("/oai?verb=Identify").data)) == "badVerb"


# --- what is given no longer ------------------------------------------------------------------------------


def test_what_was_merged_is_deleted_for_good(client):
    """By the real verbs, and back again when the join is undone."""
    kept, other = make.innovation("Kapal Sehat"), make.innovation("Kapal Sehat Baru")
    done = joining.join(kept, other, by_id=accounts.person().id)
    assert dict(walk(client)) == {kept.id: False, other.id: True}
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:{other.id}", metadataPrefix="oai_dc")
    assert said(root) == [(other.id, True)] and root.find(".//o:metadata", NS) is None
    joining.undo(done, by_id=accounts.person().id)
    assert dict(walk(client)) == {kept.id: False, other.id: False}


def test_what_is_gone_withdrawn_or_closed_is_deleted_without_a_word(client):
    owner = accounts.organisation()
    shown = make.innovation("Terbuka")
    gone = [
        make.innovation("Rahasia Satu", audience="organisation", owner_id=owner.id),
        make.innovation("Rahasia Dua", state="withdrawn"),
        make.innovation("Rahasia Tiga"),
    ]
    make.vanish(gone[2])
    synthetic = make.innovation("Rahasia Empat", synthetic=True)
    answer = client.get("/oai", query_string=RECORDS)
    assert said(etree.fromstring(answer.data)) == [(shown.id, False), *[(one.id, True) for one in gone]]
    assert "Rahasia" not in answer.text
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:{synthetic.id}", metadataPrefix="oai_dc")
    assert error(root) == "idDoesNotExist"


# --- spans and sets ---------------------------------------------------------------------------------------


def test_both_ends_of_a_span_belong_to_it(client):
    moments = [make.BEGAN + timedelta(hours=h, milliseconds=700) for h in range(4)]
    made = [make.innovation(changed_at=moment).id for moment in moments]

    def within(**span):
        root = ask(client, **HEADERS, **span)
        return [] if error(root) == "noRecordsMatch" else [id for id, _deleted in said(root)]

    assert within(from_="2026-03-01T09:00:00Z") == made[1:]
    assert within(until="2026-03-01T09:00:00Z") == made[:2]
    assert within(from_="2026-03-01T09:00:00Z", until="2026-03-01T10:00:00Z") == made[1:3]
    assert within(from_="2026-03-01T09:00:01Z") == made[2:]
    assert within(until="2026-03-01T08:59:59Z") == made[:1]
    assert within(from_="2026-03-01", until="2026-03-01") == made
    assert within(until="2026-02-28") == [] == within(from_="2026-03-02")


def test_sets_hold_what_belongs_to_them_and_what_did(client):
    make.regions()
    ours = make.innovation("Satu", key="iga", region_code="35.78")
    other = make.innovation("Dua", key="jippnas", region_code="74.10")
    merged = make.innovation("Tiga", key="iga", region_code="35")
    make.merge(merged, make.innovation("Empat", key="sinovik"))
    kept = merged.merged_into_id

    def within(name):
        return dict(walk(client, set=name))

    assert within("source:iga") == {ours.id: False, merged.id: True, kept: False}
    assert within("source:jippnas") == {other.id: False}
    assert within("province:35") == {ours.id: False, merged.id: True}
    assert within("province:74") == {other.id: False}
    assert within("province") == {ours.id: False, merged.id: True, other.id: False}
    assert set(within("source")) == {ours.id, merged.id, other.id, kept}


# --- long lists -------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(oai, "CHUNK", 3)


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
@pytest.mark.parametrize("number", [3, 4, 6, 8])
def test_a_list_goes_on_where_it_stopped(client, short, verb, number):
    made = [make.innovation(changed_at=make.BEGAN).id for _ in range(number)]  # all at one moment
    assert walk(client, verb=verb) == [(id, False) for id in made]


def test_tokens_tell_how_far_a_list_is(client, short):
    for _ in range(7):
        make.innovation()
    root, cursors = ask(client, **RECORDS), []
    while True:
        token = root.find(".//o:resumptionToken", NS)
        cursors.append((token.get("cursor"), token.get("completeListSize"), bool(token.text)))
        if not token.text:
            break
        root = ask(client, verb="ListRecords", resumptionToken=token.text)
    assert cursors == [("0", "7", True), ("3", "7", True), ("6", "7", False)]
    assert root.find(".//o:resumptionToken", NS) is not None


def test_a_list_that_fits_into_one_answer_has_no_token(client, short):
    for _ in range(3):
        make.innovation()
    assert ask(client, **RECORDS).find(".//o:resumptionToken", NS) is None


def test_what_changes_during_a_harvest_is_told_again_and_nothing_is_missed(client, short):
    made = [make.innovation() for _ in range(7)]
    root = ask(client, **RECORDS)
    made[0].title, made[0].updated_at = "Berubah", make.BEGAN + timedelta(days=1)
    made[4].state, made[4].updated_at = "withdrawn", make.BEGAN + timedelta(days=2)
    seen = said(root)
    while token := "".join(words(root, "o:resumptionToken")):
        root = ask(client, verb="ListRecords", resumptionToken=token)
        seen += said(root)
    assert set(seen) >= {(one.id, one is made[4]) for one in made}
    assert seen.count((made[0].id, False)) == 2


def test_a_token_keeps_the_span_and_the_set(client, short):
    make.regions()
    wanted = [make.innovation(key="iga", region_code="35.78").id for _ in range(5)]
    for _ in range(5):
        make.innovation(key="iga", region_code="74.10")
    late = make.innovation(key="iga", region_code="35.78", changed_at=make.BEGAN + timedelta(days=9))
    seen = walk(client, set="province:35", from_="2026-03-01", until="2026-03-05")
    assert [id for id, _deleted in seen] == wanted and late.id not in wanted


def test_tokens_are_signed_and_of_one_verb(client, short):
    for _ in range(4):
        make.innovation()
    token = words(ask(client, **RECORDS), "o:resumptionToken")[0]
    assert said(ask(client, verb="ListRecords", resumptionToken=token))
    for wrong in (token[:-1], token + "A", "A" + token, token.replace(".", ""), token.swapcase()):
        assert error(ask(client, verb="ListRecords", resumptionToken=wrong)) == "badResumptionToken"
    assert error(ask(client, verb="ListIdentifiers", resumptionToken=token)) == "badResumptionToken"
    both = ask(client, verb="ListRecords", resumptionToken=token, set="source")
    assert error(both) == "badArgument"


def test_a_token_whose_rest_is_gone_ends_the_list(client, short):
    made = [make.innovation() for _ in range(4)]
    token = words(ask(client, **RECORDS), "o:resumptionToken")[0]
    made[3].synthetic = True
    root = ask(client, verb="ListRecords", resumptionToken=token)
    assert error(root) is None and said(root) == []
    assert words(root, "o:resumptionToken") == [""]


def test_an_answer_costs_the_same_whatever_it_holds(client, statements):
    counts = []
    for more in (1, 30):
        kept = [make.innovation() for _ in range(more)][0]
        make.merge(make.innovation(), kept)
        statements.clear()
        assert len(said(ask(client, **RECORDS))) > more
        counts.append(len([s for s in statements if s.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1] <= 9


# --- with the verbs that read sources ---------------------------------------------------------------------


def test_what_a_source_says_anew_or_no_longer_is_a_change(client):
    """Read, read again with other words, read again without it: each time the moment moves on."""
    from tests.catalogue import make as sources

    tale, boat = sources.item("Antrean Daring Puskesmas"), sources.item("Perahu Bidan Pulau Kecil")
    sources.read([tale, boat], whole=True)
    one, other = (sources.innovation_of(item["no_registrasi"]).id for item in (tale, boat))

    def moments() -> dict[str, str]:
        return dict(
            zip(
                words(ask(client, **HEADERS), "o:identifier"),
                words(ask(client, **HEADERS), "o:datestamp"),
                strict=True,
            )
        )

    first = moments()
    etag = client.get("/api/inolands").headers["ETag"]
    clock.shift(timedelta(minutes=10))
    sources.read([{**tale, "ringkasan": "Nomor antrean diambil dari rumah."}, boat], whole=True)
    second = moments()
    assert second[f"oai:127.0.0.1:{one}"] > first[f"oai:127.0.0.1:{one}"]
    assert second[f"oai:127.0.0.1:{other}"] == first[f"oai:127.0.0.1:{other}"]
    assert client.get("/api/inolands", headers={"If-None-Match": etag}).status_code == 200
    clock.shift(timedelta(minutes=20))
    sources.read([{**tale, "ringkasan": "Nomor antrean diambil dari rumah."}], whole=True)
    assert dict(said(ask(client, **HEADERS))) == {one: False, other: True}
    assert moments()[f"oai:127.0.0.1:{other}"] > second[f"oai:127.0.0.1:{other}"]


@pytest.fixture(autouse=True)
def _clock():
    yield
    clock.shift(None)
