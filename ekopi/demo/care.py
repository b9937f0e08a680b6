"""What the catalogue of the demo asks of people: a question, an offer, news in a search that somebody keeps.

Done by the same verbs as the nightly job and the pages, some days ago, so that who signs in meets each of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from ekopi.catalogue.operations import asking, caring, owning, searching
from ekopi.catalogue.queries import listing
from ekopi.demo import catalogue
from ekopi.demo.catalogue import Tree
from ekopi.demo.moments import at
from ekopi.demo.people import PIAN, TIRTA

SEARCH = ("Antrean layanan", "antrean")
"""Name and words of the search that the innovator keeps."""
OFFERED = "1094"
"""Record of Inoland that LAN looks after until its own organisation takes it over."""


def fill(tree: Tree, now: datetime, *, innovator_id: int, curator_id: int) -> None:
    """Adds all of it in the caller's transaction, within the last weeks before `now`."""
    with at(now - timedelta(days=30)):
        searching.save(innovator_id, SEARCH[0], listing.asked(MultiDict({"q": SEARCH[1]})))
    with at(now - timedelta(days=9, hours=5)):
        catalogue.read_newest(curator_id)
    with at(now - timedelta(days=8, hours=7)):
        for _told in searching.tell_news():
            pass  # one transaction with the rest of the demo
    with at(now - timedelta(days=3, hours=6)):
        kept = catalogue.innovation("inoland", OFFERED)
        caring.hand_over(kept, tree[PIAN][0], by_id=curator_id)
        owning.offer(kept, tree[f"{TIRTA} > Dinas Kesehatan"][0], "hand_over", by_id=curator_id)
    with at(now - timedelta(days=2, hours=7)):
        for _marked in caring.overdue():
            pass
        for _asked in asking.ask():
            pass
