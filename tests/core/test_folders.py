"""The safe reader on folders, and on the archives of the hostile corpus."""

import os
import time
from pathlib import Path

import pytest

from ekopi.core.archives import MIB, ArchiveRefused, Limits, check_zip, read_tree
from tests.core.test_archives import SMALL, pack, place, refusal  # noqa: F401 (a fixture)

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "hostile"


def folder_of(tmp_path, *names) -> Path:
    folder = tmp_path / "folder"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_links_and_pipes_in_a_folder_are_refused(tmp_path):
    folder = folder_of(tmp_path, "a.txt")
    (folder / "rahasia").symlink_to("/etc/passwd")
    refused = refusal(folder)
    assert refused.code == "archive-link" and "rahasia" in refused.sentence()
    (folder / "rahasia").unlink()
    (folder / "rahasia").symlink_to("/etc", target_is_directory=True)
    assert refusal(folder).code == "archive-link"
    (folder / "rahasia").unlink()
    os.mkfifo(folder / "pipa")
    assert refusal(folder).code == "archive-device"


def test_limits_hold_for_folders(tmp_path):
    folder = folder_of(tmp_path, "a.txt", "b/c.txt")
    with read_tree(folder, limits=SMALL) as tree:
        assert list(tree) == ["a.txt", "b/c.txt"]
    (folder / "besar.bin").write_bytes(bytes(2 * MIB + 1))
    assert refusal(folder, limits=SMALL).code == "archive-file-size"
    (folder / "besar.bin").write_bytes(bytes(2 * MIB))
    (folder / "juga.bin").write_bytes(bytes(MIB))
    assert refusal(folder, limits=SMALL).code == "archive-total"
    (folder / "juga.bin").unlink()
    (folder / "A.txt").write_text("y")
    assert refusal(folder, limits=SMALL).code == "archive-duplicate"
    (folder / "A.txt").unlink()
    (folder / "isi.zip").write_text("y")
    assert refusal(folder).code == "archive-nested"
    (folder / "isi.zip").rename(folder / "isi.png")
    (folder / "isi.png").write_bytes(pack(("a", b"x")).read())
    assert refusal(folder).code == "archive-nested"
    (folder / "isi.png").unlink()
    for number in range(20):
        (folder / f"{number}.md").write_text("x")
    assert refusal(folder, limits=SMALL).code == "archive-count"


def test_a_folder_with_nothing_or_nowhere(tmp_path):
    (tmp_path / "kosong").mkdir()
    assert refusal(tmp_path / "kosong").code == "archive-empty"
    refused = refusal(tmp_path / "tidak-ada.zip")
    assert refused.code == "archive-missing" and "tidak-ada.zip" in refused.sentence()


EXPECTED = {
    "good": None,
    "deep_path": "long-name",
    "deep_xml": "ratio",
    "device": "device",
    "dup_names": "duplicate",
    "empty": "not-zip",
    "encrypted_flag": "encrypted",
    "flat_bomb_1g": "file-size",
    "lying_size": "lying-size",
    "nested_bomb": "nested",
    "not_zip": "not-zip",
    "overlap_20g": "ratio",
    "prefix_html": "not-zip",
    "slip_abs": "name",
    "slip_backslash": "name",
    "slip_dotdot": "name",
    "slip_drive": "name",
    "slip_unicode": "name",
    "symlink": "link",
    "symlink_dir": "link",
    "truncated": "broken",
}


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile corpus is not beside the project")
def test_the_hostile_corpus_is_refused():
    found = {}
    for name in EXPECTED:
        begin = time.monotonic()
        try:
            with read_tree(HOSTILE / "zip" / f"{name}.zip"):
                found[name] = None
        except ArchiveRefused as refused:
            found[name] = refused.reason
        assert time.monotonic() - begin < 5
    assert found == EXPECTED
    with pytest.raises(ArchiveRefused):
        read_tree(HOSTILE / "upload" / "symlink_etc_passwd.zip")
    assert not Path("/tmp/ekopi_slip.txt").exists()


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile corpus is not beside the project")
def test_overlapping_bytes_are_found_even_when_sizes_are_allowed():
    wide = Limits(total_bytes=100_000 * MIB, ratio=100_000, refuse_nested=False)
    with pytest.raises(ArchiveRefused) as refused:
        check_zip(HOSTILE / "zip" / "overlap_20g.zip", limits=wide)
    assert refused.value.reason in ("overlap", "duplicate")
