"""Jobs of learning."""

from __future__ import annotations

import logging

from flask_babel import lazy_gettext as _l

from ekopi.core import clock
from ekopi.courses.assessment import queries as attempts
from ekopi.courses.learning import operations
from ekopi.extensions import db
from ekopi.jobs import job

log = logging.getLogger("ekopi.learning")


@job("learning.close-overdue", schedule="* * * * *", title=_l("Mengakhiri kuis yang waktunya habis"))
def close_overdue() -> int:
    """Marks what is saved of every try whose time is over; each in a transaction of its own. Returns how many."""
    closed = 0
    for attempt_id in [attempt.id for attempt in attempts.overdue(clock.now())]:
        try:
            operations.close_overdue(attempt_id)
            db.session.commit()
            closed += 1
        except Exception:  # one broken try must not hold up the others; the next run tries it again
            db.session.rollback()
            log.exception("attempt not closed", extra={"attempt": attempt_id})
    return closed
