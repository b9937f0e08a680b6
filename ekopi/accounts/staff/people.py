"""All accounts: found, opened, disabled and enabled, signed out, sent their letter again. For admins of the platform."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ekopi.accounts import nip, policy, words
from ekopi.accounts import queries as accounts
from ekopi.accounts.operations import by_staff
from ekopi.accounts.staff import blueprint, queries
from ekopi.accounts.views.entry import me
from ekopi.core.guards import check, found, role
from ekopi.extensions import db

STATES = {"semua": "", "aktif": "active", "belum-terkonfirmasi": "pending", "nonaktif": "disabled"}


@blueprint.get("/kelola/pengguna")
@role("admin")
def people():
    """All accounts, newest first; `q` looks in names and addresses, `keadaan` filters."""
    check(policy.is_admin(current_user))
    tab = request.args.get("keadaan", "semua")
    found(STATES.get(tab))
    text = request.args.get("q", "").strip()[:100]
    listed = queries.people(text, STATES[tab])
    titles = {
        "semua": _("Semua"), "aktif": _("Aktif"), "belum-terkonfirmasi": _("Belum Terkonfirmasi"),
        "nonaktif": _("Nonaktif"),
    }  # fmt: skip
    return render_template(
        "accounts/staff/people.html",
        people=listed, text=text, tab=tab, states=words.PERSONS,
        organisations=queries.organisations_of([p.id for p in listed.items]),
        area_tabs=[
            (key, title, url_for(".people", keadaan=None if key == "semua" else key, q=text or None))
            for key, title in titles.items()
        ],
    )  # fmt: skip


@blueprint.get("/kelola/pengguna/<int:person_id>")
@role("admin")
def person(person_id):
    """One account with memberships, roles (ended ones too) and living sign-ins. Opening it is noted."""
    check(policy.is_admin(current_user))
    found(queries.account(person_id))
    by_staff.record_view(person_id, me())
    db.session.commit()
    opened = queries.account(person_id)
    return render_template(
        "accounts/staff/person.html",
        person=opened, own=person_id == current_user.id, nip=nip.masked_of(opened), states=words.PERSONS,
        memberships=accounts.memberships_of(person_id), membership_states=words.MEMBERSHIPS, role_names=words.ROLES,
        roles=queries.named(accounts.roles_of(person_id, ended=True)),
        sign_ins=len(accounts.sign_ins_of(person_id, idle_since=accounts.idle_limit())),
    )  # fmt: skip


@blueprint.post("/kelola/pengguna/<int:person_id>/nonaktifkan")
@role("admin")
def disable(person_id):
    by_staff.disable(_account(person_id), me())
    db.session.commit()
    flash(
        {
            "text": _("Akun dinonaktifkan; semua sesinya berakhir."),
            "undo": url_for(".enable", person_id=person_id),
        },
        "ok",
    )
    return redirect(url_for(".person", person_id=person_id))


@blueprint.post("/kelola/pengguna/<int:person_id>/aktifkan")
@role("admin")
def enable(person_id):
    by_staff.enable(_account(person_id), me())
    db.session.commit()
    flash(_("Akun diaktifkan lagi."), "ok")
    return redirect(url_for(".person", person_id=person_id))


@blueprint.post("/kelola/pengguna/<int:person_id>/kirim-konfirmasi")
@role("admin")
def resend(person_id):
    by_staff.resend_confirmation(_account(person_id), me())
    db.session.commit()
    flash(_("Surel konfirmasi dikirim ulang."), "ok")
    return redirect(url_for(".person", person_id=person_id))


@blueprint.post("/kelola/pengguna/<int:person_id>/akhiri-sesi")
@role("admin")
def end_sign_ins(person_id):
    ended = by_staff.end_sign_ins(_account(person_id), me())
    db.session.commit()
    flash(
        ngettext("%(num)s sesi diakhiri.", "%(num)s sesi diakhiri.", ended)
        if ended
        else _("Tidak ada sesi lain."),
        "ok",
    )
    return redirect(url_for(".person", person_id=person_id))


def _account(person_id: int):
    check(policy.is_admin(current_user))
    return found(queries.account(person_id))
