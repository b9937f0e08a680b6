"""The demo, filled in once for each kind of database."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from ekopi.operating.commands.setup import demo as demo_command
from tests.living import Live


class Demo(Live):
    """A committed database that `ekopi demo` has filled."""

    def command(self, **more):
        """`ekopi demo` in this process, with the environment of this installation."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("EKOPI_")} | self.env | more
        with patch.dict(os.environ, env, clear=True):
            done = CliRunner().invoke(demo_command)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done


@pytest.fixture(scope="session")
def filled(template, tmp_path_factory):
    installation = Demo(template.clone(), tmp_path_factory.mktemp("demo"))
    done = installation.command()
    assert done.exit_code == 0, done.output
    installation.said = done.output
    yield installation
    installation.stop()


@pytest.fixture
def demo(filled):
    """The demo inside an application context; tests only read."""
    from ekopi.extensions import db

    with filled.app.app_context():
        yield filled
        db.session.remove()


@pytest.fixture
def empty(live, tmp_path):
    """A migrated database with nothing in it, and the command."""
    live.__class__ = Demo
    return live
