"""Settings the product must not start with."""

from __future__ import annotations

import secrets

import pytest

from ekopi.config import BadSetting, load_settings
from tests.living import SECRET, environment


def load(tmp_path, **more):
    return load_settings(environment("", tmp_path, **more))


@pytest.mark.parametrize(
    "key",
    [
        "short-but-random-Zx81", "a" * 40, "changeme" * 5, "ekopi-secret-key-ekopi-secret-key-", "0123456789abcdef" * 2,
        "my-secret-my-secret-my-secret-my-s", "abcdefghijklmnopqrstuvwxyz0123456789", "password-password-rahasia-flask-2026",
        "Ekopi-Change-Me-Secret-Password-1234567890",
    ],
)  # fmt: skip
def test_a_key_that_anybody_guesses_is_refused(tmp_path, key):
    with pytest.raises(BadSetting, match="EKOPI_SECRET_KEY"):
        load(tmp_path, EKOPI_SECRET_KEY=key)


def test_a_random_key_is_taken(tmp_path):
    made = [SECRET, *(make() for make in (secrets.token_urlsafe, secrets.token_hex) for _ in range(200))]
    for key in made:
        assert load(tmp_path, EKOPI_SECRET_KEY=key).secret_key == key
