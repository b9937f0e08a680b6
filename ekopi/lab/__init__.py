"""The virtual Laboratorium Inovasi. Its rooms (programme, teams, mentoring) are not built yet; see docs/roadmap.md."""
