"""What happens here that higher areas may want to hear."""

from __future__ import annotations

from ekopi.core.events import Event

membership_claimed = Event(
    "accounts.membership-claimed",
    "a person claimed to belong to an organisation and somebody has to decide: membership, administrators (ids)",
)
membership_decided = Event(
    "accounts.membership-decided", "a claim was confirmed or ended by somebody else: membership"
)
token_made = Event("accounts.token-made", "a token of the API was made: token")
