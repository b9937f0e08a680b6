"""NIP: read, checked with a sentence for each fault, encrypted, matched, masked."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from ekopi.accounts import nip
from ekopi.core import clock
from ekopi.core.errors import Invalid

PNS = "198609262015051001"
PPPK = "199001012023211005"


@pytest.fixture(autouse=True)
def in_2026(app):
    clock.shift(datetime(2026, 3, 10, 5, tzinfo=UTC) - clock.now())
    with app.test_request_context():
        yield
    clock.shift(None)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        (PNS, PNS),
        ("19860926 201505 1 001", PNS),
        (" 19860926.201505.1.001 ", PNS),
        ("19860926-201505-1-001", PNS),
        (PPPK, PPPK),
        ("200803012026032001", "200803012026032001"),  # turns 18 in the month of the appointment
        ("199601012026491001", "199601012026491001"),
    ],
)
def test_good_ones(typed, digits):
    assert nip.read(typed) == digits


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("1986O9262015051001", "hanya terdiri atas angka"),
        ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٠٠١", "hanya terdiri atas angka"),
        ("", "hanya terdiri atas angka"),
        ("19860926201505100", "17 angka"),
        (PNS + "1", "19 angka"),
        ("198602302015051001", "19860230 bukan tanggal"),
        ("198613012015051001", "19861301 bukan tanggal"),
        ("000001012015051001", "bukan tanggal"),
        ("203001012049051001", "belum terjadi"),
        ("198609262026041001", "202604 belum terjadi"),
        ("198609262027211001", "2027 belum terjadi"),
        ("198609262015131001", "13 bukan keduanya"),
        ("198609262015001001", "00 bukan keduanya"),
        ("198609262015201001", "20 bukan keduanya"),
        ("199809262015051001", "kurang dari 18"),
        ("200804012026031001", "kurang dari 18"),
        ("200901012026211001", "kurang dari 18"),
        ("195001012015051001", "lebih dari 60"),
        ("195001012023211001", "lebih dari 60"),
        ("198609262015053001", "1 atau 2; yang Anda isi 3"),
        ("198609260000051001", "belum terjadi"),
    ],
)
def test_faults_have_their_sentence(typed, word):
    with pytest.raises(Invalid) as refusal:
        nip.read(typed)
    assert word in refusal.value.sentence()
    assert refusal.value.field == "nip"


def test_encrypted_matched_masked():
    one, two = nip.encrypt(PNS), nip.encrypt(PNS)
    assert one != two
    assert PNS not in one
    assert nip.decrypt(one) == nip.decrypt(two) == PNS
    assert nip.match(PNS) == nip.match(PNS) != nip.match(PPPK)
    assert nip.masked(PNS).endswith("001")
    assert not any(part in nip.masked(PNS) for part in ("1986", "0926", "2015"))
    assert len(nip.masked(PNS)) == 18
    assert nip.masked(None) == ""


def test_a_new_key_reads_the_old_and_matches_alike(template, tmp_path):
    from tests.living import DATA_KEY, make_app

    newer = Fernet.generate_key().decode()
    before = make_app(template.url, tmp_path)
    after = make_app(template.url, tmp_path, EKOPI_DATA_KEY=f"{newer},{DATA_KEY}")
    lost = make_app(template.url, tmp_path, EKOPI_DATA_KEY=newer)
    with before.app_context():
        cipher, match = nip.encrypt(PNS), nip.match(PNS)
    with after.app_context():
        assert nip.decrypt(cipher) == PNS
        assert nip.match(PNS) == match
        newest = nip.encrypt(PNS)
    with before.app_context():
        assert nip.decrypt(newest) is None
    with lost.app_context():
        assert nip.decrypt(cipher) is None
