"""A certificate after the erasure of its holder."""

from __future__ import annotations

from ekopi.accounts.operations import account
from tests.accounts import make as accounts
from tests.credentials import make
from tests.credentials.test_pages import words


def test_after_the_erasure_of_its_holder_a_certificate_still_says_what_the_paper_says(client):
    """What the notice in both languages, the page of the erasure and the last letter promise."""
    holder = accounts.person(email="rina@contoh.id")
    number = make.certificate(holder).number
    client.sign_in(holder)
    assert "tetap memuat nama dan instansi Anda" in words(client.get("/akun/hapus"))
    account.erase(holder)
    said = words(client.get(f"/sertifikat/{number}"))
    assert "Asli dan Berlaku" in said
    assert "Rina Wulandari" in said and "Puskesmas Sukamaju, Kabupaten Tirta Mulya" in said
    assert "kecuali pada sertifikat yang sudah terbit" in words(client.get("/privasi"))
