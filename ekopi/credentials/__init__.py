"""Certificates and the ledger of learning hours (JP)."""

from __future__ import annotations


def init_app(app) -> None:
    from flask_babel import lazy_gettext as _l

    from ekopi.core.registry import StaffPage, register
    from ekopi.credentials import competence, models, notices, privacy, queries, tasks, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    register("reference-data", "jp-editions", tasks.load_editions)
    register("nightly", "ledger", tasks.prove_ledger)
    register("doctor", "ledger", tasks.ledger_findings)
    register("privacy", "credentials", privacy)
    register("jp-totals", "credentials", competence.jp_totals)
    register("competence-history", "credentials", competence.history)
    register("notices", "certificate-issued", notices.issued)
    register("notices", "certificate-revoked", notices.revoked)
    register("notices", "certificate-replaced", notices.replaced)
    register("audit-subjects", "certificate", queries.certificate_names)
    register("audit-subjects", "jp_entry", queries.entry_names)
    register("audit-verbs", "certificate.issued", _l("Sertifikat %(subject)s terbit."))
    register("audit-verbs", "certificate.revoked", _l("%(actor)s mencabut sertifikat %(subject)s."))
    register(
        "audit-verbs",
        "certificate.reissued",
        _l("%(actor)s menerbitkan ulang sertifikat %(subject)s dengan nomor %(new)s."),
    )
    register("audit-verbs", "jp.reversed", _l("%(actor)s membatalkan %(subject)s milik %(person)s."))
    register(
        "audit-verbs",
        "jp.unbalanced",
        _l("Saldo JP %(year)s milik %(subject)s tercatat %(balance)s, jumlah barisnya %(total)s."),
    )
    register(
        "staff-pages",
        "certificates",
        StaffPage(
            title=_l("Sertifikat"),
            sentence=_l(
                "Cari menurut nomor, cabut dengan alasan, terbitkan ulang untuk nama yang diperbaiki."
            ),
            endpoint="credentials.staff_list",
            icon="certificate",
        ),
    )
