"""Jobs that belong to no other area: the night's work, sealing the audit trail, forgetting old jobs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core import audit, clock, registry
from ekopi.extensions import db
from ekopi.jobs import operations
from ekopi.jobs.declared import Hopeless, job


@job("nightly.run", schedule="15 2 * * *", title=_l("Memulai tugas malam"))
def nightly() -> None:
    """Hands over one job for each function that areas have registered under "nightly", once a day."""
    today = clock.today().isoformat()
    for name in registry.all_of("nightly"):
        operations.enqueue("nightly.part", name, key=f"{today}:{name}")
    db.session.commit()


@job("nightly.part", queue="nightly", tries=3, wait=60, title=_l("Tugas malam"))
def nightly_part(name: str) -> None:
    """One function of the night in a transaction of its own; another one's failure does not touch it."""
    function = registry.all_of("nightly").get(name)
    if function is None:
        raise Hopeless(f"nothing is registered for the night as {name}")
    function()
    db.session.commit()


@job("audit.seal", schedule="*/10 * * * * *", tries=3, title=_l("Menyegel jejak audit"))
def seal() -> None:
    audit.seal()
    db.session.commit()


@job("jobs.forget", schedule="40 * * * *", title=_l("Menghapus pekerjaan yang lama selesai"))
def forget() -> None:
    operations.forget()
