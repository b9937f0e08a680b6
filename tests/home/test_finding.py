"""/cari: courses and innovations that one may see, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from ekopi.catalogue.operations import projecting
from ekopi.search import operations
from tests.accounts import make as people
from tests.catalogue import make as catalogue
from tests.courses import make as courses
from tests.search.test_finding import HOSTILE


def test_courses_and_innovations_stand_together(client):
    courses.course(title="Menulis Inovasi Perahu")
    catalogue.innovation("Perahu Bidan")
    catalogue.innovation("Bank Sampah")
    page = client.get("/cari?q=perahu").text
    assert "Menulis Inovasi Perahu" in page and "Perahu Bidan" in page
    assert "Bank Sampah" not in page and "Semua inovasi yang cocok" not in page


def test_a_few_of_each_and_the_way_to_all(client):
    for number in range(7):
        courses.course(title=f"Kursus Perahu {number}")
        catalogue.innovation(f"Perahu Nomor {number} Warga Desa")
    page = client.get("/cari?q=perahu")
    assert page.text.count("item-title") == 10
    assert 'href="/kursus?q=perahu"' in page.text and 'href="/katalog?q=perahu"' in page.text


def test_the_bar_of_every_page_leads_here(client):
    assert 'action="/cari"' in client.get("/bantuan").text
    page = client.get("/cari")
    assert page.status_code == 200 and "Belum Ada yang Cocok" not in page.text


def test_a_slip_of_the_pen_is_put_right(client):
    catalogue.innovation("Perahu Bidan")
    operations.learn(projecting.KIND)
    page = client.get("/cari?q=prahu").text
    assert "Belum Ada yang Cocok" in page and 'href="/cari?q=perahu"' in page


def test_what_is_not_for_everybody_is_not_found(client, db):
    """Neither a draft of a course, nor an innovation that only its organisation may see."""
    courses.course(title="Perahu Rahasia", live=False)
    hidden = catalogue.innovation("Perahu Tertutup Instansi")
    organisation = people.organisation()
    hidden.owner_id, hidden.audience = organisation.id, "organisation"
    projecting.project([hidden.id])
    db.session.commit()
    nothing = client.get("/cari?q=perahu").text
    assert "Perahu Rahasia" not in nothing and "Perahu Tertutup" not in nothing
    client.sign_in(people.person())
    assert "Perahu Tertutup" not in client.get("/cari?q=perahu").text
    member = people.person()
    people.membership(member, organisation)
    client.sign_in(member)
    assert "Perahu Tertutup" in client.get("/cari?q=perahu").text


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_gives_a_page(client, question):
    typed = question[:2_000].encode("utf-8", "replace").decode()
    page = client.get("/cari", query_string={"q": typed})
    assert page.status_code == (400 if "\0" in typed else 200)  # no address of ours takes a NUL


def test_the_number_of_queries_does_not_grow(client, db):
    def count():
        sent = []

        def note(connection, cursor, statement, parameters, context, executemany):
            if not statement.startswith(("SAVEPOINT", "RELEASE")):
                sent.append(statement)

        engine = db.session.connection().engine
        event.listen(engine, "before_cursor_execute", note)
        client.get("/cari?q=perahu")
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    courses.course(title="Kursus Perahu")
    catalogue.innovation("Perahu Bidan")
    one = count()
    for number in range(8):
        courses.course(title=f"Kursus Perahu {number}")
        catalogue.innovation(f"Perahu Nomor {number} Warga Desa")
    assert count() == one <= 5
