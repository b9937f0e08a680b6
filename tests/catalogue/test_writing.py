"""A person's words for an innovation: beside those of sources, never over another person's."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ekopi.catalogue import writing
from ekopi.catalogue.models import CoOwner, FieldChange, FieldChoice
from ekopi.catalogue.operations import caring, joining
from ekopi.catalogue.operations import writing as operations
from ekopi.catalogue.queries import innovation as queries
from ekopi.core.errors import Stale
from tests.accounts import make as people
from tests.catalogue import make


@pytest.fixture
def curator(db):
    return people.person(name="Rosinta Kurator", roles=[("curator", "platform", 0)])


def marks(innovation) -> dict[str, str]:
    return {
        name: writing.mark(said) for name, said in operations.drafts(queries.told(innovation).shown).items()
    }


def write(innovation, person, **texts) -> list[str]:
    return operations.write(innovation, texts, marks(innovation), by_id=person.id)


def shown(innovation, name):
    return queries.told(innovation).value(name)


# --- Markdown and back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<p>Satu <strong>dua</strong> tiga_empat * lima.</p><p>Alinea kedua.</p>",
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol><li>x</li><li>y</li></ol>",
        "<h3>Judul</h3><p>1. bukan daftar<br>baris kedua</p><p># bukan judul</p><p>- bukan butir</p>",
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1 | 2</td><td>3</td></tr></tbody></table>",
        '<p><a href="https://a.id/x_y">tautan</a> dan &lt;b&gt; &amp; 3 &lt; 5</p>',
        f'<p>Peta <img alt="peta" src="/katalog/gambar/{"a" * 64}"></p>',
    ],
)
def test_the_html_of_a_field_survives_being_written_by_a_person(app, html):
    markdown = writing.markdown_of(html)
    again = writing.html_of(markdown, before=html)
    assert writing.markdown_of(again) == markdown
    assert "".join(again.split()) == "".join(html.split())


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://jahat.id/x.png)",
     '<img src=x onerror="alert(1)">', "![x](/katalog/gambar/" + "b" * 64 + ")", "[x](data:text/html,1)"],
)  # fmt: skip
def test_nothing_that_acts_gets_through(app, markdown):
    html = writing.html_of(markdown)
    assert "<script" not in html and "<img" not in html
    assert "href" not in html or 'href="https://' in html


def test_headings_stay_below_those_of_the_page(app):
    html = writing.html_of("# Satu\n\n## Dua\n\n### Tiga\n\n#### Empat")
    assert "<h2" not in html and "<h1" not in html and html.count("<h3>") == 2 and html.count("<h4>") == 2


# --- the verb -------------------------------------------------------------------------------------------------


def test_a_person_s_word_stands_beside_the_source_s(db, curator):
    innovation = make.innovation(
        "Perahu Bidan", id="NRI-1", latar_belakang="<p>Kata sumber.</p>", tujuan="Tetap."
    )
    record = make.record("NRI-1")
    before = (record.facts, record.payload, record.hash)
    assert write(innovation, curator, problem="Kata **pengelola**.", goal="Tetap.") == ["problem"]
    assert shown(innovation, "problem") == "<p>Kata <strong>pengelola</strong>.</p>"
    record = make.record("NRI-1")
    assert (record.facts, record.payload, record.hash) == before
    change = db.session.scalars(select(FieldChange)).one()
    assert change.old == {"is": "<p>Kata sumber.</p>"} and change.by_id == curator.id
    make.read([make.item("Perahu Bidan", id="NRI-1", latar_belakang="<p>Sumber baru.</p>", tujuan="Baru.")])
    assert shown(innovation, "problem") == "<p>Kata <strong>pengelola</strong>.</p>"
    assert shown(innovation, "goal") == "<p>Baru.</p>", "what nobody touched follows its source"


def test_giving_up_the_own_word_shows_the_source_s_again(db, curator):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<p>Kata sumber.</p>")
    write(innovation, curator, problem="Kata saya.")
    done = operations.write(
        innovation, {}, marks(innovation), back_to_sources=["problem", "goal"], by_id=curator.id
    )
    assert done == ["problem"] and shown(innovation, "problem") == "<p>Kata sumber.</p>"
    assert not db.session.scalars(select(FieldChoice)).all()


def test_an_emptied_text_leaves_the_page_and_the_title_cannot(db, curator):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<p>Kata sumber.</p>")
    write(innovation, curator, problem="")
    assert shown(innovation, "problem") is None
    with pytest.raises(operations.TitleMissing):
        write(innovation, curator, title="  ")
    write(innovation, curator, title="Perahu  Bidan\nBaru")
    db.session.refresh(innovation)
    assert (innovation.title, innovation.slug) == ("Perahu Bidan Baru", "perahu-bidan-baru")


def test_two_who_write_the_same_field_meet_and_others_do_not(db, curator):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<p>Awal.</p>")
    begun = marks(innovation)
    operations.write(innovation, {"problem": "Punya Ani."}, begun, by_id=curator.id)
    with pytest.raises(Stale) as stale:
        operations.write(innovation, {"problem": "Punya Budi.", "goal": "Baru."}, begun, by_id=curator.id)
    assert stale.value.mine == {"problem": "Punya Budi."} and stale.value.theirs == {"problem": "Punya Ani."}
    assert shown(innovation, "goal") is None, "nothing of a refused save is kept"
    assert operations.write(innovation, {"problem": "Awal.", "goal": "Baru."}, begun, by_id=curator.id) == [
        "goal"
    ]
    assert shown(innovation, "problem") == "<p>Punya Ani.</p>"


def test_nothing_changed_writes_nothing(db, curator):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<ul><li>satu</li></ul>")
    said = operations.drafts(queries.told(innovation).shown)
    sent = {name: text.replace("\n", "\r\n") + " \r\n" for name, text in said.items()}
    assert operations.write(innovation, sent, marks(innovation), by_id=curator.id) == []
    assert db.session.scalar(select(func.count()).select_from(FieldChange)) == 0


def test_a_merged_innovation_is_not_written(db, curator):
    kept, other = make.innovation("Satu"), make.innovation("Dua")
    joining.join(kept, other, by_id=curator.id)
    with pytest.raises(joining.NotLiving):
        write(other, curator, problem="Terlambat.")


def test_words_of_a_joined_one_hold_until_the_kept_one_has_its_own(db, curator):
    kept, other = make.innovation("Satu"), make.innovation("Dua")
    write(other, curator, problem="Dari yang digabung.")
    joining.join(kept, other, by_id=curator.id)
    assert shown(kept, "problem") == "<p>Dari yang digabung.</p>"
    write(kept, curator, problem="Dari yang tetap.")
    assert shown(kept, "problem") == "<p>Dari yang tetap.</p>"


# --- the page -------------------------------------------------------------------------------------------------


def test_who_may_edit(client, db, curator):
    innovation = make.innovation("Perahu Bidan")
    edit = f"/katalog/{innovation.id}/sunting"
    government = people.organisation("Pemerintah Kabupaten Kapuas")
    owner = people.organisation("Dinas Pemilik", parent=government)
    beside = people.organisation("Dinas Rekan")
    caring.hand_over(innovation, owner, by_id=curator.id)
    db.session.add(CoOwner(innovation_id=innovation.id, organisation_id=beside.id))
    assert client.get(edit).location.startswith("/masuk")
    allowed = [
        people.person(roles=[("agency_admin", "organisation", place.id)]) for place in (owner, government, beside)
    ] + [curator, people.person(roles=[("admin", "platform", 0)]),
         people.person(roles=[("curator", "organisation", owner.id)])]  # fmt: skip
    refused = [
        people.person(),
        people.person(organisation=owner),
        people.person(roles=[("agency_admin", "organisation", people.organisation().id)]),
        people.person(roles=[("author", "platform", 0)]),
    ]
    for person in allowed:
        assert client.sign_in(person).get(edit).status_code == 200
    for person in refused:
        assert client.sign_in(person).get(edit).status_code == 403
        assert client.post(edit, data={"problem": "Punya saya."}).status_code in (400, 403)
        assert "Sunting" not in client.get(f"/katalog/{innovation.id}-{innovation.slug}").text
    assert shown(innovation, "problem") is None


def test_the_form_begins_with_what_is_shown_and_saves_what_was_changed(client, db, curator):
    innovation = make.innovation(
        "Perahu Bidan", latar_belakang="<ul><li>satu</li><li>dua</li></ul>", tujuan="Sama."
    )
    client.sign_in(curator).get(f"/katalog/{innovation.id}/sunting")
    answer = client.submit({"problem": "- satu\r\n- dua\r\n- tiga"}, has="problem")
    assert answer.location == f"/katalog/{innovation.id}-perahu-bidan"
    page = client.get(answer.location).text
    assert "<li>tiga</li>" in page and "Ditulis pengelolanya di EKOPI" in page
    assert [c.field for c in db.session.scalars(select(FieldChoice))] == ["problem"]
    history = client.get(answer.location + "/riwayat").text
    assert "Pengelola mengubah Latar Belakang." in history and "Rosinta Kurator" in history
    client.get(f"/katalog/{innovation.id}/sunting")
    client.submit({"back_to_sources": "problem"}, has="problem")
    assert "<li>tiga</li>" not in client.get(answer.location).text


def test_a_stale_save_shows_both_and_the_own_one_can_still_be_taken(client, db, curator):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<p>Awal.</p>")
    client.sign_in(curator).get(f"/katalog/{innovation.id}/sunting")
    write(innovation, people.person(), problem="Punya orang lain.")
    answer = client.submit({"problem": "Punya saya.", "goal": "Tujuan saya."}, has="problem")
    assert answer.status_code == 409
    assert "Punya orang lain." in answer.text and "Punya saya." in answer.text
    assert shown(innovation, "problem") == "<p>Punya orang lain.</p>"
    client.submit(has="problem")
    assert (
        shown(innovation, "problem") == "<p>Punya saya.</p>"
        and shown(innovation, "goal") == "<p>Tujuan saya.</p>"
    )


@pytest.mark.parametrize("base", ["", "bukan json", "[]", '{"problem": 5}', '{"problem": {"x": []}}'])
def test_without_a_beginning_nothing_is_written_over(client, db, curator, base):
    innovation = make.innovation("Perahu Bidan", latar_belakang="<p>Awal.</p>")
    client.sign_in(curator).get(f"/katalog/{innovation.id}/sunting")
    assert client.submit({"problem": "Buta.", "base": base}, has="problem").status_code == 409
    assert shown(innovation, "problem") == "<p>Awal.</p>"


def test_a_refused_form_keeps_what_was_typed(client, db, curator):
    innovation = make.innovation("Perahu Bidan")
    client.sign_in(curator).get(f"/katalog/{innovation.id}/sunting")
    answer = client.submit({"title": "", "problem": "Jangan hilang."}, has="problem")
    assert answer.status_code == 422 and "Isi Judul." in answer.text and "Jangan hilang." in answer.text
