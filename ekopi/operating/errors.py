"""What a command refuses: with a sentence, what to do, and the exit code of docs (1 failed, 2 bad input)."""

from __future__ import annotations

import click


class Failed(click.ClickException):
    """Something did not work; nothing of the user's input is wrong. Exit code 1."""

    exit_code = 1

    def show(self, file=None) -> None:
        click.echo(f"Kesalahan: {self.format_message()}", err=True)


class BadInput(Failed):
    """What was given cannot be taken, an archive for example. Exit code 2."""

    exit_code = 2
