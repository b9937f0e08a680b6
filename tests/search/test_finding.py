"""What is found: the same set on both databases, nearly in the same order, and only what one may see."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import event, func, literal, select

from ekopi.extensions import db as database
from ekopi.search import alike, operations, queries
from ekopi.search.models import SEPARATOR, SearchDocument
from ekopi.search.operations import Document
from tests.search import make
from tests.search.make import KIND, put

QUESTIONS = [
    line
    for line in (Path(__file__).parent / "questions.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
TOPS: dict[str, dict[str, list[int]]] = {}
"""The ten best of each question by database, to compare when both are tested."""


def found(question, audiences=(), **more):
    return [key for key, _score in queries.best(queries.parse(question), KIND, audiences, **more)]


def all_hits(question, audiences=()):
    return set(database.session.scalars(queries.hits(queries.parse(question), KIND, audiences)))


# --- the same on both databases -----------------------------------------------------------------------------------


def matches(query, document) -> bool:
    """The query language said once more, plainly, over the tokens that are kept: neither database is asked."""

    def holds(part, row):
        return any(
            f" {' '.join(phrase)} " in f" {row[field]} "
            for phrase in part
            for field in ("title_words", "words")
        )

    row = operations.row_of(KIND, document)
    wanted = bool(query.wanted) and all(holds(part, row) for part in query.wanted)
    return wanted and not any(holds(part, row) for part in query.unwanted)


@pytest.fixture
def corpus(db):
    operations.put_all(KIND, make.corpus())
    return make.corpus()


def test_both_databases_find_exactly_what_the_language_says(corpus):
    sizes = []
    for question in QUESTIONS:
        query = queries.parse(question)
        expected = {document.key for document in corpus if matches(query, document)}
        assert all_hits(question) == expected, question
        sizes.append(len(expected))
    assert len(QUESTIONS) >= 30
    assert sum(size > 0 for size in sizes) > 0.8 * len(sizes), "questions that find nothing prove little"
    assert max(sizes) > 50


def test_the_ten_best_are_nearly_the_same_on_both_databases(corpus, engine_name):
    """Each database picks 20 by its own rank, one scorer orders them: at least 7 of 10 are those of the other, and
    of all matches in the order of the scorer."""
    tops = {question: found(question, limit=20)[:10] for question in QUESTIONS}
    TOPS[engine_name] = tops
    by_key = {document.key: document for document in corpus}
    for question, top in tops.items():
        query = queries.parse(question)
        scored = {}
        for key in all_hits(question):
            row = SearchDocument(**operations.row_of(KIND, by_key[key]))
            scored[key] = queries.score(query, row)
        ideal = sorted(scored, key=lambda key: (-scored[key], key))[:10]
        assert len(top) == len(ideal)
        assert len(set(top) & set(ideal)) >= 0.7 * len(ideal), question
    for one, other in combinations(TOPS.values(), 2):
        for question in QUESTIONS:
            common = set(one[question]) & set(other[question])
            assert len(common) >= 0.7 * len(one[question]), question


def test_the_200_best_are_in_one_order_on_both(corpus):
    """Nothing is cut off here, so the order is the scorer's own."""
    for question in QUESTIONS:
        ranked = queries.best(queries.parse(question), KIND)
        assert {key for key, _score in ranked} == all_hits(question) or len(ranked) == queries.BEST
        assert ranked == sorted(ranked, key=lambda one: (-one[1], one[0]))
        assert all(score > 0 for _key, score in ranked)


# --- the language ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "title", "finds"),
    [
        ("dinkes", "Dinas Kesehatan Kota", True),
        ("dinas kesehatan", "Dinkes Kota", True),
        ("diskes", "Dinas Kesehatan", True),
        ("dinas kesehatan", "Kesehatan Kerja di Dinas Pertanian", True),
        ("dinas kesehatan", "Dinas Pertanian", False),
        ("bapperida", "Badan Perencanaan Pembangunan Daerah", True),
        ("disdikbud", "Dinas Pendidikan", True),
        ("dinas pendidikan dan kebudayaan", "Disdik Kota", True),
        ("dukcapil", "Disdukcapil", True),
        ("puskesmas", "Pusat Kesehatan Masyarakat Sukamaju", True),
        ("sicantik", "SI CANTIK", True),
        ("si cantik", "SICANTIK", True),
        ("SI-CANTIK", "SI CANTIK", True),
        ("e-surat", "eSurat Desa", True),
        ("esurat", "E-Surat Desa", True),
        ("covid-19", "Covid 19", True),
        ("covid19", "COVID-19", True),
        ("covid-19", "Covid di 34 Desa, 19 Kota", False),
        ("5g", "5 Desa G", False),
        ("pengelola", "Mengelola Bank", True),
        ("resiko", "Berisiko", True),
        ("sampah bank", "Bank Sampah", True),
        ("sampah bank", "Bank Darah", False),
        ('"bank sampah"', "Bank Sampah", True),
        ('"bank sampah"', "Sampah Bank", False),
        ("“bank sampah”", "Sampah Bank", False),
        ('"dinkes kota"', "Dinkes Kota", True),
        ('"kesehatan kota"', "Dinas Kesehatan Kota", True),
        ('"sampah dan bank"', "Sampah Bank", True),
        ('"bank sampah', "Sampah Bank", True),
        ("sampah -bank", "Bank Sampah", False),
        ("sampah -bank", "Sampah Organik", True),
        ("sampah -dinkes", "Sampah Dinas Kesehatan", False),
        ('sampah -"bank sampah"', "Sampah di Bank", True),
        ('sampah -"bank sampah"', "Bank Sampah", False),
        ("-bank", "Sampah", False),
        ("yang", "Yang Kita Sayang", True),
        ("bisa yang", "BISA YANG", True),
        ("yang sampah", "Sampah", True),
        ("", "Sampah", False),
        ("!!!", "Sampah", False),
    ],
)
def test_the_language(db, question, title, finds):
    put(title)
    assert found(question) == sorted(all_hits(question)) == [1][: int(finds)]


def test_words_may_stand_in_title_and_text(db):
    put("Perahu", "bidan desa")
    assert found("perahu desa") == [1]


def test_no_phrase_reaches_from_one_place_into_another(db):
    """From the title into the text, nor from a text into the other names of what stands in it."""
    put("Perahu Bidan", "desa dinkes")
    assert found('"bidan desa"') == found('"dinkes dinas"') == []
    assert found('"perahu bidan"') == found('"desa dinkes"') == [1]


HOSTILE = [
    '"', '""', '"""', "-", "--", '-"', "*", "sampah*", "NEAR(a b, 2)", "title_words:sampah", "{title_words}: x", "a AND",
    "OR", "NOT sampah", "AND OR NOT", "(((", ")", "^sampah", "sampah + bank", "'; DROP TABLE search_documents; --",
    "\\", "\\'", "%", "_", ":*", "a & b", "!a", "a <-> b", "a <2> b", "'a':*", "\0", "sampah\0bank", "\ud800", "🦆", "🦆" * 300,
    "﷽" * 300, "文字", "ا" * 300, "a" * 10_000, "a " * 5_000, '"a" ' * 2_500, "-a " * 3_000, "e " * 300, "si " * 300,
    "e-" * 300, "0 1 2", "0", "n0", "½ ² ①", "İı", "ﬁ", "a\u0301" * 100, "\u202e\u200b", "<script>alert(1)</script>",
    "dinas " * 100, " ".join("abcdefghijklmnopqrstuvwxyz"), "1e5 0x10 1_000", "\t\n\r sampah \x0b", "tsv @@ x", "search_words",
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_is_an_error(db, question):
    put("Bank Sampah")
    operations.learn(KIND)
    query = queries.parse(question)
    assert set(found(question)) == all_hits(question) <= {1}
    said = queries.meant(query, KIND)
    assert said is None or found(said)
    assert len(query.wanted) <= queries.MOST_PARTS and len(query.said) <= queries.LONGEST_QUESTION
    assert queries.parse(None) == queries.Query("")


# --- the order ------------------------------------------------------------------------------------------------


def test_the_better_answer_comes_first(db):
    filler = "kata lain tentang hal berbeda " * 40
    put("Perahu Bidan", key=1)
    put("Bidan di Perahu Kayu Milik Desa Pesisir", key=2)
    put("Layanan Pesisir", f"perahu bidan {filler}", key=3)
    put("Layanan Pulau", f"perahu {filler} bidan", key=4)
    put("Perahu Bidan", "usang", key=5, weight=0.5)
    put("Perahu Nelayan", "bidan", key=6)
    assert found("perahu bidan") in ([1, 5, 2, 6, 3, 4], [1, 2, 5, 6, 3, 4])
    assert [one.title for one in queries.find(queries.parse("perahu bidan"), limit=1)] == ["Perahu Bidan"]


def test_of_too_many_the_newest_are_looked_at(db, monkeypatch):
    monkeypatch.setattr(queries, "LOOKED_AT", 50)
    operations.put_all(KIND, [Document(key, "Layanan", ("perahu",)) for key in range(1, 201)])
    put("Perahu", key=1)  # its row is the oldest, but no other has the word in its title
    top = found("perahu", limit=20)
    assert len(top) == 20 and top[0] == 1
    assert min(top[1:]) > 150
    assert len(all_hits("perahu")) == 200


# --- who may see ----------------------------------------------------------------------------------------------


@pytest.fixture
def seen_by(db):
    put("Perahu Umum", key=1)
    put("Perahu Dinas", key=2, audience="organisation", audience_id=3)
    put("Perahu Kursus", key=3, audience="course", audience_id=3)
    put("Perahu Saya", key=4, audience="person", audience_id=3)
    put("Perahu Dinas Lain", key=5, audience="organisation", audience_id=4)


@pytest.mark.parametrize(
    ("audiences", "keys"),
    [
        ([], {1}),
        ([("organisation", 3)], {1, 2}),
        ([("course", 3)], {1, 3}),
        ([("person", 3), ("organisation", 4)], {1, 4, 5}),
        ([("organisation", 3), ("organisation", 4), ("organisation", 9)], {1, 2, 5}),
        ([("public", 0)], {1}),
        ([("organisation", 0)], {1}),
    ],
)
def test_everybody_finds_only_what_they_may_see(seen_by, audiences, keys):
    assert all_hits("perahu", audiences) == set(found("perahu", audiences)) == keys
    assert {key for key, _title in alike.sharing(["perahu"], KIND, audiences)} == keys
    assert {one.key for one in queries.find(queries.parse("perahu"), iter(audiences))} == keys


def test_a_private_word_is_never_proposed(seen_by):
    put("Rahasia Negara", key=7, audience="person", audience_id=3)
    operations.learn(KIND)
    assert queries.meant(queries.parse("rahasai"), KIND, [("person", 3)]) is None
    assert queries.meant(queries.parse("prahu"), KIND) == "perahu"


# --- what may have been meant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("puskesmsa", "puskesmas"),
        ("stuntting", "stunting"),
        ("pengelolan sampah", "pengelolaan sampah"),
        ("Pengelolan -Sampahh", None),
        ('"bank sampha"', '"bank sampah"'),
        ("posyndu -sampah", "posyandu -sampah"),
        ("puskesmas", None),
        ("stunting", None),
        ("xyzzyx", None),
        ("bnk", None),
        ("2042", None),
        ("yangg", None),
    ],
)
def test_a_slip_of_the_pen_is_understood(db, question, said):
    put("Puskesmas Keliling Stunting", key=1)
    put("Pengelolaan Bank Sampah", key=2)
    put("Posyandu Remaja", key=3)
    operations.learn(KIND)
    assert queries.meant(queries.parse(question), KIND) == said


def test_a_word_that_only_texts_bear_is_not_put_right(db):
    put("Bidang Layanan", key=1)
    put("Layanan Desa", "bidan", key=2)
    operations.learn(KIND)
    assert queries.meant(queries.parse("bidan layanan"), KIND) is None


def test_what_is_proposed_finds_something(db):
    put("Bank Sampah", key=1)
    put("Posyandu Remaja", key=2)
    operations.learn(KIND)
    assert queries.meant(queries.parse("posyandu sampha"), KIND) is None
    assert queries.meant(queries.parse("bank sampha"), KIND) == "bank sampah"


def test_of_near_words_the_more_usual_is_proposed(db):
    put("Pelatihan Bersama", key=1)
    put("Pelatihan Kembali", key=2)
    put("Pelatiha", key=3)
    operations.learn(KIND)
    assert queries.meant(queries.parse("pelatihqn"), KIND) == "pelatihan"


# --- what it costs --------------------------------------------------------------------------------------------


def counted(act):
    """How many statements are sent."""
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            sent.append(statement)

    engine = database.session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_the_number_of_statements_does_not_grow(db):
    def measure():
        return (
            counted(lambda: found("perahu bidan desa")),
            counted(lambda: found("perahu", [("organisation", n) for n in range(1, 50)])),
            counted(lambda: queries.meant(queries.parse("prahu bidn kaapal kotta"), KIND)),
            counted(lambda: put("Perahu Bidan", key=9)),
        )

    put("Perahu Bidan", key=1)
    operations.learn(KIND)
    one = measure()
    operations.put_all(KIND, [Document(key, f"Perahu {key}", ("bidan desa kapal",)) for key in range(1, 150)])
    operations.learn(KIND)
    many = measure()
    assert all(b <= a for a, b in zip(one[:2], many[:2], strict=True)) and one[3] == many[3]
    assert max(one[:2]) <= 2 and many[2] <= 3 and many[3] <= 2
    assert counted(lambda: operations.put_all(KIND, [Document(key, "Kapal") for key in range(1, 150)])) <= 2


# --- narrowed by an area, and likeness ------------------------------------------------------------------------


def test_an_area_narrows_what_is_ranked(db):
    operations.put_all(KIND, [Document(key, f"Perahu {key}") for key in range(1, 20)])
    within = select(SearchDocument.key).where(SearchDocument.key % literal(5) == 0)
    assert sorted(found("perahu", within=within)) == [5, 10, 15]
    inside = select(func.count()).select_from(queries.hits(queries.parse("perahu"), KIND).subquery())
    assert database.session.scalar(inside) == 19


def test_titles_that_share_words(db):
    put("Perahu Bidan Desa", key=1)
    put("Bidan Keliling", "perahu", key=2)
    put("Bank Sampah", key=3)
    shared = alike.sharing(["perahu", "bidan", '" OR 1', ""], KIND)
    assert [key for key, _tokens in shared] == [1, 2]
    assert dict(shared)[1][:3] == ["perahu", "bidan", "desa"] and SEPARATOR not in dict(shared)[1]
    assert alike.sharing([], KIND) == []
