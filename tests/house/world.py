"""One world for the access table: people of every role, two organisations, courses, and something of everything.

It is built once in a transaction that is never committed; each request is undone through a savepoint of its own.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import secrets
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

from argon2 import PasswordHasher
from itsdangerous import URLSafeSerializer
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ekopi import jobs
from ekopi.accounts import notices, words
from ekopi.accounts import queries as accounts
from ekopi.accounts.models import SignIn
from ekopi.accounts.operations import api_tokens, sign_ins, tokens
from ekopi.catalogue import writing
from ekopi.catalogue.models import CataloguePicture, CoOwner, Joining, ReplicationStep, Run
from ekopi.catalogue.operations import (
    asking,
    caring,
    dumping,
    exporting,
    filing,
    ingesting,
    joining,
    owning,
    projecting,
    replicating,
    searching,
)
from ekopi.catalogue.queries import curating, listing
from ekopi.core import clock, files
from ekopi.courses.authoring import bodies, course_files
from ekopi.courses.authoring.models import Lesson
from ekopi.courses.authoring.operations import lessons as lessons_verbs
from ekopi.courses.authoring.operations import outline, publishing
from ekopi.courses.authoring.operations.courses import settings_stamp
from ekopi.courses.authoring.queries import drafts
from ekopi.courses.learning import operations as learning
from ekopi.extensions import db
from ekopi.mail import operations as mail
from ekopi.notifications.operations import tell
from ekopi.revisions import queries as revisions
from tests.accounts import make as people
from tests.catalogue import make as innovations
from tests.catalogue import test_pictures as pictures
from tests.client import Client
from tests.courses import make as learners
from tests.courses.authoring import make as courses
from tests.credentials import make as papers
from tests.jobs.make import set_status

ROLES = (
    "visitor", "stranger", "learner", "coach", "author", "other_author", "agency_admin", "other_agency_admin",
    "auditor", "admin",
)  # fmt: skip
"""Who asks. The learner is enrolled, the stranger is only signed in; "other" means of the other organisation."""
GROUPS = {
    "people": ROLES[1:],
    "authors": ("author", "other_author", "admin"),
    "agencies": ("agency_admin", "other_agency_admin", "admin"),
}
PASSWORD = people.PASSWORD
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""The same password with a hash that is checked at once: hundreds of requests give it."""
NEW_PASSWORD = "Perahu-Sandeq-Berlayar-41"
QUESTION = """## {key}
type: single

Mana yang benar?

- [x] Ini
- [ ] Itu
"""
WRITES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.I)


class World:
    """The people with their browsers, and what rows of the table call by name (`@course`), as plain values."""

    def __init__(self, app, connection):
        self.app, self.connection = app, connection
        self.kept: list[str] = []
        """Tables that the last request has written to and committed."""
        self._sent: list[str] = []
        made = _built(app)
        self.names = {name: value for name, value in vars(made).items() if not name.startswith("_")}
        self._cookies = {role: self._cookie(made._people.get(role)) for role in ROLES}
        self._bearers = made._bearers
        self._stale = {role: self._cookie(person, stale=True) for role, person in made._people.items()}

    def ask(self, role: str, method: str, path: str, body: dict | None = None, *, stale=False, token=True):
        """One request of somebody, with a valid token against forgery; whatever it changes is undone.

        `stale`: the password was given an hour ago. Gives back the answer; `kept` says what it had changed.
        """
        cookie, csrf = (self._stale if stale else self._cookies)[role]
        client = Client(self.app)
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie)
        data = dict(body or {}) if method != "GET" else None
        sent: dict = {"data": data}
        if path.startswith("/api/v1/"):  # programs send JSON and a token of the API; the cookie goes along
            bearer = self._bearers.get(role)
            headers = {"Authorization": f"Bearer {bearer}"} if bearer and token else {}
            numbers = {name: int(said) for name, said in (data or {}).items() if str(said).isdecimal()}
            sent = {"json": None if data is None else {**data, **numbers}, "headers": headers}
        elif data is not None and token:
            data["csrf_token"] = csrf
        db.session.commit()
        around = self.connection.begin_nested()
        try:
            with self._watched():
                return client.open(path, method=method, **sent)
        finally:
            db.session.remove()
            around.rollback()

    @contextmanager
    def _watched(self):
        self.kept, self._sent = [], []
        engine = self.connection.engine
        listeners = (
            (engine, "after_cursor_execute", self._note),
            (Session, "after_commit", self._committed),
            (Session, "after_soft_rollback", self._undone),
        )
        for listener in listeners:
            event.listen(*listener)
        try:
            yield
        finally:
            for listener in listeners:
                event.remove(*listener)

    def _note(self, connection, cursor, statement, parameters, context, executemany):
        written = WRITES.match(statement)
        if written and cursor.rowcount != 0:
            self._sent.append(written[1].lower())

    def _committed(self, session):
        if not session.in_nested_transaction():
            self.kept += self._sent
            self._sent = []

    def _undone(self, session, transaction):
        if not transaction.nested:
            self._sent = []

    def _cookie(self, person, *, stale=False) -> tuple[str, str]:
        """The session cookie of a browser that has read a form, and the form's token."""
        client = Client(self.app)
        if person is not None:
            client.sign_in(person)
            if stale:
                made = update(SignIn).where(SignIn.person_id == person.id)
                db.session.execute(made.where(SignIn.id == _newest(person)).values(proved_at=_an_hour_ago()))
        client.get("/tampilan")
        csrf = next(form["fields"]["csrf_token"] for form in client.page.forms if form["method"] == "post")
        return client.get_cookie(self.app.config["SESSION_COOKIE_NAME"]).value, csrf


def _newest(person) -> int:
    return db.session.scalar(select(func.max(SignIn.id)).where(SignIn.person_id == person.id))


def _an_hour_ago():
    return clock.now() - timedelta(hours=1)


def _built(app) -> SimpleNamespace:
    made = SimpleNamespace(
        password=PASSWORD, new_password=NEW_PASSWORD, notice_version=notices.PRIVACY_VERSION,
        reason="Terbit karena kesalahan data ujian.", year=clock.today().year,
    )  # fmt: skip
    learners.editions()
    _people(made)
    _memberships(made)
    _courses(app, made)
    _learning(made)
    _proofs(made)
    _catalogue(made)
    _files(made)
    return made


def _files(made) -> None:
    """What the night has written, and the results of a search that are ready."""
    dumping.folder().mkdir(exist_ok=True)
    (dumping.folder() / "inovasi.csv.gz").write_bytes(gzip.compress(b"id"))
    ready = exporting.Export(secrets.token_urlsafe(16), "q=antrean", "csv", "done", 1, 1)
    ready.path.parent.mkdir(parents=True)
    ready.path.write_text("id", encoding="utf-8")
    ready.path.with_name("state.json").write_text(json.dumps(asdict(ready)), encoding="utf-8")
    made.export = ready.token


def _catalogue(made) -> None:
    """An innovation that our organisation looks after, one only it may see, one merged, one withdrawn."""
    shown = f'<p>Lihat gambarnya: <img src="{pictures.uri(pictures.picture())}" alt="peta kampung"></p>'
    names = ("innovation", "closed", "merged", "withdrawn")
    found = {name: innovations.innovation(f"Inovasi {name}", ringkasan=shown) for name in names}
    for name in ("innovation", "closed"):
        caring.hand_over(found[name], made._ours, by_id=made.admin_id)
    found["closed"].audience = "organisation"
    found["withdrawn"].state = "withdrawn"
    joining.join(found["innovation"], found["merged"], by_id=made.admin_id)
    projecting.project([one.id for one in found.values()])
    for name, one in found.items():
        setattr(made, name, one.id)
        setattr(made, f"{name}_slug", one.slug)
    _curating(made)
    _caring(made)
    made.innovation_base = json.dumps({"problem": writing.mark("")})
    made.picture = db.session.scalars(select(CataloguePicture.sha256)).one()
    ended = people.region("34.99", "Kabupaten Lama", "regency", parent=people.region())
    ended.valid_to, ended.successor_code = clock.today() - timedelta(days=1), ended.parent_code
    made.ended_region = ended.code
    kept = [
        searching.save(made.learner_id, text, listing.asked(MultiDict({"q": text})))
        for text in ("perahu", "sekolah")
    ]
    searching.remove(kept[1])
    made.search, made.removed_search = (one.id for one in kept)


def _caring(made) -> None:
    """An innovation asked about, with a co-owner and an offer; another organisation takes it over, with a paper."""
    cared = innovations.innovation("Inovasi Terawat")
    caring.hand_over(cared, made._ours, by_id=made.admin_id)
    db.session.add(CoOwner(innovation_id=cared.id, organisation_id=made.unit))
    made.offer = owning.offer(cared, made._theirs, "co_owner", by_id=made.agency_admin_id).id
    wanted = {"need": "Warga antre.", "on": date(2024, 2, 1), "by_id": made.other_agency_admin_id}
    replication = replicating.interest(cared, made._theirs, **wanted)
    step = db.session.scalars(select(ReplicationStep)).one()
    step.upload_id = files.keep(b"Sepakat.", name="surat.txt", kind="document", owner_id=None).id
    other = replicating.interest(innovations.innovation("Inovasi Lain Lagi"), made._theirs, **wanted)
    cared.asked_on = clock.today()
    db.session.flush()
    made.cared, made.word = cared.id, asking.token(cared, made.agency_admin_id)
    made.replication, made.other_replication, made.step = replication.id, other.id, step.id


def _curating(made) -> None:
    """A pair that waits, one that is told apart, a join, and a file that was looked through."""
    joined = db.session.scalars(select(Joining)).one()
    made.joining, made.record = joined.id, joined.record_ids[0]
    for name in ("pair", "apart"):
        two = [innovations.innovation(f"{word} {name} Warga") for word in ("Kolam", "Dapur")]
        a, b = sorted(curating.records_of(one.id)[0].id for one in two)
        joining.decide([(a, b)], "proposed" if name == "pair" else "apart", by_id=made.admin_id)
        setattr(made, name, joining.decisions_of([(a, b)])[a, b].id)
    made.records = (b'[{"judul": "Perahu Bidan"}]', "inovasi.json")
    upload = files.keep(made.records[0], name=made.records[1], kind="records", owner_id=None)
    looked = filing.look_through("jippnas", upload, whole=False, by_id=made.admin_id)
    looked.state, looked.ended_at = "done", clock.now()
    made.preview = looked.id
    ingesting.source("sinovik").address = "https://sinovik.contoh.go.id/api"
    made.run = db.session.scalars(select(Run.id).where(Run.upload_id.is_(None)).limit(1)).one()


def _people(made) -> None:
    ours = people.organisation("Dinas Kesehatan Sukamaju")
    unit = people.organisation("Puskesmas Sukamaju", parent=ours)
    theirs = people.organisation("Dinas Perhubungan Lain")
    empty = people.organisation("Dinas Kosong")
    gone = people.organisation("Dinas Terhapus")
    gone.delete()

    def somebody(name, *roles):
        person = people.person(name=name, roles=roles)
        person.password_hash = CHEAP
        return person

    made._people = {
        "stranger": somebody("Orang Lain"),
        "learner": somebody("Peserta Kursus"),
        "coach": somebody("Pelatih", ("coach", "organisation", ours.id)),
        "author": somebody("Penulis", ("author", "organisation", ours.id)),
        "other_author": somebody("Penulis Lain", ("author", "organisation", theirs.id)),
        "agency_admin": somebody("Admin Instansi", ("agency_admin", "organisation", ours.id)),
        "other_agency_admin": somebody("Admin Instansi Lain", ("agency_admin", "organisation", theirs.id)),
        "auditor": somebody("Auditor", ("auditor", "platform", 0)),
        "admin": somebody("Admin", ("admin", "platform", 0)),
    }
    somebody("Admin Kedua", ("admin", "platform", 0))  # the last admin cannot erase the own account
    made._ours, made._unit, made._theirs = ours, unit, theirs
    made.ours, made.unit, made.theirs = ours.id, unit.id, theirs.id
    made.empty, made.gone = empty.id, gone.id
    made.ours_name, made.empty_name = ours.name, empty.name
    for role, person in made._people.items():
        setattr(made, f"{role}_id", person.id)
    coach = made._people["coach"]
    made.role = accounts.roles_of(coach.id)[0].id
    disabled = people.person(name="Akun Nonaktif", state="disabled")
    pending = people.person(name="Belum Terkonfirmasi", state="pending")
    made.disabled_id, made.pending_id = disabled.id, pending.id
    made.email = made._people["learner"].email
    made.confirm_token = tokens.make(pending.id, "confirm")
    made.reset_token = tokens.make(coach.id, "reset")
    made.email_token = tokens.make(coach.id, "change_email", email="pelatih.baru@contoh.go.id")
    made.admin_token = tokens.make(made.admin_id, "admin_link")
    made._bearers = {}
    for role, person in made._people.items():
        row, made._bearers[role] = api_tokens.make(person, "Uji", words.SCOPES, timedelta(days=1))
        row.used_at = clock.now()
        made.api_token = row.id if role == "learner" else made.__dict__.get("api_token")
    made.region = people.region().code
    sign_ins.begin(made._people["learner"])
    made.sign_in = _newest(made._people["learner"])


def _memberships(made) -> None:
    learner, agency = made._people["learner"], made._people["agency_admin"]
    made.claim = people.membership(learner, made._ours, state="claimed").id
    made.seat = people.membership(learner, made._unit).id
    ended = {"state": "ended", "decided_by_id": agency.id}
    made.ended = people.membership(learner, people.organisation("UPT Lama", parent=made._ours), **ended).id
    made.foreign_claim = people.membership(learner, made._theirs, state="claimed").id
    made.own_seat = people.membership(agency, made._ours).id


def _courses(app, made) -> None:
    lessons = {
        "membaca": courses.lesson(text="Bacaan pertama."),
        "berkas": courses.lesson("file", "Lembar Kerja", "Unduh lembarnya.", file="files/lembar.txt"),
        "kuis": courses.lesson("quiz", "Kuis", "", questions=["q1", "q2"], attempts=5, show_later="marks"),
        "kuis-baru": courses.lesson("quiz", "Kuis Baru", "", questions=["q1"]),
        "langkah": courses.lesson("field_task", "Langkah", "Tulis.", task={"min_words": 2}),
        "lepas": courses.lesson(title="Materi Lepas"),
        "lanjut": courses.lesson(title="Bacaan Lanjutan"),
    }
    questions = {key: courses.single(f"Soal {key}?") for key in ("q1", "q2", "q3", "q5")}
    modules = {"satu": ("Modul Satu", [], list(lessons)[:-1]), "dua": ("Modul Dua", [], ["lanjut"])}
    author = made._people["author"].id
    course = _course(
        "kursus-akses", made._ours, author, lessons, questions, modules, files=("lembar", "lepas", "sisa")
    )
    outline.remove_lesson(course, "lepas", author)
    part, position = lessons_verbs.remove_question(course, "q5", author)
    taken_file = lessons_verbs.remove_file(course, "files/lepas.txt", author)
    courses.edit_lesson(course, "membaca", author, text="Bacaan kedua.")
    publishing.publish_course(course, "Terbitan kedua", author)
    courses.edit_lesson(course, "membaca", author, text="Bacaan ketiga.")
    small = {"satu-satunya": courses.lesson(title="Satu-satunya")}
    made._course, made._finished = course, _course("kursus-selesai", made._ours, author, small, {})
    foreign = {"asing": courses.lesson(title="Materi Asing"), "kuis-asing": lessons["kuis"]}
    made._foreign = _course("kursus-asing", made._theirs, author, foreign, questions)
    linked = _course("kursus-undangan", made._ours, author, small, {}, enrolment="link")
    made._joined = _course("kursus-tamu", made._ours, author, small, {}, files=("lembar",), enrolment="link")
    courses.course(publish=False, organisation=made._ours, by_id=author, slug="draf-akses")
    deleted = _course("kursus-terhapus", made._ours, author, small, {})
    deleted.delete()
    made.course, made.foreign, made.finished = course.slug, made._foreign.slug, made._finished.slug
    made.linked, made.invitation, made.draft, made.deleted = (
        linked.slug,
        linked.link_token,
        "draf-akses",
        deleted.slug,
    )
    for row in learners.lessons_of(course):
        setattr(made, row.key.replace("-", "_"), row.id)
    made.joined, made.joined_lesson = made._joined.slug, learners.lessons_of(made._joined)[0].id
    made.foreign_lesson, made.foreign_quiz = (row.id for row in learners.lessons_of(made._foreign))
    state = drafts.state(course)
    made.stamp, made.settings_stamp = publishing.stamp(state), settings_stamp(state.draft)
    made.edition = state.lessons["membaca"][1].draft.edition
    made.item = state.lessons["membaca"][1].id
    made.question_edition = state.questions["q1"][1].draft.edition
    signer = URLSafeSerializer(app.secret_key, salt="studio-undo")
    taken = {"lesson": "lepas", "module": "satu", "position": 0}
    made.undo = signer.dumps({"slug": course.slug, **taken})
    made.foreign_undo = signer.dumps({"slug": made.foreign, **taken})
    made.undo_question = signer.dumps(
        {"slug": course.slug, "question": "q5", "part": part, "position": position}
    )
    made.undo_file = signer.dumps({"slug": course.slug, "file": taken_file})
    made.module_stamp = outline.module_stamp(state.draft["modules"][0])
    made.archive, made.taken_archive = _archive("kursus-impor"), _archive(made.foreign)
    made.note = (b"Catatan rapat.", "catatan.txt")
    made.question, made.question_q1 = QUESTION.format(key="q4"), QUESTION.format(key="q1")


def _course(slug, organisation, by_id, lessons, questions, modules=None, files=(), **settings):
    """A published course; `files` are stems of small text files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for stem in files:
            paths[f"files/{stem}.txt"] = path = Path(folder) / f"{stem}.txt"
            path.write_text(f"Isi {stem}.")
        return courses.course(
            slug=slug, organisation=organisation, by_id=by_id, lessons=lessons, questions=questions,
            modules=modules, files=paths, **settings,
        )  # fmt: skip


def _archive(slug) -> tuple:
    """A small course as a ZIP file."""
    lessons = {"baca": courses.lesson(title="Baca")}
    folder = courses.folder(slug, lessons=lessons, questions={})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in course_files.write(folder.slug, folder.course, folder.lessons, folder.questions):
            archive.writestr(name, text)
    return (packed.getvalue(), f"{slug}.zip")


def _learning(made) -> None:
    learner = made._people["learner"]
    learners.enrolment(made._joined, learner, place_id=made.joined_lesson)
    enrolment = learners.enrolment(made._course, learner, last_act_at=clock.now())
    made.own_enrolment = enrolment.id
    learning.open_lesson(enrolment, made.membaca)
    quiz = db.session.get(Lesson, made.kuis)
    first = learning.start_quiz(made._course, enrolment, quiz)
    learning.submit_quiz(made._course, enrolment, quiz, first)
    learning.start_quiz(made._course, enrolment, quiz)
    finished = learners.enrolment(made._finished, learner)
    learners.done(finished, *learners.lessons_of(made._finished))
    other = people.person(name="Peserta Lain")
    made.asked = learners.enrolment(made._course, other, state="asked").id
    made.foreign_asked = learners.enrolment(made._foreign, other, state="asked").id
    # somebody else is further: a third attempt at the same quiz, and one in the other course
    theirs = learners.enrolment(made._course, people.person(name="Peserta Rajin"))
    for _number in range(2):
        mine = learning.start_quiz(made._course, theirs, quiz)
        learning.submit_quiz(made._course, theirs, quiz, mine)
    learning.start_quiz(made._course, theirs, quiz)
    assert revisions.publication(made._course.place, 2)
    assert bodies.bank_keys(drafts.state(made._course).draft) == ["q1", "q2", "q3"]


def _proofs(made) -> None:
    learner, admin = made._people["learner"], made._people["admin"]
    made.certificate = papers.certificate(learner).number
    made.other_certificate = papers.certificate(made._people["coach"]).number
    made.admin_certificate = papers.certificate(admin).number
    notice = tell(
        learner.id, "enrolment-decided", course="Kursus", slug=made.course, accepted=True, reason=""
    )
    made.notice = notice.id
    made.letter = mail.send(learner.email, "Halo", "Isi surat.", key="akses", person_id=learner.id).id
    made.failed_job = jobs.enqueue("mail.deliver", made.letter, key="akses-gagal")
    set_status(made.failed_job, status="ERROR")
    made.waiting_job = jobs.enqueue("mail.deliver", made.letter, key="akses-menunggu")
