"""Asking for the password again before a sensitive act; for the views of all areas."""

from __future__ import annotations

from functools import wraps

from flask import g, redirect, request, url_for

from ekopi.accounts.operations import proving


def proved(view):
    """For sensitive acts: asks for the password again when it was given too long ago, then comes back."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if proving.is_fresh(g.sign_in):
            return view(*args, **kwargs)
        return redirect(url_for("accounts.prove", next=request.path))

    return guarded
