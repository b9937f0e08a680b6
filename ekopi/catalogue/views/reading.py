"""Sources and their readings: a file is looked through first, then read for real; both by a job."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ekopi.catalogue import policy, refusals, sources, words
from ekopi.catalogue.forms import AddressForm, RecordsForm
from ekopi.catalogue.models import Run
from ekopi.catalogue.operations import filing, ingesting, pulling
from ekopi.catalogue.queries import runs as queries
from ekopi.catalogue.queries.runs import OUTCOMES
from ekopi.catalogue.views import blueprint
from ekopi.catalogue.views.curating import CURATORS
from ekopi.core import files, once
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, role
from ekopi.core.registry import StaffPage, register
from ekopi.core.web import say_number
from ekopi.extensions import db

STATES = {
    "waiting": (_l("Menunggu Giliran"), "", "hourglass"),
    "running": (_l("Sedang Dibaca"), "brand", "refresh"),
    "done": (_l("Selesai"), "ok", "check"),
    "failed": (_l("Gagal"), "bad", "x"),
}
SCHEDULES = {"": _l("Tanpa jadwal"), "daily": _l("Setiap hari"), "weekly": _l("Setiap minggu")}


def register_pages() -> None:
    """The sources' place in /kelola."""
    register(
        "staff-pages",
        "sources",
        StaffPage(
            _l("Sumber Katalog"), _l("Berkas dan sistem yang dibaca ke dalam katalog: hasilnya, dan baris yang ditolak."),
            "catalogue.source_list", "download", CURATORS, whole=True,
        ),
    )  # fmt: skip


def state_of(run: Run) -> tuple:
    """Words, tone and drawing of how a reading stands."""
    return STATES["waiting" if run.state == "running" and not run.holder else run.state]


@blueprint.get("/kelola/sumber")
@role(*CURATORS)
def source_list():
    """Every source, when it was read last, and how that ended."""
    check(policy.may_curate(current_user))
    return render_template(
        "catalogue/source_list.html", seen=queries.overview(), state_of=state_of, schedules=SCHEDULES
    )


@blueprint.route("/kelola/sumber/<key>", methods=["GET", "POST"])
@role(*CURATORS)
def source(key):
    """A source and its readings; takes a file and looks through it."""
    check(policy.may_curate(current_user))
    found(sources.adapters().get(key))
    form = RecordsForm()
    if form.validate_on_submit():
        if done := once.led_to(form.once.data):
            return redirect(done)
        try:
            prepared = files.prepare(
                form.file.data.stream, name=form.file.data.filename, kind="records", owner_id=None
            )
        except files.FileRefused as refused:
            form.file.errors = [str(refused)]
        else:
            return _look_through(key, form, prepared)
    return _page(key, form), 422 if form.is_submitted() else 200


def _page(key: str, form: RecordsForm | None = None, address: AddressForm | None = None) -> str:
    """The page of a source, with a form that was refused or fresh ones."""
    row = queries.source(key)
    kept = {"address": row.address, "schedule": row.schedule} if row else {}
    return render_template(
        "catalogue/source.html",
        adapter=sources.adapters()[key], source=row, form=form or RecordsForm(formdata=None),
        address=address or AddressForm(formdata=None, data=kept), hosts=sorted(pulling.hosts()),
        page=queries.runs(row.id) if row else None, state_of=state_of, schedules=SCHEDULES,
        limit=current_app.extensions["settings"].upload_max_mib,
    )  # fmt: skip


@blueprint.post("/kelola/sumber/<key>/alamat")
@role(*CURATORS)
def source_address(key):
    """Where a source is read from, and how often."""
    check(policy.may_curate(current_user))
    found(sources.adapters().get(key))
    form = AddressForm()
    if form.validate():
        try:
            pulling.set_address(
                ingesting.source(key), form.address.data or "", form.schedule.data, by_id=current_user.id
            )
            db.session.commit()
            flash(_("Alamat dan jadwal tersimpan."))
            return redirect(url_for("catalogue.source", key=key))
        except Invalid as refusal:
            db.session.rollback()
            form.refuse(refusal)
    return _page(key, address=form), 422


@blueprint.post("/kelola/sumber/<key>/tarik")
@role(*CURATORS)
def pull_source(key):
    """Reads a source from its address, now."""
    check(policy.may_curate(current_user))
    found(sources.adapters().get(key))
    begun = pulling.pull(ingesting.source(key), by_id=current_user.id)
    db.session.commit()
    flash(_("Pembacaan masuk antrean."))
    return redirect(url_for("catalogue.run", run_id=begun.id))


def _look_through(key: str, form: RecordsForm, prepared):
    try:
        run = filing.look_through(key, files.add(prepared), whole=form.whole.data, by_id=current_user.id)
        target = url_for("catalogue.run", run_id=run.id)
        once.remember(form.once.data, target)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        files.forget(prepared)
        raise
    return redirect(target)


@blueprint.get("/kelola/pembacaan/<int:run_id>")
@role(*CURATORS)
def run(run_id):
    """How far a reading is, what it found, and which rows were refused. Reads itself anew while it goes."""
    check(policy.may_curate(current_user))
    told = found(queries.run_page(run_id))
    of = told.run
    counts = {
        "ditolak": of.refused, "baru": of.new, "berubah": of.changed, "hilang": of.vanished, "kembali": 0,
    }  # fmt: skip
    shown = "ditolak" if of.refused or of.preview or not of.new else "baru"
    outcome = request.args.get("hasil", shown)
    if outcome not in OUTCOMES:
        abort(404)
    labels = {
        "ditolak": _("Ditolak"), "baru": _("Baru"), "berubah": _("Berubah"), "hilang": _("Hilang"),
        "kembali": _("Ada Lagi"),
    }  # fmt: skip
    outcomes = [
        (name, f"{label} ({say_number(counts[name])})" if counts[name] else label, url_for("catalogue.run", run_id=run_id, hasil=name))
        for name, label in labels.items()
        if name == "ditolak" or not of.preview
    ]  # fmt: skip
    return render_template(
        "catalogue/run.html",
        told=told, of=of, state=state_of(of), outcomes=outcomes, outcome=outcome, source_name=words.source_name,
        page=queries.items(of, OUTCOMES[outcome]), fault=refusals.fault(of.fault, of.fault_facts),
        said=refusals.row, kept=ingesting.MOST_REFUSALS,
        may_read=filing.may_be_read(of), days=filing.KEPT.days,
    )  # fmt: skip


@blueprint.post("/kelola/pembacaan/<int:run_id>/baca")
@role(*CURATORS)
def read_for_real(run_id):
    """Reads the file that was looked through into the catalogue."""
    check(policy.may_curate(current_user))
    begun = filing.read_for_real(found(queries.run(run_id)), by_id=current_user.id)
    db.session.commit()
    flash(_("Pembacaan masuk antrean."))
    return redirect(url_for("catalogue.run", run_id=begun.id))
