"""Well-formed XML out of any text: escaped, and without the characters that XML 1.0 cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 leaves out: control characters, halves of surrogate pairs, U+FFFE and U+FFFF."""
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(value: object) -> str:
    """The text of an element."""
    return escape(ILLEGAL.sub("", str(value)))


def element(name: str, value: object, attributes: Mapping[str, object] | None = None) -> str:
    """One element around a text."""
    return around(name, (text(value),), attributes)


def around(name: str, inside: Iterable[str], attributes: Mapping[str, object] | None = None) -> str:
    """One element around elements."""
    said = "".join(
        f" {key}={quoteattr(ILLEGAL.sub('', str(value)))}" for key, value in (attributes or {}).items()
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def moment(value: datetime) -> str:
    """A moment as OAI-PMH and sitemaps write it: UTC, whole seconds."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
