"""The history of competence development of an organisation's people as CSV, in the columns agencies keep it in.

NIP, nama kegiatan, jenis, penyelenggara, nomor sertifikat, tanggal mulai, tanggal selesai, JP; the format of
BKN's systems is not public. The name comes last: whoever takes in the known columns still can, and people without
a NIP are known by it. The headings are part of the format and not translated.
"""

from __future__ import annotations

from collections.abc import Iterator

from ekopi.accounts import nip
from ekopi.accounts.models import Organisation
from ekopi.accounts.staff.scope import confirmed_people
from ekopi.core.cells import BYTE_ORDER_MARK, csv_line
from ekopi.core.registry import all_of

COLUMNS = (
    "NIP", "Nama Kegiatan", "Jenis", "Penyelenggara", "Nomor Sertifikat", "Tanggal Mulai", "Tanggal Selesai", "JP",
    "Nama",
)  # fmt: skip
FACTS = ("activity", "kind", "organiser", "number", "started_on", "finished_on", "jp")
BATCH = 200


def lines(organisation: Organisation, year: int, *, whole_nip: bool) -> Iterator[str]:
    """The file line by line, headings first. A masked NIP unless `whole_nip`; an empty one where none is known.

    Begins with a byte order mark: spreadsheets read the file as UTF-8 then.
    """
    yield BYTE_ORDER_MARK + csv_line(COLUMNS)
    after = 0
    while people := confirmed_people(organisation, after, BATCH):
        after = people[-1].id
        known = {person.id: (nip.decrypt(person.nip_cipher) or "", person.name) for person in people}
        for fact in _history(list(known), year):
            digits, name = known[fact["person_id"]]
            shown = digits if whole_nip else nip.masked(digits)
            yield csv_line([shown, *[fact[column] for column in FACTS], name])


def _history(person_ids: list[int], year: int) -> Iterator[dict]:
    for history in all_of("competence-history").values():
        yield from history(person_ids, year)
