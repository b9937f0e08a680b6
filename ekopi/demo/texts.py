"""Langkah nyata as learners of the demo wrote them, by lesson. {n}, {m} and {k} are figures, {unit} where it was."""

from __future__ import annotations

import random

UNITS = {
    "health": ("puskesmas kami", "poli umum", "loket pendaftaran puskesmas", "ruang farmasi"),
    "counter": (
        "loket pelayanan kami",
        "kantor kecamatan",
        "loket surat keterangan",
        "ruang pelayanan terpadu",
    ),
    "policy": ("bagian organisasi", "subbidang kami", "tim penilai kinerja"),
    "training": ("bidang pelatihan", "subbagian kepegawaian", "tim penyelenggara pelatihan"),
    "school": ("seksi kurikulum", "gugus sekolah di kecamatan kami", "bagian data pendidikan"),
    "field": ("balai penyuluhan", "tim lapangan kami", "bidang kami"),
    "office": ("bagian umum", "seksi kami", "ruang arsip"),
}
TEXTS = {
    "langkah-nyata-mengenal": (
        "Bulan Maret tahun lalu rekan di {unit} mengusulkan nomor antrean dibagikan lewat pesan singkat supaya warga"
        " tidak menunggu sejak subuh. Bukti terakhir yang saya temukan adalah notula rapat mingguan dengan satu kalimat"
        " “akan ditindaklanjuti”. Idenya bocor di sambungan ide ke Rencana Aksi: tidak ada nama dan tidak ada tanggal."
        " Pengusulnya pindah dua bulan kemudian. Yang akan mencegahnya: dua penanggung jawab dan satu hari percobaan"
        " yang ditulis langsung di notula.",
        "Di {unit} pernah ada papan usulan perbaikan. Dalam tiga bulan terkumpul {n} lembar; {m} di antaranya dibahas,"
        " satu dijalankan, lalu berhenti ketika formulirnya habis dan tidak dicetak lagi. Titik terakhir yang masih ada"
        " buktinya adalah foto papan itu pada hari ulang tahun kantor. Menurut saya bocornya di sambungan pelaksanaan"
        " ke kebiasaan: tidak ada yang bertugas mengisi ulang, dan tidak ada jadwal rapat untuk membahasnya.",
    ),
    "langkah-nyata-drum-up": (
        "Saya menemui kepala {unit}. Keberatannya, “Anggaran tahun ini sudah terkunci.” Untuk percobaan kecil itu"
        " mitos, sebab yang kami minta hanya waktu. Kesepakatan: beliau membebaskan dua petugas dari loket setiap Rabu"
        " pukul 13.00 sampai 14.00 selama delapan minggu, dan membuka rapat pertama sendiri. Bila beliau di luar kota,"
        " kepala subbagian menggantikan. Buktinya daftar hadir dan notula setengah halaman. Calon champion: petugas"
        " yang paling sering ditanya rekan, dan staf kepegawaian yang dekat dengan pimpinan.",
    ),
    "langkah-nyata-diagnose-masalah": (
        "Pada hari Senin dan Kamis, {n} dari 60 warga yang datang ke {unit} menunggu lebih dari 45 menit sebelum"
        " dilayani, sehingga sebagian pulang dan kembali lain hari. Data awal: {n} dari 60, dicatat dengan turus di"
        " pintu masuk selama dua minggu pukul 07.30 sampai 11.00. Mengapa lama? Berkas diperiksa dua kali di dua meja"
        " (berbukti, dari pengamatan 20 berkas). Mengapa dua kali? Daftar syarat di kedua meja berbeda (berbukti)."
        " Mengapa berbeda? Tidak pernah diperbarui bersama (dugaan). Tiga jawaban: satu daftar syarat bersama;"
        " pemeriksaan di pintu masuk oleh satu petugas; jam khusus untuk berkas yang pernah dikembalikan.",
        "Dalam bulan terakhir, {n} dari 80 laporan yang masuk ke {unit} dikirim melewati batas tanggal 5, sehingga"
        " angka gabungan selalu terlambat dan rapat memakai data bulan sebelumnya. Sumbernya buku register, dihitung"
        " bersama dua rekan pada hari Jumat. Mengapa terlambat? Formulirnya lima halaman (berbukti: {m} dari {n}"
        " pengirim menyebutnya). Mengapa lima halaman? Digabung dari tiga formulir lama (berbukti). Mengapa tidak"
        " dipangkas? Tidak ada yang merasa berwenang (dugaan). Tiga jawaban: satu halaman inti; pengingat tanggal 1;"
        " pengisian lewat telepon oleh petugas kami untuk unit yang jauh.",
    ),
    "langkah-nyata-diagnose-ide": (
        "Saya mencari “waktu tunggu”, “berkas dikembalikan”, dan “antrean pendaftaran” pada tanggal 12. Tiga catatan"
        " terdekat: Periksa di Pintu (Kelurahan Teluk Bening, Kota Sagara, 2023, berlanjut), Antrean Terjadwal"
        " (RSUD Bukit Arum, 2022, berlanjut), dan Mesin Antrean Mandiri (2019, berhenti karena perawatannya mahal)."
        " Yang paling mirip Periksa di Pintu: masalah dan akarnya sama, buktinya pengembalian berkas turun dari {n}"
        " menjadi {m} tiap seratus, syaratnya satu petugas. Keputusan: Replikasi, dicoba dua minggu di {unit} pada"
        " hari Selasa. Langkah berikutnya: menelepon kelurahan itu sebelum tanggal 20 untuk meminta daftar periksanya.",
    ),
    "langkah-nyata-rencana": (
        "Langkah 1: mencatat berkas yang dikembalikan beserta sebabnya. Keluaran: tabel dua minggu. Pelaksana: staf"
        " pelayanan di {unit}, tanggal 3 sampai 14, Rp0, dengan turus. Langkah 2: menyusun satu daftar syarat bersama"
        " kedua meja. Keluaran: daftar satu halaman yang disepakati. Pelaksana: kepala seksi, tanggal 19, Rp{k}.000,"
        " rapat dua jam. Langkah 3: menguji daftar itu di pintu masuk selama dua minggu. Keluaran: catatan berkas"
        " kembali sebelum dan sesudah. Pelaksana: petugas piket. Yang ragu: kepala tata usaha, yang khawatir piket"
        " mengurangi petugas loket. Saya meminta beliau menentukan jam piketnya sendiri.",
    ),
    "langkah-nyata-kontrak": (
        "Mulai tanggal 1 bulan depan, {unit} memeriksa kelengkapan berkas di pintu masuk, dan paling lambat akhir"
        " triwulan berkas yang dikembalikan turun dari {n} menjadi {m} tiap seratus (register pelayanan). Kepala unit"
        " menandatangani jadwal piket dan membaca angkanya pada apel Senin pertama setiap bulan. Digerakkan petugas"
        " loket 1 dan pengelola kepegawaian; contoh berkas dan register disimpan di map bersama dan diserahterimakan"
        " bila salah satu pindah. Bila dua bulan berturut-turut angkanya tidak turun, kami meninjau alurnya.",
    ),
    "langkah-nyata-pemantauan": (
        "Ukuran: berkas yang dikembalikan, {n} dari 100 (sebelum, dua minggu) menjadi {m} dari 100 (sesudah, empat"
        " minggu), dari register {unit}. Langkah “daftar syarat satu halaman” selesai; buktinya daftar bertanda tangan"
        " kedua meja. Kendala: sejak pekan kedua piket kosong pada hari Jumat karena senam bersama, sehingga sebelas"
        " berkas lolos tanpa diperiksa. Tindak lanjut: kepala seksi memindahkan piket Jumat ke pukul 09.00 mulai pekan"
        " depan. Usul keputusan: lanjut dengan perbaikan, karena arahnya benar dan kendalanya dapat kami atur sendiri.",
    ),
    "langkah-nyata-dokumentasi": (
        "Dari 100 berkas yang masuk ke {unit}, {n} dikembalikan karena tidak lengkap. Pekan pertama, staf loket"
        " mencatat syarat yang paling sering kurang (Rp0). Pekan kedua, kepala seksi dan kedua meja menyepakati satu"
        " daftar syarat (Rp{k}.000 untuk rapat). Pekan ketiga, satu petugas memeriksa di pintu masuk setiap pagi."
        " Intinya: daftar disepakati kedua meja; jam piket dan bentuk daftar boleh diganti. Hasil setelah tiga bulan:"
        " {m} dari 100 (register). Yang gagal: spanduk syarat di halaman tidak dibaca; kami ganti dengan petugas yang"
        " menyapa. Dipegang seksi pelayanan, status berlanjut.",
    ),
}


def write(lesson_key: str, work: str, dice: random.Random) -> str:
    """A finished piece for the lesson, from somebody of this kind of work."""
    pattern = dice.choice(TEXTS[lesson_key])
    before = dice.randint(21, 38)
    return pattern.format(
        unit=dice.choice(UNITS[work]), n=before, m=before - dice.randint(9, 17), k=dice.randrange(60, 240, 10)
    )
