"""A real server with the short course on it, shared by the journeys of one kind of database."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

from ekopi.extensions import db
from tests.accounts import make
from tests.living import ROOT, Live

COURSE = ROOT / "ekopi" / "demo" / "courses" / "menulis-inovasi"
SLUG = "menulis-inovasi"
PASSWORD = make.PASSWORD


class Site:
    """Each journey makes people and courses of its own, so none depends on what another one did."""

    def __init__(self, live: Live, folder: Path):
        self.live, self.folder, self.base = live, folder, live.base
        with self.making():
            office = make.organisation("Dinas Komunikasi Kota Sagara")
            self.office, self.office_id = office.name, office.id
            author = make.person(
                "Wayan Sudarma", password=PASSWORD, roles=[("author", "organisation", office.id)]
            )
            self.author = author.email
        self.publish(COURSE)

    @contextmanager
    def making(self):
        """Rows made inside are committed at the end."""
        with self.live.app.app_context():
            yield db
            db.session.commit()
            db.session.remove()

    def publish(self, folder: Path) -> None:
        words = ("course", "import", str(folder), "--publish", "--note", "Terbitan pertama")
        done = self.live.run(*words, "--by", self.author, "--organisation", str(self.office_id))
        assert done.returncode == 0, done.stderr

    def copy(self, slug: str) -> str:
        """The short course once more under another slug, published."""
        folder = shutil.copytree(COURSE, self.folder / slug)
        manifest = folder / "course.toml"
        manifest.write_text(manifest.read_text().replace(f'slug = "{SLUG}"', f'slug = "{slug}"'))
        self.publish(folder)
        return slug
