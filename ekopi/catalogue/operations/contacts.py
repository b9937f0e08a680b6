"""What people type for everybody to read names nobody's number or address: once it is published it stays for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l

from ekopi.catalogue.sources.cleaning import contacts_in
from ekopi.core.errors import Invalid

MOST = 3
"""Of what was found is named in the sentence."""


class ContactNamed(Invalid):
    """A text for everybody holds an NIP, NIK, telephone number or mail address; the sentence says which."""

    code = "contact-named"
    message = _l(
        "Hapus “%(found)s”: isian ini dapat dibaca siapa saja dan tetap tersimpan di riwayatnya. NIP, NIK, nomor telepon, dan alamat surel tidak boleh ditulis di sini; sebut kanal resmi instansinya."
    )


def refuse_contacts(texts: Mapping[str, str | Iterable[str]]) -> None:
    """Raises ContactNamed for the first field in whose text (or one of its texts) contact data stand."""
    for field, said in texts.items():
        for text in (said,) if isinstance(said, str) else said:
            found = contacts_in(text)
            if found:
                named = "”, “".join(one[:80] for one in found[:MOST])
                raise ContactNamed(field, found=named)
