"""The results of a search as CSV or XLSX: ask, watch it being written, have the file."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, send_file, url_for

from ekopi.catalogue.operations import exporting
from ekopi.catalogue.queries import giving as queries
from ekopi.catalogue.views import blueprint
from ekopi.core.guards import found, public
from ekopi.extensions import db, limiter

MEDIA_TYPES = {
    "csv": "text/csv",  # Flask adds the charset
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.route("/katalog/ekspor", methods=["GET", "POST"])
@public
@limiter.limit("6 per hour", methods=["POST"])
def export():
    """How many innovations the search in the address has, and a button for each kind of file."""
    question = request.query_string.decode("utf-8", "replace")[: exporting.LONGEST_QUESTION]
    kind = request.form.get("bentuk", "")
    if request.method == "POST" and kind in exporting.KINDS:
        made = exporting.begin(question, kind)
        db.session.commit()
        return redirect(url_for(".export_state", token=made.token))
    number = queries.total(within=exporting.public_ids(question))
    return render_template("catalogue/export.html", number=number, question=question)


@blueprint.get("/katalog/ekspor/<token>")
@public
def export_state(token):
    """How far it is; reads itself anew until it is done."""
    made = found(exporting.find(token))
    return render_template("catalogue/export_state.html", made=made)


@blueprint.get("/katalog/ekspor/<token>/berkas")
@public
def export_file(token):
    """The file, once it is whole."""
    made = found(exporting.find(token))
    if made.state != "done":
        abort(404)
    return send_file(
        made.path,
        mimetype=MEDIA_TYPES[made.kind],
        as_attachment=True,
        download_name=made.path.name,
        conditional=True,
    )
