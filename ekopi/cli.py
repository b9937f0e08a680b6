"""The `ekopi` command: its own light commands first, the application's only when one of them is asked for.

`run` stays small because it builds no application; `init`, `demo` and `restore` work before there are settings.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

EARLY = {
    "init": "ekopi.operating.commands:init",
    "demo": "ekopi.operating.commands:demo",
    "restore": "ekopi.operating.commands:restore",
}
"""Commands that make or bring the settings themselves: name -> where they are."""


class Lazy(click.Group):
    """Finds commands in three places: here, in EARLY, in what areas register on `app.cli`."""

    def list_commands(self, ctx):
        from ekopi.config import BadSetting

        names = {*super().list_commands(ctx), *EARLY}
        try:
            names |= set(_application(ctx).cli.list_commands(ctx))
        except BadSetting as fault:
            click.echo(f"Perintah lain tampil setelah pemasangan selesai: {fault}\n", err=True)
        return sorted(names)

    def get_command(self, ctx, name):
        own = super().get_command(ctx, name)
        if own is not None:
            return own
        if name in EARLY:
            module, _, attribute = EARLY[name].partition(":")
            return getattr(import_module(module), attribute)
        return _application(ctx).cli.get_command(ctx, name)


def _application(ctx):
    """The application of this call, built once; flask's commands find it in the context."""
    root = ctx.find_root()
    if root.obj is None:
        from flask.cli import ScriptInfo

        from ekopi import create_app
        from ekopi.config import load_settings

        app = create_app(load_settings(purpose="command"))
        root.obj = ScriptInfo(create_app=lambda: app)
    ctx.obj = root.obj
    return root.obj.load_app()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """EKOPI, Ekosistem Pengetahuan Inovasi."""


@cli.command(help="Menjalankan server, dan pekerja di dalamnya; TERM menghentikan, HUP memuat ulang.")
def run() -> None:
    from ekopi.config import load_settings
    from ekopi.serving import Supervisor

    sys.exit(Supervisor(load_settings()).run())


@cli.command(help="Menjalankan pekerja yang mengerjakan surel, jadwal, dan tugas latar lain.")
@click.option(
    "--slot", type=click.IntRange(0, 99), default=0, show_default=True, help="nomor pekerja di komputer ini"
)
def worker(slot: int) -> None:
    from ekopi import create_app, jobs
    from ekopi.config import load_settings

    with create_app(load_settings(purpose="job")).app_context():
        jobs.work(slot)


def main() -> None:
    """Runs the command. Exit codes: 0 fine, 1 failed, 2 bad input; a person's mistake shows no traceback."""
    from ekopi.config import BadSetting

    try:
        cli.main(prog_name="ekopi")
    except BadSetting as fault:
        _fail(str(fault), 2)
    except Exception as fault:
        sentence, code = _known(fault)
        if sentence is None:
            raise
        _fail(sentence, code)


def _known(fault: Exception) -> tuple[str | None, int]:
    """Sentence and exit code of a failure that people can do something about; None for a bug."""
    from sqlalchemy.exc import OperationalError

    from ekopi.core.errors import Invalid, Refused

    if isinstance(fault, Refused):
        return str(fault), 2 if isinstance(fault, Invalid) else 1
    if isinstance(fault, OperationalError):
        reason = str(fault.orig).strip().splitlines()[0]
        return f"Basis data tidak dapat dipakai: {reason}. Periksa EKOPI_DATABASE_URL.", 1
    return None, 1


def _fail(sentence: str, code: int) -> None:
    click.echo(f"Kesalahan: {sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
