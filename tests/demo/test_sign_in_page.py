"""A demo names its accounts where one signs in; nowhere else are they named."""

from tests.living import make_app


def test_the_accounts_stand_on_the_sign_in_page_of_a_demo(template, tmp_path):
    app = make_app(template.url, tmp_path, EKOPI_DEMO="1")
    page = app.test_client().get("/masuk").text
    assert "peserta@demo.ekopi.id" in page and "Belajar-Inovasi-2026" in page


def test_and_on_no_other(client):
    assert "demo.ekopi.id" not in client.get("/masuk").text
