"""The staff page of jobs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ekopi.core import registry
from ekopi.core.guards import check, found, role
from ekopi.core.paging import page
from ekopi.extensions import db
from ekopi.jobs import operations, queries

blueprint = Blueprint("jobs", __name__)
STATES = {"gagal": "failed", "berjalan": "running", "menunggu": "waiting"}


def register_pages() -> None:
    registry.register(
        "staff-pages",
        "jobs",
        registry.StaffPage(
            _l("Pekerjaan Latar"), _l("Surel, segel audit, dan tugas malam: yang berjalan, menunggu, dan gagal."),
            "jobs.listed", "refresh",
        ),
    )  # fmt: skip
    registry.register(
        "audit-verbs", "job.retried", _l("%(actor)s mengulangi pekerjaan %(subject)s (%(name)s).")
    )
    registry.register(
        "audit-verbs", "job.dropped", _l("%(actor)s membuang pekerjaan %(subject)s (%(name)s).")
    )
    registry.register("audit-subjects", "job", lambda ids: {job_id: job_id for job_id in ids})


@blueprint.get("/kelola/pekerjaan")
@role("admin")
def listed():
    """Jobs in one state, newest first; failed ones unless asked otherwise."""
    check(_may())
    tab = request.args.get("keadaan", "gagal")
    found(STATES.get(tab))
    jobs = page(
        queries.listed(STATES[tab]),
        queries.order(),
        of=lambda row: (row.created_at, row.workflow_uuid),
        scalars=False,
        descending=True,
    )
    jobs.items = [queries.seen(row) for row in jobs.items]
    counts = queries.counts()
    tabs = [
        ("gagal", _("Gagal (%(count)s)", count=counts["failed"]), url_for(".listed")),
        (
            "berjalan",
            _("Berjalan (%(count)s)", count=counts["running"]),
            url_for(".listed", keadaan="berjalan"),
        ),
        (
            "menunggu",
            _("Menunggu (%(count)s)", count=counts["waiting"]),
            url_for(".listed", keadaan="menunggu"),
        ),
    ]
    return render_template(
        "jobs/listed.html",
        jobs=jobs, subjects=queries.subjects(jobs.items), tab=tab, area_tabs=tabs, workers=queries.workers(),
    )  # fmt: skip


@blueprint.post("/kelola/pekerjaan/<path:job_id>/ulangi")
@role("admin")
def retry(job_id):
    check(_may())
    operations.retry(_job(job_id))
    db.session.commit()
    flash(_("Pekerjaan dimasukkan lagi ke antrean."))
    return redirect(url_for(".listed"))


@blueprint.post("/kelola/pekerjaan/<path:job_id>/buang")
@role("admin")
def drop(job_id):
    check(_may())
    row = _job(job_id)
    operations.drop(row)
    db.session.commit()
    flash(_("Pekerjaan dibuang."))
    return redirect(url_for(".listed", keadaan="menunggu" if row.state == "waiting" else None))


def _may() -> bool:
    """Jobs belong to the whole platform: the admin of one organisation has no business here."""
    return current_user.holds("admin", "platform")


def _job(job_id: str) -> queries.JobRow:
    row = queries.job(job_id)
    if row is None:
        raise operations.NoSuchJob()
    return row
