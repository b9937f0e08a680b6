"""Replication of an innovation by another organisation: the interest, its page, its steps, its outcome, its end."""

from __future__ import annotations

import re
from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from ekopi.accounts import queries as accounts
from ekopi.accounts.operations import registration
from ekopi.catalogue import caring_forms as forms
from ekopi.catalogue import telling, words
from ekopi.catalogue.models import Replication
from ekopi.catalogue.models.replications import STEPS
from ekopi.catalogue.operations import replicating as operations
from ekopi.catalogue.queries import innovation as innovations
from ekopi.catalogue.queries import replicating as queries
from ekopi.catalogue.queries.replicating import ReplicationPage
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.innovation import known
from ekopi.core import clock, files
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, signed_in
from ekopi.extensions import db

VERBS = {
    "agreement": operations.agree, "approval": operations.approve, "implementation": operations.implement,
}  # fmt: skip
ACTS = {
    "kesepakatan": "agreement", "persetujuan": "approval", "implementasi": "implementation",
    "penyesuaian": "adaptation", "hasil": "outcome", "hentikan": "give-up",
}  # fmt: skip
"""Word in the address -> what is done (a key of policy.MAY); a form sent twice is never taken for the step after."""
FORMS: dict[str, type[forms.BaseForm]] = {
    "adaptation": forms.AdaptationForm, "outcome": forms.OutcomeForm, "give-up": forms.GiveUpForm,
}  # fmt: skip
HEADINGS = {
    "agreement": _l("Catat Kesepakatan"),
    "approval": _l("Catat Persetujuan"),
    "implementation": _l("Catat Implementasi"),
    "adaptation": _l("Tulis Penyesuaian"),
    "outcome": _l("Tulis Hasil"),
    "give-up": _l("Hentikan Replikasi"),
}
LEADS = {
    "agreement": _l("Instansi asal sepakat membagikan inovasinya dan cara mendampinginya."),
    "approval": _l("Pimpinan instansi penerima menyetujui replikasi ini."),
    "implementation": _l("Inovasi sudah berjalan di instansi penerima."),
    "adaptation": _l("Apa yang berbeda dari aslinya membantu peniru berikutnya."),
    "outcome": _l("Ukur dengan indikator yang sama dengan instansi asal, agar dapat dibandingkan."),
    "give-up": _l("Alasannya terlihat oleh kedua pihak. Replikasi baru dapat dicatat lagi kapan saja."),
}


@blueprint.route("/katalog/<int:innovation_id>/tiru", methods=["GET", "POST"])
@signed_in
def replicate(innovation_id):
    """Records an interest, by somebody who belongs to an organisation."""
    innovation = known(innovations.innovation(innovation_id, current_user))
    own = [one for one in queries.organisations_for(current_user) if one.id != innovation.owner_id]
    form = forms.InterestForm(on=clock.today(current_user.zone))
    form.adopter.choices = [SelectChoice(str(one.id), one.name) for one in own]
    if form.is_submitted():
        check(bool(own))
    if form.validate_on_submit():
        try:
            made = operations.interest(
                innovation, next(one for one in own if str(one.id) == form.adopter.data),
                need=form.need.data or "", on=form.on.data, by_id=current_user.id,
                zone=current_user.zone, adaptation=form.adaptation.data or "",
                facilitator=registration.resolve_organisation(form.facilitator.data or "", field="facilitator"),
            )  # fmt: skip
            told = found(queries.replication(made.id, current_user))
            operations.announce(told.replication, told.carers, "interest", by_id=current_user.id)
            said = (
                _("Minat tercatat. Instansi asal sudah diberi tahu.") if told.carers else _("Minat tercatat.")
            )
            target = url_for("catalogue.replication", replication_id=made.id)
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
            innovation = known(innovations.innovation(innovation_id, current_user))
        else:
            flash(said)
            return redirect(target)
    page = render_template(
        "catalogue/replicate.html",
        innovation=innovation, form=form, own=form.adopter.choices, back=telling.address(innovation),
        organisations=accounts.organisation_labels() if own else [],
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/replikasi")
@signed_in
def replications():
    """Replications that one's own organisations take part in."""
    page = queries.mine(current_user)
    names = accounts.organisations_in_full(one.adopter for one in page.items)
    return render_template("catalogue/replications.html", page=page, names=names, steps=words.STEPS)


@blueprint.get("/replikasi/<int:replication_id>")
@signed_in
def replication(replication_id):
    """One replication: where it stands, its papers, what it brought, what comes next."""
    told = _told(replication_id)
    coming = next_step(told.replication)
    reached = {step.state: step for step in told.replication.steps}
    return render_template(
        "catalogue/replication.html",
        told=told, of=told.replication, steps=words.STEPS, order=STEPS, reached=reached, coming=coming,
        word=next((word for word, act in ACTS.items() if act == coming), ""),
        heading=HEADINGS.get(coming, ""), lead=LEADS.get(coming, ""),
        may={act: _open(told, act) and told.may(current_user, act) for act in (*HEADINGS,)},
        address=telling.address,
    )  # fmt: skip


@blueprint.route("/replikasi/<int:replication_id>/<word>", methods=["GET", "POST"])
@signed_in
def carry_on(replication_id, word):
    """One of the things that are done in a replication: the next step, adaptation, outcome, giving up."""
    if word not in ACTS:
        abort(404)
    told = _told(replication_id)
    act = ACTS[word]
    back = url_for("catalogue.replication", replication_id=replication_id)
    if not _open(told, act):
        raise operations.NotItsTurn()
    check(told.may(current_user, act))
    form = FORMS.get(act, forms.StepForm)(**_now(told.replication, act))
    if form.validate_on_submit():
        try:
            _do(told, act, form)
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
        except files.FileRefused as refused:
            db.session.rollback()
            form.refuse(Invalid("file", str(refused)))
        else:
            flash(_("Tersimpan."))
            return redirect(back)
        told = _told(replication_id)
    page = render_template(
        "catalogue/carry_on.html",
        told=told, of=told.replication, form=form, act=act, heading=HEADINGS[act], lead=LEADS[act], back=back,
        needs_paper=act == "agreement" and not told.carers,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/replikasi/<int:replication_id>/dokumen/<int:step_id>")
@signed_in
def paper(replication_id, step_id):
    """The paper of a step, for those who take part."""
    told = _told(replication_id)
    step = found(next((one for one in told.replication.steps if one.id == step_id), None))
    return files.send(found(told.uploads.get(step.upload_id)))


def next_step(of: Replication) -> str:
    """The step that follows; "" when it runs or was given up."""
    place = STEPS.index(of.state) + 1
    return STEPS[place] if place < len(STEPS) and of.ended_at is None else ""


def _told(replication_id: int) -> ReplicationPage:
    """The replication; 404 also for who takes no part: numbers are counted up, that one is there is theirs to know."""
    told = found(queries.replication(replication_id, current_user))
    return found(told if told.may(current_user, "read") else None)


def _open(told: ReplicationPage, act: str) -> bool:
    """Whether this has its turn; who may is another matter."""
    of = told.replication
    if act in STEPS:
        return act == next_step(of)
    if act == "outcome":
        return of.state == "implementation"
    return of.ended_at is None and (act == "adaptation" or of.state != "implementation")


def _now(of: Replication, act: str) -> dict:
    """What a form shows at first."""
    if act in STEPS:
        return {"on": clock.today(current_user.zone)}
    if act == "adaptation":
        return {"adaptation": of.adaptation}
    if act == "outcome":
        day = of.outcome.get("measured_on")
        said = {name: _figure_said(value) for name, value in of.outcome.items() if name != "measured_on"}
        return {**said, "measured_on": date.fromisoformat(day) if day else None}
    return {}


def _do(told: ReplicationPage, act: str, form) -> None:
    """Does it, tells the others, and commits."""
    of, by_id = told.replication, current_user.id
    if act in STEPS:
        _step(told, act, form)
        return
    if act == "adaptation":
        operations.adapt(of, form.adaptation.data or "", by_id=by_id)
    elif act == "outcome":
        operations.tell_outcome(of, _outcome(form), by_id=by_id)
    else:
        operations.give_up(of, reason=form.reason.data or "", by_id=by_id)
        operations.announce(of, told.carers, "ended", by_id=by_id)
    db.session.commit()


def _step(told: ReplicationPage, act: str, form) -> None:
    """The file is on the disk before its row; it goes again when the step is refused."""
    of = told.replication
    sent = form.file.data if form.file.data and form.file.data.filename else None
    if sent is None and act == "agreement" and not told.carers:
        raise Invalid(
            "file",
            _l("Unggah surat kesepakatannya: instansi asal belum ada di sini untuk mengatakannya sendiri."),
        )
    more = {}
    if act == "implementation":
        more["result"] = operations.own_record(form.result.data or "", of.adopter)
    prepared = sent and files.prepare(
        sent.stream, name=sent.filename, kind="document", owner_id=current_user.id
    )
    try:
        upload = files.add(prepared) if prepared else None
        VERBS[act](
            of, on=form.on.data, zone=current_user.zone, by_id=current_user.id, note=form.note.data or "",
            upload_id=upload.id if upload else None, **more,
        )  # fmt: skip
        operations.announce(of, told.carers, act, by_id=current_user.id)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        if prepared:
            files.forget(prepared)
        raise


def _outcome(form) -> dict:
    day = form.measured_on.data
    return {
        "measure": form.measure.data, "unit": form.unit.data, "note": form.note.data,
        "before": figure("before", form.before.data), "after": figure("after", form.after.data),
        "measured_on": day.isoformat() if day else None,
    }  # fmt: skip


def figure(field: str, said: str | None) -> float | int:
    """A number as it is written in Indonesian ("1.250,5", "90") or with a decimal point ("12.5"). Raises Invalid."""
    text = (said or "").replace(" ", "").rstrip("%")
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", text):
        text = text.replace(".", "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise Invalid(field, _l("Tulis sebuah angka, misalnya 90 atau 12,5."))
    return float(text) if "." in text else int(text)


def _figure_said(value) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
