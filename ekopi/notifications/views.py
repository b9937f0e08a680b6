"""The inbox."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from ekopi.core.guards import found, signed_in
from ekopi.extensions import db
from ekopi.notifications import operations, queries

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifikasi")
@signed_in
def inbox():
    return render_template("notifications/inbox.html", page=queries.inbox(current_user.id))


@blueprint.post("/notifikasi/<int:item_id>/buka")
@signed_in
def open_item(item_id):
    """Marks one notice as read and goes to what it tells of."""
    item = found(queries.item(current_user.id, item_id))
    operations.mark_read(current_user.id, item.id)
    target = queries.told(item).address
    db.session.commit()
    return redirect(target or url_for("notifications.inbox"))


@blueprint.post("/notifikasi/baca-semua")
@signed_in
def read_all():
    operations.mark_read(current_user.id)
    db.session.commit()
    return redirect(url_for("notifications.inbox"))
