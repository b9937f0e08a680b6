"""The privacy notice: its version, and the templates that hold its text.

A change of meaning needs a new version with new files; accepted versions stay readable.
"""

from __future__ import annotations

PRIVACY = "privacy"
PRIVACY_VERSION = "2026-1"
PRIVACY_VERSIONS = ("2026-1",)
"""All versions that somebody may have accepted, oldest first."""


TEXTS = {
    ("2026-1", "id"): "accounts/notices/privacy-2026-1.id.html",
    ("2026-1", "en"): "accounts/notices/privacy-2026-1.en.html",
}


def template_of(version: str, language: str) -> str:
    """The template with the text of a version, in Indonesian or English."""
    return TEXTS[version, "en" if language == "en" else "id"]
