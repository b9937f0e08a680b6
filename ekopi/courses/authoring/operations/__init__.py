"""Verbs of authoring. They flush; views and commands commit."""

from __future__ import annotations

from ekopi.courses.authoring.operations.courses import (
    create_course,
    delete_course,
    renew_link,
    save_settings,
    undelete_course,
)
from ekopi.courses.authoring.operations.importing import import_course
from ekopi.courses.authoring.operations.publishing import (
    discard_changes,
    publish_course,
    revert_to,
)

__all__ = [
    "create_course",
    "delete_course",
    "discard_changes",
    "import_course",
    "publish_course",
    "renew_link",
    "revert_to",
    "save_settings",
    "undelete_course",
]
