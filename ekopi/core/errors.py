"""Refusals that explain themselves: code, sentence, what to do. One handler makes them pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l


class Refused(Exception):
    """A verb cannot be done now, for a reason the person can understand.

    Subclasses set `code` (stable, kebab-case), `message` and `remedy` (lazy sentences, may hold %(name)s)
    and `status`. Facts given to the constructor fill the sentences.
    """

    code = "refused"
    status = 409
    message = _l("Permintaan ini tidak dapat dijalankan sekarang.")
    remedy: object = ""
    way: tuple[str, object] | None = None
    """Address and words of the button that leads to what the remedy names, e.g. ("/masuk", _l("Ke Halaman Masuk"))."""

    def __init__(self, **facts):
        super().__init__(self.code)
        self.facts = facts

    def sentence(self) -> str:
        """The reason, in the reader's language."""
        return str(self.message) % self.facts if self.facts else str(self.message)

    def advice(self) -> str:
        """What to do next; may be empty."""
        return str(self.remedy) % self.facts if self.facts else str(self.remedy)

    def __str__(self):
        return " ".join(part for part in (self.sentence(), self.advice()) if part)


class Invalid(Refused):
    """What was typed cannot be taken; names the field it belongs to, so that a form shows it there."""

    code = "invalid"
    status = 422

    def __init__(self, field: str = "", message: object = "", **facts):
        super().__init__(**facts)
        self.field = field
        if message:
            self.message = message


class Stale(Refused):
    """Somebody else saved in between; carries both versions so that nothing typed is lost."""

    code = "stale"
    message = _l("Isian ini sudah diubah di tempat lain sejak Anda membukanya.")
    remedy = _l("Bandingkan kedua versi, lalu simpan yang Anda pilih.")

    def __init__(self, mine=None, theirs=None, **facts):
        super().__init__(**facts)
        self.mine, self.theirs = mine, theirs
