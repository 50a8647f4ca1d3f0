"""Days that staff set for the hall's calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hall_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("sessions", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("set_by", sa.String(32), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="ck_hall_days_reason"),
    )


def downgrade() -> None:
    op.drop_table("hall_days")
