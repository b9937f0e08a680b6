"""Texts of every making become safe HTML; titles become readable."""

from __future__ import annotations

import base64
import hashlib
import re
import time

import html5lib
import pytest

from ekopi.catalogue.fields import HTML_LIMIT, TITLE_LIMIT
from ekopi.catalogue.sources.cleaning import html_of, title_of
from ekopi.catalogue.sources.cleaning.markup import CUT_AT
from ekopi.catalogue.sources.cleaning.pictures import LARGEST, MOST
from ekopi.catalogue.sources.cleaning.titles import names_apart

ELEMENTS = set("p ul ol li br strong em h3 h4 table thead tbody tr th td img a".split())  # noqa: SIM905
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def data_address(data, kind="image/gif"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def assert_safe(html):
    """What a browser makes of the HTML holds nothing but our elements and attributes."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in ELEMENTS, html
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set()), html
        assert re.match(r"https?://", element.attrib.get("href", "http://")), html
        assert re.match(r"picture:[0-9a-f]{64}\Z", element.attrib.get("src", "picture:" + "0" * 64)), html


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Satu paragraf.", "<p>Satu paragraf.</p>"),
        ("Baris\nkedua\n\n\nTiga < empat & lima", "<p>Baris<br>kedua</p><p>Tiga &lt; empat &amp; lima</p>"),
        ("Langkah:\n1. pilih\n2. pilah\n\n• a\n• b", "<p>Langkah:</p><ol><li>pilih</li><li>pilah</li></ol><ul><li>a</li><li>b</li></ul>"),
        ("3. Bab tiga saja", "<p>3. Bab tiga saja</p>"),
        ("<div>Satu</div><div>dua&nbsp;&nbsp;kata<br></div>tiga", "<p>Satu</p><p>dua kata</p><p>tiga</p>"),
        ("<h1>Judul</h1><b>tebal</b> <i>miring</i> <u>garis</u>", "<h3>Judul</h3><p><strong>tebal</strong> <em>miring</em> garis</p>"),
        ("satu<br><br/>dua", "<p>satu</p><p>dua</p>"),
        ("<p>&nbsp;</p><p> x </p><p></p><ul><li></li></ul>", "<p>x</p>"),
        ("&lt;p&gt;dua kali&lt;/p&gt;", "<p>dua kali</p>"),
        ("A&nbsp;&amp;&nbsp;B &quot;C&quot;", '<p>A &amp; B "C"</p>'),
        ('<p class="MsoNormal" style="margin:0"><span lang="IN">Isi<o:p></o:p></span></p>', "<p>Isi</p>"),
        ("<!--[if gte mso 9]><xml><w:WordDocument>x</w:WordDocument></xml><![endif]--><p>Isi</p>", "<p>Isi</p>"),
        ('<table><tr><td colspan="2" width=9>a</td><td rowspan="x">b</td></tr></table>', '<table><tbody><tr><td colspan="2">a</td><td>b</td></tr></tbody></table>'),
        ("", ""), (None, ""), ("<p></p>", ""), ("   ", ""), (12, "<p>12</p>"),
    ],
)  # fmt: skip
def test_texts_become_ordered_html(said, kept):
    assert html_of(said).html == kept


HOSTILE = [
    "<script>alert(1)</script>", "<p><script src=//x></script>a</p>", "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">a</a>', '<a href=" java\tscript:alert(1)">a</a>', '<a href="data:text/html,<script>">a</a>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<p title="</p><script>alert(1)</script>">a</p>', '<img alt="><script>alert(1)</script>" src=x>',
    '<img src="picture:' + "0" * 64 + '" onerror=alert(1)>', '<a href="http://x.id/\'\"><script>alert(1)</script>">a</a>',
    '<a href=\'http://x.id/"><img src=x onerror=alert(1)>\'>a</a>', "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<table><td><script>alert(1)</script><table><img src=x onerror=alert(1)>", "<style>@import 'http://x'</style><link rel=stylesheet href=//x>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<object data=x></object><embed src=x>", "<base href=//x><meta http-equiv=refresh content=0>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<p onclick=alert(1)//<", "<!--><script>alert(1)</script>-->",
    '<td style="background:url(javascript:alert(1))">x</td>', '<img src="data:image/svg+xml;base64,PHN2Zy8+">', "<form action=//x><input name=a><button>",
    "<a href=https://x.id onmouseover=alert(1) target=_blank>x</a>", "<xmp><script>alert(1)</script></xmp>", "<plaintext><script>alert(1)</script>",
    "x < script > alert(1)", "\x00<scr\x00ipt>alert(1)</script>", "<b" + " a" * 3000 + ">x", "<![CDATA[<script>alert(1)</script>]]><p>x",
]  # fmt: skip


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_that_runs_survives(said):
    for text in (
        said,
        f"<div>{said}</div>",
        f"<p>a</p>{said}<ul><li>{said}",
        said * 300,
        "<ul>" * 150 + said,
    ):
        assert_safe(html_of(text).html)


def test_the_oracle_of_safety_can_fail():
    for html in ("<script>x</script>", "<p onclick=x>", '<a href="javascript:x">', "<img src=x>"):
        with pytest.raises(AssertionError):
            assert_safe(html)


@pytest.mark.parametrize(
    "text",
    ["<ul>" * 200_000, "".join(f"<b id={n}><p>" for n in range(20_000)), "".join(f"<x{n}>" for n in range(50_000)) + "<h3>" * 50_000,
     "<table><tr><td>" * 20_000, "<" * 500_000 + "<p>", "<li><p>" * 100_000, '<p title="' * 50_000, "- x\n" * 100_000, "<br>" * 200_000],
)  # fmt: skip
def test_tangled_texts_cost_no_time(text):
    begun = time.monotonic()
    cleaned = html_of(text)
    assert time.monotonic() - begun < 5
    assert len(cleaned.html) <= HTML_LIMIT
    assert_safe(cleaned.html)


def test_pictures_are_taken_out_and_named_by_their_bytes():
    cleaned = html_of(
        f'<p>a<img src="{data_address(GIF)}" alt="alur" style="x">b</p><img src="{data_address(GIF)}">'
    )
    digest = hashlib.sha256(GIF).hexdigest()
    assert cleaned.html.count(f"picture:{digest}") == 2
    assert cleaned.pictures[digest].data == GIF
    assert cleaned.pictures[digest].media_type == "image/gif"
    assert "base64" not in cleaned.html
    assert_safe(cleaned.html)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"), (b"GIF87a", "image/gif")],
)  # fmt: skip
def test_a_picture_is_what_its_first_bytes_say(start, kind):
    (picture,) = html_of(f'<img src="{data_address(start + b"x" * 20, "image/bmp")}">').pictures.values()
    assert picture.media_type == kind


@pytest.mark.parametrize(
    "address",
    [data_address(b"<svg onload=alert(1)>", "image/svg+xml"), data_address(b"MZ exe", "image/png"), "data:image/png;base64,####", "data:image/png,abc",
     data_address(b"GIF89a" + b"x" * LARGEST), "http://x.id/a.png", "file:///etc/passwd", "cid:image001", ""],
)  # fmt: skip
def test_other_pictures_are_dropped(address):
    cleaned = html_of(f'<p>a<img src="{address}">b</p>')
    assert cleaned.html == "<p>ab</p>"
    assert not cleaned.pictures


def test_twenty_pictures_are_taken_out_of_one_text():
    text = "".join(f'<img src="{data_address(GIF + bytes([n]))}">' for n in range(MOST + 5))
    cleaned = html_of(text)
    assert len(cleaned.pictures) == MOST
    assert cleaned.notes.count("picture-dropped") == 5


@pytest.mark.parametrize(
    "end",
    [
        '<p>kata</p><img src="data:image/png;base64,AAAA',
        "kata &nbs",
        "<p>kata</p><span cla",
        "kata <strong>tebal",
    ],
)
def test_a_text_cut_by_its_source_loses_what_is_half(end):
    text = "<p>" + "a" * (CUT_AT - 7 - len(end)) + "</p>" + end
    assert len(text) == CUT_AT
    cleaned = html_of(text)
    assert "cut-text" in cleaned.notes
    assert_safe(cleaned.html)
    for half in ("base64", "&nbs", "cla", "&amp;"):
        assert half not in cleaned.html
    assert "cut-text" not in html_of("<p>" + "a" * (CUT_AT + 1)).notes


def test_a_cut_within_a_character_is_recognised_by_its_bytes():
    text = "<p>" + "é" * ((CUT_AT - 3) // 2)
    assert len(text.encode()) == CUT_AT
    assert "cut-text" in html_of(text).notes


def test_a_long_text_ends_at_a_word_with_its_tags_closed():
    cleaned = html_of("<ul>" + "<li>sebuah <strong>kata &amp; kata</strong></li>" * 3_000 + "</ul>")
    assert "long-text" in cleaned.notes
    assert HTML_LIMIT - 1_000 < len(cleaned.html) <= HTML_LIMIT
    assert cleaned.html.endswith("</li></ul>")
    assert_safe(cleaned.html)
    plain = html_of("kata &c " * 20_000).html
    assert len(plain) <= HTML_LIMIT
    assert not re.search(r"&[a-z]*(<|\Z)", plain)


@pytest.mark.parametrize(
    ("said", "title", "notes"),
    [
        ("E-SURAT (TATA PERSURATAN DIGITAL )", "E-Surat (Tata Persuratan Digital)", ("caps-title",)),
        ("UNIT PELAYANAN INFORMASI DAN KELUHAN (UPIK)", "Unit Pelayanan Informasi dan Keluhan (UPIK)", ("caps-title",)),
        ("PELAYANAN KTP DI DESA/KELURAHAN ", "Pelayanan KTP di Desa/Kelurahan", ("caps-title",)),
        ("SISPEDAP: SISTEM PENGELOLAAN DATA PEGAWAI", "SISPEDAP: Sistem Pengelolaan Data Pegawai", ("caps-title",)),
        ("LAYANAN JEMPUT BOLA “LARASITA”", "Layanan Jemput Bola “LARASITA”", ("caps-title",)),
        ("SIPANDU (SISTEM PELAYANAN TERPADU)", "SIPANDU (Sistem Pelayanan Terpadu)", ("caps-title",)),
        ("SIPANDU (Sistem Pelayanan Terpadu)", "SIPANDU (Sistem Pelayanan Terpadu)", ()),
        ("TRANSFORMASI TAHAP II DAN III", "Transformasi Tahap II dan III", ("caps-title",)),
        ("ULaMM PNM", "ULaMM PNM", ()),
        ("SI CANTIK", "SI CANTIK", ()),
        ("SIGAP", "SIGAP", ()),
        ("&quot;Ayo&quot;  <b>Sekolah</b>&nbsp;", '"Ayo" Sekolah', ()),
        ('"Ayo Sekolah"', "Ayo Sekolah", ()),
        ("Kafe\u0301", "Kafé", ()),
        ("Judul (terbuka", "Judul (terbuka)", ()),
        ("", "", ()), (None, "", ()), ("  \n ", "", ()),
    ],
)  # fmt: skip
def test_titles_are_made_readable(said, title, notes):
    assert title_of(said) == (title, notes)


def test_an_endless_title_is_cut_between_words():
    title, notes = title_of("kata " * 500)
    assert len(title) <= TITLE_LIMIT
    assert title.endswith("kata…")
    assert notes == ("cut-title",)


@pytest.mark.parametrize(
    ("title", "acronym", "long"),
    [
        ("SIPANDU (Sistem Pelayanan Terpadu)", "SIPANDU", "Sistem Pelayanan Terpadu"),
        ("Surabaya Single Window (SSW)", "SSW", "Surabaya Single Window"),
        ("Klinik Inovasi Daerah Kota Metro (Kovi Darat)", "Kovi Darat", "Klinik Inovasi Daerah Kota Metro"),
        ("QUARSA (Gerakan Qurban Aman dan Sehat)", "QUARSA", "Gerakan Qurban Aman dan Sehat"),
        ("MENARA-Menjaga Amanah Rakyat", "MENARA", "Menjaga Amanah Rakyat"),
        ("Sistem Kesehatan Daerah (Siskesda) di Kabupaten Wonosobo", "Siskesda", "Sistem Kesehatan Daerah di Kabupaten Wonosobo"),
        ("TERANGIN", "TERANGIN", "TERANGIN"),
        ("Kota Layak Anak", "", "Kota Layak Anak"),
        ("Pengembangan Potensi Lokal (Belimbing Dewa) sebagai Ikon", "", "Pengembangan Potensi Lokal (Belimbing Dewa) sebagai Ikon"),
        ("Ambulance Sehat (Dokter Spesialis Keliling)", "", "Ambulance Sehat (Dokter Spesialis Keliling)"),
    ],
)  # fmt: skip
def test_acronym_and_long_form_are_told_apart(title, acronym, long):
    assert names_apart(title) == (acronym, long)
