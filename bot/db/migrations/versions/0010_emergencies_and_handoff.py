"""Emergencies; threads with a person and their messages."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _emergencies()
    _threads()


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("place", sa.String(60)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME),
        sa.Column("acknowledged_by", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("closed_at", TIME),
        sa.Column("closed_by", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("done", sa.Text),
        sa.CheckConstraint(
            "kind in ('illness', 'injury', 'fire', 'gas', 'lift', 'power', 'disorder', 'lost', 'other')",
            name="ck_emergencies_kind",
        ),
        sa.CheckConstraint("(acknowledged_at is null) = (acknowledged_by is null)", name="ck_emergencies_acknowledged"),
        sa.CheckConstraint(
            "closed_at is null or (closed_by is not null and done is not null)", name="ck_emergencies_closed"
        ),
    )
    op.create_index("ix_emergencies_sender", "emergencies", ["sender_key", "kind", "created_at"])
    op.create_index("ix_emergencies_open", "emergencies", ["closed_at", "created_at"])


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("live_sender", sa.String(64), unique=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("ending", sa.String(16)),
        sa.Column("department", sa.String(8)),
        sa.Column("item", sa.String(48)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("taken_by", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("taken_at", TIME),
        sa.Column("told_at", TIME),
        sa.Column("awaiting_since", TIME),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("last_number", sa.Integer, nullable=False),
        sa.CheckConstraint("state in ('waiting', 'open', 'closed', 'left')", name="ck_threads_state"),
        sa.CheckConstraint("(state in ('waiting', 'open')) = (live_sender is not null)", name="ck_threads_live"),
        sa.CheckConstraint("(state in ('waiting', 'open')) = (closed_at is null)", name="ck_threads_closed"),
        sa.CheckConstraint("state <> 'open' or taken_by is not null", name="ck_threads_taken"),
    )
    op.create_index("ix_threads_queue", "threads", ["state", "created_at"])
    op.create_index("ix_threads_sender", "threads", ["sender_key", "created_at"])
    op.create_table(
        "thread_messages",
        sa.Column("thread_id", sa.String(32), sa.ForeignKey("threads.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("author", sa.String(8), nullable=False),
        sa.Column("staff_id", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("client_key", sa.String(128)),
        sa.CheckConstraint("author in ('citizen', 'staff', 'bot')", name="ck_thread_messages_author"),
        sa.CheckConstraint("(author = 'staff') = (staff_id is not null)", name="ck_thread_messages_staff"),
        sa.UniqueConstraint("thread_id", "client_key", name="uq_thread_messages_client_key"),
    )


def downgrade() -> None:
    for table in ("thread_messages", "threads", "emergencies"):
        op.drop_table(table)
