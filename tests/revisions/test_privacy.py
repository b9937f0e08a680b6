"""What revisions hold about a person, given out in the language of the rest of the copy."""

from __future__ import annotations

from ekopi.revisions import operations, privacy
from tests.accounts import make


def test_publications_are_given_out(db):
    author, other = make.person(), make.person()
    for number, by in enumerate([author, other], start=1):
        made = operations.new_item("note", f"test:{number}", {"text": "satu"}, by.id)
        operations.publish(f"test:{number}", [made], f"Terbitan {number}", by.id)
    (only,) = privacy.export(author.id)["penerbitan"]
    assert set(only) == {"tempat", "nomor", "catatan", "waktu"}
    assert (only["tempat"], only["nomor"], only["catatan"]) == ("test:1", 1, "Terbitan 1")
