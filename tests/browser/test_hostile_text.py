"""Hostile text in every place where people's words are shown: no script runs, and none stands ready to.

With the Content-Security-Policy as it is sent, a refused script would be a fault of its own (it was let through to the
browser); without the policy, what is left must be harmless by itself.
"""

from __future__ import annotations

import http.server
import threading

import pytest
from playwright.sync_api import Error

from ekopi.core.errors import Refused
from ekopi.core.text import render, render_inline
from tests.accounts import make
from tests.browser.hostile import MARKDOWN, OWN, Trap, corpus
from tests.browser.site import PASSWORD
from tests.courses import make as courses
from tests.courses.authoring import make as authoring
from tests.credentials import make as papers

pytestmark = pytest.mark.sqlite_only

AT_ONCE = 250
"""How many lines stand on one page."""
PARTS = (
    "materi/satu",
    "perubahan",
    "riwayat",
    "riwayat/1",
    "riwayat/1/pulihkan",
    "lihat",
    "pengaturan",
    "soal",
    "berkas",
    "modul/m",
)
LONG = "Pemerintahanberkelanjutansejahteraabadi" * 3


@pytest.fixture(params=["as sent", "without policy"])
def open_page(request, visit):
    """visit, with the policy or with it taken off every answer."""

    def opened(base, **more):
        v = visit(base, **more)
        if request.param == "without policy":
            v.page.route("**/*", _without_policy)
        return v

    return opened


def _without_policy(route) -> None:
    try:
        answer = route.fetch(max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
        route.fulfill(response=answer, headers=headers)
    except Error as error:  # the page was left before this answer of it came
        if "disposed" not in str(error):
            raise


def test_the_policy_is_there_and_really_taken_off(site, open_page, request):
    """A control of both ways of looking: an inline script is refused by the policy, and runs without it."""
    v = open_page(site.base).go("/")
    v.page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert v.page.evaluate("window.ran === 1") == ("without policy" in request.node.name)


def lines() -> list[str]:
    return [*OWN, *MARKDOWN, *corpus()]


def rendered(line: str, how) -> str:
    """What the product would show of this line; a line that it refuses is shown nowhere."""
    try:
        return how(line)
    except Refused:
        return ""


def pieces(how) -> list[str]:
    """All lines, each rendered by itself so that none hides another, joined to a few pages."""
    html = [rendered(line, how) for line in lines()]
    return ["\n".join(html[start : start + AT_ONCE]) for start in range(0, len(html), AT_ONCE)]


def test_in_lessons_and_questions(site, open_page):
    """Markdown of lessons; stem, options, feedback and explanation of questions."""
    with site.making() as db:
        texts = [courses.text(f"Halaman {n}", html=html) for n, html in enumerate(pieces(render))]
        asked = [_question(n, html) for n, html in enumerate(pieces(render_inline))]
        course = courses.course([*texts, courses.quiz("Kuis", [courses.single("a")], attempts=1)])
        person = make.person("Pembaca", password=PASSWORD)
        rows = courses.lessons_of(course)
        quiz = rows[-1]
        keys = []
        for facts in asked:
            made = courses.question(
                course, "single", "ab", "a", stem=facts["stem"], explanation=facts["explanation"]
            )
            _options(db, made, facts["options"])
            keys.append(made.key)
        quiz.settings = {**quiz.settings, "questions": keys}
        courses.enrolment(course, person)
        slug, ids, email = course.slug, [row.id for row in rows], person.email
    v = open_page(site.base)
    trap = Trap(v.page)
    v.sign_in(email, PASSWORD)
    found = []
    for lesson in ids[:-1]:
        v.go(f"/kursus/{slug}/belajar/{lesson}")
        assert v.page.locator("article.prose").inner_text().strip()
        found += trap.caught()
    v.go(f"/kursus/{slug}/belajar/{ids[-1]}").press("Mulai Kuis")
    for number in range(1, len(keys) + 1):
        v.go(f"/kursus/{slug}/belajar/{ids[-1]}/kuis/1/{number}")
        found += trap.caught()
    v.go(f"/kursus/{slug}/belajar/{ids[-1]}/kuis/1").press("Kirim Jawaban")
    found += trap.caught()
    assert not found, "\n".join(found[:20])
    assert not v.faults, v.faults[:20]


def _question(n, html) -> dict:
    return {"stem": f"<p>{n}</p>{html}", "explanation": html, "options": html}


def _options(db, question, html) -> None:
    from sqlalchemy import select

    from ekopi.courses.authoring.models import QuestionOption, QuestionText

    version = (
        db.session.scalars(select(QuestionText).where(QuestionText.question_id == question.id))
        .one()
        .version_id
    )
    for option in db.session.scalars(select(QuestionOption).where(QuestionOption.version_id == version)):
        option.html = option.feedback_html = html
    db.session.flush()


def test_in_names_titles_and_reasons(site, open_page):
    """What is shown as plain words: people, organisations, courses, modules, lessons, reasons, answers, letters."""
    with site.making():
        world = _named(site)
    found = []
    for email, paths in world:
        v = open_page(site.base)
        trap = Trap(v.page)
        v.sign_in(email, PASSWORD)
        for path in paths:
            status = v.page.goto(path, wait_until="domcontentloaded").status
            assert status == 200, f"{path} answered {status}"
            found += trap.caught()
            for width in (1280, 360):
                v.page.set_viewport_size({"width": width, "height": 800})
                if v.too_wide() > 0:
                    found.append(f"{path} scrolls sideways by {v.too_wide()} px at {width}")
        assert not v.faults, v.faults[:20]
    assert not found, "\n".join(found[:20])


def _named(site) -> list[tuple[str, list[str]]]:
    """People, courses and papers whose every word is hostile; gives back who should look at which pages."""
    from ekopi.accounts.operations import by_staff
    from ekopi.courses.learning import operations as learning
    from ekopi.credentials.operations import certificates
    from ekopi.mail import operations as mail
    from ekopi.notifications.operations import tell

    everything = " ".join(OWN)
    admin = make.person(f"Admin {OWN[0]}", password=PASSWORD, roles=[("admin", "platform", 0)])
    people, slugs, numbers = [], [], []
    office = make.organisation(f"Dinas {admin.id} {OWN[4]} {LONG}")
    unit = make.organisation(f"Unit {admin.id} {OWN[5]}", parent=office, short_name=OWN[1])
    for n, text in enumerate([*OWN, LONG]):
        person = make.person(text, password=PASSWORD if n == 0 else None)
        make.membership(person, unit, position=text)
        claim = make.membership(person, office, state="claimed", position=text)
        if n % 3 == 0:
            by_staff.refuse(claim, f"Alasan {text}", admin)
        course = courses.course(
            [courses.text(text, module=text), courses.field_task(f"Langkah {text}"), courses.text(f"Lanjut {text}")],
            title=text, summary=text, outcomes=[text], organisation_id=office.id,
        )  # fmt: skip
        people.append(person)
        slugs.append(course.slug)
        paper = papers.certificate(
            person, course=text, organisation=text, name=text, issuer=text, course_slug=course.slug
        )
        numbers.append(paper.number)
        if n % 2:
            certificates.revoke(paper, f"Alasan {text}", admin.id)
        papers.credit(person, course=text, minutes=1, attempts=1, publication=1)
    first, course = people[0], courses.course([courses.field_task("Tulis")], title=everything[:300])
    task = courses.lessons_of(course)[0]
    learning.save_field_task(courses.enrolment(course, first), task, "\n".join(lines())[:19_000], 0)
    refused = courses.course([courses.text()], enrolment="approval", title=f"Ditolak {OWN[2]}")
    courses.enrolment(refused, first, state="refused", reason=everything)
    tell(
        first.id, "enrolment-decided", course=everything, slug=course.slug, accepted=False, reason=everything
    )
    letter = mail.send(first.email, f"Hal {OWN[1]}", everything, key="jahat", person_id=first.id)
    studio_office = make.organisation(f"Penerbit {admin.id} {OWN[8]}")
    author = make.person(OWN[3], password=PASSWORD, roles=[("author", "organisation", studio_office.id)])
    written = [text for text in [*OWN, *MARKDOWN] if "files/" not in text]
    draft = authoring.course(
        slug=f"draf-jahat-{author.id}", organisation=studio_office, by_id=author.id, title=f"Draf {OWN[6]} {LONG}"[:150],
        lessons={"satu": authoring.lesson(title=f"Materi {OWN[2]}"[:150], text="\n\n".join(written))}, questions={},
        modules={"m": (f"Modul {OWN[5]}"[:150], [], ["satu"])},
    )  # fmt: skip
    authoring.edit_lesson(draft, "satu", author.id, text="\n\n".join(reversed(written)))
    studio = f"/studio/kursus/{draft.slug}"
    mine = [
        "/beranda", "/jp", "/sertifikat", "/notifikasi", "/akun", "/akun/nama", "/akun/keanggotaan", "/kursus",
        f"/kursus/{refused.slug}", f"/kursus/{course.slug}", f"/kursus/{course.slug}/belajar/{task.id}",
        *(f"/kursus/{slug}" for slug in slugs), *(f"/sertifikat/{number}" for number in [*numbers[:6], numbers[-1]]),
        f"/demo/surel/{letter.id}", "/demo/surel", f"/kursus?q={OWN[1]}",
    ]  # fmt: skip
    theirs = [
        "/kelola/orang", f"/kelola/orang?q={OWN[1]}", f"/kelola/orang/{first.id}", "/kelola/pengguna", f"/kelola/pengguna/{people[3].id}",
        "/kelola/instansi", f"/kelola/instansi/{office.id}", f"/kelola/instansi/{unit.id}/pindahkan", "/kelola/jejak-audit",
        "/kelola/sertifikat", f"/kelola/sertifikat/{numbers[1]}", "/kelola/peran",
    ]  # fmt: skip
    writing = ["/studio", studio, *(f"{studio}/{part}" for part in PARTS)]
    return [(first.email, mine), (admin.email, theirs), (author.email, writing)]


def test_in_the_live_preview(site, visit):
    """The one place where the browser itself puts HTML into a page: what the server has rendered."""
    slug = site.copy("menulis-jahat")
    v = visit(site.base, width=1280).sign_in(site.author, PASSWORD)
    trap = Trap(v.page)
    v.go(f"/studio/kursus/{slug}/materi/tulisan-untuk-peniru")
    v.fill(text="\n\n".join([*OWN, *MARKDOWN, "Akhir pratinjau."]))
    v.page.locator("[data-preview]", has_text="Akhir pratinjau.").wait_for()
    assert not trap.caught()
    assert not v.faults, v.faults


class Unsafe(http.server.BaseHTTPRequestHandler):
    """Shows its texts as they are, as a careless product would."""

    def do_GET(self):
        body = f"<!doctype html><title>x</title><main>{OWN[int(self.path[1:])]}</main>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def test_a_careless_page_is_noticed(visit):
    """The control: the same texts, not made safe, are caught; most of them run at once."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unsafe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        v = visit(f"http://127.0.0.1:{server.server_port}")
        trap = Trap(v.page)
        ran = 0
        for number in (0, 1, 2, 6, 7, 8):
            before = len(trap.opened)
            v.go(f"/{number}")
            assert trap.caught(), f"not noticed: {OWN[number]}"
            ran += len(trap.opened) > before
        assert ran >= 3
    finally:
        server.shutdown()
        server.server_close()
