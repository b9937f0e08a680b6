"""The commands. `init`, `demo` and `restore` run before an application can be made; the rest is added to it."""

from __future__ import annotations

from ekopi.operating.commands.archives import backup, restore
from ekopi.operating.commands.setup import demo, init

__all__ = ["backup", "demo", "init", "register", "restore"]


def register(app) -> None:
    """Adds the commands that need the application."""
    from ekopi.operating.commands.database import db_group
    from ekopi.operating.commands.health import doctor
    from ekopi.operating.commands.people import user

    for command in (backup, db_group, doctor, user):
        app.cli.add_command(command)
