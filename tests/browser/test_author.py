"""An author at a phone: writes, compares, publishes, takes back; learners see what is published and nothing else."""

from __future__ import annotations

from tests.accounts import make
from tests.browser.site import PASSWORD

LESSON = "Tulisan untuk Orang yang Akan Meniru"
KEY = "tulisan-untuk-peniru"
SENTENCE = "Kalimat baru ini ditulis pagi tadi oleh penulisnya."


def test_writes_publishes_and_reverts(site, visit):
    slug = site.copy("menulis-lagi")
    with site.making():
        learner = make.person("Rani Kusuma", password=PASSWORD).email
    reader = visit(site.base).sign_in(learner, PASSWORD)
    reader.go(f"/kursus/{slug}").press("Ikuti Kursus")
    assert reader.title == LESSON and SENTENCE not in reader.text
    lesson = reader.path

    v = visit(site.base).sign_in(site.author, PASSWORD)
    v.use(v.page.locator("[data-menu] summary"))
    v.press("Studio Penulis").check("studio")
    v.follow(v.page.locator(f"a[href$='/studio/kursus/{slug}']")).check("studio-susunan")
    v.press(LESSON).check("studio-materi")
    write(v, SENTENCE)
    assert "Tersimpan" in v.page.inner_text("[data-saved-text]") and "WIB" in v.page.inner_text(
        "[data-saved-text]"
    )
    v.page.locator("[data-preview]", has_text=SENTENCE).wait_for()
    v.check("studio-tersimpan")
    assert SENTENCE not in reader.go(lesson).text, "learners see a draft"

    v.go(f"/studio/kursus/{slug}/perubahan")
    assert SENTENCE in "".join(v.page.locator("main ins").all_inner_texts())
    v.check("studio-perubahan").fill(note="Contoh yang lebih jelas").press("Terbitkan").check(
        "studio-riwayat"
    )
    assert "Contoh yang lebih jelas" in v.text
    assert SENTENCE in reader.go(lesson).check("materi-baru").text

    v.press("Lihat Perubahan", exact=False).check("studio-terbitan")
    assert SENTENCE in v.text
    v.press("Ke Riwayat").press("Pulihkan ke Terbitan 1").check("studio-pulihkan")
    assert SENTENCE in "".join(v.page.locator("main del").all_inner_texts())
    v.press("Pulihkan").check("studio-dipulihkan")
    assert SENTENCE not in reader.go(lesson).text, "what was taken back is still shown"


def test_two_tabs_lose_nothing(site, visit):
    """Who saves second sees both versions, from the autosave as well as from the button, and chooses."""
    slug = site.copy("menulis-dua-tab")
    address = f"/studio/kursus/{slug}/materi/{KEY}"
    first = visit(site.base).sign_in(site.author, PASSWORD).go(address)
    second = visit(site.base).sign_in(site.author, PASSWORD).go(address)
    third = visit(site.base).sign_in(site.author, PASSWORD).go(address)
    write(first, "Ini dari tab pertama.")

    second.fill(text="Ini dari tab kedua.")
    second.page.locator("[data-conflict] .version, [data-conflict] section").first.wait_for()
    shown = second.check("studio-dua-versi").page.inner_text("[data-conflict]")
    assert "Ini dari tab pertama." in shown and "Ini dari tab kedua." in shown

    third.fill(text="Ini dari tab ketiga.").press("Simpan")
    both = third.check("studio-dua-versi-halaman").page.inner_text("main")
    assert "Ini dari tab pertama." in both and "Ini dari tab ketiga." in both
    assert first.go(address).page.input_value("[name=text]").endswith("Ini dari tab pertama.")

    second.press("Pakai Versi Saya")
    assert first.go(address).page.input_value("[name=text]") == "Ini dari tab kedua."


def test_two_tabs_that_both_saved_lose_nothing(site, visit):
    """The older tab saved before the newer one was opened; what the newer wrote is not overwritten."""
    slug = site.copy("menulis-dua-halaman")
    address = f"/studio/kursus/{slug}/materi/{KEY}"
    older = visit(site.base).sign_in(site.author, PASSWORD).go(address)
    write(older, "Ini dari tab lama.")
    newer = visit(site.base).sign_in(site.author, PASSWORD).go(address)
    write(newer, "Ini dari tab baru.")
    older.page.locator("[name=text]").press_sequentially(" Dan lagi.")
    older.page.locator("[data-conflict] section").first.wait_for()
    assert in_view(older, "[data-conflict] .note"), "the beginning of both versions is out of view"
    assert newer.go(address).page.input_value("[name=text]").endswith("Ini dari tab baru.")


def test_a_phone_shows_what_was_saved_and_which_tab_is_open(site, visit):
    slug = site.copy("menulis-di-ponsel")
    v = visit(site.base).sign_in(site.author, PASSWORD).go(f"/studio/kursus/{slug}/materi/{KEY}")
    write(v, "Ini dari ponsel.")
    assert in_view(v, "[data-saved]"), "whether it was saved stands out of view"
    for end in ("", "/lihat", "/perubahan", "/riwayat"):
        v.go(f"/studio/kursus/{slug}{end}").page.wait_for_load_state("load")
        assert in_view(v, ".tabs [aria-current]"), f"the tab of {end or 'the outline'} is out of view"


def in_view(v, selector: str) -> bool:
    """Whether the whole of it is in the window."""
    box, window = v.page.locator(selector).first.bounding_box(), v.page.viewport_size
    across = box["x"] >= 0 and box["x"] + box["width"] <= window["width"]
    return across and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


def write(v, sentence: str) -> None:
    """Adds a paragraph at the end and waits until it is kept."""
    field = v.page.locator("[name=text]")
    field.press("Control+End")
    field.press_sequentially(f"\n\n{sentence}")
    v.page.locator("[data-saved][data-state=saved]").wait_for()
