"""Rows in every table of the catalogue and of the search, for make.fill: merged innovations, JSON, the index."""

from __future__ import annotations

from datetime import timedelta


def fill(add, clock) -> None:
    """Two innovations of which one was merged into the other, all that hangs on them, and a document of the index."""
    now = clock.now()
    add("catalogue_sources", id=50, key="uji", name="Uji", owner="Instansi")
    add("catalogue_runs", id=1, source_id=50, state="done", ended_at=now, new=2)
    add("catalogue_run_items", run_id=1, outcome="refused", reason="no-title", facts={"row": [1, None]})
    add("innovations", id=1, title="Perahu Bidan “Apung”", owner_id=1, region_code="x2", year=2021)
    add("innovations", id=2, title="Perahu Bidan", state="merged", merged_into_id=1)
    for number in (1, 2):
        add("source_records", id=number, source_id=50, external_id=f"A-{number}", innovation_id=1, run_id=1,
            title="Perahu Bidan", title_key="perahu bidan", payload={"n": 1.5, "judul": "Perahu\tBidan"},
            facts={"title": "Perahu Bidan"}, hash="h", facts_hash="f", seen_at=now, changed_at=now)  # fmt: skip
    add("source_record_versions", record_id=1, number=1, run_id=1, payload={}, facts={}, hash="g", at=now)
    add("match_keys", key=-(2**62), record_id=1)
    add("match_decisions", a_id=1, b_id=2, score=0.1 + 0.2, decision="joined", reasons=[{"code": "name"}])
    add("joinings", kind="join", kept_id=1, other_id=2, record_ids=[2])
    add("field_choices", innovation_id=1, field="title", value={"is": "Perahu Bidan"}, by_id=1)
    add("field_changes", innovation_id=1, field="title", new={"is": "Perahu Bidan"}, by_id=1)
    add("innovation_terms", innovation_id=1, scheme="source", code="uji")
    add("innovation_co_owners", innovation_id=1, organisation_id=2)
    add("care_offers", innovation_id=1, organisation_id=2, kind="hand_over", by_id=1)
    add("running_answers", innovation_id=1, answer="stopped", reason="Anggaran")
    add("replications", id=1, origin_id=1, adopter_id=2, need="Perlu")
    add("replication_steps", replication_id=1, state="interest", on=clock.today())
    add("saved_searches", person_id=1, name="Perahu", question="q=perahu")
    add("api_tokens", token_hash="h", person_id=1, name="Skrip", scopes=["me"], created_at=now,
        expires_at=now + timedelta(days=1))  # fmt: skip
    add("search_documents", kind="innovation", key=1, title="Perahu Bidan", title_words="perahu bidan",
        words="sungai")  # fmt: skip
    add("search_vocabulary", kind="innovation", word="perahu", uses=1)


def fill_pictures(add, upload_id: int) -> None:
    """A picture that a source sent, kept as this upload."""
    add("catalogue_pictures", sha256="0" * 64, upload_id=upload_id)
