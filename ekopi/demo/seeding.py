"""Fills an empty database with the demo, in one transaction: all of it is there, or nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from ekopi.accounts import passwords
from ekopi.accounts.models import Organisation, Person
from ekopi.catalogue.models import Innovation
from ekopi.core import clock
from ekopi.core.archives import read_tree
from ekopi.courses.authoring import course_files
from ekopi.courses.authoring.models import Course
from ekopi.courses.authoring.operations import importing
from ekopi.credentials.models import Certificate
from ekopi.credentials.operations import certificates
from ekopi.demo import care, catalogue, learning, organisations, people
from ekopi.demo.moments import at
from ekopi.demo.people import DOMAIN, Learner
from ekopi.extensions import db

PASSWORD = "Belajar-Inovasi-2026"
COURSES = Path(__file__).parent / "courses"
LONG, SHORT = "laboratorium-inovasi", "menulis-inovasi"
MONTHS = timedelta(days=285)
FIRST_DAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""Nothing happens before: the first edition of the JP rules begins with 2026."""
SEED = 20260105


def accounts() -> list[tuple[str, str]]:
    """Address of each account to try, and what it is good for."""
    return [(account.email, account.about) for account in people.ACCOUNTS]


def present() -> bool:
    """Whether the demo is in this database."""
    return (
        db.session.scalar(select(Person.id).where(Person.email == f"admin@{DOMAIN}", Person.demo)) is not None
    )


def others_present() -> bool:
    """Whether somebody else's data are: the demo does not mix with them."""
    return any(
        db.session.scalar(select(table.id).limit(1)) for table in (Person, Organisation, Course, Innovation)
    )


def fill() -> None:
    """Adds everything and commits. The same content every time, up to today; only random numbers differ."""
    password_hash = passwords.hash_now(PASSWORD)  # one for all: hashing 200 would take half a minute
    dice = random.Random(SEED)  # noqa: S311 (the same demo for everybody)
    now = clock.now()
    began = max(now - MONTHS, FIRST_DAY)
    imported: list[importing.Imported] = []
    try:
        with at(began - timedelta(days=3)):
            tree = organisations.make()
        learners = people.make(tree, dice, password_hash, began, now)
        author = learners[f"penulis@{DOMAIN}"].person
        lan = tree["Lembaga Administrasi Negara"][0]
        for days, slug in ((2, LONG), (12, SHORT)):
            with at(began + timedelta(days=days)):
                imported.append(_course(slug, author.id, lan.id))
        plans = {done.course.slug: learning.Plan.of(done.course) for done in imported}
        learning.keep(_ways(plans, learners, began, now, dice))
        _correct(learners, now)
        people.claim_late(learners, dice, now)
        curator, innovator = (learners[f"{key}@{DOMAIN}"].person.id for key in ("kurator", "inovator"))
        catalogue.fill(tree, began, now, curator_id=curator)
        care.fill(tree, now, innovator_id=innovator, curator_id=curator)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        for done in imported:
            importing.forget_files(done)
        raise


def _course(slug: str, author_id: int, organisation_id: int) -> importing.Imported:
    with read_tree(COURSES / slug) as tree:
        return importing.import_course(
            course_files.read(tree), by_id=author_id, organisation_id=organisation_id, publish=True,
            note="Terbitan pertama", demo=True,
        )  # fmt: skip


def _ways(plans, learners: dict[str, Learner], began, now, dice: random.Random) -> list[learning.Way]:
    long, short = plans[LONG], plans[SHORT]
    opened = began + timedelta(days=14)
    everything = len(long.lessons)
    ways = []
    staff = {account.email for account in people.ACCOUNTS}
    for email, learner in learners.items():
        came = max(learner.came_at, opened) + timedelta(days=dice.random() * 18, hours=dice.random() * 5)
        if email in staff:
            ways += _known(email, learner, long, short, now, dice)
            continue
        if dice.random() < 0.78:
            reach = everything if dice.random() < 0.42 else int(everything * dice.random() ** 0.8)
            ways.append(learning.walk(long, learner, min(came, now - timedelta(hours=3)), now, reach, dice))
        if dice.random() < 0.62:
            start = came + timedelta(days=dice.random() * 60)
            if start < now - timedelta(hours=3):
                reach = len(short.lessons) if dice.random() < 0.85 else dice.randint(0, 2)
                ways.append(learning.walk(short, learner, start, now, reach, dice))
    return ways


def _known(email: str, learner: Learner, long, short, now, dice) -> list[learning.Way]:
    """The accounts everybody tries: one in the middle of both courses, one with a certificate."""
    key = email.partition("@")[0]
    if key == "peserta":
        learner.skill = 0.97
        return [
            learning.walk(
                long, learner, now - timedelta(days=46), now, long.until("lima-kali-mengapa"), dice
            ),
            learning.walk(short, learner, now - timedelta(days=5), now, 1, dice),
        ]
    if key == "inovator":
        learner.skill = 1.0
        return [
            learning.walk(short, learner, now - timedelta(days=70), now, len(short.lessons), dice),
            learning.walk(
                long, learner, now - timedelta(days=150), now, long.until("langkah-nyata-kontrak"), dice
            ),
        ]
    return []


def _correct(learners: dict[str, Learner], now: datetime) -> None:
    """What happens to certificates later: one with a corrected name, one revoked with its JP."""
    staff = {learners[account.email].person.id for account in people.ACCOUNTS}
    query = (
        select(Certificate)
        .where(Certificate.person_id.not_in(staff))
        .order_by(Certificate.issued_at)
        .limit(12)
    )
    early = list(db.session.scalars(query))
    admin = learners[f"admin@{DOMAIN}"].person
    with at(now - timedelta(days=21, hours=3)):
        person = db.session.get_one(Person, early[3].person_id)
        person.name = f"{person.name}, S.AP."
        certificates.reissue(early[3], person.name, "Nama disesuaikan dengan dokumen kepegawaian.", admin.id)
    with at(now - timedelta(days=16, hours=1)):
        reason = "Ujian dikerjakan orang lain atas nama peserta; diakui peserta dan atasannya."
        certificates.revoke(early[8], reason, admin.id, with_jp=True)
