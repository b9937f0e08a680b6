"""The people of the organisations one administers: claims, JP of the year, the download for the agency's records."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ekopi.accounts import nip, policy, words
from ekopi.accounts.operations import by_staff
from ekopi.accounts.staff import blueprint, history_csv, scope
from ekopi.accounts.staff.forms import DownloadForm, RefuseForm
from ekopi.accounts.staff.forms import listed as choices
from ekopi.accounts.views.entry import me, proved, shown
from ekopi.core import audit, clock
from ekopi.core.forms import whole
from ekopi.core.guards import check, found, role
from ekopi.core.web import own_address
from ekopi.extensions import db

STATES = {"semua": "", "menunggu": "claimed", "terkonfirmasi": "confirmed", "berakhir": "ended"}
MOST_AT_ONCE = 100
YEARS_BACK = 4


@blueprint.get("/kelola/orang")
@role("agency_admin", "admin")
def members():
    """People of the own organisations by name, with JP of this year; `q`, `unit` and `keadaan` filter."""
    inside = scope.scope_of(me())
    tab = request.args.get("keadaan", "semua")
    found(STATES.get(tab))
    chosen = _unit(inside, request.args.get("unit", ""))
    text = request.args.get("q", "").strip()[:100]
    year = clock.today(current_user.zone).year
    listed = scope.members(inside, text=text, unit=chosen, state=STATES[tab])
    proven = [m.person_id for m in listed.items if m.state == "confirmed"]
    jp, target = scope.jp_of(proven, year)
    kept = {"q": text or None, "unit": chosen.id if chosen else None}
    titles = {
        "semua": _("Semua"), "menunggu": _("Menunggu Konfirmasi (%(count)s)", count=scope.waiting(inside)),
        "terkonfirmasi": _("Terkonfirmasi"), "berakhir": _("Berakhir"),
    }  # fmt: skip
    return render_template(
        "accounts/staff/members.html",
        members=listed, tab=tab, text=text, chosen=chosen, year=year, jp=jp, target=target, states=words.MEMBERSHIPS,
        units=scope.unit_choices(inside, chosen),
        area_tabs=[
            (key, title, url_for(".members", keadaan=None if key == "semua" else key, **kept))
            for key, title in titles.items()
        ],
    )  # fmt: skip


@blueprint.get("/kelola/orang/<int:person_id>")
@role("agency_admin", "admin")
def member(person_id):
    """One person, as far as the own organisations are concerned. Opening it is noted and shown to the person."""
    inside = scope.scope_of(me())
    found(scope.memberships_in(inside, person_id) or None)
    by_staff.record_view(person_id, me())
    db.session.commit()
    inside = scope.scope_of(me())
    rows = scope.memberships_in(inside, person_id)
    confirmed = any(m.state == "confirmed" for m in rows)
    year = clock.today(current_user.zone).year
    jp, target = scope.jp_of([person_id], year) if confirmed else ({}, 0)
    return render_template(
        "accounts/staff/member.html",
        person=rows[0].person, memberships=rows, confirmed=confirmed, year=year, jp=jp.get(person_id, 0), target=target,
        nip=nip.masked_of(rows[0].person) if confirmed else "", states=words.MEMBERSHIPS,
    )  # fmt: skip


@blueprint.post("/kelola/orang/konfirmasi")
@role("agency_admin", "admin")
def confirm():
    """Confirms one claim or several; those that somebody decided on meanwhile stay as they are."""
    ids = {whole(text) for text in request.form.getlist("keanggotaan")} - {0}
    if len(ids) > MOST_AT_ONCE:
        flash(_("Pilih paling banyak %(most)s klaim sekaligus.", most=MOST_AT_ONCE), "warn")
        return _back()
    claims = scope.claims_in(scope.scope_of(me()), sorted(ids))
    found(claims if len(claims) == len(ids) else None)
    for membership in claims:
        check(policy.may_decide(current_user, membership))
    confirmed, late = by_staff.confirm_all(claims, me())
    db.session.commit()
    if confirmed:
        flash(
            ngettext("%(num)s keanggotaan dikonfirmasi.", "%(num)s keanggotaan dikonfirmasi.", confirmed),
            "ok",
        )
    if late:
        flash(
            ngettext(
                "%(num)s keanggotaan sudah diputuskan sebelumnya, jadi tidak berubah.",
                "%(num)s keanggotaan sudah diputuskan sebelumnya, jadi tidak berubah.",
                late,
            ),
            "info",
        )
    if not claims:
        flash(
            _(
                "Belum ada yang dipilih. Centang paling sedikit satu orang, lalu tekan Konfirmasi yang Dipilih."
            ),
            "warn",
        )
    return _back()


@blueprint.route(
    "/kelola/orang/<int:person_id>/keanggotaan/<int:membership_id>/tolak", methods=["GET", "POST"]
)
@role("agency_admin", "admin")
def refuse(person_id, membership_id):
    """Refuses a claim with a reason that the person reads."""
    membership = _membership(person_id, membership_id)
    form = RefuseForm()
    if form.validate_on_submit():
        by_staff.refuse(membership, form.reason.data, me())
        return _ended(membership, "claimed", _("Klaim ditolak."))
    return shown("accounts/staff/refuse.html", form, membership=membership)


@blueprint.post("/kelola/orang/<int:person_id>/keanggotaan/<int:membership_id>/akhiri")
@role("agency_admin", "admin")
def end(person_id, membership_id):
    """Ends a membership at once; the toast takes it back."""
    membership = _membership(person_id, membership_id)
    by_staff.end_membership(membership, me())
    return _ended(membership, "confirmed", _("Keanggotaan diakhiri."))


@blueprint.post("/kelola/orang/<int:person_id>/keanggotaan/<int:membership_id>/pulihkan")
@role("agency_admin", "admin")
def reopen(person_id, membership_id):
    """Takes an end back, to the state (`?keadaan=`) that the membership had."""
    membership = _membership(person_id, membership_id)
    by_staff.reopen(membership, request.args.get("keadaan", "claimed"), me())
    db.session.commit()
    flash(_("Keanggotaan dipulihkan."), "ok")
    return redirect(url_for(".members"))


@blueprint.route("/kelola/orang/unduh", methods=["GET", "POST"])
@role("agency_admin", "admin")
@proved
def download():
    """The history of a year as CSV: an act that the trail notes. NIP is whole for the agency's own admin only."""
    inside = scope.scope_of(me())
    this_year = clock.today(current_user.zone).year
    form = DownloadForm()
    units = dict(scope.unit_choices(inside, _unit(inside, request.values.get("unit", ""))))
    form.unit.choices = choices(units)
    form.year.choices = choices({str(y): str(y) for y in range(this_year, this_year - YEARS_BACK - 1, -1)})
    if request.method == "GET":
        form.unit.data = request.args.get("unit") or next(iter(units), None)
    if not form.validate_on_submit():
        return shown("accounts/staff/download.html", form)
    organisation, year = _unit(inside, form.unit.data), int(form.year.data)
    audit.record("history.downloaded", "organisation", organisation.id, year=year)
    db.session.commit()
    whole = scope.is_agency_admin_of(me(), organisation)
    name = f"riwayat-kompetensi-{organisation.id}-{year}.csv"
    return Response(
        stream_with_context(history_csv.lines(organisation, year, whole_nip=whole)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _ended(membership, before: str, sentence: str):
    """Commits, and says what was done with the way to take it back to the state before."""
    undo = url_for(".reopen", person_id=membership.person_id, membership_id=membership.id, keadaan=before)
    db.session.commit()
    flash({"text": sentence, "undo": undo}, "ok")  # type: ignore[arg-type]
    return redirect(url_for(".members"))


def _membership(person_id: int, membership_id: int):
    """The membership inside the own scope, or 404; 403 for one's own."""
    membership = found(scope.membership_in(scope.scope_of(me()), person_id, membership_id))
    check(policy.may_decide(current_user, membership))
    return membership


def _unit(inside: scope.Scope, text: str):
    """The unit that the address or the form names; None without one, 404 for one outside of the scope."""
    if not text:
        return None
    return found(scope.unit(inside, whole(text)))


def _back():
    return redirect(own_address(request.form.get("next")) or url_for(".members", keadaan="menunggu"))
