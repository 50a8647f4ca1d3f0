"""Senders, outbox, inbox, alarms to staff, and when periodic jobs ran last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ONE_RECIPIENT = (
    "(recipient = 'sender' AND sender_key IS NOT NULL AND telephone IS NULL AND audience IS NULL) OR "
    "(recipient = 'telephone' AND telephone IS NOT NULL AND sender_key IS NULL AND audience IS NULL) OR "
    "(recipient = 'audience' AND audience IS NOT NULL AND sender_key IS NULL AND telephone IS NULL)"
)


def upgrade() -> None:
    op.create_table(
        "senders",
        sa.Column("sender_key", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(128), nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("telephone", sa.Text),
        sa.Column("audience", sa.String(16)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("not_before", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("claimed_by", sa.String(32)),
        sa.Column("claimed_until", TIME),
        sa.Column("sent_at", TIME),
        sa.Column("last_error", sa.String(40)),
        sa.CheckConstraint(ONE_RECIPIENT, name="ck_outbox_one_recipient"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'withdrawn', 'expired')", name="ck_outbox_state"),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "recipient", "next_try_at"])
    op.create_table(
        "inbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(128), nullable=False, unique=True),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("shown_at", TIME),
    )
    op.create_index("ix_inbox_unread", "inbox", ["sender_key", "shown_at"])
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(128), nullable=False, unique=True),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME),
        sa.Column("acknowledged_by", sa.String(32)),
    )
    op.create_index("ix_alarms_open", "alarms", ["acknowledged_at", "created_at"])
    op.create_table(
        "worker_jobs",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("last_run_at", TIME, nullable=False),
    )


def downgrade() -> None:
    for table in ("worker_jobs", "alarms", "inbox", "outbox", "senders"):
        op.drop_table(table)
