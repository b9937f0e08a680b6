"""A harvester that others wrote (sickle) against the real server: everything, in pieces, with what was deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from ekopi.catalogue.operations import joining
from tests.accounts import make as accounts
from tests.catalogue.giving import make

NUMBER = 250


@pytest.fixture
def served(live):
    """250 innovations, two of them merged into others, one gone from its source, one never public."""
    with live.app.app_context():
        from ekopi.extensions import db

        make.regions()
        make.many(NUMBER - 4, words="Kata-kata dengan &amp; dan &lt;tanda&gt;.")
        kept = make.innovation("Kapal Sehat", key="sinovik", region_code="35.78")
        merged = [make.innovation(f"Kapal Sehat {n}", key="sinovik", region_code="35.78") for n in range(2)]
        gone = make.innovation("Hilang", key="sinovik")
        make.innovation("Rahasia", synthetic=True)
        curator = accounts.person().id
        for other in merged:
            joining.join(kept, other, by_id=curator)
        make.vanish(gone)
        db.session.commit()
        told = {"kept": kept.id, "deleted": {merged[0].id, merged[1].id, gone.id}}
        db.session.remove()
    live.serve()
    return live.base + "/oai", told


def number(header) -> int:
    return int(header.identifier.rpartition(":")[2])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_is_harvested(served, method):
    address, told = served
    sickle = Sickle(address, http_method=method)
    assert sickle.Identify().deletedRecord == "persistent"
    assert [f.metadataPrefix for f in sickle.ListMetadataFormats()] == ["oai_dc"]
    assert {"source:iga", "province:35"} <= {s.setSpec for s in sickle.ListSets()}

    records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
    numbers = [number(record.header) for record in records]
    assert len(numbers) == len(set(numbers)) == NUMBER
    assert {number(r.header) for r in records if r.deleted} == told["deleted"]
    living = [record for record in records if not record.deleted]
    assert all(record.metadata["title"] and record.metadata["identifier"] for record in living)
    assert living[0].metadata["description"] == ["Kata-kata dengan & dan <tanda>."]
    assert len(list(sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == NUMBER - 3

    headers = list(sickle.ListIdentifiers(metadataPrefix="oai_dc"))
    assert [(h.identifier, h.datestamp, h.setSpecs, h.deleted) for h in headers] == [
        (r.header.identifier, r.header.datestamp, r.header.setSpecs, r.deleted) for r in records
    ]
    one = sickle.GetRecord(identifier=headers[0].identifier, metadataPrefix="oai_dc")
    assert one.header.identifier == headers[0].identifier and one.metadata == living[0].metadata


def test_only_what_changed_since_is_harvested_again(served):
    address, told = served
    sickle = Sickle(address)
    first = list(sickle.ListIdentifiers(metadataPrefix="oai_dc"))
    since = f"{make.BEGAN + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    later = list(sickle.ListRecords(**{"metadataPrefix": "oai_dc", "from": since}))
    assert {number(r.header) for r in later} == {told["kept"], *sorted(told["deleted"])[:2]}
    assert len(first) == NUMBER
    within = list(sickle.ListIdentifiers(metadataPrefix="oai_dc", set="source:sinovik"))
    assert {number(h) for h in within} == {told["kept"], *told["deleted"]}
    with pytest.raises(NoRecordsMatch):
        sickle.ListRecords(metadataPrefix="oai_dc", until="2020-01-01")
    with pytest.raises(BadResumptionToken):
        sickle.ListRecords(resumptionToken="palsu")


def test_inolands_is_sent_by_the_real_server(served):
    base = served[0].removesuffix("/oai")
    answer = requests.get(f"{base}/api/inolands", timeout=30)
    told = answer.json()
    assert told["success"] is True and len(told["data"]) == NUMBER - 3 == int(answer.headers["X-Total-Count"])
    assert "Content-Length" not in answer.headers  # sent while it is read
    again = requests.get(
        f"{base}/api/inolands", headers={"If-None-Match": answer.headers["ETag"]}, timeout=30
    )
    assert again.status_code == 304
    answer = requests.get(f"{base}/api/inolands?page=1&per_page=100", timeout=30)
    seen = answer.json()["data"]
    while "next" in answer.links:
        answer = requests.get(answer.links["next"]["url"], timeout=30)
        seen += answer.json()["data"]
    assert seen == told["data"]
