"""A visitor of the demo meets the yearly question, an offer, news of a search and the pages of places by walking."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ekopi.accounts import queries as accounts
from ekopi.accounts.models import Organisation
from ekopi.catalogue.models import CareOffer, Innovation, InnovationTerm, SavedSearch
from ekopi.core import clock
from ekopi.demo import care, catalogue
from ekopi.extensions import db
from tests.client import Client
from tests.living import make_app


@pytest.fixture
def visit(demo):
    """Somebody's browser at a server of the demo."""
    app = make_app(demo.url, demo.data_dir, EKOPI_DEMO="1")

    def as_(key: str = "") -> Client:
        client = Client(app)
        return client.sign_in(accounts.person_by_email(f"{key}@demo.ekopi.id")) if key else client

    return as_


def innovation(number: str) -> Innovation:
    return catalogue.innovation("inoland", number)


def test_a_few_are_overdue_and_say_so(demo, visit):
    marked = select(InnovationTerm.innovation_id).where(InnovationTerm.code == "overdue")
    overdue = {innovation(number).id for number in catalogue.OVERDUE}
    assert set(db.session.scalars(marked)) == overdue
    late = db.session.scalars(select(Innovation).where(Innovation.review_due < clock.today())).all()
    assert {one.id for one in late if one.state == "living"} == overdue
    assert not any(one.fresh for one in late)


def test_the_agency_admin_is_asked_by_letter_on_beranda_and_on_the_page_of_debts(visit):
    client = visit("instansi")
    page = client.get("/beranda").text
    assert "Inovasi Pemerintah Kabupaten Tirta Mulya menunggu jawaban tahunannya." in page
    debts = next(link for link in client.page.links if link.endswith("/utang"))
    titles = [innovation(number).title for number in catalogue.OVERDUE]
    listed = client.get(debts).text
    assert all(title in listed for title in titles)
    assert "Masih berjalan?" in client.get("/demo/surel").text  # on the first page
    letters = [link for link in client.page.links if re.fullmatch(r"/demo/surel/\d+", link)]
    texts = [client.get(link).text for link in letters]
    asking = [text for text in texts if "berkembang" in text and "/masih-berjalan/" in text]
    assert len(asking) == 2 and all(any(title in text for text in asking) for title in titles)
    link = re.search(r"/katalog/\d+/masih-berjalan/berkembang/\d+/[\w-]{43}", asking[0])
    assert visit().get(link[0]).status_code == 200  # works without signing in


def test_an_offer_to_take_over_waits(demo, visit):
    (offered,) = db.session.scalars(select(CareOffer).where(CareOffer.state == "open"))
    kept = innovation(care.OFFERED)
    assert (offered.innovation_id, offered.kind) == (kept.id, "hand_over")
    client = visit("instansi")
    title = kept.title
    assert title in client.get("/beranda").text
    assert client.get(f"/katalog/{kept.id}/perawat").status_code == 200
    assert any("/terima" in form["action"] for form in client.page.forms)
    assert kept.owner_id == db.session.scalar(
        select(Organisation.id).where(Organisation.name == "Pusat Inovasi Administrasi Negara")
    )


def test_the_innovator_keeps_a_search_that_has_news(demo, visit):
    (kept,) = db.session.scalars(select(SavedSearch))
    assert kept.person_id == accounts.person_by_email("inovator@demo.ekopi.id").id
    client = visit("inovator")
    told = client.get("/beranda").text
    assert "inovasi baru cocok dengan pencarian Anda “Antrean layanan”" in told
    news = next(link for link in client.page.links if link.startswith("/katalog?q=antrean"))
    assert "Payung Antrean" in client.get(news).text
    assert "Antrean layanan" in client.get("/katalog/pencarian").text


def test_places_show_organisations_and_what_they_took_over(demo, visit):
    client = visit()
    maluku = client.get("/katalog/wilayah/81").text
    assert "Pemerintah Kabupaten Nusa Kei" in maluku and "PERAHU BIDAN" in maluku.upper()
    assert client.get("/katalog/wilayah/32").text.count("Pemerintah Kabupaten Bukit Arum") >= 1
    assert "Lembaga Administrasi Negara" in client.get("/katalog/wilayah/31.71").text
    tops = db.session.scalars(select(Organisation).where(Organisation.parent_id.is_(None))).all()
    assert all(one.region_code for one in tops)
