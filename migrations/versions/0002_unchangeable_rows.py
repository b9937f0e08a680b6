"""Triggers that refuse change and deletion where a row is evidence: trail, seals, versions, the JP ledger."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNCHANGEABLE = ("audit_entries", "audit_seals", "versions", "jp_entries")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in UNCHANGEABLE:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = '23000'; END $$"
    )
    for table in UNCHANGEABLE:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in UNCHANGEABLE:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        return
    for table in UNCHANGEABLE:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
    op.execute("DROP FUNCTION IF EXISTS refuse_change()")
