"""The trail: a sentence for each row, newest first. For admins of the platform and auditors; nobody changes it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ekopi.accounts import policy
from ekopi.accounts.staff import blueprint, queries
from ekopi.accounts.staff.forms import TrailForm
from ekopi.accounts.staff.forms import listed as choices
from ekopi.core import audit
from ekopi.core.guards import check, role
from ekopi.core.registry import all_of

SUBJECTS = {
    "person": _l("Orang"), "membership": _l("Keanggotaan"), "organisation": _l("Instansi"), "course": _l("Kursus"),
    "lesson": _l("Materi"), "enrolment": _l("Pendaftaran"), "certificate": _l("Sertifikat"), "jp_entry": _l("Catatan JP"),
    "job": _l("Pekerjaan Latar"),
}  # fmt: skip
"""What kinds of subjects are called; those of other areas go by their code until they are named here."""


@blueprint.get("/kelola/jejak-audit")
@role("admin", "auditor")
def trail():
    """Rows of the trail with their seal; filters by person, verb, kind of subject and period."""
    check(policy.may_read_audit(current_user))
    form = TrailForm(request.args)
    form.perbuatan.choices = choices(
        {"": _("Semua"), **dict(sorted(_verbs().items(), key=lambda pair: pair[1]))}
    )
    form.hal.choices = choices(
        {"": _("Semua"), **{k: SUBJECTS.get(k, k) for k in sorted(all_of("audit-subjects"))}}
    )
    good = form.validate()
    people = queries.meant(form.orang.data) if good and form.orang.data else None
    listed = queries.trail(
        people=people, verb=form.perbuatan.data or "", kind=form.hal.data or "",
        begins=_midnight(form.dari.data), ends=_midnight(form.sampai.data, days=1),
    ) if good else None  # fmt: skip
    filtered = any(field.data for field in form)
    status = 200 if good else 422
    return render_template("accounts/staff/trail.html", form=form, lines=listed, filtered=filtered), status


def _verbs() -> dict[str, str]:
    """Every kind of act as its sentence without names; an auditor chooses among them."""
    return {verb: audit.outline(str(pattern)) for verb, pattern in all_of("audit-verbs").items()}


def _midnight(day, *, days: int = 0) -> datetime | None:
    """Where a day of the reader's zone begins."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days), time(), ZoneInfo(current_user.zone))
