"""What lower areas tell: who has to decide on a membership, and what became of one's own; tokens of the API."""

from __future__ import annotations

from ekopi.accounts import events
from ekopi.notifications.operations import tell


@events.membership_claimed.listen
def membership_claimed(membership, administrators) -> None:
    for person_id in administrators:
        tell(person_id, "accounts.membership-claimed", key=str(membership.id), membership=membership.id)


@events.membership_decided.listen
def membership_decided(membership) -> None:
    tell(
        membership.person_id,
        "accounts.membership-decided",
        key=f"{membership.id}-{membership.state}",
        membership=membership.id,
        state=membership.state,
    )


@events.token_made.listen
def token_made(token) -> None:
    tell(token.person_id, "accounts.token-made", key=str(token.id), token=token.id)
