"""What `ekopi doctor` says of mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from ekopi.core import registry
from ekopi.core.doctor import Finding
from ekopi.mail import queries, smtp


def register_checks() -> None:
    registry.register("doctor", "mail", findings)


def findings() -> Iterator[Finding]:
    """Is there a mail server that answers, and did all letters go out."""
    settings = current_app.extensions["settings"]
    if settings.mail_url:
        yield _server(settings.mail_url)
    elif settings.demo:
        yield Finding("baik", "mail-server", _("Surel demo disimpan dan dapat dibaca di /demo/surel."))
    else:
        yield Finding(
            "peringatan",
            "mail-server",
            _("EKOPI_MAIL_URL kosong: surel hanya disimpan, tidak dikirim."),
            _(
                "Isi EKOPI_MAIL_URL dengan alamat server surel, misalnya smtp+starttls://nama:sandi@surel.contoh.go.id."
            ),
        )
    counts = queries.counts()
    if counts.get("failed"):
        yield Finding(
            "peringatan",
            "mail-failed",
            ngettext("%(num)s surel gagal dikirim.", "%(num)s surel gagal dikirim.", counts["failed"]),
            _("Lihat sebabnya di /kelola/pekerjaan, perbaiki, lalu ulangi di sana."),
        )
    if counts["slow"]:
        yield Finding(
            "peringatan",
            "mail-waiting",
            ngettext(
                "%(num)s surel menunggu lebih dari 15 menit.",
                "%(num)s surel menunggu lebih dari 15 menit.",
                counts["slow"],
            ),
            _("Pastikan pekerja hidup dan server surel menjawab."),
        )


def _server(mail_url: str) -> Finding:
    try:
        with smtp.connect(mail_url) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as trouble:
        said = f"{type(trouble).__name__}: {trouble}"
        return Finding(
            "gagal",
            "mail-server",
            _("Server surel tidak dapat dipakai (%(said)s).", said=said),
            _("Periksa EKOPI_MAIL_URL: alamat, porta, nama, dan sandi."),
        )
    return Finding("baik", "mail-server", _("Server surel menjawab."))
