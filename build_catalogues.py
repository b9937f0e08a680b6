"""Compiles the message catalogues while the package is installed, so that no compiled file is kept in git."""

from pathlib import Path

from setuptools.command.build_py import build_py as _build_py


def compile_catalogues(root: Path) -> None:
    """Writes a .mo file beside every .po file below `root`."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in root.rglob("*.po"):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


class build_py(_build_py):  # noqa: N801 (setuptools looks the command up by this name)
    def run(self):
        compile_catalogues(Path(__file__).parent / "ekopi" / "translations")
        super().run()
