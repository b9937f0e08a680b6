"""Plain words of a text, excerpts, slugs, comparing and counting."""

import time

from ekopi.core import text


def test_plain():
    assert (
        text.plain("<h2>Judul</h2><p>A &amp; B <em>c</em></p><ul><li>x</li><li>y</li></ul>")
        == "Judul A & B c x y"
    )
    assert text.plain(
        "## Judul\n\nA **tebal** dan [tautan](https://x.id) `kode`\n\n- [x] butir\n> kutip"
    ) == ("Judul A tebal dan tautan kode butir kutip")
    assert text.plain("2 * 3 * 4 dan nama_berkas_ini") == "2 * 3 * 4 dan nama_berkas_ini"
    assert text.plain(text.render("**a** <script>x</script>")) == "a <script>x</script>"
    begin = time.monotonic()
    for hostile in ("<" * 50_000, "[" * 50_000, "*a" * 25_000, "`" * 50_000, "<b>" * 16_000, "</" * 25_000):
        text.plain(hostile)
    assert time.monotonic() - begin < 2


def test_excerpt():
    assert text.excerpt("Warga datang pagi.", 40) == "Warga datang pagi."
    assert text.excerpt("Warga datang pagi, lalu pulang", 20) == "Warga datang pagi…"
    assert len(text.excerpt("x" * 100, 10)) == 10
    assert text.excerpt("<p>Warga <b>datang</b></p>", 40) == "Warga datang"


def test_slug():
    assert text.slug("  Inovasi Pélayanan: Puskesmas & 5D! ") == "inovasi-pelayanan-puskesmas-5d"
    assert text.slug("日本") == ""
    long = text.slug("kata " * 40)
    assert len(long) <= 80 and long.endswith("-kata")
    assert text.slug("x" * 100) == "x" * 80


def test_fold():
    assert text.fold("Jam Pelajaran (JP).") == text.fold("jam  pelajaran – jp") == "jam pelajaran jp"
    assert text.fold("café") == text.fold("CAFE\u0301") == "cafe"
    assert text.fold("?") != text.fold("!")
    assert text.fold("3 + 4") != text.fold("3 4")


def test_words():
    assert text.words("Saya menulis e-government – 3 kali, https://lan.go.id/a-b.") == 6
    assert text.words("<p>dua <b>kata</b></p>") == 2
    assert text.words(" … -- ") == 0
