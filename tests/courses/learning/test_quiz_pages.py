"""Taking a quiz in the browser: no script needed, saved as one goes, nothing shown before it may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ekopi.core import clock
from ekopi.courses.assessment.models import Answer, Attempt
from ekopi.courses.learning import operations
from ekopi.credentials.models import Certificate
from tests.accounts import make as people
from tests.courses import make

JSON = {"Accept": "application/json"}
QUESTIONS = [
    make.single(right="b"),
    make.multiple(right="ab"),
    make.true_false(True),
    make.short_text("jawaban-rahasia"),
    make.number("4242.5"),
]
SECRETS = ("Tanggapan-", "Penjelasan-", "jawaban-rahasia", "4242", "data-state=\"right", "data-state=\"wrong",
           "Jawaban yang tepat", "belum tepat", "Anda Lulus", "Belum Lulus")  # fmt: skip


@pytest.fixture(autouse=True)
def rules(db):
    make.editions()
    yield
    clock.shift(None)


class Taking:
    """A learner in front of a quiz."""

    def __init__(self, client, questions=QUESTIONS, **quiz):
        self.client = client
        self.course = make.course([make.text(), make.quiz(questions=questions, **quiz)])
        self.person = people.person()
        self.enrolment = make.enrolment(self.course, self.person)
        self.lesson = make.lessons_of(self.course)[1]
        self.home = f"/kursus/{self.course.slug}/belajar/{self.lesson.id}"
        client.sign_in(self.person)
        self.seen = []

    def get(self, address):
        answer = self.client.get(address)
        self.seen.append(answer.text)
        return answer.text

    def submit(self, *args, **kwargs):
        answer = self.client.submit(*args, **kwargs)
        self.seen.append(answer.text)
        return answer

    def start(self):
        self.get(self.home)
        return self.submit(action="/kuis$").location

    def question(self, slot, number=1):
        return self.get(f"{self.home}/kuis/{number}/{slot}")

    def answer(self, slot, go="lanjut", number=1, **values):
        self.question(slot, number)
        return self.submit({**values, "ke": go}, has="sequence")

    def send(self, number=1):
        self.get(f"{self.home}/kuis/{number}")
        return self.submit(action="/kirim$")

    def go_wrong(self, number=1):
        for slot, value in enumerate(
            [{"jawaban": "a"}, {"jawaban": ["a", "c"]}, {"jawaban": "b"}, {"tulisan": "x"}, {"tulisan": "1"}],
            start=1,
        ):
            self.answer(slot, number=number, **value)


def leaks(pages):
    return {secret for secret in SECRETS for page in pages if secret in page}


def test_nothing_is_given_away_while_a_try_is_open(client):
    taking = Taking(client)
    assert taking.start() == f"{taking.home}/kuis/1/1"
    taking.go_wrong()
    for slot in range(1, 6):
        taking.question(slot)
        taking.seen.append(
            taking.client.submit({"sequence": "90"}, has="sequence", action="", headers=JSON).text
        )
    taking.get(f"{taking.home}/kuis/1")
    taking.get(taking.home)
    assert leaks(taking.seen) == set()


@pytest.mark.parametrize(
    ("after", "shown"),
    [
        ("nothing", set()),
        ("score", {"Belum Lulus"}),
        ("marks", {"Belum Lulus", "Tanggapan-", "belum tepat", 'data-state="wrong', 'data-state="right'}),
        ("answers", set(SECRETS) - {"Anda Lulus"}),
    ],
)
def test_right_after_a_try_only_what_the_rule_says(client, after, shown):
    taking = Taking(client, show_after=after)
    taking.start()
    taking.go_wrong()
    taking.seen.clear()
    address = taking.send().location
    taking.seen[:] = [taking.get(address)]
    assert leaks(taking.seen) == shown
    if after == "marks":  # feedback of what was chosen, not of the other options
        page = taking.seen[0]
        assert page.count("Tanggapan-a-") == 2 and "Tanggapan-b-" not in page and "Tanggapan-d-" not in page


@pytest.mark.parametrize("later", ["nothing", "score", "marks", "answers"])
def test_when_no_try_is_left_what_may_be_shown_later(client, later):
    taking = Taking(client, attempts=1, show_after="nothing", show_later=later)
    taking.start()
    taking.go_wrong()
    page = taking.get(taking.send().location)
    found = leaks([page])
    assert ("Belum Lulus" in found) is (later != "nothing")
    assert ("Penjelasan-" in found) is (later == "answers")
    assert ("Tanggapan-" in found) is (later in ("marks", "answers"))


def test_a_learner_fails_then_passes(client):
    taking = Taking(client, questions=[make.single(right="b"), make.single(right="b")])
    taking.start()
    assert taking.answer(1, jawaban="a").location.endswith("/kuis/1/2")
    assert taking.answer(2, go="sebelumnya", jawaban="b").location.endswith("/kuis/1/1")
    assert taking.answer(2, go="tinjau", jawaban="b").location.endswith("/kuis/1")
    page = taking.get(taking.send().location)
    assert "Nilai Anda 50. Paling sedikit 70" in page
    assert taking.submit(action="/kuis$").location.endswith("/kuis/2/1")
    for slot in (1, 2):
        taking.answer(slot, number=2, jawaban="b")
    page = taking.get(taking.send(2).location)
    assert "Anda Lulus" in page and "Penjelasan-" in page
    assert "Lulus, 100" in taking.get(taking.home)


def passed(taking, number=1):
    taking.get(taking.home)
    taking.submit(action="/kuis$")
    taking.answer(1, number=number, jawaban="b")
    return taking.get(taking.send(number).location)


def test_the_result_that_completes_the_course_leads_to_the_certificate(client, db):
    taking = Taking(client, questions=[make.single(right="b")], show_later="marks")
    page = passed(taking)
    assert "Anda Lulus" in page and "Lihat Sertifikat" not in page, "a lesson is missing yet"
    operations.finish_lesson(taking.course, taking.enrolment, make.lessons_of(taking.course)[0])
    assert taking.enrolment.state == "completed"
    assert "Lihat Sertifikat" not in taking.get(f"{taking.home}/kuis/1"), "the reading completed it"

    last = Taking(client, questions=[make.single(right="b")], show_later="marks")
    operations.finish_lesson(last.course, last.enrolment, make.lessons_of(last.course)[0])
    page = passed(last)
    number = db.session.scalars(
        select(Certificate.number).where(Certificate.source_id == last.enrolment.id)
    ).one()
    assert "Lihat Sertifikat" in page and f"/sertifikat/{number}" in client.page.links
    assert page.count("btn--main") == 1, "one verb is the main one"
    last.get(last.home)
    last.submit(action="/kuis$")
    last.answer(1, number=2, jawaban="a")
    page = last.get(last.send(2).location)
    assert "Belum Lulus" in page and "Lihat Sertifikat" not in page


def test_what_was_one_of_several_answers_has_a_box(client):
    taking = Taking(client, questions=[make.single(right="b"), make.multiple(right="ab")], attempts=1)
    taking.start()
    first, second = taking.get(taking.send().location).split("Pertanyaan 2")
    assert "pick--many" not in first and second.count("pick--many") == 4


def test_what_is_said_of_saving_is_true_without_script(client):
    taking = Taking(client)
    taking.start()
    assert "tersimpan sendiri" not in taking.get(taking.home)
    page = taking.question(1)
    own = page.partition("tersimpan sendiri")[0].rpartition("<p")[2]
    assert own.startswith(' class="saved"') and " hidden" in own, "waits for script"
    assert "<noscript" in page and "begitu Anda menekan salah satu tombol" in page


def test_what_was_answered_is_there_when_one_comes_back(client):
    taking = Taking(client)
    taking.start()
    taking.go_wrong()
    assert 'value="a" checked' in taking.question(1)
    assert taking.question(2).count("checked") == 2
    assert 'value="x"' in taking.question(4)
    assert "Jawaban tersimpan" in taking.question(4)


def test_the_review_names_what_is_not_answered(client):
    taking = Taking(client)
    taking.start()
    taking.answer(1, jawaban="a")
    page = taking.get(f"{taking.home}/kuis/1")
    assert "4 pertanyaan belum dijawab" in page and page.count("Belum Dijawab") == 4


def autosave(taking, slot, value, sequence):
    taking.question(slot)
    form = next(f for f in taking.client.page.forms if "sequence" in f["fields"])
    token = form["fields"]["csrf_token"]
    data = {"csrf_token": token, "jawaban": value, "sequence": sequence}
    return taking.client.post(f"{taking.home}/kuis/1/{slot}/simpan", data=data, headers=JSON)


def test_an_answer_is_saved_as_it_changes(client, db):
    taking = Taking(client)
    taking.start()
    answer = autosave(taking, 1, "a", 1)
    assert answer.json["saved"].startswith("Tersimpan ") and answer.json["sequence"] == 1
    assert autosave(taking, 1, "b", 2).json["sequence"] == 2
    assert autosave(taking, 1, "b", 2).status_code == 200  # sent twice
    stored = db.session.execute(select(Answer.sequence, Answer.value).order_by(Answer.sequence)).all()
    assert [tuple(row) for row in stored] == [(1, {"options": ["a"]}), (2, {"options": ["b"]})]


def test_a_save_that_was_overtaken_is_not_called_saved(client, db):
    taking = Taking(client)
    taking.start()
    autosave(taking, 1, "b", 5)
    answer = autosave(taking, 1, "a", 3)
    assert (
        answer.status_code == 409
        and "saved" not in answer.json
        and "tab atau perangkat lain" in answer.json["conflict_html"]
    )
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 1


def test_a_choice_that_was_not_made_is_said_to_be_none(client):
    taking = Taking(client, [make.single(), make.multiple()], attempts=1)
    taking.start()
    taking.answer(1, jawaban="a")
    page = taking.get(taking.send().location)
    first, second = page.split("Pertanyaan 2")
    assert "Belum dijawab" not in first and second.count("Belum dijawab") == 1


def test_options_that_are_not_there_are_not_kept(client, db):
    taking = Taking(client)
    taking.start()
    autosave(taking, 1, "z", 1)
    assert [value for value in db.session.scalars(select(Answer.value)) if value != {"options": []}] == []


def test_after_the_time_answers_are_refused_and_the_rest_is_marked(client, db):
    taking = Taking(client, questions=[make.single(right="b")], time_limit=10)
    taking.start()
    assert "data-due" in taking.question(1)
    autosave(taking, 1, "b", 1)
    taking.question(1)
    form = taking.client.page
    clock.shift(timedelta(minutes=10, seconds=40))
    late = taking.client.submit({"jawaban": "a", "ke": "lanjut"}, has="sequence")
    assert late.location.endswith("/kuis/1")
    assert "Anda Lulus" in taking.get(late.location)
    assert db.session.scalars(select(Attempt.state)).one() == "overdue"
    taking.client.page, taking.client.path = form, f"{taking.home}/kuis/1/1"
    token = form.forms[0]["fields"]["csrf_token"]
    data = {"csrf_token": token, "jawaban": "a", "sequence": 9}
    refused = taking.client.post(f"{taking.home}/kuis/1/1/simpan", data=data, headers=JSON)
    assert refused.status_code == 409 and "saved" not in refused.json


def test_at_the_end_of_the_time_the_last_answer_is_taken_and_sent(client, db):
    taking = Taking(
        client, questions=[make.single(right="b"), make.single(right="b")], time_limit=10, pass_mark=50
    )
    taking.start()
    taking.question(1)
    clock.shift(timedelta(minutes=10, seconds=5))
    answer = taking.client.submit({"jawaban": "b"}, has="sequence")
    result = taking.get(answer.location)
    assert "Anda Lulus" in result and "Ditutup karena waktunya habis" in result and "Dikirim" not in result
    assert db.session.scalars(select(Attempt.state)).one() == "submitted"


def test_an_overdue_try_says_so_and_is_closed_by_its_button(client):
    taking = Taking(client, time_limit=10)
    taking.start()
    clock.shift(timedelta(minutes=11))
    assert client.get(f"{taking.home}/kuis/1/1").location.endswith("/kuis/1")
    assert "Waktu Sudah Habis" in taking.get(f"{taking.home}/kuis/1")
    assert "Belum Lulus" in taking.get(taking.submit(action="/kirim$").location)


def test_checking_shows_the_reason_at_once_and_locks(client):
    taking = Taking(client, show_during="answers")
    taking.start()
    empty = taking.answer(1, go="periksa")
    assert empty.status_code == 422 and "Jawab pertanyaan ini dahulu" in empty.text
    assert taking.answer(1, go="periksa", jawaban="a").location.endswith("/kuis/1/1")
    page = taking.question(1)
    assert "Jawaban Anda, belum tepat" in page and "Jawaban yang tepat" in page and "Penjelasan-" in page
    assert 'name="jawaban"' not in page
    assert leaks([taking.question(slot) for slot in (2, 3, 4, 5)]) == set()


def test_checking_is_refused_where_answers_are_not_shown(client):
    taking = Taking(client, show_during="nothing")
    taking.start()
    taking.answer(1, go="periksa", jawaban="a")
    assert leaks([taking.question(1)]) == set()


def test_no_more_tries_than_allowed(client):
    taking = Taking(client, attempts=1)
    taking.start()
    taking.go_wrong()
    taking.get(taking.send().location)
    assert "Coba Lagi" not in taking.seen[-1]
    assert "Semua kesempatan sudah terpakai" in taking.get(taking.home)
    token = next(f for f in client.page.forms if f["fields"].get("csrf_token"))["fields"]["csrf_token"]
    assert client.post(f"{taking.home}/kuis", data={"csrf_token": token}).status_code == 409


def test_the_try_of_somebody_else_is_not_found(client):
    taking = Taking(client)
    taking.start()
    other = people.person()
    make.enrolment(taking.course, other)
    client.sign_in(other)
    for address in ("/kuis/1", "/kuis/1/1"):
        assert client.get(taking.home + address).status_code == 404


def test_a_lesson_that_is_no_quiz_has_none(client):
    taking = Taking(client)
    text = make.lessons_of(taking.course)[0]
    assert client.get(f"/kursus/{taking.course.slug}/belajar/{text.id}/kuis/1").status_code == 404


def test_observed_time_goes_to_the_quiz(client, db):
    taking = Taking(client)
    operations.open_lesson(taking.enrolment, taking.lesson.id)
    taking.start()
    clock.shift(timedelta(minutes=4))
    taking.answer(1, jawaban="a")
    from ekopi.courses.learning.models import LessonProgress

    seconds = db.session.get(LessonProgress, (taking.enrolment.id, taking.lesson.id)).seconds
    assert 230 <= seconds <= 250
