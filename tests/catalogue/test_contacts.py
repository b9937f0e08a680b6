"""What people write for everybody names nobody's number or address, whichever way it comes in."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ekopi.catalogue.models import FieldChange, FieldChoice, RunningAnswer
from ekopi.catalogue.operations import caring, replicating
from ekopi.catalogue.operations import writing as operations
from ekopi.catalogue.operations.contacts import ContactNamed
from ekopi.catalogue.queries import innovation as queries
from ekopi.catalogue.sources.cleaning import contacts_in, masked
from ekopi.core import clock
from tests.accounts import make as people
from tests.catalogue import make
from tests.catalogue.test_writing import marks, write

CONTACTS = (
    "NIP 198001012005011001",
    "hp 081234567890",
    "budi@contoh.go.id",
    "NIK 3578011203890001",
    "telp (031) 8290123",
)
PLAIN = (
    "Antrean turun dari 120 menit menjadi 15 menit, 12.500 warga, Rp 1.250.000.000 pada 2019-2024.",
    "Diatur Perwali 12/2021; lihat https://kota.go.id/berita/2024/081234567890 dan RT 01/RW 02.",
    "Kontak lama: [kontak disamarkan].",
    "",
)


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


@pytest.mark.parametrize("text", [*CONTACTS, *PLAIN, ", ".join(CONTACTS)])
def test_what_is_named_is_what_would_be_masked(text):
    assert bool(contacts_in(text)) == (masked(text) != text)
    assert all(found in text for found in contacts_in(text))


def test_each_is_named_once_as_it_stands_there():
    assert contacts_in("surel a@b.id, A b@c.id; a@b.id") == ["a@b.id", "b@c.id"]
    assert contacts_in("hubungi 829012 atau data:image/gif;base64,081234567890") == ["829012"]


@pytest.mark.parametrize("text", CONTACTS)
@pytest.mark.parametrize("field", ["title", "summary"])
def test_a_text_with_a_contact_is_not_published(db, curator, field, text):
    innovation = make.innovation("Perahu Bidan", ringkasan="Kata sumber.")
    with pytest.raises(ContactNamed) as refused:
        write(innovation, curator, **{field: f"Ibu hamil diperiksa, {text}."})
    assert refused.value.field == field and contacts_in(text)[0] in str(refused.value)
    for table in (FieldChoice, FieldChange):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("text", PLAIN)
def test_figures_and_masked_contacts_are_published(db, curator, text):
    innovation = make.innovation("Perahu Bidan", ringkasan="Kata sumber.")
    assert write(innovation, curator, summary=text) == ["summary"]


def test_what_was_there_before_keeps_nobody_from_changing_another_text(db, curator, monkeypatch):
    innovation = make.innovation("Perahu Bidan", ringkasan="Kata sumber.")
    with monkeypatch.context() as before:
        before.setattr(operations, "refuse_contacts", lambda texts: None)
        write(innovation, curator, summary="Hubungi budi@contoh.go.id")
    shown = operations.drafts(queries.told(innovation).shown)
    changed = operations.write(
        innovation, {**shown, "goal": "Ibu selamat."}, marks(innovation), by_id=curator.id
    )
    assert changed == ["goal"]


def test_the_form_says_what_was_found_and_keeps_what_was_typed(client, db, curator):
    innovation = make.innovation("Perahu Bidan", ringkasan="Kata sumber.")
    client.sign_in(curator)
    address = f"/katalog/{innovation.id}/sunting"
    client.get(address)
    form = next(f for f in client.page.forms if "base" in f["fields"])
    typed = "Diperiksa di perahu oleh budi@contoh.go.id setiap Senin."
    answer = client.post(address, data={**form["fields"], "summary": typed})
    assert answer.status_code == 422
    assert "Hapus “budi@contoh.go.id”" in answer.text and typed in answer.text
    history = client.get(f"/katalog/{innovation.id}-{innovation.slug}/riwayat")
    assert history.status_code == 200 and "budi@" not in history.text


@pytest.mark.parametrize("field", ["reason", "lessons"])
def test_an_answer_names_nobody(db, curator, field):
    innovation = make.innovation("Perahu Bidan")
    said = {"reason": "Anggaran habis.", "lessons": "Mulai dari satu desa."}
    with pytest.raises(ContactNamed) as refused:
        caring.answer(innovation, "stopped", **{**said, field: "Tanya 081234567890"}, by_id=curator.id)
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(RunningAnswer)) == 0
    assert caring.answer(innovation, "stopped", **said, by_id=curator.id).reason == "Anggaran habis."


@pytest.mark.parametrize("field", ["measure", "note"])
def test_an_outcome_names_nobody(db, field):
    made = replicating.interest(
        make.innovation(),
        people.organisation(name="Dinas Peniru"),
        need="Antrean panjang.",
        on=clock.today(),
        by_id=None,
    )
    for verb in (replicating.agree, replicating.approve, replicating.implement):
        verb(made, on=clock.today(), by_id=None)
    said = {
        "measure": "Lama menunggu",
        "unit": "menit",
        "before": "120",
        "after": "15",
        "measured_on": "2026-01-05",
    }
    with pytest.raises(ContactNamed) as refused:
        replicating.tell_outcome(made, {**said, field: "Tanya budi@contoh.go.id"}, by_id=None)
    assert refused.value.field == field and not made.outcome
    replicating.tell_outcome(made, said, by_id=None)
    assert made.outcome == said
