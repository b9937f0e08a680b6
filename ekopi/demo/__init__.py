"""Believable, invented content for `ekopi demo`: people, organisations, two courses, months of learning.

Everything is made up and marked as demo. The courses are folders in the format anybody can import.
"""

from __future__ import annotations


def init_app(app) -> None:
    """In a demo, the sign-in page names the accounts that everybody may try."""
    if app.extensions["settings"].demo:
        from ekopi.core.registry import register

        register("demo-accounts", "demo", _accounts)


def _accounts() -> list[tuple[str, str]]:
    from ekopi.demo.people import ACCOUNTS

    return [(account.email, account.about) for account in ACCOUNTS]
