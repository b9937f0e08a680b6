"""Sentences that end with a name or a title: one full stop at their end."""

from __future__ import annotations

import pytest
from flask import render_template_string

from ekopi.core import audit
from ekopi.core.sentences import closed, filled
from tests.accounts import make


@pytest.mark.parametrize(
    ("said", "values", "read"),
    [
        ("Dilihat oleh %(name)s.", {"name": "Sari"}, "Dilihat oleh Sari."),
        ("Dilihat oleh %(name)s.", {"name": "Sari, S.Sos."}, "Dilihat oleh Sari, S.Sos."),
        ("Terbit: %(course)s.", {"course": "Apa Itu Inovasi?"}, "Terbit: Apa Itu Inovasi?"),
        ("Tercatat di %(name)s. JP tetap ada.", {"name": "PT X Tbk."}, "Tercatat di PT X Tbk. JP tetap ada."),
        ("%(a)s dan %(b)s.", {"a": "Budi, S.T.", "b": "Ani"}, "Budi, S.T. dan Ani."),
        ("Unduh %(name)s.pdf.", {"name": "a."}, "Unduh a..pdf."),
        ("Ada %(num)s.", {"num": 3}, "Ada 3."),
    ],
)
def test_one_full_stop(said, values, read):
    assert closed(said, values) % values == filled(said, **values) == read


def test_on_pages(app):
    words = '{{ _("Pembukaan halaman ini dicatat dan dapat dilihat oleh %(name)s.", name=name) }}'
    with app.test_request_context():
        said = render_template_string(words, name="Sari <b>, S.Sos.")
    assert said == "Pembukaan halaman ini dicatat dan dapat dilihat oleh Sari &lt;b&gt;, S.Sos."


def test_in_the_trail(db):
    actor, subject = make.person("Budi Santoso, S.T."), make.person("Sari Wulan, S.Sos.")
    entry = audit.record("person.viewed", "person", subject.id, actor_id=actor.id)
    assert audit.sentences([entry]) == ["Budi Santoso, S.T. membuka data Sari Wulan, S.Sos."]
    assert audit.outline("%(actor)s membuka data %(subject)s.") == "… membuka data …"


def test_figures_of_the_trail_are_written_as_its_reader_does(app, db):
    who = make.person("Sari Wulan")
    entry = audit.record("jp.unbalanced", "person", who.id, year=2026, balance="12.50", total="-3.25")
    with app.test_request_context():
        (said,) = audit.sentences([entry])
    assert said == "Saldo JP 2026 milik Sari Wulan tercatat 12,5, jumlah barisnya -3,25."
