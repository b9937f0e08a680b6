"""The search index: documents with folded words, found through FTS5 on SQLite and a tsvector on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("audience_id", WHOLE, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('public', 'organisation', 'course', 'person')",
            name=op.f("ck_search_documents_audience"),
        ),
        sa.CheckConstraint(
            "(audience = 'public') = (audience_id = 0)", name=op.f("ck_search_documents_audience_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("kind", "key", name="uq_search_documents_thing"),
    )
    op.create_index("ix_search_documents_audience", "search_documents", ["kind", "audience", "audience_id"])
    op.create_table(
        "search_vocabulary",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", "kind", name=op.f("pk_search_vocabulary")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(title_words, words, "
            "content='search_documents', content_rowid='id', tokenize='ascii')"
        )
        taken_out = (
            "INSERT INTO search_words(search_words, rowid, title_words, words) "
            "VALUES ('delete', old.id, old.title_words, old.words);"
        )
        put_in = (
            "INSERT INTO search_words(rowid, title_words, words) VALUES (new.id, new.title_words, new.words);"
        )
        op.execute(f"CREATE TRIGGER search_documents_put AFTER INSERT ON search_documents BEGIN {put_in} END")
        op.execute(
            f"CREATE TRIGGER search_documents_drop AFTER DELETE ON search_documents BEGIN {taken_out} END"
        )
        op.execute(
            "CREATE TRIGGER search_documents_change AFTER UPDATE OF title_words, words ON search_documents "
            f"BEGIN {taken_out} {put_in} END"
        )
        return
    op.execute(
        "ALTER TABLE search_documents ADD COLUMN tsv tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', words), 'B')"
        ") STORED"
    )
    op.execute("CREATE INDEX ix_search_documents_tsv ON search_documents USING gin (tsv)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    op.drop_table("search_vocabulary")
    op.drop_table("search_documents")
