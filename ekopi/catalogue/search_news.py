"""What the inbox says of the catalogue; made on reading from what was told."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.catalogue.queries import listing
from ekopi.core.web import say_number


def search_news(facts: dict) -> tuple[str, str]:
    """What is new in a kept search, and the list with the newest first."""
    number, address = facts["number"], f"/katalog?{facts['question']}&urut=terbaru"
    if number > listing.COUNTED:
        said = _(
            "Lebih dari %(n)s inovasi baru cocok dengan pencarian Anda “%(name)s”.",
            n=say_number(listing.COUNTED), name=facts["name"],
        )  # fmt: skip
        return said, address
    said = ngettext(
        "%(n)s inovasi baru cocok dengan pencarian Anda “%(name)s”.",
        "%(n)s inovasi baru cocok dengan pencarian Anda “%(name)s”.",
        number,
        n=say_number(number),
        name=facts["name"],
    )
    return said, address
