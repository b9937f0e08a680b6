"""Every page of the product at the widths of a phone and of a desk, in both themes.

The addresses are those of the access table (tests/house/access.py), which a house test keeps complete, and the
further states of pages that the table has no need of.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import TimeoutError as NotLoaded

from tests.accounts import make as accounts
from tests.browser.visitor import COLOURS
from tests.client import Client
from tests.courses import make as courses
from tests.credentials import make as papers
from tests.house.reading import Row, rows
from tests.house.world import ROLES, World

pytestmark = pytest.mark.sqlite_only

WIDTHS = (360, 1280)
NARROWEST = 320
USUAL = ("learner", "author", "agency_admin", "admin", "visitor", "coach", "stranger", "auditor")
"""Whose page is looked at, when several may open it: the first of these; an own case may name another one."""
NO_PAGES = {
    "probes.alive", "probes.ready", "learning.course_file", "credentials.certificate_pdf", "studio.draft_file",
    "studio.export_archive", "mail.letters", "mail.letter", "operating.metrics", "giving.all_inolands", "giving.harvest",
    "giving.dcat_turtle", "giving.dcat_json_ld", "giving.dump", "catalogue.as_json", "catalogue.picture", "catalogue.export_file", "catalogue.paper", "giving.robots", "giving.sitemap", "giving.sitemap_part", "giving.sitemap_of_places", "giving.sitemap_of_organisations",
    "api_document.openapi",
}  # fmt: skip
"""Answers that are no HTML; and the letters, which a demo shows to everybody (FURTHER)."""
FURTHER = [
    ("visitor", "/"), ("visitor", "/kursus"), ("visitor", "/kursus/{course}"), ("visitor", "/bantuan"),
    ("visitor", "/demo/surel"), ("visitor", "/demo/surel/{letter}"), ("visitor", "/tidak-ada"),
    ("visitor", "/kursus?q=tidak-ada-yang-begini"), ("visitor", "/tampilan?language=en"), ("visitor", "/sertifikat/{revoked}"),
    ("visitor", "/sertifikat/{replaced}"), ("visitor", "/daftar/konfirmasi/{older}"), ("visitor", "/daftar/konfirmasi/{done}"), ("visitor", "/sertifikat/EKOPI-2026-0000-0000-0000"),
    ("visitor", "/kursus/{full}"), ("stranger", "/beranda"), ("stranger", "/jp"), ("stranger", "/notifikasi"),
    ("stranger", "/sertifikat"), ("stranger", "/studio"), ("stranger", "/akun/keanggotaan"), ("stranger", "/kursus/{course}"),
    ("learner", "/kursus/{steps}"), ("learner", "/kursus/{steps}/belajar/{waits}"), ("learner", "/kursus/{steps}/belajar/{timed}/kuis/1/1"),
    ("learner", "/kursus/{steps}/belajar/{timed}/kuis/1"), ("learner", "/kursus/{steps}/belajar/{checked}/kuis/1/1"),
    ("learner", "/kursus/{steps}/belajar/{written}"), ("learner", "/kursus/{finished}"),
    ("author", "/beranda"), ("author", "/studio/kursus/{draft}"), ("author", "/studio/kursus/{draft}/perubahan"),
    ("author", "/studio/kursus/{draft}/riwayat"), ("author", "/studio/kursus/{draft}/soal"), ("author", "/studio/kursus/{draft}/berkas"),
    ("author", "/studio/kursus/{course}/materi/langkah"), ("author", "/studio/kursus/{course}/materi/berkas"),
    ("agency_admin", "/beranda"), ("agency_admin", "/kelola"), ("agency_admin", "/kelola/orang?keadaan=menunggu"),
    ("agency_admin", "/kelola/orang?q=tidak-ada"), ("other_agency_admin", "/kelola/orang?keadaan=terkonfirmasi"),
    ("admin", "/beranda"), ("admin", "/kelola"), ("auditor", "/kelola"), ("admin", "/studio"),
    ("visitor", "/katalog?q=tidak-ada-yang-begini"), ("visitor", "/katalog?q=inovasi&sumber=jippnas"),
]  # fmt: skip


@pytest.fixture
def world(live):
    """The people and courses of the access table on a real server, and what FURTHER names beside."""
    with live.app.app_context():
        from ekopi.extensions import db

        made = World(live.app, None)
        _states(made.names)
        db.session.commit()
        made.cookies = {role: _cookies(live.app, made.names.get(f"{role}_id")) for role in ROLES}
        db.session.commit()
        db.session.remove()
    live.serve(EKOPI_DEMO="1")
    return made


def _states(names: dict) -> None:
    """Certificates that are over, a module that waits, a quiz against the clock, a checked answer, a written step."""
    from ekopi.accounts.models import Person
    from ekopi.accounts.operations import tokens
    from ekopi.courses.assessment import operations as assessment
    from ekopi.courses.learning import operations as learning
    from ekopi.credentials.operations import certificates
    from ekopi.extensions import db

    learner, admin = db.session.get(Person, names["learner_id"]), names["admin_id"]
    revoked, old = papers.certificate(learner), papers.certificate(learner)
    certificates.revoke(revoked, papers.REASON, admin)
    certificates.reissue(old, "Peserta Kursus, S.T.", papers.REASON, admin)
    names["revoked"], names["replaced"] = revoked.number, old.number
    papers.credit(learner)

    waiting = accounts.person(state="pending")
    names["older"], _newer = tokens.make(waiting.id, "confirm"), tokens.make(waiting.id, "confirm")
    names["done"] = tokens.make(names["learner_id"], "confirm")
    tokens.drop(names["learner_id"], "confirm")

    course = courses.course(
        [
            courses.quiz("Kuis Berwaktu", [courses.single("a", stem="<p>Mana?</p>")], time_limit=30),
            courses.quiz(
                "Kuis Langsung: Gejala, Akar Masalah, dan Pengungkitnya",
                [courses.multiple()],
                show_during="answers",
            ),
            courses.field_task("Langkah Tertulis"),
            courses.text("Menunggu", module="dua"),
        ],
        requires={"dua": ["satu"]},
    )
    timed, checked, written, waits = courses.lessons_of(course)
    mine = courses.enrolment(course, learner)
    learning.start_quiz(course, mine, timed)
    attempt = learning.start_quiz(course, mine, checked)
    assessment.save_answer(attempt, 1, 1, {"options": ["c"]})
    assessment.check_slot(attempt, 1)
    task = learning.save_field_task(mine, written, "Saya mencatat waktu tunggu di loket.", 0, "", None)
    learning.send_field_task(course, mine, written, task)
    full = courses.course(seats=1)
    courses.enrolment(full, learner, seat=1)
    names |= {
        "full": full.slug,
        "steps": course.slug,
        "timed": timed.id,
        "checked": checked.id,
        "written": written.id,
        "waits": waits.id,
    }


def _cookies(app, person_id) -> dict[str, str]:
    """The session of somebody who has just signed in."""
    from ekopi.accounts.models import Person
    from ekopi.extensions import db

    client = Client(app)
    if person_id is None:
        return {}
    client.sign_in(db.session.get(Person, person_id))
    name = app.config["SESSION_COOKIE_NAME"]
    return {name: client.get_cookie(name).value}


def addresses(app, world) -> dict[tuple[str, str], str]:
    """(role, path) of every page -> the expected kind of answer."""
    found = {}
    for row in rows():
        if row.method == "GET" and row.endpoint not in NO_PAGES and not row.endpoint.startswith("api."):
            role = _role(row)
            if role:
                with app.test_request_context():
                    names = {k: str(world.names[v[1:]]) if v[0] == "@" else v for k, v in row.args.items()}
                    found[role, app.url_for(row.endpoint, _method="GET", **names)] = row.answers[role]
    found |= {(role, path.format(**world.names)): "" for role, path in FURTHER}
    return found


def _role(row: Row) -> str | None:
    """Somebody who gets a page: the one it is made for rather than an admin; an error page for rows without any."""
    for answers in (("200", "200+"), ("404", "410")):
        for role in (*USUAL, *ROLES):
            if row.answers.get(role) in answers:
                return role
    return None


def test_every_page(live, world, visit):
    wrong, seen = [], 0
    visitors = {}
    for (role, path), expected in addresses(live.app, world).items():
        if role not in visitors:
            visitors[role] = visit(live.base, cookies=world.cookies[role])
        v = visitors[role]
        try:
            status = v.page.goto(path, wait_until="domcontentloaded").status
        except NotLoaded as fault:
            wrong.append(f"{role} {path}: {fault}")
            continue
        if expected and status != int(expected.rstrip("+")) or not expected and status >= 500:
            wrong.append(f"{role} {path}: answered {status}, not {expected}")
        wrong += [
            f"{role} {path} {fault}" for fault in look(v, f"{role}{path.partition('?')[0].replace('/', '-')}")
        ]
        seen += 1
    assert seen > 100
    assert not wrong, f"{len(wrong)} faults on {seen} pages:\n" + "\n".join(wrong)


def look(v, name: str) -> list[str]:
    """What is wrong with the page that is open, at each width and in each theme."""
    wrong = []
    for width in WIDTHS:
        v.page.set_viewport_size({"width": width, "height": 800})
        v.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        v.shot(f"{name}-{width}")
        wrong += [f"at {width}: {line}" for line in v.axe()]
        v.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong += [f"at {width}, dark: {line}" for line in v.axe(COLOURS)]
        if v.too_wide() > 0:
            wrong.append(f"scrolls sideways by {v.too_wide()} px at {width}")
    v.page.set_viewport_size({"width": NARROWEST, "height": 640})
    if v.too_wide() > 0:
        wrong.append(f"scrolls sideways by {v.too_wide()} px at {NARROWEST}")
    wrong += v.faults
    v.faults.clear()
    return wrong
