"""Ratings with their kinds and follow-ups, requests for extended hours, requests for help and agency."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = ("assistance_requests", "extended_hours_requests", "rating_follow_ups", "rating_kinds", "ratings")


def upgrade() -> None:
    _ratings()
    _follow_ups()
    _extended_hours()
    _assistance()


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("deed_id", sa.String(64), nullable=False, unique=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("grade", sa.String(20), nullable=False),
        sa.Column("bad", sa.Boolean, nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("window", sa.String(8)),
        sa.Column("department", sa.String(8)),
        sa.Column("item", sa.String(48)),
        sa.Column("place", sa.String(40)),
        sa.Column("assistant", sa.Boolean, nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("telephone", sa.Text),
        sa.Column("telephone_lookup", sa.String(64)),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "grade IN ('very_satisfied', 'satisfied', 'fairly_satisfied', 'dissatisfied', 'very_dissatisfied')",
            name="ck_ratings_grade",
        ),
        sa.CheckConstraint("bad = (grade IN ('dissatisfied', 'very_dissatisfied'))", name="ck_ratings_bad"),
        sa.CheckConstraint(
            "named OR (name IS NULL AND telephone IS NULL AND telephone_lookup IS NULL AND sender_key IS NULL)",
            name="ck_ratings_anonymous",
        ),
    )
    op.create_index("ix_ratings_created", "ratings", ["created_at"])
    op.create_index("ix_ratings_department", "ratings", ["department", "created_at"])
    op.create_index("ix_ratings_telephone", "ratings", ["telephone_lookup"])
    op.create_table(
        "rating_kinds",
        sa.Column("rating_id", sa.String(32), sa.ForeignKey("ratings.id"), primary_key=True),
        sa.Column("kind", sa.String(24), primary_key=True),
    )


def _follow_ups() -> None:
    op.create_table(
        "rating_follow_ups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("rating_id", sa.String(32), sa.ForeignKey("ratings.id"), nullable=False, unique=True),
        sa.Column("must", sa.Boolean, nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("assigned_to", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("contacted_at", TIME),
        sa.Column("settled_at", TIME),
        sa.Column("result", sa.Text),
        sa.Column("overdue_at", TIME),
        sa.CheckConstraint("state IN ('open', 'contacted', 'settled')", name="ck_rating_follow_ups_state"),
        sa.CheckConstraint("(state = 'open') = (contacted_at IS NULL)", name="ck_rating_follow_ups_contacted"),
        sa.CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="ck_rating_follow_ups_settled"),
    )
    op.create_index("ix_rating_follow_ups_due", "rating_follow_ups", ["state", "due_at"])
    op.create_index("ix_rating_follow_ups_department", "rating_follow_ups", ["department", "state"])


def _request_columns() -> list[sa.Column[Any]]:
    """What every request of a citizen has."""
    return [
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("deed_id", sa.String(64), nullable=False, unique=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("item", sa.String(48)),
        sa.Column("matter", sa.Text),
        sa.Column("department", sa.String(8)),
        sa.Column("assigned_to", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("name", sa.Text),
        sa.Column("telephone", sa.Text),
        sa.Column("telephone_lookup", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("overdue_at", TIME),
        sa.Column("ended_at", TIME),
    ]


def _request_indexes(table: str) -> None:
    op.create_index(f"ix_{table}_due", table, ["state", "due_at"])
    op.create_index(f"ix_{table}_department", table, ["department", "state"])
    op.create_index(f"ix_{table}_created", table, ["created_at"])
    op.create_index(f"ix_{table}_telephone", table, ["telephone_lookup"])


def _extended_hours() -> None:
    name = "extended_hours_requests"
    op.create_table(
        name,
        *_request_columns(),
        sa.Column("why", sa.Text),
        sa.Column("wished", sa.String(100), nullable=False),
        sa.Column("wished_at", TIME),
        sa.Column("agreed_at", TIME),
        sa.Column("consent_at", TIME),
        sa.Column("consent_by", sa.String(16)),
        sa.CheckConstraint("state IN ('received', 'proposed', 'accepted', 'refused')", name=f"ck_{name}_state"),
        sa.CheckConstraint("(state IN ('accepted', 'refused')) = (ended_at IS NOT NULL)", name=f"ck_{name}_ended"),
        sa.CheckConstraint(
            "state <> 'refused' OR (consent_at IS NOT NULL AND consent_by IS NOT NULL)", name=f"ck_{name}_consent"
        ),
        sa.CheckConstraint("state NOT IN ('proposed', 'accepted') OR agreed_at IS NOT NULL", name=f"ck_{name}_agreed"),
    )
    _request_indexes(name)


def _assistance() -> None:
    name = "assistance_requests"
    op.create_table(
        name,
        *_request_columns(),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("special_group", sa.String(24), nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("wished", sa.String(100)),
        sa.Column("wished_at", TIME),
        sa.CheckConstraint(
            "state IN ('received', 'assigned', 'visiting', 'in_progress', 'done', 'refused')", name=f"ck_{name}_state"
        ),
        sa.CheckConstraint("(state IN ('done', 'refused')) = (ended_at IS NOT NULL)", name=f"ck_{name}_ended"),
    )
    _request_indexes(name)


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
