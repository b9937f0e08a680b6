"""Headers, own addresses, words for dates and numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask_babel import force_locale

from ekopi.core import web

HOSTILE = Path(__file__).parents[3] / "shared" / "hostile" / "redirect"
OURS = ["/", "/beranda", "/kursus?q=antrean", "/kursus/a#isi", "/masuk?next=%2Fjp"]
THEIRS = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/\t/evil.example", " /beranda", "http:evil.example", "///evil.example", "/\n/evil.example", "", None, "beranda",
]  # fmt: skip


@pytest.mark.parametrize("target", OURS)
def test_own_addresses_are_kept(target):
    assert web.own_address(target) == target


@pytest.mark.parametrize("target", THEIRS)
def test_other_hosts_are_not(target):
    assert web.own_address(target) is None


def test_the_corpus_of_redirects_leads_nowhere():
    if not HOSTILE.exists():
        pytest.skip("the corpus of hostile redirects is not beside the project")
    lines = [line.strip("\n") for path in HOSTILE.glob("*.txt") for line in path.read_text().splitlines()]
    assert len(lines) > 100
    for line in lines:
        kept = web.own_address(line)
        assert kept is None or (kept.startswith("/") and not kept.startswith(("//", "/\\")))


def test_words_for_dates_and_numbers(app):
    with app.test_request_context():
        assert web.say_date(date(2026, 8, 17)) == "17 Agustus 2026"
        assert web.say_datetime(datetime(2026, 8, 17, 2, 30, tzinfo=UTC)) == "17 Agustus 2026, 09.30 WIB"
        assert web.say_number(Decimal("1234.5")) == "1.234,5"
        assert web.say_jp(Decimal("2.00")) == "2"
        assert web.say_jp(Decimal("2.50")) == "2,5"
        assert web.say_size(96_000) == "96 kB"
        assert web.say_size(2_400_000) == "2,4 MB"
        assert web.say_size(77_800_000_000) == "77,8 GB"
        assert web.say_decimal("12.125") == "12,125"
        assert web.say_minutes(270) == "4 jam 30 menit"
        assert web.say_minutes(8) == "8 menit"


def test_the_decimal_mark_is_that_of_the_language(app):
    with app.test_request_context(), force_locale("en"):
        assert web.say_size(77_800_000_000) == "77.8 GB"
        assert web.say_decimal("12.125") == "12.125"
        assert web.say_jp("2.50") == "2.5"


def test_the_day_changes_with_the_zone(app):
    """23.30 in Jakarta is already the next day in Jayapura."""
    from flask import g

    with app.test_request_context():
        moment = datetime(2026, 8, 17, 16, 30, tzinfo=UTC)
        assert web.say_datetime(moment) == "17 Agustus 2026, 23.30 WIB"
        g._login_user = type("Reader", (), {"zone": "Asia/Jayapura", "language": "id"})()
        assert web.say_datetime(moment) == "18 Agustus 2026, 01.30 WIT"


def test_headers_of_a_public_page(client):
    answer = client.get("/bantuan")
    assert answer.status_code == 200
    csp = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in csp and "frame-ancestors 'none'" in csp and "object-src 'none'" in csp
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in answer.headers


def test_https_brings_hsts_and_a_host_cookie(template, tmp_path):
    from tests.living import make_app

    app = make_app(template.url, tmp_path, EKOPI_BASE_URL="https://ekopi.contoh.go.id")
    answer = app.test_client().get("/masuk", base_url="https://ekopi.contoh.go.id")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers.get("Set-Cookie", "")
    assert cookie.startswith("__Host-ekopi=") and "Secure" in cookie and "HttpOnly" in cookie


def test_static_files_are_immutable_and_from_here(client, app):
    answer = client.get("/bantuan")
    import re

    address = re.search(r'href="(/static/[0-9a-f]{12}/css/base\.css)"', answer.text)[1]
    raw = app.test_client().get(address)
    assert raw.status_code == 200 and "immutable" in raw.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in raw.headers


def test_the_language_is_chosen_not_guessed(client):
    assert "Jawaban singkat" in client.get("/bantuan", headers={"Accept-Language": "en"}).text
    client.get("/tampilan?language=en")
    client.submit({"language": "en", "theme": ""}, action="tampilan")
    assert '<html lang="en"' in client.get("/bantuan").text


def test_errors_are_plain_pages_with_a_request_id(client):
    answer = client.get("/tidak-ada-di-sini")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text
    assert "Halaman Tidak Ditemukan" in answer.text


def test_a_form_without_its_token_is_refused(client):
    answer = client.post("/tampilan", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "Buka lagi halamannya" in answer.text


def test_too_large_a_body_is_answered_with_a_page(template, tmp_path):
    from tests.living import make_app

    app = make_app(template.url, tmp_path, EKOPI_UPLOAD_MAX_MIB="1")
    answer = app.test_client().post("/tampilan", data={"theme": "x" * 1_200_000})
    assert answer.status_code == 413
    assert "Terlalu Besar" in answer.text and "1 MB" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("address", ["/kursus/%00", "/kursus?q=a%00b", "/%00"])
def test_a_nul_is_refused_with_a_page(client, address):
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_refused_post_leads_back_to_its_page(client):
    answer = client.post("/tampilan", data={"theme": "dark"}, headers={"Referer": "http://localhost/bantuan"})
    assert 'href="/bantuan"' in answer.text
    answer = client.post("/tampilan", data={"theme": "dark"}, headers={"Referer": "https://evil.example/x"})
    assert "evil.example" not in answer.text


def test_a_date_of_a_page_stays_on_one_line(app):
    """A line of a narrow screen may end between date and hour, not within them; plain text has plain blanks."""
    moment = datetime(2026, 11, 8, 2, 30, tzinfo=UTC)
    page = "{{ moment|date }}|{{ moment|datetime }}|{{ none|datetime }}"
    with app.test_request_context():
        plain = app.jinja_env.from_string("{% autoescape false %}" + page + "{% endautoescape %}")
        shown = app.jinja_env.from_string("{% autoescape true %}" + page + "{% endautoescape %}")
        said = plain.render(moment=moment, none=None)
        assert said == "8 November 2026|8 November 2026, 09.30 WIB|"
        kept = shown.render(moment=moment, none=None)
    assert kept == "8~November~2026|8~November~2026, 09.30~WIB|".replace("~", "\u00a0")
