"""Findings of the doctor: a known level, and a remedy where something is not well."""

from __future__ import annotations

import pytest

from ekopi.core.doctor import Finding


def test_a_finding_that_is_well_needs_no_remedy():
    assert Finding("baik", "ledger", "Semua cocok.").remedy == ""
    assert Finding("gagal", "ledger", "Tidak cocok.", "Periksa.").level == "gagal"


@pytest.mark.parametrize("level", ["peringatan", "gagal"])
def test_trouble_says_what_to_do(level):
    with pytest.raises(ValueError, match="says what to do"):
        Finding(level, "ledger", "Tidak cocok.")


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="no level"):
        Finding("aneh", "ledger", "Tidak cocok.", "Periksa.")
