"""Sentences for what sources' files and rows are refused for: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ekopi.catalogue.fields import FIELDS

FAULTS = {
    "missing": _l("Berkas tidak ada atau tidak dapat dibuka. Periksa nama dan izinnya."),
    "empty": _l("Berkas tidak berisi apa pun. Ekspor ulang dari sistem asalnya."),
    "kind": _l("Berkas ini bukan JSON, CSV, atau XLSX (%(found)s). Simpan atau ekspor dalam salah satu bentuk itu."),
    "size": _l("Berkas lebih besar dari %(limit)s MB. Pecah menjadi beberapa berkas."),
    "rows": _l("Berkas berisi lebih dari %(limit)s baris. Pecah menjadi beberapa berkas."),
    "columns": _l("Tabel mempunyai lebih dari %(limit)s kolom. Hapus kolom yang tidak dipakai."),
    "host": _l("Alamat %(host)s tidak boleh dihubungi. Minta pengelola server memeriksa EKOPI_SOURCE_HOSTS."),
    "unreachable": _l("%(host)s tidak memberi jawaban yang utuh. Coba lagi nanti; bila terulang, hubungi pengelola sumbernya."),
    "answer": _l("Sumber menjawab dengan kesalahan HTTP %(status)s. Periksa alamatnya, lalu coba lagi."),
    "page-again": _l("Sesudah halaman %(page)s sumber menunjuk ke halaman yang sudah dibaca. Minta pengelola sumbernya memperbaiki tautan halaman berikutnya, lalu baca lagi."),
    "pages": _l("Sumber terus menunjuk halaman berikutnya setelah %(limit)s halaman. Minta pengelola sumbernya memeriksanya, atau perbanyak isi tiap halaman."),
    "headers": _l("Baris judul kolom tidak ditemukan. Yang ada: %(found)s. Yang dicari antara lain: %(wanted)s."),
    "line": _l("Baris %(row)s lebih panjang dari %(limit)s MB. Periksa tanda kutip dan pergantian baris di sana."),
    "quotes": _l("Tanda kutip yang dibuka di baris %(row)s tidak pernah ditutup. Perbaiki, lalu coba lagi."),
    "json": _l("JSON rusak sesudah catatan ke-%(row)s (huruf ke-%(at)s). Ekspor ulang dari sistem asalnya."),
    "json-depth": _l("JSON bersarang terlalu dalam (lebih dari %(limit)s tingkat). Ekspor ulang sebagai daftar datar."),
    "json-item": _l("Catatan ke-%(row)s lebih besar dari %(limit)s MB. Kecilkan gambar di dalamnya."),
    "json-refused": _l("Sistem asal menjawab bahwa permintaannya gagal: %(said)s. Coba lagi nanti."),
    "json-records": _l("JSON ini tidak memuat daftar catatan. Periksa apakah berkasnya benar."),
    "xlsx": _l("Buku kerja XLSX rusak, terkunci, atau bukan buku kerja. Simpan ulang tanpa kata sandi."),
    "xlsx-bomb": _l("Buku kerja XLSX terlalu besar setelah dibuka. Salin isinya ke buku kerja baru."),
    "xlsx-sheets": _l("Tidak ada lembar yang berisi tabel. Periksa lembar: %(sheets)s."),
    "interrupted": _l("Proses pembacaan berhenti di tengah jalan. Baca lagi; yang sudah masuk tidak menjadi ganda."),
    "error": _l("Pembacaan berhenti karena kesalahan di EKOPI. Yang sudah masuk tetap ada; coba baca lagi."),
}  # fmt: skip
"""By code of FileRefused, and why a run failed by itself."""

ROWS = {
    "missing": _l("kosong. Isi, atau keluarkan baris ini."),
    "no-letters": _l("tidak berisi satu kata pun. Tuliskan nama inovasinya."),
    "not-a-record": _l("bukan catatan (objek JSON). Keluarkan dari daftar."),
    "surplus": _l("berisi %(cells)s sel, padahal kolomnya %(columns)s. Periksa pemisah dan tanda kutip."),
    "short": _l("hanya berisi %(cells)s sel, padahal kolomnya %(columns)s: ada yang terpotong. Ekspor ulang berkasnya, atau lengkapi selnya."),
    "columns": _l("mempunyai lebih dari %(limit)s isian. Hapus yang tidak dipakai."),
    "too-long": _l("lebih panjang dari %(limit)s MB (%(column)s). Pendekkan teksnya."),
    "depth": _l("bersarang lebih dari %(limit)s tingkat. Ekspor ulang sebagai catatan datar."),
    "unreadable": _l("tidak dapat dibaca karena kesalahan di EKOPI. Laporkan kepada pengelola; baris lain tetap masuk."),
    "repeated-id": _l("sama dengan baris %(first)s. Setiap catatan harus mempunyai nomor sendiri."),
    "another-id": _l("sudah dipakai inovasi lain di wilayah lain (“%(title)s”). Beri nomor yang berlaku di semua daerah."),
}  # fmt: skip
"""By code of Refusal; each follows the name of the field or the words "baris ini"."""


def fault(code: str, facts: Mapping[str, Any]) -> str:
    """Why a whole file was refused or a run failed; "" without a code."""
    if not code:
        return ""
    said = str(FAULTS.get(code) or _("Berkas ditolak (%(code)s).", code="%(code)s"))
    return said % _Facts(facts, code=code)


def row(field: str, code: str, facts: Mapping[str, Any]) -> str:
    """What is wrong with one row, as a sentence."""
    said = str(ROWS.get(code) or _("ditolak (%(code)s).", code="%(code)s")) % _Facts(facts, code=code)
    name = _("Nomor Catatan") if field == "id" else str(FIELDS[field].label) if field in FIELDS else field
    return f"{name} {said}" if name else _("Baris ini %(said)s", said=said)


class _Facts(dict):
    """Facts as sentences show them: lists as words; one that is not told is a dash."""

    def __init__(self, facts: Mapping[str, Any], **more: Any):
        super().__init__(
            {
                name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
                for name, value in {**facts, **more}.items()
            }
        )

    def __missing__(self, key: str) -> str:
        return "–"
