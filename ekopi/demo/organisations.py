"""The organisations of the demo: LAN, a province, and five regencies and cities that do not exist."""

from __future__ import annotations

from dataclasses import dataclass

from ekopi.accounts.models import Organisation
from ekopi.accounts.operations import organisations

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


@dataclass(frozen=True)
class Place:
    """An organisation to be made: `weight` is its share of the learners, `work` which positions its people hold."""

    name: str
    kind: str = "unit"
    weight: int = 0
    work: str = "office"
    short: str = ""
    zone: str = WIB
    region: str = ""
    """Code of the region whose page names it. What does not exist lies in a province that does."""
    below: tuple[Place, ...] = ()


TREE = (
    Place(
        "Lembaga Administrasi Negara", "agency", 2, "policy", "LAN", region="31.71",
        below=(
            Place("Pusat Inovasi Administrasi Negara", weight=2, work="policy", short="PIAN"),
            Place("Pusat Pembelajaran dan Strategi Kebijakan Manajemen ASN", weight=1, work="training"),
        ),
    ),
    Place(
        "Pemerintah Provinsi Kepulauan Rempah", "province", 0, short="Kepulauan Rempah", zone=WIT, region="82",
        below=(
            Place("Badan Pengembangan Sumber Daya Manusia", weight=6, work="training", short="BPSDM", zone=WIT),
            Place("Badan Riset dan Inovasi Daerah", weight=5, work="policy", short="BRIDA", zone=WIT),
        ),
    ),
    Place(
        "Pemerintah Kabupaten Tirta Mulya", "regency", 0, short="Tirta Mulya", region="33",
        below=(
            Place(
                "Dinas Kesehatan", weight=8, work="health",
                below=(
                    Place("Puskesmas Sukamaju", weight=14, work="health"),
                    Place("Puskesmas Cendana", weight=10, work="health"),
                    Place("Puskesmas Mekar", weight=8, work="health"),
                ),
            ),
            Place("RSUD Tirta Mulya", weight=14, work="health", short="RSUD"),
            Place("Dinas Kependudukan dan Pencatatan Sipil", weight=12, work="counter", short="Disdukcapil"),
            Place("Bagian Organisasi Sekretariat Daerah", weight=6, work="policy"),
            Place("Kecamatan Randu Alas", weight=7, work="counter"),
        ),
    ),
    Place(
        "Pemerintah Kota Sagara", "city", 0, short="Kota Sagara", zone=WITA, region="73",
        below=(
            Place("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", weight=11, work="counter",
                  short="DPMPTSP", zone=WITA),
            Place("Dinas Pendidikan", weight=9, work="school", zone=WITA),
            Place("Kelurahan Teluk Bening", weight=6, work="counter", zone=WITA),
            Place("Badan Perencanaan Pembangunan, Riset, dan Inovasi Daerah", weight=7, work="policy",
                  short="Bapperida", zone=WITA),
        ),
    ),
    Place(
        "Pemerintah Kabupaten Nusa Kei", "regency", 0, short="Nusa Kei", zone=WIT, region="81",
        below=(
            Place("Dinas Kesehatan", weight=6, work="health", zone=WIT,
                  below=(Place("Puskesmas Elat", weight=8, work="health", zone=WIT),)),
            Place("Dinas Perikanan", weight=7, work="field", zone=WIT),
        ),
    ),
    Place(
        "Pemerintah Kabupaten Bukit Arum", "regency", 0, short="Bukit Arum", region="32",
        below=(
            Place("RSUD Bukit Arum", weight=10, work="health", short="RSUD"),
            Place("Dinas Pertanian dan Ketahanan Pangan", weight=8, work="field"),
            Place("Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", weight=6, work="training",
                  short="BKPSDM"),
        ),
    ),
    Place(
        "Pemerintah Kabupaten Teluk Bajo", "regency", 0, short="Teluk Bajo", zone=WITA, region="53",
        below=(
            Place("RSUD Teluk Bajo", weight=9, work="health", short="RSUD", zone=WITA),
            Place("Dinas Pariwisata dan Kebudayaan", weight=6, work="field", zone=WITA),
            Place("Dinas Sosial", weight=6, work="office", zone=WITA),
        ),
    ),
)  # fmt: skip


def make() -> dict[str, tuple[Organisation, Place]]:
    """Makes the tree. Keys are the names from the top, joined with " > "."""
    made: dict[str, tuple[Organisation, Place]] = {}
    for place in TREE:
        _make(place, None, "", made)
    return made


def _make(place: Place, parent: Organisation | None, above: str, made: dict) -> None:
    organisation = organisations.create(
        name=place.name, kind=place.kind, parent=parent, short_name=place.short, region_code=place.region
    )
    key = f"{above} > {place.name}" if above else place.name
    made[key] = (organisation, place)
    for unit in place.below:
        _make(unit, organisation, key, made)
