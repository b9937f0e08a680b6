"""`ekopi init`: keys made once and kept safely, the environment wins, one link for the first admin."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner

from ekopi.operating import environment
from ekopi.operating.commands import setup
from ekopi.operating.errors import Failed
from tests.living import DATA_KEY, ROOT, SECRET


@pytest.fixture
def fresh(tmp_path, elsewhere, monkeypatch):
    """Runs commands on an installation that does not exist yet."""
    _folder, url = elsewhere
    base = {k: v for k, v in os.environ.items() if not k.startswith("EKOPI_")}
    base |= {"EKOPI_DATA_DIR": str(tmp_path / "new"), "EKOPI_DATABASE_URL": url}

    def run(*words, **more):
        return subprocess.run(
            [sys.executable, "-m", "ekopi.cli", *words],
            env=base | more, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def init(*words, **more):
        """The same in this process."""
        with monkeypatch.context() as patch:
            for name in [n for n in os.environ if n.startswith("EKOPI_")]:
                patch.delenv(name)
            for name, value in (base | more).items():
                patch.setenv(name, value)
            done = CliRunner().invoke(setup.init, list(words))
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    run.init = init
    run.folder = tmp_path / "new"
    return run


def kept(run) -> dict[str, str]:
    lines = (run.folder / "ekopi.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_init_makes_everything_once(fresh):
    first = fresh.init(EKOPI_ADMIN_EMAIL="Kepala@Contoh.go.id")
    assert first.exit_code == 0, first.output
    keys = kept(fresh)
    assert {"EKOPI_SECRET_KEY", "EKOPI_DATA_KEY", "EKOPI_DATABASE_URL"} <= keys.keys()
    assert (fresh.folder / "ekopi.env").stat().st_mode & 0o777 == 0o600
    assert len(re.findall(r"http://127\.0\.0\.1:8000/\S+", first.output)) == 1
    for key in (keys["EKOPI_SECRET_KEY"], keys["EKOPI_DATA_KEY"]):
        assert key not in first.output

    second = fresh.init()
    assert second.exit_code == 0 and kept(fresh) == keys
    assert "http://" not in second.output and "Belum ada admin" not in second.output
    listed = fresh("user", "list")
    assert "kepala@contoh.go.id" in listed.stdout and "admin@platform" in listed.stdout


def test_nothing_is_asked_without_a_terminal(fresh):
    done = fresh.init()
    assert done.exit_code == 0 and "Belum ada admin" in done.output


def test_the_environment_wins_and_its_keys_are_not_copied(fresh):
    done = fresh.init(EKOPI_SECRET_KEY=SECRET, EKOPI_DATA_KEY=DATA_KEY)
    assert done.exit_code == 0, done.output
    assert "EKOPI_SECRET_KEY" not in kept(fresh) and "EKOPI_DATA_KEY" not in kept(fresh)


def test_a_wrong_address_is_refused_plainly(fresh):
    done = fresh.init("--admin-email", "bukan surel")
    assert done.exit_code == 2 and "Contoh:" in done.output


def test_commands_before_init_say_what_to_do(fresh):
    done = fresh("doctor")
    assert done.returncode == 2 and "ekopi init" in done.stderr and "Traceback" not in done.stderr


def test_other_lines_of_the_file_stay(monkeypatch, tmp_path):
    monkeypatch.setenv("EKOPI_DATA_DIR", str(tmp_path))
    (tmp_path / "ekopi.env").write_text("# catatan saya\nEKOPI_PORT=9000\nEKOPI_DEMO=0")
    environment.keep({"EKOPI_DEMO": "1", "EKOPI_BASE_URL": "http://127.0.0.1:9000"})
    assert (tmp_path / "ekopi.env").read_text() == (
        "# catatan saya\nEKOPI_PORT=9000\nEKOPI_DEMO=1\nEKOPI_BASE_URL=http://127.0.0.1:9000\n"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ekopi.env"]


def test_a_lost_key_is_not_replaced_silently(full, settle, monkeypatch):
    settle(full)
    monkeypatch.delenv("EKOPI_DATA_KEY")
    monkeypatch.delenv("EKOPI_SECRET_KEY")
    with pytest.raises(Failed, match="EKOPI_SECRET_KEY dan EKOPI_DATA_KEY"):
        environment.make_missing_keys()
    assert not (full.data_dir / "ekopi.env").exists()


def test_two_at_once_do_not_mix(monkeypatch, tmp_path):
    monkeypatch.setenv("EKOPI_DATA_DIR", str(tmp_path))
    with (
        environment.alone(),
        pytest.raises(Failed, match="perintah ekopi lain"),
        environment.alone(wait=False),
    ):
        pass


@pytest.mark.slow
def test_the_link_signs_in_once(fresh):
    from tests.databases import free_port, kill, wait_until

    port = str(free_port())
    link = re.search(
        r"http://\S+", fresh("init", EKOPI_ADMIN_EMAIL="a@contoh.go.id", EKOPI_PORT=port).stdout
    )[0]
    assert f":{port}/" in link
    env = {k: v for k, v in os.environ.items() if not k.startswith("EKOPI_")}
    env |= {"EKOPI_DATA_DIR": str(fresh.folder), "EKOPI_PORT": port}
    server = subprocess.Popen(
        [sys.executable, "-m", "ekopi.cli", "run"], env=env, cwd=ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: _status(f"http://127.0.0.1:{port}/healthz") == 200, seconds=40)
        assert _status(link) == 200
        assert _status(link.rsplit("/", 1)[0] + "/x" * 8) != 200
    finally:
        server.terminate()
        server.wait(20)
        kill(server)


def _status(url: str) -> int:
    try:
        return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
