"""Conversations, turns, consultation ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("sender_key", sa.String(64), primary_key=True),
        sa.Column("item", sa.String(16)),
        sa.Column("pending_question", sa.Text),
        sa.Column("deed", sa.Text),
        sa.Column("updated_at", TIME, nullable=False),
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(128)),
        sa.Column("text", sa.Text),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("item", sa.String(16)),
        sa.Column("scores", sa.JSON, nullable=False),
        sa.Column("timings", sa.JSON, nullable=False),
        sa.Column("reply", sa.JSON, nullable=False),
        sa.UniqueConstraint("sender_key", "message_id", name="uq_turns_message"),
    )
    op.create_index("ix_turns_created_at", "turns", ["created_at"])
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("deed_id", sa.String(32), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("promised_by", TIME, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("telephone", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )


def downgrade() -> None:
    for table in ("consultations", "turns", "conversations"):
        op.drop_table(table)
