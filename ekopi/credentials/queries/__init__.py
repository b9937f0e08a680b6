"""Reads of certificates and of the ledger of learning hours."""

from __future__ import annotations

from ekopi.credentials.queries.certificates import (
    by_number,
    certificate_names,
    certificates_of,
    found_by_staff,
    history,
    of_holder,
    of_source,
)
from ekopi.credentials.queries.ledger import (
    YearAccount,
    balance,
    edition_for,
    entries,
    entry_names,
    entry_of,
    totals,
    unbalanced,
    year,
    years,
)

__all__ = [
    "YearAccount", "balance", "by_number", "certificate_names", "certificates_of", "edition_for", "entries",
    "entry_names", "entry_of", "found_by_staff", "history", "of_holder", "of_source", "totals", "unbalanced",
    "year", "years",
]  # fmt: skip
