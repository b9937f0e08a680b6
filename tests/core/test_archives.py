"""One safe reader of folders and zip archives: limits, names, links, lies, bombs; nothing is left behind."""

import io
import os
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest

from ekopi.core import _unpack
from ekopi.core.archives import MIB, ArchiveRefused, Limits, check_zip, read_tree

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "hostile"
SMALL = Limits(entries=20, total_bytes=3 * MIB, file_bytes=2 * MIB)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Temporary folders of the reader are made here, so that leftovers are seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == [], "the reader left something behind"


def pack(*entries, method=zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A zip archive of (name or ZipInfo, bytes)."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in entries:
            if isinstance(name, zipfile.ZipInfo):
                name.compress_type = method
            archive.writestr(name, data)
    held.seek(0)
    return held


def refusal(source, **options) -> ArchiveRefused:
    with pytest.raises(ArchiveRefused) as refused:
        read_tree(source, **options).close()
    assert refused.value.sentence() and "%(" not in str(refused.value)
    assert refused.value.advice()
    return refused.value


def test_a_good_archive_is_read(place):
    held = pack(("course.toml", b"\xef\xbb\xbfformat = 1\r\n"), ("lessons/a.md", b"# A"), ("lessons/", b""))
    with read_tree(held) as tree:
        assert list(tree) == ["course.toml", "lessons/a.md"] and len(tree) == 2
        assert tree.text("course.toml") == "format = 1\n" and tree.read("lessons/a.md") == b"# A"
        assert "lessons/a.md" in tree and "lessons" not in tree and "../x" not in tree
        kept = tree["lessons/a.md"]
        assert kept.is_relative_to(place) and stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(tree.folder.stat().st_mode) == 0o700
    assert not kept.exists()


def test_a_path_and_a_folder_are_read_alike(tmp_path):
    folder = tmp_path / "kursus"
    (folder / "lessons").mkdir(parents=True)
    (folder / "lessons" / "a.md").write_text("A")
    (folder / "course.toml").write_text("x")
    (folder / ".git" / "objects" / "1" / "2" / "3" / "4" / "5").mkdir(parents=True)
    (folder / ".git" / "config").write_text("x")
    packed = tmp_path / "kursus.zip"
    packed.write_bytes(pack(("lessons/a.md", b"A"), ("course.toml", b"x"), (".git/config", b"x")).read())
    with read_tree(folder) as one, read_tree(packed) as other:
        assert list(one) == list(other) == ["course.toml", "lessons/a.md"]
        assert one.read("lessons/a.md") == other.read("lessons/a.md")


def test_the_outer_folder_of_an_archive_is_left_out():
    entries = (("kursus/course.toml", b"x"), ("kursus/files/a.txt", b"y"), ("__MACOSX/kursus/._a", b"z"))
    with read_tree(pack(*entries)) as tree:
        assert list(tree) == ["course.toml", "files/a.txt"] and tree.read("files/a.txt") == b"y"
    with read_tree(pack(*entries), trim=False) as tree:
        assert list(tree) == ["kursus/course.toml", "kursus/files/a.txt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/tmp/x", "name"),
        ("../x", "name"),
        ("a/../../x", "name"),
        ("a/..", "name"),
        ("./x", "name"),
        ("a//x", "name"),
        ("..\\x", "name"),
        ("C:/x", "name"),
        ("C:x", "name"),
        ("a\nb", "name"),
        ("a\x1bb", "name"),
        ("\u202etxt.exe", "name"),
        ("..\u2215x", "name"),
        ("a\u2215x", "name"),
        ("a ", "name"),
        ("x" * 121, "long-name"),
        ("é" * 61, "long-name"),
        ("a/b/c/d/e/f/g", "depth"),
        ("isi.zip", "nested"),
        ("isi.tar.gz", "nested"),
        ("ISI.JAR", "nested"),
    ],
)
def test_a_bad_name_is_refused_and_shown(name, reason):
    refused = refusal(pack(("baik.txt", b"x"), (name, b"x")))
    assert refused.code == f"archive-{reason}"
    shown = refused.sentence()
    assert all(c.isprintable() for c in shown) and len(shown) < 200
    assert name[:20] in shown or not name.isprintable()


def test_the_longest_and_deepest_good_names_pass():
    with read_tree(pack(("x" * 120, b"1"), ("a/b/c/d/e/f", b"2"), ("é" * 60, b"3"))) as tree:
        assert len(tree) == 3


def test_a_name_with_a_nul_is_refused():
    raw = pack(("baik.txt", b"x"), ("aXb.txt", b"x")).read().replace(b"aXb.txt", b"a\0b.txt")
    assert zipfile.ZipFile(io.BytesIO(raw)).namelist()[1] == "a", "the control: zipfile cuts it silently"
    assert refusal(io.BytesIO(raw)).code == "archive-name"


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("caf\u00e9", "cafe\u0301"),
        ("stra\u00dfe", "STRASSE"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("A/b", "a"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_names_for_one_file_are_refused(names):
    assert refusal(pack(*((name, b"x") for name in names))).code == "archive-duplicate"


def test_names_are_composed():
    decomposed = "cafe\u0301.txt"
    with read_tree(pack((decomposed, b"x"))) as tree:
        assert list(tree) == [unicodedata.normalize("NFC", decomposed)] != [decomposed]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, "link"),
        (stat.S_IFCHR | 0o666, "device"),
        (stat.S_IFIFO | 0o666, "device"),
        (stat.S_IFSOCK | 0o666, "device"),
        (stat.S_IFDIR | 0o755, "broken"),
    ],
)
def test_what_is_no_file_is_refused(mode, reason):
    info = zipfile.ZipInfo("tautan")
    info.external_attr = mode << 16
    assert refusal(pack(("baik.txt", b"x"), (info, b"/etc/passwd"))).code == f"archive-{reason}"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: pack(*((f"{n}.txt", b"") for n in range(21))), "count"),
        (lambda: pack(("a", bytes(2 * MIB + 1)), method=zipfile.ZIP_STORED), "file-size"),
        (
            lambda: pack(*((f"{n}", os.urandom(2 * MIB)) for n in range(2)), method=zipfile.ZIP_STORED),
            "total",
        ),
        (lambda: pack(("nol.txt", bytes(2 * MIB))), "ratio"),
        (lambda: pack(("a", b"x"), method=zipfile.ZIP_BZIP2), "method"),
        (lambda: pack(("a", b"x"), method=zipfile.ZIP_LZMA), "method"),
        (lambda: pack(("gambar.png", pack(("a", b"x")).read())), "nested"),
        (lambda: pack(("a.txt", b"\x1f\x8b\x08gzip")), "nested"),
        (lambda: pack(), "empty"),
        (lambda: pack(("a/", b"")), "empty"),
        (lambda: pack((".rahasia", b"x")), "empty"),
        (lambda: io.BytesIO(b""), "not-zip"),
        (lambda: io.BytesIO(b"<html>" + pack(("a", b"x")).read()), "not-zip"),
        (lambda: io.BytesIO(b"Rar!\x1a\x07\x00"), "not-zip"),
        (lambda: io.BytesIO(pack(("a", b"x")).read()[:-5]), "broken"),
        (lambda: io.BytesIO(pack(("a", b"x")).read()[:-30]), "broken"),
        (lambda: io.BytesIO(pack(("a", b"x")).read() + b"ekor"), "broken"),
        (lambda: io.BytesIO(b"PK\x03\x04" + b"\xff" * 500), "broken"),
    ],
)
def test_what_is_too_much_or_no_archive_is_refused(make, reason):
    assert refusal(make(), limits=SMALL).code == f"archive-{reason}"


def test_the_limits_themselves_still_pass():
    entries = [(f"{n:02}.bin", os.urandom(1000)) for n in range(19)]
    with read_tree(pack(*entries, ("besar.bin", os.urandom(2 * MIB))), limits=SMALL) as tree:
        assert len(tree) == 20 and tree["besar.bin"].stat().st_size == 2 * MIB


def test_office_documents_are_no_nested_archives():
    with read_tree(pack(("files/lembar.xlsx", pack(("a", b"x")).read()))) as tree:
        assert list(tree) == ["files/lembar.xlsx"] or list(tree) == ["lembar.xlsx"]


def patched(held: io.BytesIO, name: bytes, field: int, layout: str, value: int) -> io.BytesIO:
    """The archive with one field of the entry's record in the directory changed."""
    raw = bytearray(held.read())
    at = raw.rfind(name, 0, len(raw)) - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    struct.pack_into(layout, raw, at + field, value)
    return io.BytesIO(bytes(raw))


def test_a_lying_size_is_found_while_reading():
    real = os.urandom(1000) * 300
    held = patched(pack(("a.bin", real)), b"a.bin", 24, "<L", 10)
    assert refusal(held).code == "archive-lying-size"
    # Even with the checksum of what is announced, no more than that is written.
    held = patched(
        patched(pack(("a.bin", real)), b"a.bin", 24, "<L", 10), b"a.bin", 16, "<L", zlib.crc32(real[:10])
    )
    with read_tree(held) as tree:
        assert tree.read("a.bin") == real[:10]


def test_a_size_that_announces_too_much_is_found():
    held = patched(pack(("a.bin", b"x" * 100)), b"a.bin", 24, "<L", 200)
    assert refusal(held).code == "archive-lying-size"


def test_an_encrypted_entry_is_refused():
    refused = refusal(patched(pack(("rapat.txt", b"x")), b"rapat.txt", 8, "<H", 1))
    assert refused.code == "archive-encrypted" and "rapat.txt" in refused.sentence()


def overlapping(count: int, kernel: bytes) -> io.BytesIO:
    """Many entries that share one piece of compressed data, after David Fifield's zip bomb."""
    held = pack(("a", kernel))
    raw = held.read()
    at = raw.index(b"PK\x01\x02")
    local, record = raw[:at], raw[at : raw.index(b"PK\x05\x06")]
    records = b"".join(record[:46] + b"%06d" % n for n in range(count))
    records = b"".join(
        bytes(part[:28]) + struct.pack("<H", 6) + bytes(part[30:])
        for part in (records[n * 52 : n * 52 + 52] for n in range(count))
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(records), len(local), 0)
    return io.BytesIO(local + records + end)


def test_entries_that_share_their_bytes_are_refused():
    held = overlapping(50, os.urandom(500))
    assert len(zipfile.ZipFile(held).namelist()) == 50, "the control: zipfile opens it"
    held.seek(0)
    assert refusal(held).code == "archive-overlap"


def test_entries_over_the_directory_are_refused():
    held = patched(pack(("a", b"x" * 40), method=zipfile.ZIP_STORED), b"a", 20, "<L", 50)
    held = patched(held, b"a", 24, "<L", 50)
    assert refusal(held).code == "archive-overlap"


def many_entries(count: int, announced: int | None = None) -> io.BytesIO:
    name = b"%06d"
    local = b"".join(
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 6, 0) + name % n for n in range(count)
    )
    records = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, n * 36)
        + name % n
        for n in range(count)
    )
    said = min(count, 0xFFFF) if announced is None else announced
    return io.BytesIO(
        local + records + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, said, said, len(records), len(local), 0)
    )


@pytest.mark.parametrize("announced", [None, 5], ids=["told", "hidden"])
def test_an_archive_of_200_000_empty_files_is_refused_before_it_is_opened(announced):
    held = many_entries(200_000, announced)
    begin = time.monotonic()
    assert len(zipfile.ZipFile(held).namelist()) == 200_000
    control = time.monotonic() - begin
    held.seek(0)
    begin = time.monotonic()
    assert refusal(held).code == "archive-count"
    assert time.monotonic() - begin < control, "refusing must cost less than opening"


def test_a_count_that_hides_some_entries_is_refused():
    assert refusal(many_entries(3_000, announced=5)).code == "archive-count"


def test_zip64_is_refused():
    raw = pack(("a", b"x")).read()
    end = raw.rindex(b"PK\5\6")
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    record = bytearray(raw[end:])
    assert refusal(io.BytesIO(raw[:end] + locator + bytes(record))).code == "archive-unsupported"


def test_a_bomb_fits_into_the_memory_and_is_stopped_in_time(place):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bom.bin", "w") as entry:
        for _ in range(300):
            entry.write(bytes(MIB))
    wide = Limits(file_bytes=400 * MIB, total_bytes=400 * MIB, ratio=10_000)
    held.seek(0)
    assert refusal(held, limits=Limits()).code == "archive-file-size"
    held.seek(0)
    with read_tree(held, limits=wide) as tree:  # the control: it is unpacked, piece by piece
        assert tree["bom.bin"].stat().st_size == 300 * MIB
    held.seek(0)
    assert refusal(
        held, limits=Limits(file_bytes=300 * MIB, total_bytes=300 * MIB, ratio=10_000, seconds=0.01)
    ).code == ("archive-slow")


def test_the_memory_limit_works():
    good = pack(*((f"{n}.txt", os.urandom(100)) for n in range(1000)))
    with read_tree(good) as tree:
        assert len(tree) == 1000
    good.seek(0)
    assert refusal(good, limits=Limits(memory=8 * MIB)).code == "archive-memory"
    code = (
        "import runpy, sys; child = runpy.run_path(sys.argv[1], run_name='child');"
        "child['limit_ourselves']({'memory': int(sys.argv[2]), 'total_bytes': 1, 'seconds': 9});"
        "bytearray(300 << 20)"
    )
    for memory, ends_well in ((Limits().memory, False), (1024 * MIB, True)):
        command = [sys.executable, "-I", "-c", code, _unpack.__file__, str(memory)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ends_well, done.stderr
        assert ends_well or "MemoryError" in done.stderr


def test_a_stream_larger_than_everything_allowed_is_not_copied_on():
    class Endless:
        taken = 0

        def read(self, size):
            self.taken += size
            return bytes(size)

    endless = Endless()
    assert refusal(endless, limits=SMALL).code == "archive-total"
    assert endless.taken < 6 * MIB


def test_a_file_that_is_no_text_is_told():
    with read_tree(pack(("a.md", b"\xff\xfe\x00x"))) as tree:
        with pytest.raises(ArchiveRefused) as refused:
            tree.text("a.md")
        assert refused.value.code == "archive-encoding" and "a.md" in refused.value.sentence()
        with pytest.raises(KeyError):
            tree.read("b.md")


def test_checking_unpacks_nothing(tmp_path, place):
    path = tmp_path / "a.zip"
    path.write_bytes(pack(("a/b.txt", b"x")).read())
    assert check_zip(path, limits=Limits()) == ["a/b.txt"]
    assert list(place.iterdir()) == []
