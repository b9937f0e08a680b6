"""Refusals of quizzes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ekopi.core.errors import Invalid, Refused


class NoAttemptsLeft(Refused):
    code = "no-attempts-left"
    message = _l("Semua kesempatan mengerjakan kuis ini sudah terpakai.")
    remedy = _l("Pelajari hasilnya, lalu lanjutkan ke materi lain yang masih terbuka.")


class QuizNotReady(Refused):
    code = "quiz-not-ready"
    message = _l("Kuis ini belum mempunyai pertanyaan yang terbit.")
    remedy = _l("Penulis kursus perlu menerbitkannya dahulu. Materi lain tetap dapat dipelajari.")


class AttemptClosed(Refused):
    code = "attempt-closed"
    message = _l("Percobaan ini sudah selesai, jadi jawabannya tidak dapat diubah lagi.")
    remedy = _l("Buka halaman kuis untuk melihat hasilnya.")


class TimeOver(Refused):
    code = "time-over"
    message = _l("Waktu percobaan ini sudah habis, jadi jawaban terakhir tidak tersimpan.")
    remedy = _l("Jawaban yang tersimpan sebelumnya tetap dinilai.")


class AnswerLocked(Refused):
    code = "answer-locked"
    message = _l("Pertanyaan ini sudah diperiksa, jadi jawabannya tidak dapat diubah lagi.")
    remedy = _l("Lanjutkan ke pertanyaan berikutnya.")


class NotAnswered(Invalid):
    code = "not-answered"
    message = _l("Jawab pertanyaan ini dahulu, lalu tekan Periksa.")
