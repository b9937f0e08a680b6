"""What staff read about a person is shown to that person."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from ekopi.accounts.staff import blueprint, queries
from ekopi.core.guards import signed_in


@blueprint.get("/akun/dibuka-petugas")
@signed_in
def viewed():
    """Which staff opened the own record, and when."""
    return render_template("accounts/staff/viewed.html", views=queries.views_of(current_user.id))
