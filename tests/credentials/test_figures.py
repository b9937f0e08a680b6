"""JP and marks as programs read them."""

from decimal import Decimal

import pytest

from ekopi.credentials.figures import figure


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12", "12"),
        ("12.00", "12"),
        ("2.50", "2.5"),
        ("0.05", "0.05"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0", "0"),
    ],
)
def test_no_needless_zeros(value, text):
    assert figure(Decimal(value)) == text
