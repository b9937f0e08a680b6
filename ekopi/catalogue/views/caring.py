"""Whether an innovation still runs: the answer by a letter's link or signed in, and who owes one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ekopi.accounts import queries as accounts
from ekopi.catalogue import policy, telling, words
from ekopi.catalogue.caring_forms import AnswerForm, StoppedForm
from ekopi.catalogue.operations import asking
from ekopi.catalogue.operations import caring as operations
from ekopi.catalogue.queries import caring as queries
from ekopi.catalogue.queries import innovation as innovations
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.innovation import known
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, public, role, signed_in
from ekopi.core.registry import StaffPage, register
from ekopi.extensions import db

ANSWERS = {"berlanjut": "continuing", "berkembang": "growing", "berhenti": "stopped"}
"""Word in the address -> answer."""
HINTS = {
    "continuing": _l("Masih dipakai seperti tahun lalu."),
    "growing": _l("Dipakai lebih banyak orang, di lebih banyak tempat, atau menjadi lebih baik."),
    "stopped": _l("Tidak dipakai lagi. Catatannya tetap ada agar orang lain dapat belajar."),
}


def register_pages() -> None:
    """The debts' place in /kelola."""
    register(
        "staff-pages",
        "debts",
        StaffPage(
            _l("Perlu Dimutakhirkan"), _l("Inovasi instansi Anda yang belum dijawab: masih berjalan atau tidak."),
            "catalogue.debtors", "clock", (*policy.TENDERS, "admin"),
        ),
    )  # fmt: skip


@blueprint.route(
    "/katalog/<int:innovation_id>/masih-berjalan/<said>/<int:person_id>/<word>", methods=["GET", "POST"]
)
@public
def answer_by_link(innovation_id, said, person_id, word):
    """The page behind a link of the letter; only its button answers."""
    answer = found(ANSWERS.get(said))
    innovation = asking.opened(innovation_id, person_id, word)
    form = StoppedForm()
    if form.validate_on_submit():
        try:
            asking.answer(
                innovation_id, person_id, word, answer, reason=form.reason.data or "", lessons=form.lessons.data or ""
            )  # fmt: skip
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
            innovation = asking.opened(innovation_id, person_id, word)
        else:
            flash(_("Terima kasih, jawabannya tercatat."))
            return redirect(telling.address(innovation))
    others = [(key, words.STATES[code][0]) for key, code in ANSWERS.items() if code != answer]
    page = render_template(
        "catalogue/answer_by_link.html",
        innovation=innovation, form=form, answer=answer, label=words.STATES[answer][0], hint=HINTS[answer],
        others=others, person_id=person_id, word=word,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/katalog/<int:innovation_id>/masih-berjalan", methods=["GET", "POST"])
@signed_in
def answer(innovation_id):
    """The same for those who look after the innovation and are signed in, at any time."""
    innovation = known(innovations.innovation(innovation_id, current_user))
    check(policy.may_edit(current_user, innovations.carers(innovation)))
    form = AnswerForm(answer=innovation.sustainability or None)
    if form.validate_on_submit():
        try:
            operations.answer(
                innovation, form.answer.data, reason=form.reason.data or "", lessons=form.lessons.data or "",
                by_id=current_user.id,
            )  # fmt: skip
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
            innovation = innovations.innovation(innovation_id, current_user)
        else:
            flash(_("Terima kasih, jawabannya tercatat."))
            return redirect(telling.address(innovation))
    page = render_template(
        "catalogue/answer.html",
        innovation=innovation,
        form=form,
        hints=HINTS,
        back=telling.address(innovation),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/kelola/utang")
@role(*policy.TENDERS, "admin")
def debtors():
    """Organisations one looks after that owe answers, those that owe most first."""
    return render_template(
        "catalogue/debtors.html", debtors=queries.debtors(current_user), most=queries.MOST_DEBTORS
    )


@blueprint.get("/katalog/instansi/<int:organisation_id>/utang")
@signed_in
def debts(organisation_id):
    """The innovations of an organisation and those below it that nobody has answered for in time."""
    organisation = found(accounts.organisation(organisation_id))
    check(policy.may_see_debts(current_user, organisation))
    return render_template(
        "catalogue/debts.html",
        organisation=organisation, page=queries.debts(organisation), number=queries.debt_count(organisation),
        today=clock.today(), first=not (request.args.get("setelah") or request.args.get("sebelum")),
        staff=current_user.holds_any((*policy.TENDERS, "admin")),
    )  # fmt: skip
