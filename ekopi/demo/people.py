"""The people of the demo: eight accounts to try every role with, and 200 learners with invented names."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from ekopi.accounts import notices
from ekopi.accounts.models import Consent, Membership, Organisation, Person, Role
from ekopi.accounts.operations import memberships
from ekopi.demo.moments import at, at_work
from ekopi.extensions import db

DOMAIN = "demo.ekopi.id"
LEARNERS = 200
WAITING = 9
"""Learners whose membership still waits for their agency admin."""
TIRTA = "Pemerintah Kabupaten Tirta Mulya"

NAMES = {
    "jawa": (
        "Siti Wahyuni Sri Endang Retno Dwi Ratna Ningsih Tri Lestari Sulastri Yuli Anik Puji",
        "Bambang Agus Joko Slamet Eko Budi Heru Sigit Wahyu Teguh Bagus Danang Arif Yanto",
        "Wibowo Santoso Prasetyo Handayani Nugroho Rahayu Susanto Utami Hidayat Purnomo Setiawan Widodo Astuti Kusuma",
    ),
    "sunda": (
        "Neneng Euis Rina Iis Cucu Lilis Dewi Yani Nia Tuti",
        "Asep Dadang Ujang Cecep Deden Iwan Yayan Tatang Dede Rudi",
        "Suryana Hermawan Sutisna Komalasari Permana Sukmana Mulyana Nurhayati Gunawan Rohayati",
    ),
    "minang": (
        "Yulia Rahmi Fitri Desi Mira Nofia Elva Syafrina",
        "Hendri Zulfikar Rizal Afrizal Yusri Fauzan Ilham Syahrul",
        "Chaniago Tanjung Koto Piliang Sikumbang Jambak Guci",
    ),
    "batak": (
        "Rotua Tiurma Lamria Melati Hotmaida Rosinta Duma",
        "Parlindungan Saut Binsar Togar Rudolf Jonggi Poltak",
        "Simanjuntak Siregar Nasution Hutapea Lubis Sinaga Panggabean Harahap",
    ),
    "sulawesi": (
        "Andi Nurul Rosmini Hasnah Sitti Nur Aminah Marlina Fatmawati",
        "Andi Baso Syamsuddin Muhlis Amiruddin Rahmat Irfan Sudirman",
        "Mappasanda Tahir Paturusi Rahman Kadir Lolo Mangindaan Palar",
    ),
    "bali-nusra": (
        "Luh Ketut Made Ayu Wayan Maria Yohana Kadek Komang",
        "Wayan Gede Nyoman Putu Yohanes Petrus Umbu",
        "Suardana Artini Wirawan Nahak Seran Bere Tukan Darmayanti",
    ),
    "maluku-papua": (
        "Merry Yolanda Debora Selvi Agustina Fransina Ona",
        "Rudolf Marthen Frans Elias Semuel Yance Abner",
        "Rahayaan Renyaan Latuconsina Pattiasina Wenda Rumbiak Kaisiepo Tethool",
    ),
}
OF_WOMEN = {
    "Handayani",
    "Rahayu",
    "Utami",
    "Astuti",
    "Komalasari",
    "Nurhayati",
    "Rohayati",
    "Artini",
    "Darmayanti",
}
"""Last names that only women bear."""
POSITIONS = {
    "health": ("Perawat Ahli Pertama", "Bidan Ahli Muda", "Dokter Umum", "Kepala Subbagian Tata Usaha",
               "Sanitarian Terampil", "Tenaga Promosi Kesehatan", "Perekam Medis Terampil", "Apoteker Ahli Pertama"),
    "counter": ("Petugas Loket", "Operator Layanan", "Kepala Seksi Pelayanan", "Analis Pelayanan Publik",
                "Pranata Komputer Terampil", "Pengadministrasi Umum"),
    "policy": ("Analis Kebijakan Ahli Muda", "Analis Kebijakan Ahli Pertama", "Perencana Ahli Muda",
               "Peneliti Ahli Pertama", "Kepala Bagian Organisasi"),
    "training": ("Widyaiswara Ahli Muda", "Analis SDM Aparatur", "Pengelola Pelatihan", "Kepala Bidang Pengembangan"),
    "school": ("Pengawas Sekolah", "Kepala Seksi Kurikulum", "Analis Data Pendidikan", "Pengelola Sarana"),
    "field": ("Penyuluh Lapangan", "Analis Program", "Kepala Bidang", "Pengelola Data", "Pengawas Lapangan"),
    "office": ("Analis Program", "Pekerja Sosial Ahli Pertama", "Kepala Subbagian Umum", "Arsiparis Terampil"),
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One of the accounts that everybody may try."""

    key: str
    name: str
    home: str
    position: str
    role: tuple[str, str] | None
    """Kind of role, and the key of its organisation ("" at the platform)."""
    about: str

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


PIAN = "Lembaga Administrasi Negara > Pusat Inovasi Administrasi Negara"
ACCOUNTS = (
    Account("peserta", "Dewi Lestari Handayani", f"{TIRTA} > Dinas Kesehatan > Puskesmas Sukamaju",
            "Perawat Ahli Pertama", None, "peserta, di tengah kursus"),
    Account("inovator", "Arif Nugroho", f"{TIRTA} > Dinas Kependudukan dan Pencatatan Sipil",
            "Kepala Seksi Pelayanan", ("innovator", ""), "inovator, sudah bersertifikat"),
    Account("pendamping", "Ratna Kusumawardani", PIAN, "Analis Kebijakan Ahli Madya", ("coach", ""),
            "pendamping laboratorium"),
    Account("penulis", "Hendri Chaniago", "Lembaga Administrasi Negara > Pusat Pembelajaran dan Strategi Kebijakan"
            " Manajemen ASN", "Widyaiswara Ahli Madya", ("author", ""), "penulis kursus: Studio"),
    Account("kurator", "Rosinta Siregar", PIAN, "Analis Kebijakan Ahli Muda", ("curator", ""), "kurator katalog"),
    Account("koordinator", "Muhlis Tahir", PIAN, "Analis Kebijakan Ahli Muda", ("coordinator", ""),
            "koordinator laboratorium"),
    Account("instansi", "Endang Purwaningsih", f"{TIRTA} > Bagian Organisasi Sekretariat Daerah",
            "Kepala Bagian Organisasi", ("agency_admin", TIRTA), "admin instansi Kabupaten Tirta Mulya"),
    Account("admin", "Yohana Rahayaan", "Lembaga Administrasi Negara", "Pranata Komputer Ahli Muda", ("admin", ""),
            "admin EKOPI"),
)  # fmt: skip


@dataclass
class Learner:
    """A person of the demo with where the person works; `skill` is the chance to know an answer."""

    person: Person
    organisation_id: int
    top_id: int
    came_at: datetime
    skill: float
    work: str


def names(dice: random.Random) -> list[str]:
    """LEARNERS different names; the groups mix as they do in an office."""
    groups = {group: tuple(part.split() for part in parts) for group, parts in NAMES.items()}
    weights = [40, 18, 9, 9, 10, 8, 6]
    found: dict[str, None] = {}
    taken = {account.name for account in ACCOUNTS}
    while len(found) < LEARNERS:
        women, men, last = groups[dice.choices(list(groups), weights)[0]]
        given = dice.choice([women, men])
        words = [dice.choice(given)]
        if dice.random() < 0.35:
            words.append(dice.choice([w for w in given if w not in words]))
        words.append(dice.choice([w for w in last if given is women or w not in OF_WOMEN]))
        name = " ".join(words)
        if name not in taken:
            found[name] = None
    return list(found)


def make(
    tree: dict, dice: random.Random, password_hash: str, began: datetime, now: datetime
) -> dict[str, Learner]:
    """Adds everybody, with memberships, roles and accepted notices. Learners by e-mail address."""
    weighed = [(key, *pair) for key, pair in tree.items() if pair[1].weight]
    chosen = dice.choices(weighed, [place.weight for _k, _o, place in weighed], k=LEARNERS)
    rows, homes = [], {}
    for account in ACCOUNTS:
        rows.append(_row(account.email, account.name, tree[account.home][1].zone, password_hash, began))
        homes[account.email] = (account.home, account.position)
    span = (now - began) * 0.86
    for name, (key, _organisation, place) in zip(names(dice), chosen, strict=True):
        email = f"{'.'.join(name.lower().split())}@{DOMAIN}"
        came = at_work(began + timedelta(days=2) + span * dice.random() ** 1.1, place.zone, dice)
        rows.append(_row(email, name, place.zone, password_hash, came))
        homes[email] = (key, dice.choice(POSITIONS[place.work]))
    db.session.execute(insert(Person), rows)
    people = {p.email: p for p in db.session.scalars(select(Person).where(Person.email.in_(homes)))}
    db.session.execute(
        insert(Consent),
        [{"person_id": p.id, "notice": notices.PRIVACY, "version": notices.PRIVACY_VERSION, "given_at": p.created_at}
         for p in people.values()],
    )  # fmt: skip
    _roles(tree, people, began)
    learners = {}
    for row in rows:
        person, (key, _position) = people[row["email"]], homes[row["email"]]
        organisation, place = tree[key]
        top = int(organisation.path.split("/")[1])
        skill = min(0.97, max(0.35, dice.gauss(0.76, 0.14)))
        learners[person.email] = Learner(person, organisation.id, top, person.created_at, skill, place.work)
    _memberships(learners, homes, people, dice, now)
    return learners


def _row(email: str, name: str, zone: str, password_hash: str, came: datetime) -> dict:
    return {
        "email": email, "name": name, "zone": zone, "password_hash": password_hash, "state": "active",
        "created_at": came, "confirmed_at": came + timedelta(minutes=7), "demo": True,
    }  # fmt: skip


def _roles(tree: dict, people: dict[str, Person], began: datetime) -> None:
    rows = []
    admin = people[f"admin@{DOMAIN}"]
    for account in ACCOUNTS:
        if account.role:
            kind, place = account.role
            rows.append({
                "person_id": people[account.email].id,
                "kind": kind,
                "place_kind": "organisation" if place else "platform",
                "place_id": tree[place][0].id if place else 0,
                "granted_at": began,
                "granted_by_id": None if kind == "admin" else admin.id,
            })  # fmt: skip
    db.session.execute(insert(Role), rows)
    db.session.flush()


def _memberships(learners, homes, people, dice: random.Random, now: datetime) -> None:
    """Confirmed by an admin a day or two later; those of `waiting` are claimed by `claim_late`."""
    admins = {"": people[f"admin@{DOMAIN}"], TIRTA: people[f"instansi@{DOMAIN}"]}
    late = set(waiting(learners))
    rows = []
    for email, learner in learners.items():
        if email in late:
            continue
        by = admins[TIRTA if homes[email][0].startswith(TIRTA) else ""]
        decided = min(learner.came_at + timedelta(hours=dice.randint(2, 60)), now - timedelta(hours=1))
        rows.append({
            "person_id": learner.person.id, "organisation_id": learner.organisation_id, "state": "confirmed",
            "position": homes[email][1], "claimed_at": learner.came_at, "decided_at": decided,
            "decided_by_id": by.id if by.email != email else admins[""].id,
        })  # fmt: skip
    db.session.execute(insert(Membership), rows)


def waiting(learners: dict[str, Learner]) -> list[str]:
    """Who came last: most of them of Tirta Mulya, whose agency admin is one of the accounts. Oldest first."""
    known = {account.email for account in ACCOUNTS}
    newest = sorted((e for e in learners if e not in known), key=lambda e: learners[e].came_at, reverse=True)
    top = learners[f"instansi@{DOMAIN}"].top_id
    of_tirta = [e for e in newest if learners[e].top_id == top][: WAITING - 3]
    chosen = [*of_tirta, *[e for e in newest if e not in of_tirta][:3]]
    return sorted(chosen, key=lambda e: learners[e].came_at)


def claim_late(learners: dict[str, Learner], dice: random.Random, now: datetime) -> None:
    """The memberships that still wait for an agency admin, who is told."""
    late = waiting(learners)
    for number, email in enumerate(late):
        learner = learners[email]
        organisation = db.session.get_one(Organisation, learner.organisation_id)
        position = dice.choice(POSITIONS[learner.work])
        with at(now - timedelta(days=len(late) - number, hours=dice.randint(1, 8))):
            memberships.claim(learner.person, organisation, position)
