"""The records that benchmarks make up: the same ones each time, read without refusals, marked, never shown."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from sqlalchemy import func, select

from benchmarks import importer, records
from ekopi.catalogue.models import Innovation, SourceRecord
from tests.catalogue import make

COUNT = 240


def test_they_are_the_same_each_time_and_many_are_different():
    some = list(records.Maker().tellings(2_000))
    assert some == list(records.Maker().tellings(2_000))
    assert some[:50] != list(islice(records.Maker(1).tellings(50), 50))
    titles = Counter(telling.title for telling in some)
    assert len(titles) > 1_500 and titles.most_common(1)[0][1] < 20
    assert len({telling.place for telling in some}) > 200
    assert len({telling.unit for telling in some}) > 30
    assert len({telling.year for telling in some}) > 15


def test_a_known_share_are_second_tellings_by_another_source():
    first: dict[int, records.Telling] = {}
    again = []
    for telling in records.Maker().tellings(2_000):
        if telling.innovation in first:
            again.append((first.pop(telling.innovation), telling))
        else:
            first[telling.innovation] = telling
    assert 0.12 < len(again) / 2_000 < 0.18
    assert all(a.source != b.source and a.place == b.place and abs(a.year - b.year) < 2 for a, b in again)
    assert sum(a.title != b.title for a, b in again) > len(again) / 3


def test_they_are_read_as_files_marked_and_shown_to_nobody(db, tmp_path, client):
    make.regions()
    twice = records.write(tmp_path, COUNT, parts=2)
    said: Counter = Counter()
    for path in sorted(tmp_path.glob("*/*")):
        said.update(importer.read(path))
    assert (said["read"], said["new"], said["refused"]) == (COUNT, COUNT, 0)
    assert said["joined"] > twice / 3
    assert db.session.scalar(select(func.count()).where(~SourceRecord.synthetic)) == 0
    assert db.session.scalar(select(func.count()).where(~Innovation.synthetic)) == 0
    with_place = select(func.count()).where(SourceRecord.region_code != "")
    assert db.session.scalar(with_place) == COUNT
    page = client.get("/katalog").get_data(as_text=True)
    assert "Katalog Masih Kosong" in page
    one = db.session.scalars(select(Innovation).where(Innovation.state == "living")).first()
    assert client.get(f"/katalog/{one.id}-{one.slug}").status_code == 404
    found = client.get("/cari", query_string={"q": one.title}).get_data(as_text=True)
    assert f"/katalog/{one.id}" not in found
