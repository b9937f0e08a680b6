"""What a person sees when something is refused or breaks: a plain page with a request id, never a traceback."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, PendingRollbackError, SQLAlchemyError, StatementError
from werkzeug.exceptions import HTTPException

from ekopi.core.errors import Refused
from ekopi.core.guards import PUBLIC
from ekopi.core.problems import problem
from ekopi.core.web import own_address
from ekopi.extensions import db, login

log = logging.getLogger("ekopi.failures")
ENTRIES = ("accounts.sign_in", "accounts.register")
"""Forms by which one comes in; whoever is in already has no use for them."""
PASSWORDS = frozenset({"password", "old", "new"})
"""Names of all fields that hold a password: they are never shown again."""


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def words_for(status: int) -> tuple[str, str]:
    """Title and sentence of a status."""
    known = {
        400: (_("Permintaan Tidak Lengkap"), _("Muat ulang halaman sebelumnya, lalu coba lagi.")),
        403: (_("Halaman Ini Bukan untuk Anda"), _("Akun Anda tidak memiliki hak untuk membuka atau mengubah ini. Bila seharusnya bisa, hubungi admin instansi Anda.")),
        404: (_("Halaman Tidak Ditemukan"), _("Alamatnya mungkin salah ketik, atau halamannya sudah dipindahkan. Mulailah dari beranda.")),
        405: (_("Cara Membuka Ini Tidak Tepat"), _("Halaman ini tidak dapat dibuka langsung. Kembali ke halaman sebelumnya dan gunakan tombol di sana.")),
        410: (_("Halaman Ini Sudah Ditarik"), _("Isinya pernah ada di sini, tetapi sudah ditarik. Cari yang serupa di katalog atau mulai dari beranda.")),
        413: (_("Kiriman Terlalu Besar"), _("Seluruh kiriman paling besar %(mib)s MB. Kecilkan berkasnya, lalu unggah lagi.", mib=current_app.extensions["settings"].upload_max_mib)),
        429: (_("Terlalu Banyak Permintaan"), _("Tunggu satu menit, lalu coba lagi.")),
        503: (_("EKOPI Sedang Tidak Dapat Diakses"), _("Basis data tidak menjawab. Coba lagi beberapa saat lagi; yang sudah tersimpan tetap aman.")),
    }  # fmt: skip
    broken = (
        _("Terjadi Kesalahan di EKOPI"),
        _("Kesalahan ini sudah tercatat. Coba lagi; bila terulang, sebutkan kode di bawah kepada admin."),
    )
    return known.get(status, broken)


def page(
    status: int, title: str = "", sentence: str = "", advice: str = "", code: str = "", way=None, texts=()
):
    """The error page; a problem for programs under /api; JSON for scripts of ours that asked for it.

    `texts`: what was typed, to be copied.
    """
    _know_person()
    default_title, default_sentence = words_for(status)
    title, sentence = title or default_title, sentence or default_sentence
    if request.path.startswith("/api/"):
        return problem(status, title, " ".join(p for p in (sentence, advice) if p), code=code), status
    if request.accept_mimetypes.best == "application/json":
        return jsonify(code=code or str(status), error=" ".join(p for p in (sentence, advice) if p)), status
    if way is None and request.method == "POST" and (back := _came_from()):
        way = (back, _("Kembali ke Halaman Sebelumnya"))
    html = render_template(
        "core/error.html",
        status=status, title=title, sentence=sentence, advice=advice, request_id=_request_id(), way=way,
        texts=texts,
    )  # fmt: skip
    return html, status


def _came_from() -> str | None:
    """The page of ours that the refused form stood on."""
    came = urlsplit(request.referrer or "")
    return own_address(came.path) if came.netloc == request.host else None


def _request_id() -> str:
    """A body that is too large is refused before the request got its id; the page shows one all the same."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return g.request_id


def _refused(refusal: Refused):
    db.session.rollback()
    return page(
        refusal.status,
        _("Belum Dapat Dilakukan"),
        refusal.sentence(),
        refusal.advice(),
        refusal.code,
        refusal.way,
    )


def _http(error: HTTPException):
    if error.code and error.code < 400:
        return error
    if isinstance(error, CSRFError):
        return _of_another_session()
    if error.code == 401:
        return _of_another_session(401)
    answer = page(error.code or 500)
    headers = [(k, v) for k, v in error.get_headers() if k.lower() not in {"content-type", "content-length"}]
    return (*answer, headers)


def _of_another_session(status: int = 400):
    """The form's token is of a session that has ended: signed out, or signed in anew, since the form was opened.

    401 when the token holds and the sign-in has ended: elsewhere, by a new password or role, or unused for too long.

    The text cannot wait behind a link: pages of signed-in people are not kept by the browser (no-store), and going
    back to one after signing out leads to /masuk. So it is shown here, to be copied.
    """
    try:
        here = current_user.is_authenticated
    except OperationalError as away:
        return _database(away)
    back = _came_from()
    old_tab = here and request.endpoint in ENTRIES and request.form.get("csrf_token")
    if old_tab:  # what the form was for is done
        return redirect(own_address(request.form.get("next")) or "/beranda")
    view = current_app.view_functions.get(request.endpoint or "")
    texts = _typed() if back and request.accept_mimetypes.best != "application/json" else []
    copy = _("Salin dahulu isian di bawah ini.") if texts else ""
    if here or getattr(view, "guard", (PUBLIC,))[0] == PUBLIC:
        title = _("Formulir Ini Sudah Tidak Berlaku")
        sentence = _(
            "Belum ada yang tersimpan. Ini terjadi bila Anda masuk atau keluar di tab lain, atau bila peramban menolak kuki."
        )
        then = _("Buka lagi halamannya, lalu ulangi.")
        way = (back, _("Buka Lagi Halamannya")) if back else None
    else:
        title = _("Sesi Anda Sudah Berakhir")
        sentence = _("Belum ada yang tersimpan, karena Anda sudah keluar dari EKOPI.")
        if status == 401:
            sentence = _(
                "Belum ada yang tersimpan. Sesi berakhir bila Anda keluar, kata sandi atau peran Anda berubah, sesi ini diakhiri dari perangkat lain, atau EKOPI lama tidak dibuka."
            )
        then = _("Masuk, lalu ulangi.")
        way = (url_for("accounts.sign_in", next=back), _("Masuk"))
    advice = " ".join(part for part in (copy, then) if part)
    return (*page(status, title, sentence, advice, "session-over", way, texts), {"Cache-Control": "no-store"})


def _typed() -> list[str]:
    """The texts of the refused form: whatever has several words, which no token or choice has; never a password."""
    return [
        text.strip()
        for name, text in request.form.items(multi=True)
        if name not in PASSWORDS and len(text.split()) > 1
    ]


def _database(error: OperationalError):
    _note("database", error)
    _roll_back()
    g._login_user = login.anonymous_user()  # the row of the person would be asked for its language
    return (*page(503), [("Retry-After", "5")])


def _unexpected(error: Exception):
    _note("unexpected", error)
    _roll_back()
    return page(500)


def _note(what: str, error: Exception) -> None:
    """Logs an error with its trace. Of a database's error, also below another one, only kind, statement and places.

    Its words may hold what people typed: PostgreSQL's DETAIL names the values that clash.
    """
    told = next((e for e in _chain(error) if isinstance(e, StatementError | PendingRollbackError)), None)
    if told is None:
        log.error(what, exc_info=error)
        return
    log.error(
        what,
        extra={
            "error": type(getattr(told, "orig", None) or told).__name__,
            "statement": getattr(told, "statement", None),
            "trace": "".join(traceback.format_tb(error.__traceback__)),
        },
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _know_person() -> None:
    """Loads whose page this is, for its language; nobody's when the database cannot say."""
    try:
        current_user.is_authenticated  # noqa: B018 (loads the person)
    except SQLAlchemyError:
        _roll_back()
        g._login_user = login.anonymous_user()


def _roll_back():
    try:
        db.session.rollback()
    except Exception:  # the connection is gone; the session is removed at the end of the request anyway
        log.warning("rollback failed")
