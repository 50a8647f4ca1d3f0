"""Issued notices with their numbers and download addresses; applications whose progress is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
STATES = (
    "state in ('received', 'supplement', 'accepted', 'examining', 'approved', 'refused', 'ready', 'collected', "
    "'posted')"
)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(32), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("item", sa.String(48), nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("pdf", sa.Text),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("deed_id", sa.String(32), unique=True),
        sa.CheckConstraint("kind in ('one_time', 'acceptance', 'refusal', 'supplement')", name="ck_notices_kind"),
    )
    op.create_index("ix_notices_department", "notices", ["department", "created_at"])
    op.create_index("ix_notices_created", "notices", ["created_at"])
    op.create_table(
        "notice_counters",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("office", sa.String(8), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "notice_downloads",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("notice_id", sa.String(32), sa.ForeignKey("notices.id"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
    )
    op.create_index("ix_notice_downloads_notice", "notice_downloads", ["notice_id"])
    _applications()


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("item", sa.String(48), nullable=False),
        sa.Column("item_name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("id_check", sa.String(64)),
        sa.Column("telephone_check", sa.String(64)),
        sa.Column("telephone", sa.Text),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("todo", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("post_number", sa.String(40), nullable=False),
        sa.Column("state_since", TIME, nullable=False),
        sa.CheckConstraint(STATES, name="ck_applications_state"),
        sa.CheckConstraint("id_check is not null or telephone_check is not null", name="ck_applications_check"),
    )
    op.create_index("ix_applications_due", "applications", ["state", "due_at"])
    op.create_table(
        "progress_attempts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("asker", sa.String(64), nullable=False),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("ix_progress_attempts_asker", "progress_attempts", ["asker", "at"])
    op.create_index("ix_progress_attempts_application", "progress_attempts", ["application", "at"])


def downgrade() -> None:
    for table in ("progress_attempts", "applications", "notice_downloads", "notice_counters", "notices"):
        op.drop_table(table)
