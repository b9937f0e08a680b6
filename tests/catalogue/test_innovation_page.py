"""The page of one innovation, its sources side by side, its history, its data; who may see what, and what it costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ekopi.catalogue.models import Innovation, Run, SourceRecord, SourceRecordVersion
from ekopi.catalogue.operations import caring, joining, projecting, replicating
from ekopi.core import clock
from tests.accounts import make as people
from tests.catalogue import make
from tests.courses.counting import counted

LONG = "<p>Warga menunggu 90 menit setiap pagi.</p>"


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


def address(innovation, rest="") -> str:
    return f"/katalog/{innovation.id}-{innovation.slug}{rest}"


def full(**more) -> Innovation:
    make.regions()
    return make.innovation(
        "Perahu Bidan", id="NRI-FULL", institusi="Pemerintah Kabupaten Kapuas", wilayah="Kabupaten Kapuas",
        provinsi="Kalimantan Tengah", ringkasan="<p>" + "Bidan datang dengan perahu. " * 20 + "</p>",
        latar_belakang=LONG, kebaruan="<p>Jadwal pasang surut.</p>", keberlanjutan="berkembang",
        last_update="2026-03-04", **more,
    )  # fmt: skip


# --- the page -------------------------------------------------------------------------------------------------


def test_it_shows_what_is_said_and_where_it_is_from(client, db):
    page = client.get(address(full()))
    assert page.status_code == 200
    for words in ("Perahu Bidan", "Warga menunggu 90 menit", "Kebaruan", "Kalimantan Tengah", "Berkembang"):
        assert words in page.text
    assert "Dari JIPPNas" in page.text and "Hanya sumber ini yang mengisi bidang ini." in page.text
    assert "Sumber Daya" not in page.text.partition("<main")[2], "what nobody says has no heading"


def test_a_short_summary_opens_the_page_instead_of_a_section(client, db):
    short = make.innovation("Loket Senja", ringkasan="Loket buka sampai malam.", tujuan="Tidak antre.")
    page = client.get(address(short)).text
    assert '<p class="lead">Loket buka sampai malam.</p>' in page and ">Ringkasan</h2>" not in page


def test_two_sources_say_who_else_says_it_and_whether_it_differs(client, db, curator):
    one = make.innovation("Perahu Bidan", latar_belakang="Satu.", tujuan="Sama.")
    make.read(
        [{"id": 77, "judul": "Perahu Bidan Sungai", "latar_belakang_tujuan": "Dua.", "tahun": 2020}],
        "sinovik",
    )
    joining.join(one, make.innovation_of("77", "sinovik"), by_id=curator.id)
    page = client.get(address(one)).text
    assert "Isian Sinovik berbeda." in page
    side = client.get(address(one, "/sumber")).text
    assert "Perahu Bidan Sungai" in side and "Satu." in side and "Dua." in side and "Ditampilkan" in side


def test_an_old_title_s_address_and_the_short_one_lead_to_today_s(client, db):
    innovation = full()
    for path in (f"/katalog/{innovation.id}", f"/katalog/{innovation.id}-judul-lama"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, address(innovation))
    moved = client.get(f"/katalog/{innovation.id}-x/riwayat")
    assert (moved.status_code, moved.location) == (301, address(innovation, "/riwayat"))


@pytest.mark.parametrize("rest", ["", "/sumber", "/riwayat"])
def test_a_merged_id_leads_to_the_living_one_through_the_whole_chain(client, db, curator, rest):
    first, second, third = (make.innovation(f"Inovasi {n}") for n in ("Satu", "Dua", "Tiga"))
    old = address(first)
    joining.join(second, first, by_id=curator.id)
    joining.join(third, second, by_id=curator.id)
    answer = client.get(old + rest)
    assert (answer.status_code, answer.location) == (301, address(third, rest))
    assert client.get(f"/katalog/{first.id}.json").location == f"/katalog/{third.id}.json"


def test_unknown_withdrawn_synthetic_and_foreign_ones(client, db):
    assert client.get("/katalog/999999").status_code == 404
    assert client.get("/katalog/999999-apa-saja").status_code == 404
    assert client.get("/katalog/999999.json").status_code == 404
    withdrawn, made_up, foreign = (make.innovation(f"Inovasi {n}") for n in ("Ditarik", "Buatan", "Tertutup"))
    ours = people.organisation("Dinas Kita")
    withdrawn.state, made_up.synthetic = "withdrawn", True
    foreign.owner_id, foreign.audience = ours.id, "organisation"
    db.session.flush()
    for rest in ("", "/sumber", "/riwayat"):
        assert client.get(address(withdrawn, rest)).status_code == 410
        assert client.get(address(made_up, rest)).status_code == 404
        assert client.get(address(foreign, rest)).status_code == 404
    assert "Sudah Ditarik" in client.get(address(withdrawn)).text
    assert client.get(f"/katalog/{foreign.id}.json").status_code == 404
    client.sign_in(people.person(organisation=people.organisation("Dinas Lain")))
    assert client.get(address(foreign)).status_code == 404
    client.sign_in(people.person(organisation=ours))
    assert "hanya terlihat oleh instansi pemiliknya" in client.get(address(foreign)).text


def test_of_a_long_history_the_newest_is_shown(client, db):
    """A source that says something else every night: the page holds what it said last."""
    innovation = make.innovation("Kios 0", id="NRI-LONG")
    record = db.session.scalars(select(SourceRecord).where(SourceRecord.innovation_id == innovation.id)).one()
    run_id = db.session.scalars(select(Run.id)).first()
    begun = clock.now() - timedelta(days=400)
    for number in range(1, 301):
        db.session.add(
            SourceRecordVersion(
                record_id=record.id, number=number, run_id=run_id, payload={}, hash=str(number),
                facts={"title": f"Kios malam ke-{number}"}, at=begun + timedelta(days=number),
            )
        )  # fmt: skip
        db.session.flush()
    page = client.get(address(innovation, "/riwayat")).text
    assert "malam ke-<ins>300</ins>" in page or "ke-300" in page
    assert "ke-260" in page and "ke-100" not in page


def test_what_vanished_at_all_its_sources_says_so(client, db):
    innovation = make.innovation("Kios Hilang", id="NRI-GONE")
    make.read([make.item("Lain")], whole=True)
    page = client.get(address(innovation))
    assert page.status_code == 200 and "Hilang dari sumber." in page.text
    assert "Hilang Sejak" in client.get(address(innovation, "/sumber")).text
    make.read([make.item("Kios Hilang", id="NRI-GONE")])
    assert "Hilang dari sumber." not in client.get(address(innovation)).text


def test_overdue_and_stopped(client, db, curator):
    innovation = full()
    innovation.review_due = clock.today() - timedelta(days=3)
    db.session.flush()
    page = client.get(address(innovation)).text
    assert "Perlu Dimutakhirkan" in page and "seharusnya ditinjau lagi" in page
    caring.answer(
        innovation, "stopped", reason="Perahu rusak.", lessons="Siapkan suku cadang.", by_id=curator.id
    )
    page = client.get(address(innovation)).text
    assert "Berhenti" in page and "Perahu rusak." in page and "Siapkan suku cadang." in page
    assert "Perlu Dimutakhirkan" not in page


def test_replications_stand_on_both_sides(client, db, curator):
    origin, result = make.innovation("Asal Mula"), make.innovation("Hasil Tiruan")
    adopter = people.organisation("Dinas Peniru")
    today = clock.today()
    made = replicating.interest(origin, adopter, need="Antrean panjang.", on=today, by_id=curator.id)
    assert "Minat" in client.get(address(origin)).text
    replicating.agree(made, on=today, by_id=curator.id)
    replicating.approve(made, on=today, by_id=curator.id)
    replicating.implement(made, on=today, by_id=curator.id, result=result)
    outcome = {"measure": "Waktu tunggu", "unit": "menit", "before": 90, "after": 25}
    replicating.tell_outcome(made, outcome, by_id=curator.id)
    page = client.get(address(origin)).text
    assert "Dinas Peniru" in page and "Implementasi" in page and address(result) in page
    assert "Waktu tunggu: sebelum 90, sesudah 25 menit" in page and "Ditiru 1 instansi" in page
    other = client.get(address(result)).text
    assert "Berawal dari" in other and address(origin) in other
    result.audience, result.owner_id = "organisation", adopter.id
    db.session.flush()
    assert address(result) not in client.get(address(origin)).text


def test_like_ones_come_with_their_reason_and_only_public_ones(client, db):
    make.regions()
    one = make.innovation("Perahu Perpustakaan Keliling", wilayah="Kabupaten Kapuas")
    like = make.innovation("Perpustakaan di Atas Perahu", wilayah="Kabupaten Kapuas")
    make.innovation("Kartu Panen Jagung")
    page = client.get(address(one)).text
    assert address(like) in page
    assert "Kata yang sama: perahu, perpustakaan" in page and "Daerah yang sama: Kabupaten Kapuas" in page
    assert "Kartu Panen Jagung" not in page
    like.audience, like.owner_id = "organisation", people.organisation().id
    projecting.project([like.id])
    assert "Perpustakaan di Atas Perahu" not in client.get(address(one)).text


def test_the_quality_score_is_for_those_who_may_mend(client, db, curator):
    innovation = full()
    assert "Mutu Catatan" not in client.get(address(innovation)).text
    client.sign_in(people.person())
    assert "Mutu Catatan" not in client.get(address(innovation)).text
    client.sign_in(curator)
    page = client.get(address(innovation)).text
    assert f"Mutu Catatan: {innovation.quality} dari 100" in page
    assert "Tetapkan instansi yang merawat catatan ini." in page


@pytest.mark.parametrize("role", ["visitor", "admin", "colleague"])
def test_the_page_costs_at_most_ten_queries_whatever_is_on_it(client, db, curator, role):
    innovation = full()
    ours, theirs = people.organisation("Dinas Kita"), people.organisation("Dinas Rekan")
    caring.hand_over(innovation, ours, by_id=curator.id)
    for n in range(6):
        joining.join(
            innovation, make.innovation(f"Perahu Bidan {n}", wilayah="Kabupaten Kapuas"), by_id=curator.id
        )
        make.innovation(f"Perahu Bidan Sungai {n}", wilayah="Kabupaten Kapuas")
        replicating.interest(
            innovation, people.organisation(), need="Perlu.", on=clock.today(), by_id=curator.id
        )
    caring.answer(innovation, "growing", by_id=curator.id)
    from ekopi.catalogue.models import CoOwner

    db.session.add(CoOwner(innovation_id=innovation.id, organisation_id=theirs.id))
    if role == "admin":
        client.sign_in(people.person(roles=[("admin", "platform", 0)]))
    elif role == "colleague":
        client.sign_in(people.person(organisation=ours, roles=[("agency_admin", "organisation", ours.id)]))
    where = address(innovation)
    client.get(where)
    with counted() as sent:
        page = client.get(where).text
    assert "Dinas Rekan" in page and "Inovasi Serupa" in page and "Minat" in page
    assert len(sent) <= 10, str(sent)


# --- history --------------------------------------------------------------------------------------------------


def test_history_tells_changes_of_sources_with_their_difference_and_no_names(client, db, curator):
    innovation = full()
    make.read([make.item("Perahu Bidan", id="NRI-FULL", latar_belakang="<p>Warga menunggu 20 menit.</p>")])
    other = make.innovation("Perahu Bidan Kedua")
    done = joining.join(innovation, other, by_id=curator.id)
    joining.undo(done, by_id=curator.id)
    caring.answer(innovation, "growing", by_id=curator.id)
    page = client.get(address(innovation, "/riwayat")).text
    assert "JIPPNas mengubah catatannya." in page
    assert re.search(r"<del[^>]*>.*Warga menunggu 90 menit", page)
    assert re.search(r"<ins[^>]*>.*Warga menunggu 20 menit", page)
    assert f"Digabungkan dengan inovasi nomor {other.id}." in page and "dibatalkan" in page
    assert "masih berjalan" in page and "berkembang" in page
    assert "Rosinta" not in page


def test_history_costs_the_same_however_much_happened(client, db, curator):
    innovation = full()
    where = address(innovation, "/riwayat")
    client.get(where)
    with counted() as few:
        client.get(where)
    for n in range(5):
        make.read([make.item("Perahu Bidan", id="NRI-FULL", latar_belakang=f"<p>Versi {n}.</p>")])
        caring.answer(innovation, "growing", by_id=curator.id)
    with counted() as many:
        assert "Versi 4." in client.get(where).text
    assert len(many) == len(few), f"{few}\n{many}"


# --- for machines ---------------------------------------------------------------------------------------------


def test_the_same_as_data_with_an_etag(client, db, curator):
    innovation = full(penghargaan="Top 45")
    answer = client.get(f"/katalog/{innovation.id}.json")
    said = answer.get_json()
    assert said["title"] == "Perahu Bidan" and said["region"]["name"] == "Kabupaten Kapuas"
    assert said["fields"]["award"] == {
        "value": "Top 45", "source": "jippnas", "at": said["fields"]["award"]["at"], "chosen_by_person": False,
    }  # fmt: skip
    assert said["records"][0]["external_id"] == "NRI-FULL" and "payload" not in said["records"][0]
    assert curator.name not in answer.text
    again = client.get(f"/katalog/{innovation.id}.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    caring.answer(innovation, "stopped", reason="Perahu rusak.", by_id=curator.id)
    changed = client.get(f"/katalog/{innovation.id}.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status_code == 200 and changed.get_json()["sustainability"] == "stopped"


def test_schema_org_data_cannot_break_out_of_its_place(client, db):
    innovation = make.innovation("Judul </script><script>alert(1)</script> & “kutip”", id="NRI-JS")
    page = client.get(address(innovation)).text
    inside = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1]
    data = json.loads(inside)
    assert data["@type"] == "CreativeWork" and data["identifier"][0]["value"] == "NRI-JS"
    assert data["name"] == innovation.title and "<script>alert" not in page


def test_a_picture_of_a_text_is_sent_by_its_hash(client, db):
    from tests.catalogue.test_pictures import picture, uri

    shown = f'<p>Peta</p><img src="{uri(picture())}" alt="peta">'
    innovation = make.innovation("Perahu Bergambar", ringkasan=shown, tujuan="Terlihat.")
    page = client.get(address(innovation)).text
    link = re.search(r'src="(/katalog/gambar/[0-9a-f]{64})"', page)[1]
    with client.get(link) as answer:
        assert answer.status_code == 200 and answer.mimetype == "image/png"
    assert client.get("/katalog/gambar/" + "0" * 64).status_code == 404
    assert client.get("/katalog/gambar/../x").status_code == 404
