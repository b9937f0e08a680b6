"""How somebody learns the short course: the same steps for every way of using a browser."""

from __future__ import annotations

from tests.browser.site import PASSWORD, Site
from tests.browser.visitor import Visitor

TITLE = "Menulis Inovasi agar Dapat Ditiru"
ANSWERS = [
    ("Kalimat mana yang paling membantu", ["Setiap Selasa, dua pustakawan"], ["manfaat yang luas bagi"]),
    (
        "Pertanyaan peniru mana yang",
        ["Berapa lama warga menunggu", "Dari mana data waktu tunggu", "Seberapa sering petugas"],
        ["Siapa yang mendatangi"],
    ),
    ("Agar daerah lain berminat meniru", ["Salah"], ["Benar"]),
    ("batas waktu satu hari kerja itu seharusnya", "Bagian inti", "penyesuaian"),
    ("Berapa persen penurunan yang benar", "25", "33"),
]
"""A piece of each question, what is right (picks, or typed words), what is wrong."""


def register(v: Visitor, site: Site, name: str, email: str) -> None:
    """Registers with a claim to the office, reads the letter, confirms, and is signed in at /beranda."""
    v.go("/").check("depan")
    v.go("/daftar").press("Daftar", within=v.page.locator("form:has([name=password])")).check("daftar-salah")
    assert "Isian yang Perlu Diperbaiki" in v.text
    v.fill(name=name, email=email, password=PASSWORD, organisation=site.office, position="Pranata Komputer")
    v.pick("Saya sudah membaca")
    v.press("Daftar", within=v.page.locator("form:has([name=password])")).check("periksa-surel")
    assert v.title == "Periksa Surel Anda"
    v.press("Buka Surel Demo").check("surel")
    v.follow(v.page.locator("li", has_text=email).get_by_role("link").first).check("surel-satu")
    v.follow(v.page.locator("main a[href*='/daftar/konfirmasi/']")).check("konfirmasi")
    v.press("Konfirmasi dan Masuk").check("beranda-baru")
    assert v.path == "/beranda"


def sign_out_and_in(v: Visitor, email: str) -> None:
    """Out through the menu, in through the form."""
    v.use(v.page.locator("[data-menu] summary"))
    v.check("menu").press("Keluar", within=v.page.locator("[data-menu]"))
    assert "Masuk" in v.text
    v.go("/masuk").check("masuk").sign_in(email, PASSWORD)


def enrol(v: Visitor) -> None:
    """From the own page to the first lesson; by search, since other tests may have filled the list."""
    v.press("Lihat Kursus").check("kursus")
    v.go(f"/kursus?q={TITLE}").press(TITLE).check("kursus-satu")
    v.press("Ikuti Kursus").check("materi-1")
    assert v.title == "Tulisan untuk Orang yang Akan Meniru"


def read(v: Visitor) -> None:
    """Both texts, up to the page of the quiz."""
    v.press("Selanjutnya").check("materi-2").press("Lanjut ke Kuis").check("kuis")
    assert "0/3" not in v.text and "2/3" in v.text


def answer_all(v: Visitor, right: bool, shot: str = "") -> None:
    """Answers the five questions in the order they come, checks that each is kept, and sends them."""
    asked = set()
    for number in range(1, 6):
        said = v.page.inner_text("main")
        piece, good, bad = next(one for one in ANSWERS if one[0] in said)
        asked.add(piece)
        given = good if right else bad
        if isinstance(given, str):
            v.fill(tulisan=given)
        else:
            v.pick(*given)
        if shot:
            v.check(f"{shot}-{number}")
        v.press("Pertanyaan Selanjutnya" if number < 5 else "Periksa Jawaban")
    assert len(asked) == 5
    assert "Belum Dijawab" not in v.text
    v.check(f"{shot}-tinjau" if shot else "").press("Kirim Jawaban")


def fail_then_pass(v: Visitor) -> None:
    v.press("Mulai Kuis")
    answer_all(v, right=False, shot="soal")
    assert v.title == "Belum Lulus"
    assert "Jawaban yang tepat" not in v.text, "right answers are shown while tries are left"
    v.check("hasil-gagal").press("Coba Lagi")
    answer_all(v, right=True)
    assert v.title == "Anda Lulus" and "Nilai Anda 100" in v.text
    v.check("hasil-lulus")


def collect(v: Visitor) -> str:
    """To the certificate, from the result of the last quiz and from the course; gives back its address."""
    course = v.path.partition("/belajar/")[0]
    v.press("Lihat Sertifikat").check("sertifikat-saya")
    address = v.path
    assert address.startswith("/sertifikat/EKOPI-")
    v.go(course).check("kursus-selesai")
    assert "Kursus Selesai" in v.text and "Semua syarat terpenuhi" in v.text
    assert v.press("Lihat Sertifikat").path == address
    return address


def verify(v: Visitor, address: str, name: str) -> None:
    """What a stranger is told about the certificate."""
    v.go(address).check("sertifikat")
    assert v.title == "Sertifikat Ini Asli dan Berlaku"
    for fact in (name, TITLE, "2 JP", address.rpartition("/")[2]):
        assert fact in v.text, f"{fact} is not on the page"
    assert "Unduh PDF" not in v.text, "only its owner may take the paper"


def account(v: Visitor, address: str) -> None:
    """The hours stand in the account, with the certificate as their proof."""
    v.go("/jp").check("jp")
    assert "2 JP Tercatat" in v.text and TITLE in v.text and address.rpartition("/")[2] in v.text
    assert "2 percobaan kuis" in v.text
