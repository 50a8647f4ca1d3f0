"""Published guides and FAQ entries with their history; disclosures, situation and scenario of a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("id", sa.String(48), primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("file_digest", sa.String(64)),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
    )
    op.create_index("ix_publications_revision", "publications", ["revision"])
    op.create_table(
        "publication_changes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("id", sa.String(48), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("old", sa.JSON),
        sa.Column("new", sa.JSON),
    )
    op.create_index("ix_publication_changes_of", "publication_changes", ["kind", "id", "number"])
    revisions = op.create_table(
        "publication_revision",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.bulk_insert(revisions, [{"name": "current", "revision": 0}])
    with op.batch_alter_table("conversations") as table:
        table.alter_column("item", type_=sa.String(48))
        table.add_column(sa.Column("disclosures", sa.JSON))
        table.add_column(sa.Column("situation", sa.String(40)))
        table.add_column(sa.Column("scenario", sa.JSON))
    with op.batch_alter_table("turns") as table:
        table.alter_column("item", type_=sa.String(48))


def downgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.drop_column("scenario")
        table.drop_column("situation")
        table.drop_column("disclosures")
        table.alter_column("item", type_=sa.String(16))
    with op.batch_alter_table("turns") as table:
        table.alter_column("item", type_=sa.String(16))
    for table_name in ("publication_revision", "publication_changes", "publications"):
        op.drop_table(table_name)
