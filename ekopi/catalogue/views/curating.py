"""The curator's work: pairs that may be one innovation, what was joined, records that stand in the wrong place."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from ekopi.catalogue import policy, reasons, telling, words
from ekopi.catalogue.forms import QueueForm, SplitForm
from ekopi.catalogue.operations import curating, joining
from ekopi.catalogue.operations.pairing import kept_first
from ekopi.catalogue.queries import curating as queries
from ekopi.catalogue.queries import innovation as innovations
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.innovation import known
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, role
from ekopi.core.registry import StaffPage, Waiting, register
from ekopi.extensions import db

CURATORS = ("curator", "admin")
WHO = ("", "orang", "aturan")


def register_pages() -> None:
    """The queue's place in /kelola."""
    register(
        "staff-pages",
        "pairs",
        StaffPage(
            _l("Antrean Pasangan"), _l("Catatan yang mungkin membicarakan inovasi yang sama, dan apa yang sudah digabungkan."),
            "catalogue.queue", "git-compare", CURATORS, whole=True,
        ),
    )  # fmt: skip
    register("waiting", "catalogue.pairs", waiting)


def waiting(person) -> list[Waiting]:
    """Pairs that wait for a curator. Asks the database nothing for anybody else."""
    if not policy.may_curate(person):
        return []
    number = queries.waiting(queries.Question())
    if not number:
        return []
    more = _("lebih dari %(n)s", n=queries.COUNTED)
    return [
        Waiting(
            title=_("Putuskan pasangan catatan"),
            fine=_("Catatan ini mungkin membicarakan inovasi yang sama."),
            url=url_for("catalogue.queue"),
            chip=more
            if number > queries.COUNTED
            else ngettext("%(num)s pasangan", "%(num)s pasangan", number),
        )
    ]


def tabs() -> list[tuple[str, str, str]]:
    return [
        ("queue", _("Antrean"), url_for("catalogue.queue")),
        ("joinings", _("Penggabungan dan Pemisahan"), url_for("catalogue.joinings")),
    ]


@blueprint.get("/kelola/antrean")
@role(*CURATORS)
def queue():
    """Proposed pairs, the likeliest first."""
    check(policy.may_curate(current_user))
    question = queries.asked(request.args)
    form = QueueForm(formdata=None, data=question.args())
    every = SelectChoice("", _("Semua"))
    form.sumber.choices = [
        every,
        *(SelectChoice(key, words.source_name(key)) for key in words.codes_of("source")),
    ]
    form.provinsi.choices = [every, *(SelectChoice(code, name) for code, name in queries.provinces())]
    number = queries.waiting(question)
    return render_template(
        "catalogue/queue.html",
        area_tabs=tabs(), tab="queue", page=queries.queue(question), form=form, question=question,
        number=min(number, queries.COUNTED), more=number > queries.COUNTED, source_name=words.source_name,
    )  # fmt: skip


@blueprint.get("/kelola/antrean/<int:pair_id>")
@role(*CURATORS)
def pair(pair_id):
    """Both records side by side, and why they may be one."""
    check(policy.may_curate(current_user))
    of = found(queries.pair(pair_id))
    question = queries.asked(request.args)
    next_id = queries.next_id(question, (of.decision.score, of.decision.id))
    kept, gone = kept_first(of.one, of.other)
    return render_template(
        "catalogue/pair.html",
        of=of, kept=kept, gone=gone, reasons=reasons.reasons(of.decision.reasons), question=question.args(),
        next_id=next_id, source_name=words.source_name, address=telling.address,
    )  # fmt: skip


@blueprint.post("/kelola/antrean/<int:pair_id>/jawab")
@role(*CURATORS)
def answer_pair(pair_id):
    """One innovation or two; then the next pair, with a toast that takes the answer back."""
    check(policy.may_curate(current_user))
    decision = found(queries.decision(pair_id))
    question = queries.asked(request.args)
    answer = request.form.get("jawaban", "")
    place = (decision.score, decision.id)
    if answer == "sama":
        done = curating.same(decision, by_id=current_user.id)
        text = _("Kedua inovasi digabungkan.")
        undo = url_for("catalogue.undo_joining", joining_id=done.id)
    elif answer == "beda":
        curating.different(decision, by_id=current_user.id)
        text = _("Dicatat sebagai dua inovasi yang berbeda.")
        undo = url_for("catalogue.ask_again", pair_id=pair_id)
    else:
        abort(400)
    next_id = queries.next_id(question, place)
    db.session.commit()
    flash({"text": text, "undo": undo})
    if next_id is None:
        return redirect(url_for("catalogue.queue", **question.args()))
    return redirect(url_for("catalogue.pair", pair_id=next_id, **question.args()))


@blueprint.post("/kelola/antrean/<int:pair_id>/urungkan")
@role(*CURATORS)
def ask_again(pair_id):
    """Takes "two innovations" back."""
    check(policy.may_curate(current_user))
    curating.ask_again(found(queries.decision(pair_id)), by_id=current_user.id)
    db.session.commit()
    flash(_("Pasangan ini kembali menunggu jawaban."))
    return redirect(url_for("catalogue.pair", pair_id=pair_id))


@blueprint.get("/kelola/gabungan")
@role(*CURATORS)
def joinings():
    """What was joined and split, by whom; each can be undone."""
    check(policy.may_curate(current_user))
    who = request.args.get("oleh", "")
    who = who if who in WHO else ""
    return render_template(
        "catalogue/joinings.html",
        area_tabs=tabs(), tab="joinings", page=queries.joinings(who), who=who, address=telling.address,
    )  # fmt: skip


@blueprint.post("/kelola/gabungan/<int:joining_id>/urungkan")
@role(*CURATORS)
def undo_joining(joining_id):
    """Brings both innovations back as they were before."""
    check(policy.may_curate(current_user))
    done = found(queries.joining(joining_id))
    joining.undo(done, by_id=current_user.id)
    kind = done.kind
    db.session.commit()
    flash(_("Penggabungan dibatalkan.") if kind == "join" else _("Pemisahan dibatalkan."))
    return redirect(url_for("catalogue.joinings"))


@blueprint.route("/katalog/<int:innovation_id>/pisahkan", methods=["GET", "POST"])
@role(*CURATORS)
def split(innovation_id):
    """Takes records of an innovation out into one of their own."""
    check(policy.may_curate(current_user))
    innovation = known(innovations.innovation(innovation_id, current_user))
    records = queries.records_of(innovation.id)
    form = SplitForm()
    form.records.choices = [
        SelectChoice(record.id, _("%(source)s, nomor %(number)s: %(title)s", source=words.source_name(record.source.key), number=record.external_id, title=record.title))
        for record in records
    ]  # fmt: skip
    if form.validate_on_submit():
        chosen = form.records.data or []
        if 0 < len(chosen) < len(records):
            made = joining.split(innovation, chosen, by_id=current_user.id)
            undo = url_for("catalogue.undo_joining", joining_id=queries.split_of(made.id))
            db.session.commit()
            flash(
                {
                    "text": _("Catatan dipisahkan menjadi inovasi nomor %(number)s.", number=made.id),
                    "undo": undo,
                }
            )
            return redirect(telling.address(made))
        form.refuse(Invalid("records", _l("Pilih sebagian catatan, bukan semuanya.")))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "catalogue/split.html", innovation=innovation, form=form, number=len(records), address=telling.address
    ), status
