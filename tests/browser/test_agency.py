"""The admin of an agency at a phone: confirms somebody's claim and reads the hours of the year."""

from __future__ import annotations

from tests.accounts import make
from tests.browser.site import PASSWORD
from tests.credentials import make as papers


def test_confirms_a_person_and_reads_the_hours(site, visit):
    with site.making():
        agency = make.organisation("Dinas Pertanian Kota Sagara")
        admin = make.person(
            "Made Astuti", password=PASSWORD, roles=[("agency_admin", "organisation", agency.id)]
        )
        person = make.person("Yohanis Kambu", password=PASSWORD)
        make.membership(person, agency, state="claimed", position="Penyuluh Pertanian")
        papers.credit(person, "4.5", course="Menyusun Rencana Aksi", minutes=250, attempts=2, publication=3)
        admin_email, email = admin.email, person.email

    v = visit(site.base).sign_in(admin_email, PASSWORD).check("beranda-instansi")
    v.use(v.page.locator("[data-menu] summary"))
    v.press("Kelola").check("kelola").press("Anggota Instansi").check("anggota")
    v.press("Menunggu Konfirmasi (1)").check("anggota-menunggu")
    assert "Yohanis Kambu" in v.text and "4,5" not in v.page.inner_text("main"), (
        "hours are not shown to others"
    )
    row = v.page.locator("tr", has_text="Yohanis Kambu")
    v.press("Konfirmasi", exact=False, within=row).check("anggota-dikonfirmasi")
    v.press("Terkonfirmasi").check("anggota-terkonfirmasi")
    assert "4,5" in row.inner_text() and "dari 20" in row.inner_text()
    v.press("Yohanis Kambu").check("anggota-satu")
    assert "4,5" in v.page.inner_text("main dl")

    their = visit(site.base).sign_in(email, PASSWORD)
    assert "Terkonfirmasi" in their.go("/akun/keanggotaan").check("keanggotaan").text
    assert "Keanggotaan Anda sudah dikonfirmasi" in their.go("/notifikasi").text
    their.go("/akun").check("akun")
