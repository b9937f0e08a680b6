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
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("audience_id", WHOLE, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        # the long ones last: SQLite reads past them to what stands behind
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
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
    op.create_table(
        "search_vocabulary",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("uses", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", name=op.f("pk_search_vocabulary")),
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
            "WHEN old.title_words <> new.title_words OR old.words <> new.words "
            f"BEGIN {taken_out} {put_in} END"
        )
        return
    # '0' as in search/models.py: no phrase reaches from the title into the rest, as none does in FTS5
    op.execute(
        "ALTER TABLE search_documents "
        "ADD COLUMN title_tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', title_words)) STORED, "
        "ADD COLUMN tsv tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('simple', title_words || ' 0'), 'A') || setweight(to_tsvector('simple', words), 'D')"
        ") STORED"
    )
    op.execute("CREATE INDEX ix_search_documents_title_tsv ON search_documents USING gin (title_tsv)")
    op.execute("CREATE INDEX ix_search_documents_tsv ON search_documents USING gin (tsv)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    op.drop_table("search_vocabulary")
    op.drop_table("search_documents")
