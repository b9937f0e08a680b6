"""Certificates: the public check, one's own, the JP account; revoking and reissuing for admins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ekopi.accounts.proved import proved
from ekopi.core import clock
from ekopi.core.errors import Invalid
from ekopi.core.guards import check, found, public, role, signed_in
from ekopi.credentials import paper, policy, queries
from ekopi.credentials.errors import NotValidAnyMore
from ekopi.credentials.forms import CheckForm, ReissueForm, RevokeForm
from ekopi.credentials.numbers import parse
from ekopi.credentials.operations import certificates
from ekopi.credentials.printed import address, printed, qr, share_url
from ekopi.extensions import db, limiter

blueprint = Blueprint("credentials", __name__)
limited = limiter.shared_limit("30 per minute", scope="certificate-checks")


@blueprint.after_request
def _not_for_search_engines(response):
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/sertifikat")
@public
@limited
def check_number():
    """The form to check a number; with `?nomor=` it leads to the certificate's page."""
    form = CheckForm(formdata=request.args if "nomor" in request.args else None)
    if "nomor" in request.args:
        if form.validate():
            return redirect(url_for("credentials.certificate", number=parse(form.nomor.data)))
        return render_template("credentials/check.html", form=form), 422
    return render_template("credentials/check.html", form=form)


@blueprint.get("/sertifikat/<number>")
@public
@limited
def certificate(number):
    """What the paper must say, and whether it is valid; the same for everybody."""
    folded = parse(number)
    if folded and folded != number:
        return redirect(url_for("credentials.certificate", number=folded))
    row = queries.by_number(folded) if folded else None
    if row is None:
        form = CheckForm(formdata=None, nomor=number[:40])
        return render_template(
            "credentials/unknown.html", form=form, number=number[:40], misspelt=not folded
        ), 404
    size, path = qr(address(row.number))
    return render_template(
        "credentials/certificate.html",
        certificate=row,
        facts=printed(row),
        share_url=share_url(row),
        qr_size=size,
        qr_path=path,
        now=clock.now(),
        form=CheckForm(formdata=None),
        mine=policy.may_download(current_user, row),
    )


@blueprint.get("/sertifikat/<number>.pdf")
@signed_in
def certificate_pdf(number):
    """The paper, for its holder only; a certificate that ended has none any more."""
    row = found(queries.of_holder(current_user.id, parse(number) or ""))
    if row.state != "valid":
        raise NotValidAnyMore()
    return Response(
        paper.pdf(row),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="Sertifikat-{row.number}.pdf"'},
    )


@blueprint.get("/sertifikat-saya")
@signed_in
def my_certificates():
    return render_template("credentials/my_certificates.html", page=queries.certificates_of(current_user.id))


@blueprint.get("/jp")
@signed_in
def account():
    """My learning hours of one year (`?tahun=`, default this year in my zone), with the evidence of each line."""
    years = queries.years(current_user.id, current_user.zone)
    asked = request.args.get("tahun", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and int(asked) in years else years[0]
    return render_template(
        "credentials/account.html",
        account=queries.year(current_user.id, year),
        lines=queries.entries(current_user.id, year),
        years=years,
    )


@blueprint.get("/kelola/sertifikat")
@role("admin")
def staff_list():
    check(policy.may_decide(current_user))
    text = request.args.get("nomor", "")[:60]
    return render_template("credentials/staff_list.html", page=queries.found_by_staff(text), text=text)


@blueprint.get("/kelola/sertifikat/<number>")
@role("admin")
def staff_certificate(number):
    check(policy.may_decide(current_user))
    row = found(queries.by_number(parse(number) or ""))
    return render_template(
        "credentials/staff_certificate.html",
        certificate=row,
        facts=printed(row),
        history=queries.history(row),
        may_change=policy.may_decide_on(current_user, row) and row.state == "valid",
    )


@blueprint.route("/kelola/sertifikat/<number>/cabut", methods=["GET", "POST"])
@role("admin")
@proved
def revoke(number):
    row = found(queries.by_number(parse(number) or ""))
    check(policy.may_decide_on(current_user, row))
    if row.state != "valid":
        raise NotValidAnyMore()
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            certificates.revoke(row, form.reason.data, current_user.id, with_jp=form.with_jp.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            db.session.commit()
            flash(_("Sertifikat dicabut. Pemegangnya sudah diberi tahu."))
            return redirect(url_for("credentials.staff_certificate", number=row.number))
    return render_template("credentials/revoke.html", certificate=row, form=form), 422 if form.errors else 200


@blueprint.route("/kelola/sertifikat/<number>/terbitkan-ulang", methods=["GET", "POST"])
@role("admin")
@proved
def reissue(number):
    row = found(queries.by_number(parse(number) or ""))
    check(policy.may_decide_on(current_user, row))
    if row.state != "valid":
        raise NotValidAnyMore()
    form = ReissueForm(name=row.facts["name"])
    if form.validate_on_submit():
        try:
            made = certificates.reissue(row, form.name.data, form.reason.data, current_user.id)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            db.session.commit()
            flash(_("Sertifikat diterbitkan ulang. Pemegangnya sudah diberi tahu."))
            return redirect(url_for("credentials.staff_certificate", number=made.number))
    return render_template(
        "credentials/reissue.html", certificate=row, form=form
    ), 422 if form.errors else 200
