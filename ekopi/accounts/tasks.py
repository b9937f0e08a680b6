"""What is done nightly: what nobody needs any more goes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from ekopi.accounts.models import AccountToken, SignInFailure
from ekopi.accounts.operations import account, api_tokens, registration, sign_ins
from ekopi.core import clock
from ekopi.extensions import db

OLD = timedelta(days=30)


def forget() -> None:
    """Old failures, spent links, sign-ins and tokens long over, registrations never confirmed, last letters of the erased."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - timedelta(days=1)))
    db.session.execute(delete(AccountToken).where(AccountToken.expires_at < clock.now() - OLD))
    sign_ins.forget()
    api_tokens.forget(OLD)
    registration.remove_unconfirmed()
    account.forget_last_letters()
