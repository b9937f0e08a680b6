"""How build_labelled.py writes one thing in two ways, and what it puts in place of what."""

from __future__ import annotations

SHORT = {
    "Dinas Kesehatan": "Dinkes", "Dinas Sosial": "Dinsos", "Dinas Perhubungan": "Dishub", "Dinas Lingkungan Hidup": "DLH",
    "Dinas Kependudukan dan Pencatatan Sipil": "Disdukcapil", "Dinas Pertanian": "Distan", "Dinas Pendidikan dan Kebudayaan": "Disdikbud",
    "Dinas Komunikasi dan Informatika": "Diskominfo", "Badan Penanggulangan Bencana Daerah": "BPBD",
    "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu": "DPMPTSP", "Kabupaten": "Kab.",
}  # fmt: skip
SPELT = (
    ("izin", "ijin"), ("Izin", "Ijin"), ("Sistem", "Sistim"), ("sistem", "sistim"), ("daring", "online"), ("Daring", "Online"),
    ("antrean", "antrian"), ("Antrean", "Antrian"), ("risiko", "resiko"), ("Apotek", "Apotik"), ("Keliling", "Kliling"),
    ("Posyandu", "Pos Pelayanan Terpadu"), ("Lansia", "Lanjut Usia"), ("UMKM", "Usaha Mikro Kecil dan Menengah"),
)  # fmt: skip
LEADS = ("Inovasi {}", "Program {}", "Aplikasi {}", "Gerakan {}", "Layanan {}")
GENERIC = (
    "SIGAP",
    "SI CANTIK",
    "PERMATA",
    "SIPANDU",
    "MANTAP",
    "GERCEP",
    "SIMPEL",
    "MELATI",
    "JEMPOL",
    "SIAGA",
    "PELITA",
)
COINED = (
    "SIRINDU",
    "BALERE",
    "KOPIPAHIT",
    "SARIMBIT",
    "TEMALAM",
    "LUMBUNGKU",
    "SIDANAU",
    "PASULUH",
    "GARASI",
    "KELAMBU",
    "RANTAU",
)
"""Acronyms that the list of generic ones does not hold; two innovations may bear one by chance."""
UNITS = (
    "Puskesmas Sukamaju",
    "Puskesmas Tanjung Sari",
    "Puskesmas Karang Anyar",
    "Puskesmas Muara Batu",
    "Puskesmas Air Putih",
)
FRAMES = (
    "Penanganan {} dengan Pendekatan Kemanusiaan",
    "{}",
    "Sistem {} secara Elektronik",
    "{} Tanpa Antre dan Tanpa Calo",
)
MANNER = (
    "Perangkat daerah ini mempunyai personel lapangan yang berjaga bergilir, armada patroli, dan posko pengaduan. Sebelum inovasi, laporan "
    "warga bertumpuk karena berkas berpindah meja tanpa tenggat. Kepala perangkat daerah membentuk kelompok kecil, menandatangani "
    "keputusan, lalu menggelar apel mingguan untuk memeriksa tunggakan. Dukungan dewan, akademisi, dan pengusaha setempat menutup "
    "kekurangan anggaran. Hambatannya mutasi personel, kendaraan rusak, dan cuaca buruk."
)
"""What one agency says of itself whatever it tells; our own words."""
SWAPS = (
    ("Air", "Jalan"), ("Tanah", "Pohon"), ("Ibu", "Ayah"), ("Anak", "Lansia"), ("Sekolah", "Pasar"), ("Desa", "Kelurahan"), ("Perahu", "Sepeda"),
    ("Kakao", "Kopi"), ("Sampah", "Limbah"), ("Guru", "Perawat"), ("Klinik", "Sekolah"), ("Rumah", "Balai"), ("Petani", "Nelayan"),
    ("Kebun", "Kolam"), ("Bidan", "Dokter"), ("Malam", "Pagi"), ("Pustaka", "Museum"), ("Pajak", "Retribusi"), ("Sayur", "Ikan"),
    ("Kartu", "Buku"), ("Gudang", "Pasar"), ("Pulau", "Gunung"), ("Hujan", "Kemarau"), ("Balita", "Remaja"), ("Batik", "Tenun"),
    ("Kampung", "Pesisir"), ("Sungai", "Danau"), ("Mobil", "Kapal"), ("Gempa", "Banjir"), ("Laut", "Rawa"), ("Madu", "Garam"),
)  # fmt: skip
