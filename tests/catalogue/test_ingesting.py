"""Reading a source: nothing is doubled, nothing that was said is lost, and a run tells what became of each item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.catalogue import refusals, sources
from ekopi.catalogue.models import (
    Innovation,
    InnovationTerm,
    Run,
    RunItem,
    Source,
    SourceRecord,
    SourceRecordVersion,
)
from ekopi.catalogue.operations import holding, ingesting, joining
from ekopi.catalogue.sources.base import FileRefused, Translated
from ekopi.core import clock
from ekopi.core.models import AuditEntry, Upload
from ekopi.search.models import SearchDocument
from tests.catalogue import make
from tests.courses.counting import counted

KEPT = (SourceRecord, SourceRecordVersion, Innovation, InnovationTerm, SearchDocument, Upload)


def count(db, table, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def rows(db) -> list[int]:
    return [count(db, table) for table in KEPT]


def items(db, run) -> list[tuple[int, str, str, str]]:
    found = db.session.scalars(select(RunItem).where(RunItem.run_id == run.id).order_by(RunItem.id))
    return [(item.row, item.external_id, item.outcome, item.reason) for item in found]


def later(**by):
    """Time goes on: what is read now is seen after what was read before."""
    clock.shift(timedelta(**(by or {"hours": 1})))


@pytest.fixture(autouse=True)
def _time():
    yield
    clock.shift(None)


def test_each_new_record_stands_in_list_terms_and_index(db):
    make.regions()
    run = make.read(
        [
            make.item(
                "SIPERAHU (Perahu Bidan)",
                "N1",
                wilayah="Kabupaten Kapuas",
                sdgs="3",
                ringkasan="Ibu hamil diperiksa.",
            )
        ]
    )
    assert (run.state, run.read, run.new, run.fault) == ("done", 1, 1, "")
    found, record = make.innovation_of("N1"), make.record("N1")
    assert (found.title, found.slug) == ("SIPERAHU (Perahu Bidan)", "siperahu-perahu-bidan")
    assert (found.region_code, found.year, found.excerpt) == ("62.03", 2021, "Ibu hamil diperiksa.")
    assert found.review_due == clock.today() + timedelta(days=365)
    terms = set(db.session.execute(select(InnovationTerm.scheme, InnovationTerm.code)).all())
    assert {
        ("province", "62"),
        ("region", "62.03"),
        ("year", "2021"),
        ("sdg", "3"),
        ("source", "jippnas"),
    } <= terms
    document = db.session.scalars(select(SearchDocument)).one()
    assert (document.kind, document.key, document.audience) == ("innovation", found.id, "public")
    assert "kapuas" in document.words and "periksa" in document.words
    assert record.payload["wilayah"] == "Kabupaten Kapuas" and record.facts["region_code"] == "62.03"
    assert record.acronym == "siperahu" and record.run_id == run.id
    assert items(db, run) == [(1, "N1", "new", "")]


def test_the_same_file_twice_doubles_nothing(db):
    said = [make.item(f"Layanan Nomor {n} Kampung", f"N{n}") for n in range(5)]
    make.read(said)
    before = rows(db)
    later()
    run = make.read(said)
    assert (run.new, run.changed, run.same, run.refused) == (0, 0, 5, 0)
    assert rows(db) == before and items(db, run) == []
    assert make.record("N0").seen_at > make.record("N0").changed_at


def test_a_changed_record_keeps_what_was_said_before(db):
    first = make.read([make.item("Perahu Bidan", "N1", ringkasan="Dua perahu.")])
    before = make.record("N1")
    was, said_at = (before.payload, before.facts, before.hash), before.changed_at
    later()
    second = make.read([make.item("Perahu Bidan", "N1", ringkasan="Tiga perahu.", penghargaan="Top 45")])
    third = make.read([make.item("Perahu Bidan", "N1", ringkasan="Empat perahu.")])
    assert (second.changed, third.changed) == (1, 1)
    versions = db.session.scalars(select(SourceRecordVersion).order_by(SourceRecordVersion.number)).all()
    assert [(v.number, v.run_id) for v in versions] == [(1, first.id), (2, second.id)]
    assert (versions[0].payload, versions[0].facts, versions[0].hash) == was and versions[0].at == said_at
    assert versions[1].facts["award"] == "Top 45"
    assert make.record("N1").facts["summary"] == "<p>Empat perahu.</p>"
    found = make.innovation_of("N1")
    assert found.excerpt == "Empat perahu." and found.updated_at > said_at
    assert count(db, InnovationTerm, InnovationTerm.scheme == "award") == 0


def test_a_number_that_stands_twice_in_one_file_is_refused(db):
    run = make.read([make.item("Satu", "N1"), make.item("Dua", "N2"), make.item("Satu Lagi", "N1")])
    assert (run.new, run.refused) == (2, 1)
    assert items(db, run) == [(3, "N1", "refused", "repeated-id"), (1, "N1", "new", ""), (2, "N2", "new", "")]
    assert make.record("N1").title == "Satu"
    refused = db.session.scalars(select(RunItem).where(RunItem.outcome == "refused")).one()
    assert refusals.row(refused.field, refused.reason, refused.facts) == (
        "Nomor Catatan sama dengan baris 1. Setiap catatan harus mempunyai nomor sendiri."
    )


def test_a_number_that_stands_twice_is_refused_across_steps(db, monkeypatch):
    monkeypatch.setattr(ingesting, "BATCH", 2)
    said = [make.item(f"Layanan {n} Pulau", f"N{n}") for n in range(5)]
    run = make.read([*said, make.item("Lain", "N0")])
    assert (run.new, run.refused, count(db, SourceRecord)) == (5, 1, 5)


def test_a_file_that_was_cut_off_changes_no_record_and_marks_none_as_gone(db, tmp_path):
    whole = tmp_path / "utuh.csv"
    said = [f"{n},Layanan {n} Pasar,Warga {n} dilayani lebih dekat.,2021" for n in range(1, 5)]
    whole.write_text("\n".join(["id_inovasi,judul_inovasi,deskripsi,tahun", *said, ""]))
    assert make.read_file(whole, "iga", whole=True).new == 4
    before = make.record("3", "iga").payload
    later()
    cut = tmp_path / "terpotong.csv"
    cut.write_bytes(whole.read_bytes().partition(b"3 dilayani")[0])
    run = make.read_file(cut, "iga", whole=True)
    assert (run.state, run.same, run.changed, run.refused, run.vanished) == ("done", 2, 0, 1, 0)
    assert make.record("3", "iga").payload == before
    refused = db.session.scalars(select(RunItem).where(RunItem.outcome == "refused")).one()
    assert (refused.row, refused.reason) == (4, "short")
    assert refusals.row(refused.field, refused.reason, refused.facts) == (
        "Baris ini hanya berisi 3 sel, padahal kolomnya 4: ada yang terpotong. "
        "Ekspor ulang berkasnya, atau lengkapi selnya."
    )


def iga(id, title, place) -> dict:
    return {"id": id, "judul_inovasi": title, "pemda": place, "admin_opd": "Dinas Pendidikan"}


def test_lists_of_two_regions_that_both_count_from_one_stand_side_by_side(db):
    make.regions()
    first = make.read(
        [iga(1, "Perahu Pintar", "Kabupaten Kapuas"), iga(2, "Warung Data", "Kabupaten Kapuas")], "iga"
    )
    second = make.read(
        [
            iga(1, "Klinik Terasering", "Kabupaten Banjarnegara"),
            iga(2, "Bengkel Kopi", "Kabupaten Banjarnegara"),
        ],
        "iga",
    )
    again = make.read([iga(1, "Perahu Pintar Sungai", "Pemerintah Kabupaten Kapuas")], "iga")
    assert [(run.new, run.changed, run.refused) for run in (first, second, again)] == [
        (2, 0, 0), (2, 0, 0), (0, 1, 0),
    ]  # fmt: skip
    assert sorted(db.session.scalars(select(SourceRecord.title))) == [
        "Bengkel Kopi", "Klinik Terasering", "Perahu Pintar Sungai", "Warung Data",
    ]  # fmt: skip


@pytest.mark.parametrize("preview", [False, True])
def test_a_number_never_puts_another_thing_of_another_region_over_one(db, preview):
    make.regions()
    make.read([make.item("Perahu Bidan", "N1", wilayah="Kabupaten Kapuas"), make.item("Kolam", "N2")])
    before = make.record("N1").payload
    run = make.read(
        [
            make.item("Klinik Terasering", "N1", wilayah="Kabupaten Banjarnegara"),
            make.item("Kolam Ikan", "N2"),
        ],
        preview=preview,
        whole=True,
    )
    assert (run.state, run.changed, run.refused, run.vanished) == ("done", 1, 1, 0)
    assert items(db, run)[0] == (1, "N1", "refused", "another-id")
    record = make.record("N1")
    assert (record.title, record.payload, record.vanished_at) == ("Perahu Bidan", before, None)
    assert count(db, SourceRecordVersion) == (0 if preview else 1)
    refused = db.session.scalars(select(RunItem).where(RunItem.outcome == "refused")).one()
    assert refusals.row(refused.field, refused.reason, refused.facts) == (
        "Nomor Catatan sudah dipakai inovasi lain di wilayah lain (“Perahu Bidan”). "
        "Beri nomor yang berlaku di semua daerah."
    )


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Klinik Terasering", "Kabupaten Kapuas"),  # renamed
        ("Bidan Perahu Sungai", "Kabupaten Banjarnegara"),  # its region corrected
        ("Klinik Terasering", "Provinsi Kalimantan Tengah"),  # told by the province above
        ("Klinik Terasering", ""),
        ("PERDAN (Klinik Terasering)", "Kabupaten Banjarnegara"),  # its short name stays
    ],
)
def test_a_title_or_a_region_that_is_corrected_is_a_change(db, title, place):
    make.regions()
    make.read([make.item("PERDAN (Perahu Bidan)", "N1", wilayah="Kabupaten Kapuas")])
    run = make.read([make.item(title, "N1", wilayah=place)])
    assert (run.changed, run.refused) == (1, 0)
    assert make.record("N1").title == title


def test_refused_rows_say_where_and_why_and_the_run_goes_on(db):
    run = make.read([make.item("", "N1"), make.item("???", "N2"), make.item("Baik", "N3")])
    assert (run.state, run.new, run.refused) == ("done", 1, 2)
    found = db.session.scalars(select(RunItem).where(RunItem.outcome == "refused").order_by(RunItem.id)).all()
    assert [(i.row, i.external_id, i.field, i.reason) for i in found] == [
        (1, "N1", "title", "missing"), (2, "N2", "title", "no-letters"),
    ]  # fmt: skip
    assert refusals.row("title", "missing", {}) == "Judul kosong. Isi, atau keluarkan baris ini."


def test_what_nobody_foresaw_refuses_one_row_only(db, monkeypatch):
    adapter = sources.adapters()["jippnas"]
    translate = adapter.translate

    def broken(row, raw, regions) -> Translated:
        if row == 2:
            raise RecursionError
        return translate(row, raw, regions)

    monkeypatch.setattr(adapter, "translate", broken)
    run = make.read([make.item("Satu"), make.item("Dua"), make.item("Tiga")])
    assert (run.state, run.new, run.refused) == ("done", 2, 1)
    assert [item for item in items(db, run) if item[2] == "refused"] == [(2, "", "refused", "unreadable")]


def test_only_a_whole_run_marks_what_is_gone_and_it_comes_back(db):
    said = [make.item(f"Layanan {n} Pasar", f"N{n}") for n in range(4)]
    make.read(said, whole=True)
    later(hours=1)
    run = make.read(said[:2])
    assert run.vanished == 0 and not make.record("N3").vanished_at
    later(hours=2)
    run = make.read(said[:2], whole=True)
    assert (run.same, run.vanished) == (2, 2)
    assert [item[1:3] for item in items(db, run)] == [("N2", "vanished"), ("N3", "vanished")]
    assert make.record("N3").vanished_at and make.innovation_of("N3").state == "living"
    later(hours=3)
    run = make.read(said, whole=True)
    assert (run.same, run.vanished) == (4, 0) and make.record("N3").vanished_at is None
    assert [item[1:3] for item in items(db, run)] == [("N2", "same"), ("N3", "same")]


def test_another_source_s_records_do_not_vanish(db):
    make.read([make.item("Milik JIPPNas", "N1")])
    later()
    make.read([{"id": "7", "judul": "Milik Sinovik"}], "sinovik", whole=True)
    assert make.record("N1").vanished_at is None


def test_a_refused_record_is_still_there(db):
    make.read([make.item("Satu", "N1"), make.item("Dua", "N2")])
    later()
    run = make.read([make.item("", "N1")], whole=True)
    assert run.vanished == 1 and make.record("N1").vanished_at is None and make.record("N2").vanished_at
    assert make.record("N1").title == "Satu"


def test_nothing_vanishes_when_a_row_could_be_any_record(db):
    make.read([make.item("Satu", "N1"), make.item("Dua", "N2")])
    later()
    run = make.read([make.item("Satu", "N1"), {"judul": "", "institusi": "?"}], whole=True)
    assert (run.refused, run.vanished, run.whole) == (1, 0, False) and make.record("N2").vanished_at is None


def test_an_empty_answer_makes_nothing_vanish(db):
    make.read([make.item("Satu", "N1")])
    later()
    assert make.read([], whole=True).vanished == 0


def test_a_preview_writes_its_run_and_refusals_and_nothing_else(db):
    make.read([make.item("Satu", "N1"), make.item("Dua", "N2"), make.item("Tiga", "N3")])
    before, seen = rows(db), make.record("N1").seen_at
    later()
    said = [
        make.item("Satu", "N1"),
        make.item("Dua Lagi", "N2"),
        make.item("Empat", "N4"),
        make.item("", "N5"),
    ]
    said[0] = make.record("N1").payload
    run = make.read(said, preview=True, whole=True)
    assert (run.new, run.changed, run.same, run.refused, run.vanished) == (1, 1, 1, 1, 1)
    assert rows(db) == before and make.record("N1").seen_at == seen
    assert [item[2] for item in items(db, run)] == ["refused"]


def test_what_was_read_before_a_fault_stays(db):
    def broken():
        yield 1, make.item("Satu", "N1")
        yield 2, make.item("", "N2")
        raise FileRefused("json", row=2, at=90)

    run = ingesting.begin("jippnas", origin="rusak.json", whole=True)
    for _counts in ingesting.read(run, broken()):
        db.session.commit()
    assert (run.state, run.fault, run.new, run.refused, run.vanished) == ("failed", "json", 1, 1, 0)
    assert refusals.fault(run.fault, run.fault_facts).startswith(
        "JSON rusak sesudah catatan ke-2 (huruf ke-90)."
    )
    assert make.record("N1").title == "Satu"
    assert make.read([make.item("Dua", "N2")]).new == 1


def test_one_run_of_a_source_at_a_time(db):
    first = ingesting.begin("jippnas", origin="a.json")
    with pytest.raises(ingesting.AlreadyRunning):
        ingesting.begin("jippnas", origin="b.json")
    assert ingesting.begin("iga", origin="c.csv").state == "running"
    assert ingesting.begin("jippnas", origin="b.json", preview=True).state == "running"
    list(ingesting.read(first, []))
    assert ingesting.begin("jippnas", origin="b.json").state == "running"


@pytest.mark.parametrize("dead", ["process gone", "number given again"])
def test_a_run_of_a_dead_process_gives_way(db, dead):
    space, number, began = holding.mine().split(" ")
    run = ingesting.begin("jippnas", origin="a.json")
    run.holder = f"{space} 4194399 77" if dead == "process gone" else f"{space} {number} {began}1"
    db.session.flush()
    other = ingesting.begin("jippnas", origin="b.json")
    db.session.refresh(run)
    assert (run.state, run.fault, other.state) == ("failed", "interrupted", "running")


def test_a_run_elsewhere_gives_way_only_when_it_is_silent(db):
    run = ingesting.begin("jippnas", origin="a.json")
    run.holder = "another-machine/4026531836 17 99"
    db.session.flush()
    with pytest.raises(ingesting.AlreadyRunning):
        ingesting.begin("jippnas", origin="b.json")
    clock.shift(ingesting.SILENT + timedelta(minutes=1))
    assert ingesting.begin("jippnas", origin="b.json").state == "running"


def test_a_run_that_was_given_up_writes_nothing_more(db):
    run = ingesting.begin("jippnas", origin="a.json")
    steps = ingesting.read(run, [(1, make.item("Satu", "N1"))])
    next(steps)
    db.session.commit()
    ingesting.give_up(run.id, "interrupted")
    db.session.commit()
    with pytest.raises(ingesting.RunTaken):
        next(steps)
    db.session.rollback()
    assert count(db, SourceRecord) == 0


def test_a_run_for_later_is_read_by_whoever_takes_it_up(db):
    run = ingesting.begin("jippnas", origin="a.json", later=True)
    assert run.holder == ""
    list(ingesting.read(run, []))
    assert run.holder == holding.mine() and run.state == "done"


def test_steps_are_bounded_by_number_and_by_bytes(db, monkeypatch):
    monkeypatch.setattr(ingesting, "BATCH", 3)
    run = ingesting.begin("jippnas", origin="a.json")
    reads = [c.read for c in ingesting.read(run, enumerate([make.item(f"A{n} B") for n in range(7)], 1))]
    assert reads == [0, 3, 6, 7, 7]
    monkeypatch.setattr(ingesting, "BATCH_BYTES", 10_000)
    run = ingesting.begin("jippnas", origin="a.json")
    big = [make.item(f"C{n} D", ringkasan="kata " * 1_500) for n in range(3)]
    assert [c.read for c in ingesting.read(run, enumerate(big, 1))] == [0, 1, 2, 3, 3]


def test_items_are_asked_for_while_nothing_is_open_for_writing(db):
    from ekopi.core.db import WRITES

    def watched():
        for n in range(3):
            assert not db.session.info.get(WRITES), "an outward call would hold the write lock"
            yield n + 1, make.item(f"Layanan {n} Tani")

    run = ingesting.begin("jippnas", origin="a.json")
    db.session.commit()
    for _counts in ingesting.read(run, watched()):
        db.session.commit()
    assert run.new == 3


def test_what_we_learn_to_read_better_needs_no_new_word_of_the_source(db, monkeypatch):
    said = [make.item("PERAHU BIDAN", "N1")]
    make.read(said)
    adapter = sources.adapters()["jippnas"]
    translate = adapter.translate

    def better(row, raw, regions):
        done = translate(row, raw, regions)
        return Translated(
            done.external_id, {**done.facts, "agency": "Dinas Baru"}, done.payload, {}, done.notes
        )

    monkeypatch.setattr(adapter, "translate", better)
    run = make.read(said)
    assert (run.changed, run.same, count(db, SourceRecordVersion)) == (0, 1, 0)
    assert make.innovation_of("N1").agency == "Dinas Baru"


def test_words_that_no_database_keeps_do_not_stop_a_run(db):
    run = make.read(
        [
            make.item(
                "Nol &#0; dan &#xD800; Separuh",
                "N1",
                ringkasan="<p>a&#0;b &#x1F600; &#xDFFF;</p>",
                tahun="99999999999999999999",
            )
        ]
    )
    assert (run.state, run.new) == ("done", 1)


def test_a_run_leaves_a_trail(db):
    run = make.read([make.item("Satu")])
    verbs = db.session.scalars(
        select(AuditEntry.verb).where(
            AuditEntry.subject_kind == "catalogue_run", AuditEntry.subject_id == str(run.id)
        )
    ).all()
    assert verbs == ["catalogue.run-began", "catalogue.run-done"]


def test_a_source_without_an_adapter_is_unknown(db):
    with pytest.raises(KeyError):
        ingesting.begin("simpeg", origin="a.json")
    make.read([make.item("Satu")])
    assert count(db, Source) == len(sources.adapters())


def test_an_old_number_leads_nowhere_when_it_never_was(db):
    assert joining.living_id(10**9) is None
    assert db.session.scalars(select(Run)).all() == []


def test_a_step_costs_as_many_statements_for_many_items_as_for_few(db):
    make.regions()
    make.read([make.item("Pertama")])
    few, many = (statements(number) for number in (4, 40))
    assert len(many) <= len(few) + 2, many


def statements(number: int):
    """What reading some new records sends."""
    said = [make.item(f"Kata{number}X{n} Keliling", wilayah="Kabupaten Kapuas") for n in range(number)]
    with counted() as sent:
        make.read(said)
    return sent
