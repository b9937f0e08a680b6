"""Text: Markdown to safe HTML, plain text, excerpts, slugs, comparing and counting words.

Rendering is done once, when a text is saved; the HTML is stored and shown through `trusted`. It runs in a
child process (core/_render.py) that is killed after two seconds: Markdown parsers are slow on hostile input.
"""

from __future__ import annotations

import atexit
import html as entities
import json
import logging
import os
import re
import struct
import subprocess
import sys
import threading
import unicodedata
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NewType

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ekopi.core.errors import Refused

Html = NewType("Html", str)
"""HTML that came out of `render`; what a `…_html` column holds."""

TEXT_LIMIT = 50_000
"""Characters of one text."""
INLINE_LIMIT = 2_000
"""Characters of one line, such as an option of a quiz."""
SECONDS = 2.0
"""How long one rendering may take."""
START_SECONDS = 10.0
"""How long the child may take to start; a tenth of a second is usual."""
PATIENCE = 8.0
"""Seconds to wait for those who came before."""

_CHILD = [sys.executable, "-I", str(Path(__file__).with_name("_render.py"))]
_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,20}-\Z")
_log = logging.getLogger(__name__)


class TextTooLong(Refused):
    """The text has more characters than one text may have."""

    code = "text-too-long"
    message = _l("Teks ini terlalu panjang: %(length)s karakter, batasnya %(limit)s.")
    remedy = _l("Bagi menjadi beberapa bagian, lalu simpan lagi.")


class TextTooSlow(Refused):
    """The text could not be rendered within the time or memory it may take."""

    code = "text-too-slow"
    message = _l("Susunan teks ini terlalu rumit untuk diolah.")
    remedy = _l("Kurangi tanda kurung, kutipan, dan daftar yang bertumpuk, lalu simpan lagi.")


class _Gone(Exception):
    """The child ended before it answered."""


class _Renderer:
    """The one child of this process, started when first needed and again after each death."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pid = os.getpid()
        self.child: Any = None  # a Popen with both pipes, or None

    def ask(self, request: dict) -> dict:
        if not self.lock.acquire(timeout=PATIENCE):
            raise TextTooSlow()
        try:
            return self._answer(json.dumps(request).encode())
        finally:
            self.lock.release()

    def _answer(self, body: bytes) -> dict:
        tries = 0
        while True:
            killed = threading.Event()
            try:
                return self._exchange(body, killed)
            except _Gone as gone:
                # Found dead though nobody killed it now: an old child that was ended from outside. Once more.
                tries += 1
                if killed.is_set() or tries == 2:
                    raise TextTooSlow() from gone

    def _exchange(self, body: bytes, killed: threading.Event) -> dict:
        child = self._running()
        with self._time_limit(child, SECONDS, killed):
            child.stdin.write(struct.pack(">I", len(body)) + body)
            child.stdin.flush()
            (size,) = struct.unpack(">I", self._take(child, 4))
            return json.loads(self._take(child, size))

    @contextmanager
    def _time_limit(self, child, seconds: float, killed: threading.Event):
        def kill():
            killed.set()
            child.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        except BaseException as error:
            # Whatever happened, an answer that nobody took must not reach the next who asks.
            self.stop()
            if isinstance(error, OSError):
                raise _Gone() from error
            raise
        finally:
            timer.cancel()

    @staticmethod
    def _take(child, size: int) -> bytes:
        got = child.stdout.read(size)
        if len(got) < size:
            raise _Gone()
        return got

    def _running(self) -> Any:
        if self.child is not None and self.child.poll() is not None:
            self.stop()
        if self.child is None:
            self.child = subprocess.Popen(
                _CHILD,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"LC_ALL": "C.UTF-8"},  # none of the application's secrets
                start_new_session=True,  # Ctrl-C in the terminal is not for it
            )
            # Starting has a limit of its own: on a busy machine it must not use up the text's two seconds.
            with self._time_limit(self.child, START_SECONDS, threading.Event()):
                self._take(self.child, 4)
        return self.child

    def stop(self) -> None:
        """Ends the child and collects it."""
        child, self.child = self.child, None
        if child is None or self.pid != os.getpid():
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            try:
                pipe.close()
            except OSError:
                _log.debug("the renderer's pipe was broken already")
        child.wait()


_renderer = _Renderer()


def _after_fork() -> None:
    # A forked process shares neither the child nor a lock that another thread may have held.
    global _renderer
    _renderer = _Renderer()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _renderer.stop())


def render(
    markdown: str, *, files: dict[str, str] | None = None, prefix: str = "isi-", language: str = "id"
) -> Html:
    """HTML of a Markdown text, safe to show to anyone; rendered when saved and then stored.

    `files` maps names as the text writes them ("files/x.png") to addresses; a relative link that is not among
    them loses its address and keeps its words. Every id begins with `prefix` (small letters, digits,
    "-", ends with "-"). `language` is that of the text ("id", "en"). Headings begin at h2. Raw HTML is shown
    as text. Raises TextTooLong above TEXT_LIMIT characters, TextTooSlow when it takes more than SECONDS.
    """
    return _render(markdown, TEXT_LIMIT, False, files, prefix, language)


def render_inline(markdown: str, *, files: dict[str, str] | None = None, language: str = "id") -> Html:
    """Like `render` for one line, such as an option: phrasing content only, to put into an element of yours.

    Emphasis, code, maths, links and pictures; "1. Januari" and "# x" stay as they are. Raises TextTooLong
    above INLINE_LIMIT characters.
    """
    return _render(markdown, INLINE_LIMIT, True, files, "isi-", language)


def _render(markdown, limit, inline, files, prefix, language) -> Html:
    if len(markdown) > limit:
        raise TextTooLong(length=_thousands(len(markdown)), limit=_thousands(limit))
    if not _PREFIX.match(prefix):
        raise ValueError(f"not a prefix for ids: {prefix!r}")
    if not markdown.strip():
        return Html("")
    # Half a surrogate pair (possible in JSON) cannot be stored as UTF-8.
    markdown = markdown.encode("utf-8", "replace").decode()
    answer = _renderer.ask(
        {"markdown": markdown, "inline": inline, "files": files or {}, "prefix": prefix, "language": language}
    )
    if "html" not in answer:
        _log.warning("a text was not rendered: %s", answer.get("failed"))
        raise TextTooSlow()
    return Html(answer["html"])


def trusted(html: str | None) -> Markup:
    """Marks a stored, rendered column as safe for templates. Only for what `render`, `render_inline` made."""
    return Markup(html or "")


_BLOCK_END = re.compile(r"(</(?:p|li|h[1-6]|td|th|tr|div|pre|blockquote|dd|dt)>|<br>|<hr>)")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.M)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|!!![ \t]*\w+)", re.M)
_TABLE_RULE = re.compile(r"^[ \t|:-]*-[ \t|:-]*$", re.M)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|`+)(?=\S)([^*_`\n]+)(?<=\S)\1")


def plain(html_or_md: str) -> str:
    """The words of a text without its marks, blanks collapsed; for search, mails and excerpts. Not HTML.

    Takes HTML (Markup, or a string that begins with a tag or holds a closing one) or Markdown.
    """
    text = str(html_or_md)
    if _is_html(html_or_md):
        import nh3  # 1.5 MB, mostly for the process that renders

        spaced = _BLOCK_END.sub(r"\1 ", text)
        text = entities.unescape(nh3.clean(spaced, tags=set()))
    else:
        for mark, instead in ((_FENCE, ""), (_TABLE_RULE, ""), (_LINE_MARK, "")):
            text = mark.sub(instead, text)
        text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
        text = text.replace("|", " ")
    return " ".join(text.split())


def _is_html(text: str) -> bool:
    return isinstance(text, Markup) or bool(re.match(r"\s*<[a-z][a-z0-9]*[ >/]", text)) or "</" in text


def excerpt(text: str, n: int) -> str:
    """At most n characters of plain text, cut between words, with "…" where something is left out.

    HTML loses its tags first; Markdown should go through `plain` before.
    """
    words_only = plain(text) if _is_html(text) else " ".join(text.split())
    if len(words_only) <= n:
        return words_only
    cut = words_only[: max(0, n - 1)]
    if " " in cut and not words_only[len(cut)].isspace():
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,.;:–-") + "…"


def slug(text: str) -> str:
    """Kebab-case of ASCII letters and digits, at most 80, cut between words; "" when nothing is left."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    whole = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(whole) <= 80:
        return whole
    cut = whole[:81]
    return (cut.rpartition("-")[0] or cut[:80]).strip("-")


def fold(text: str) -> str:
    """The form in which two texts are compared: no case, accents or punctuation, single spaces.

    A text of punctuation alone keeps it, so that "?" does not equal "!".
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    spaced = "".join(" " if unicodedata.category(c)[0] in "PZC" else c for c in bare)
    return " ".join(spaced.split()) or " ".join(bare.split())


def words(text: str) -> int:
    """How many words: runs between blanks that hold a letter or a digit. HTML loses its tags first."""
    bare = plain(text) if _is_html(text) else text
    return sum(any(c.isalnum() for c in word) for word in bare.split())


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
