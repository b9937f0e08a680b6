"""From text to tokens: one token for a family of words, one for all names of an agency."""

from __future__ import annotations

import pytest

from ekopi.search import words

FAMILIES = """
layanan pelayanan melayani dilayani
sehat kesehatan menyehatkan penyehatan
penduduk kependudukan
didik pendidikan mendidik
izin perizinan mengizinkan ijin perijinan
kelola mengelola dikelola pengelolaan pengelola
sampah persampahan
tingkat peningkatan meningkatkan ditingkatkan
permukiman pemukiman bermukim
ketenteraman ketentraman tenteram tentram
risiko berisiko resiko beresiko
aktivitas aktifitas beraktivitas
praktik praktek mempraktikkan
analisis analisa menganalisis
kebaruan kebaharuan baru
ubah mengubah merubah diubah perubahan
antre antrean antrian mengantre
tangani penanganan menangani
kurang mengurangi pengurangan berkurang
kirim pengiriman mengirim dikirim terkirim
simpan penyimpanan menyimpan tersimpan
turun menurunkan penurunan diturunkan
terima menerima penerimaan diterima
pilah memilah pemilahan
tulis menulis penulis tertulis
sekolah bersekolah
digital digitalisasi mendigitalkan
pengaruh memengaruhi mempengaruhi berpengaruh
anak anak-anak anaknya
inovasi inovasinya
"""
APART = (
    ("tanah", "tahan"), ("pertanahan", "pertahanan"), ("sehat", "sekat"), ("bidan", "bidang"), ("dinas", "dini"),
    ("perahu", "perah"), ("kurus", "urus"), ("kepala", "pala"),
)  # fmt: skip


def stream(text):
    return words.kept(text)[0]


@pytest.mark.parametrize("family", FAMILIES.strip().splitlines())
def test_a_family_of_words_has_one_token(family):
    assert len({tuple(stream(word)) for word in family.split()}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_words_that_only_look_alike_stay_apart(one, other):
    assert stream(one) != stream(other)


@pytest.mark.parametrize(
    ("text", "kept", "also"),
    [
        ("Dinkes Kota Surabaya", "dinkes kota surabaya", "dinas sehat"),
        ("Dinas Kesehatan Kota Surabaya", "dinas sehat kota surabaya", "dinkes"),
        ("Dinas Kependudukan & Pencatatan Sipil", "dinas penduduk catat sipil", "disdukcapil"),
        ("Bapperida", "bapperida", "bappeda badan rencana bangun daerah"),
        ("SI CANTIK", "si cantik", "sicantik"),
        ("E-Retribusi", "e retribusi", "eretribusi"),
        ("covid-19 2024 3.5", "covid n19 n2024 n3 n5", ""),
        ("K3 5G", "k n3 n5 g", ""),
        ("anak-anak, antar-kota", "anak antar kota", ""),
        ("Qur'an Café İSTANBUL ﬁle", "quran cafe istanbul file", ""),
        ("\0 !? 文字 🦆 \ud800", "", ""),
    ],
)
def test_what_is_kept_of_a_text(text, kept, also):
    assert [" ".join(part) for part in words.kept(text)] == [kept, also]


def test_stop_words_are_kept_of_titles_only():
    assert words.kept("Dari Kita untuk Kita") == ([], [])
    assert words.kept("Dari Kita untuk Kita", every=True) == ([], ["dari", "kita", "untuk"])


def test_a_text_without_end_is_cut():
    assert len(stream("kata " * 10_000)) == words.MOST_WORDS
    assert max(map(len, stream("x" * 100_000))) == words.LONGEST_TOKEN


def test_every_list_of_the_lexicon_is_written_as_words_are_read():
    """A name or spelling that folding would change could never be met."""
    known = words.lexicon()
    said = [
        *known.roots,
        *known.special,
        *known.spellings,
        *known.stop,
        *(w for name in known.variants for w in name),
    ]
    assert [word for word in said if not word.isalpha() or words.fold(word) != word] == []
    assert not {word for name in known.variants for word in name} & set(known.spellings)


def test_tokens_back_to_words():
    assert words.by_token("Pelayanan dan Layanan Sampah") == {"layan": "pelayanan", "sampah": "sampah"}
