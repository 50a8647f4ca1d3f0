"""Tables of appointments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
STATES = "'held', 'booked', 'checked_in', 'served', 'no_show', 'cancelled', 'cancelled_by_hall', 'expired'"
ONE_LIVE = sa.text("state IN ('held', 'booked', 'checked_in')")


def upgrade() -> None:
    op.create_table(
        "slots",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("window_group", sa.String(20), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("closed_reason", sa.String(60)),
        sa.UniqueConstraint("window_group", "starts_at", name="uq_slots_group_start"),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_slots_taken"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_slots_ends"),
    )
    op.create_index("ix_slots_starts_at", "slots", ["starts_at"])
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("deed_id", sa.String(64), nullable=False, unique=True),
        sa.Column("window_group", sa.String(20), nullable=False),
        sa.Column("slot_id", sa.String(40), sa.ForeignKey("slots.id"), nullable=False),
        sa.Column("item", sa.String(48), nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("telephone", sa.Text),
        sa.Column("telephone_lookup", sa.String(64)),
        sa.Column("citizen_key", sa.String(64), nullable=False),
        sa.Column("held_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("reason", sa.String(60)),
        sa.Column("queue_number", sa.String(8)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_appointments_state"),
        sa.CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="ck_appointments_held_until"),
    )
    op.create_index(
        "uq_appointments_one_live",
        "appointments",
        ["citizen_key", "item"],
        unique=True,
        sqlite_where=ONE_LIVE,
        postgresql_where=ONE_LIVE,
    )
    op.create_index("ix_appointments_slot", "appointments", ["slot_id", "state"])
    op.create_index("ix_appointments_sender", "appointments", ["sender_key"])
    op.create_index("ix_appointments_telephone", "appointments", ["telephone_lookup"])
    op.create_index("ix_appointments_held", "appointments", ["state", "held_until"])
    op.create_table(
        "queue_numbers",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("window_group", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "appointment_offers",
        sa.Column("sender_key", sa.String(64), primary_key=True),
        sa.Column("offered", sa.JSON, nullable=False),
        sa.Column("offered_at", TIME, nullable=False),
    )
    op.create_table(
        "appointment_lookups",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("began_at", TIME, nullable=False),
    )


def downgrade() -> None:
    for name in ("appointment_lookups", "appointment_offers", "queue_numbers", "appointments", "slots"):
        op.drop_table(name)
