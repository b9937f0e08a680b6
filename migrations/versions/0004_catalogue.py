"""The catalogue: sources, runs, source records, innovations with the origin of their words, replications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("schedule IN ('', 'daily', 'weekly')", name=op.f("ck_catalogue_sources_schedule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_catalogue_sources_key")),
    )
    op.create_table(
        "catalogue_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("new", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vanished", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column(
            "fault_facts",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (fault <> '')", name=op.f("ck_catalogue_runs_fault")),
        sa.CheckConstraint("(state = 'running') = (ended_at IS NULL)", name=op.f("ck_catalogue_runs_ended")),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_catalogue_runs_state")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_catalogue_runs_by_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["catalogue_sources.id"], name=op.f("fk_catalogue_runs_source_id")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_catalogue_runs_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_runs")),
    )
    with op.batch_alter_table("catalogue_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalogue_runs_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_runs_upload_id"), ["upload_id"], unique=False)
        batch_op.create_index(
            "uq_catalogue_runs_active",
            ["source_id"],
            unique=True,
            postgresql_where=sa.text("state = 'running' AND NOT preview"),
            sqlite_where=sa.text("state = 'running' AND NOT preview"),
        )

    op.create_table(
        "catalogue_run_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(outcome = 'refused') = (reason <> '')", name=op.f("ck_catalogue_run_items_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('new', 'changed', 'same', 'refused', 'vanished')",
            name=op.f("ck_catalogue_run_items_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["catalogue_runs.id"], name=op.f("fk_catalogue_run_items_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_run_items")),
    )
    with op.batch_alter_table("catalogue_run_items", schema=None) as batch_op:
        batch_op.create_index("ix_catalogue_run_items_outcome", ["run_id", "outcome", "id"], unique=False)

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("seen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_saved_searches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_deleted_at"), ["deleted_at"], unique=False)
        for column in ("name", "question"):
            batch_op.create_index(
                f"uq_saved_searches_{column}",
                ["person_id", column],
                unique=True,
                postgresql_where=sa.text("deleted_at IS NULL"),
                sqlite_where=sa.text("deleted_at IS NULL"),
            )

    op.create_table(
        "innovations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sustainability", sa.Text(), nullable=False),
        sa.Column("sustainability_on", sa.Date(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("fresh", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quality", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("replications", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_innovations_merged")
        ),
        sa.CheckConstraint("audience IN ('public', 'organisation')", name=op.f("ck_innovations_audience")),
        sa.CheckConstraint("audience = 'public' OR owner_id IS NOT NULL", name=op.f("ck_innovations_owner")),
        sa.CheckConstraint("state IN ('living', 'merged', 'withdrawn')", name=op.f("ck_innovations_state")),
        sa.CheckConstraint(
            "sustainability IN ('', 'continuing', 'growing', 'stopped')",
            name=op.f("ck_innovations_sustainability"),
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_innovations_not_itself")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["innovations.id"], name=op.f("fk_innovations_merged_into_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisations.id"], name=op.f("fk_innovations_owner_id")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_innovations_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_innovations")),
    )
    with op.batch_alter_table("innovations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_innovations_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_innovations_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_innovations_region_code"), ["region_code"], unique=False)
        batch_op.create_index("ix_innovations_fresh", ["state", "fresh", "updated_at", "id"], unique=False)
        batch_op.create_index(
            "ix_innovations_places",
            ["state", "region_code", "audience", "synthetic", "sustainability", "owner_id"],
            unique=False,
        )
        batch_op.create_index("ix_innovations_replications", ["state", "replications", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_innovations_review_due"), ["review_due"], unique=False)
        batch_op.create_index("ix_innovations_title", ["state", "title", "id"], unique=False)
        batch_op.create_index("ix_innovations_updated", ["state", "updated_at", "id"], unique=False)
        batch_op.create_index(
            "ix_innovations_year", ["state", sa.text("coalesce(year, 0)"), "id"], unique=False
        )

    op.create_table(
        "care_offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f("ck_care_offers_answered")),
        sa.CheckConstraint("kind IN ('co_owner', 'hand_over')", name=op.f("ck_care_offers_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_care_offers_state")
        ),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_care_offers_innovation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_care_offers_organisation_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_care_offers_by_id")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["persons.id"], name=op.f("fk_care_offers_answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_offers")),
    )
    with op.batch_alter_table("care_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_offers_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_care_offers_open",
            ["innovation_id", "organisation_id"],
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "field_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column(
            "old",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "new",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_field_changes_by_id")),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_field_changes_innovation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_changes")),
    )
    with op.batch_alter_table("field_changes", schema=None) as batch_op:
        batch_op.create_index("ix_field_changes_innovation", ["innovation_id", "id"], unique=False)

    op.create_table(
        "innovation_co_owners",
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_innovation_co_owners_innovation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_innovation_co_owners_organisation_id")
        ),
        sa.PrimaryKeyConstraint("innovation_id", "organisation_id", name=op.f("pk_innovation_co_owners")),
    )
    with op.batch_alter_table("innovation_co_owners", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_innovation_co_owners_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "innovation_terms",
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_innovation_terms_innovation_id")
        ),
        sa.PrimaryKeyConstraint("innovation_id", "scheme", "code", name=op.f("pk_innovation_terms")),
    )
    with op.batch_alter_table("innovation_terms", schema=None) as batch_op:
        batch_op.create_index("ix_innovation_terms_code", ["scheme", "code", "innovation_id"], unique=False)

    op.create_table(
        "joinings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "record_ids",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "taken",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("kind IN ('join', 'split')", name=op.f("ck_joinings_kind")),
        sa.CheckConstraint("kept_id <> other_id", name=op.f("ck_joinings_two")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_joinings_by_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["innovations.id"], name=op.f("fk_joinings_kept_id")),
        sa.ForeignKeyConstraint(["other_id"], ["innovations.id"], name=op.f("fk_joinings_other_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["persons.id"], name=op.f("fk_joinings_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joinings")),
    )
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joinings_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joinings_other_id"), ["other_id"], unique=False)

    op.create_table(
        "replications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("adopter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facilitator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("adaptation", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name=op.f("ck_replications_ended")),
        sa.CheckConstraint(
            "state IN ('interest', 'agreement', 'approval', 'implementation')",
            name=op.f("ck_replications_state"),
        ),
        sa.ForeignKeyConstraint(
            ["adopter_id"], ["organisations.id"], name=op.f("fk_replications_adopter_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_replications_by_id")),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["organisations.id"], name=op.f("fk_replications_facilitator_id")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["innovations.id"], name=op.f("fk_replications_origin_id")),
        sa.ForeignKeyConstraint(["result_id"], ["innovations.id"], name=op.f("fk_replications_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replications")),
    )
    with op.batch_alter_table("replications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replications_adopter_id"), ["adopter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_replications_result_id"), ["result_id"], unique=False)
        batch_op.create_index(
            "uq_replications_active",
            ["origin_id", "adopter_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "running_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer <> 'stopped' OR reason <> ''", name=op.f("ck_running_answers_reason")),
        sa.CheckConstraint(
            "answer IN ('continuing', 'growing', 'stopped')", name=op.f("ck_running_answers_answer")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_running_answers_by_id")),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_running_answers_innovation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_answers")),
    )
    with op.batch_alter_table("running_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_running_answers_innovation_id"), ["innovation_id"], unique=False)

    op.create_table(
        "source_records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("acronym", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("agency_key", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "notes",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("facts_hash", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_source_records_innovation_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["catalogue_runs.id"], name=op.f("fk_source_records_run_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["catalogue_sources.id"], name=op.f("fk_source_records_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_records")),
        sa.UniqueConstraint("source_id", "external_id", name="uq_source_records_external"),
    )
    with op.batch_alter_table("source_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_records_innovation_id"), ["innovation_id"], unique=False)
        batch_op.create_index("ix_source_records_seen", ["source_id", "seen_at"], unique=False)
        batch_op.create_index(
            "ix_source_records_vanished",
            ["innovation_id"],
            unique=False,
            sqlite_where=sa.text("vanished_at IS NOT NULL"),
            postgresql_where=sa.text("vanished_at IS NOT NULL"),
        )

    op.create_table(
        "match_keys",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["source_records.id"], name=op.f("fk_match_keys_record_id")),
        sa.PrimaryKeyConstraint("key", "record_id", name=op.f("pk_match_keys")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("match_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_keys_record_id"), ["record_id"], unique=False)

    op.create_table(
        "field_choices",
        sa.Column("innovation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(record_id IS NULL) <> (value IS NULL)", name=op.f("ck_field_choices_one_origin")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_field_choices_by_id")),
        sa.ForeignKeyConstraint(
            ["innovation_id"], ["innovations.id"], name=op.f("fk_field_choices_innovation_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_field_choices_record_id")
        ),
        sa.PrimaryKeyConstraint("innovation_id", "field", name=op.f("pk_field_choices")),
    )
    with op.batch_alter_table("field_choices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_choices_record_id"), ["record_id"], unique=False)

    op.create_table(
        "match_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("a_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column(
            "reasons",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('joined', 'proposed', 'apart')", name=op.f("ck_match_decisions_decision")
        ),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_match_decisions_ordered")),
        sa.ForeignKeyConstraint(["a_id"], ["source_records.id"], name=op.f("fk_match_decisions_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["source_records.id"], name=op.f("fk_match_decisions_b_id")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_match_decisions_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decisions")),
        sa.UniqueConstraint("a_id", "b_id", name="uq_match_decisions_pair"),
    )
    with op.batch_alter_table("match_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_decisions_b_id"), ["b_id"], unique=False)
        batch_op.create_index("ix_match_decisions_queue", ["decision", "score", "id"], unique=False)

    op.create_table(
        "replication_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("replication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('interest', 'agreement', 'approval', 'implementation')",
            name=op.f("ck_replication_steps_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_replication_steps_by_id")),
        sa.ForeignKeyConstraint(
            ["replication_id"], ["replications.id"], name=op.f("fk_replication_steps_replication_id")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_replication_steps_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replication_steps")),
        sa.UniqueConstraint("replication_id", "state", name="uq_replication_steps_state"),
    )
    op.create_table(
        "catalogue_pictures",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_catalogue_pictures_upload_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_catalogue_pictures")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_catalogue_pictures_upload_id")),
    )
    op.create_table(
        "source_record_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_source_record_versions_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["catalogue_runs.id"], name=op.f("fk_source_record_versions_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record_versions")),
        sa.UniqueConstraint("record_id", "number", name="uq_source_record_versions_number"),
    )


def downgrade() -> None:
    op.drop_table("catalogue_pictures")
    op.drop_table("source_record_versions")
    op.drop_table("replication_steps")
    with op.batch_alter_table("match_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_match_decisions_queue")
        batch_op.drop_index(batch_op.f("ix_match_decisions_b_id"))

    op.drop_table("match_decisions")
    with op.batch_alter_table("field_choices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_choices_record_id"))

    op.drop_table("field_choices")
    with op.batch_alter_table("match_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_keys_record_id"))

    op.drop_table("match_keys")
    with op.batch_alter_table("source_records", schema=None) as batch_op:
        batch_op.drop_index("ix_source_records_vanished")
        batch_op.drop_index("ix_source_records_seen")
        batch_op.drop_index(batch_op.f("ix_source_records_innovation_id"))

    op.drop_table("source_records")
    with op.batch_alter_table("running_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_running_answers_innovation_id"))

    op.drop_table("running_answers")
    with op.batch_alter_table("replications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_replications_active",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_replications_result_id"))
        batch_op.drop_index(batch_op.f("ix_replications_adopter_id"))

    op.drop_table("replications")
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_joinings_other_id"))
        batch_op.drop_index(batch_op.f("ix_joinings_kept_id"))

    op.drop_table("joinings")
    with op.batch_alter_table("innovation_terms", schema=None) as batch_op:
        batch_op.drop_index("ix_innovation_terms_code")

    op.drop_table("innovation_terms")
    with op.batch_alter_table("innovation_co_owners", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_innovation_co_owners_organisation_id"))

    op.drop_table("innovation_co_owners")
    with op.batch_alter_table("field_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_field_changes_innovation")

    op.drop_table("field_changes")
    op.drop_table("care_offers")
    with op.batch_alter_table("innovations", schema=None) as batch_op:
        batch_op.drop_index("ix_innovations_year")
        batch_op.drop_index("ix_innovations_updated")
        batch_op.drop_index("ix_innovations_title")
        batch_op.drop_index(batch_op.f("ix_innovations_review_due"))
        batch_op.drop_index("ix_innovations_replications")
        batch_op.drop_index("ix_innovations_places")
        batch_op.drop_index(batch_op.f("ix_innovations_region_code"))
        batch_op.drop_index(batch_op.f("ix_innovations_owner_id"))
        batch_op.drop_index(batch_op.f("ix_innovations_merged_into_id"))

    op.drop_table("innovations")
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        for column in ("question", "name"):
            batch_op.drop_index(
                f"uq_saved_searches_{column}",
                postgresql_where=sa.text("deleted_at IS NULL"),
                sqlite_where=sa.text("deleted_at IS NULL"),
            )
        batch_op.drop_index(batch_op.f("ix_saved_searches_deleted_at"))

    op.drop_table("saved_searches")
    with op.batch_alter_table("catalogue_run_items", schema=None) as batch_op:
        batch_op.drop_index("ix_catalogue_run_items_outcome")

    op.drop_table("catalogue_run_items")
    with op.batch_alter_table("catalogue_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_catalogue_runs_active",
            postgresql_where=sa.text("state = 'running' AND NOT preview"),
            sqlite_where=sa.text("state = 'running' AND NOT preview"),
        )
        batch_op.drop_index(batch_op.f("ix_catalogue_runs_upload_id"))
        batch_op.drop_index(batch_op.f("ix_catalogue_runs_source_id"))

    op.drop_table("catalogue_runs")
    op.drop_table("catalogue_sources")
