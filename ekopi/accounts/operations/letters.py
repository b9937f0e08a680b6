"""What accounts write to people by mail; each letter has a key, so that it comes once."""

from __future__ import annotations

from datetime import datetime

from ekopi.accounts import words
from ekopi.accounts.models import ApiToken, Person
from ekopi.accounts.operations import tokens
from ekopi.accounts.operations.sign_ins import digest
from ekopi.core import clock
from ekopi.mail import operations as mail


def confirmation(person: Person, *, goal: str = "") -> None:
    """The link that confirms the address; silently nothing when too many went out within the hour."""
    if tokens.too_many(person.id, "confirm"):
        return
    token = tokens.make(person.id, "confirm", **({"goal": goal} if goal else {}))
    _write("confirm-registration", person, digest(token)[:20], token=token)


def known_address(person: Person) -> None:
    """Somebody registered with the address of an account, or asked a new password of a disabled one; hourly at most."""
    template = "account-disabled" if person.state == "disabled" else "already-registered"
    _write(template, person, _hour())


def reset(person: Person) -> None:
    """The link for a new password; silently nothing when too many went out within the hour."""
    if tokens.too_many(person.id, "reset"):
        return
    token = tokens.make(person.id, "reset")
    _write("reset-password", person, digest(token)[:20], token=token)


def no_account(email: str) -> None:
    """Somebody asked for a new password for an address without an account; hourly at most."""
    mail.write("reset-unknown", to=email, person=None, key=f"reset-unknown-{digest(email)[:20]}-{_hour()}")


def password_changed(person: Person) -> None:
    _write("password-changed", person, _moment(), at=_said(person, clock.now()))


def guesses(person: Person, until: datetime) -> None:
    """Five wrong passwords were given for the account, which is slowed down until then."""
    _write("guesses", person, f"{until:%Y%m%d%H%M%S}", until=_said(person, until))


def email_to_new(person: Person, email: str, token: str) -> None:
    """To the new address: the link that makes it the account's."""
    key = f"change-email-{digest(token)[:20]}"
    mail.write("change-email", to=email, person=person, key=key, email=email, token=token)


def email_to_taken(email: str) -> None:
    """To an address that has an account already and that another account wants; hourly at most."""
    mail.write(
        "change-email-taken", to=email, person=None, key=f"taken-{digest(email)[:20]}-{_hour()}", email=email
    )


def email_asked(person: Person) -> None:
    """To the present address: somebody asked to replace it."""
    _write("email-asked", person, _moment())


def email_changed(person: Person, old: str) -> None:
    """To the address that was the account's until now."""
    mail.write("email-changed", to=old, person=person, key=f"email-changed-{person.id}-{_moment()}")


def token_made(person: Person, token: ApiToken) -> None:
    """What a new token of the API may do and until when, to whoever may not have made it. Never the token itself."""
    _write(
        "token-made", person, str(token.id),
        name=token.name, scopes=[words.SCOPES[scope] for scope in token.scopes],
        until=clock.local(token.expires_at, person.zone).date(),
    )  # fmt: skip


def erased(person: Person) -> None:
    """The last letter, written while the address is still known."""
    _write("account-erased", person, "end")


def _write(template: str, person: Person, mark: str, **facts) -> None:
    mail.write(template, to=person.email, person=person, key=f"{template}-{person.id}-{mark}", **facts)


def _hour() -> str:
    return clock.now().strftime("%Y%m%d%H")


def _moment() -> str:
    return clock.now().strftime("%Y%m%d%H%M%S%f")


def _said(person: Person, moment: datetime) -> str:
    """09.30 WIB in the zone of the one who reads the letter."""
    return f"{clock.local(moment, person.zone):%H.%M} {clock.zone_name(person.zone)}"
