"""The consultation ledger as a whole: owner, answer, end, and columns that can be emptied when their time is over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
PERSONAL = {"sender_key": sa.String(64), "question": sa.Text(), "name": sa.Text(), "telephone": sa.Text()}
NEW = (
    sa.Column("telephone_lookup", sa.String(64)),
    sa.Column("owner", sa.String(8)),
    sa.Column("item", sa.String(48)),
    sa.Column("assigned_to", sa.String(32)),
    sa.Column("answer", sa.Text),
    sa.Column("sources", sa.JSON),
    sa.Column("answered_by", sa.String(32)),
    sa.Column("answered_at", TIME),
    sa.Column("ended_at", TIME),
    sa.Column("close_reason", sa.Text),
    sa.Column("overdue_at", TIME),
    sa.Column("faq_id", sa.String(48)),
)
CHECKS = {
    "ck_consultations_state": "state IN ('open', 'assigned', 'answered', 'delivered', 'closed')",
    "ck_consultations_ended": "(state IN ('delivered', 'closed')) = (ended_at IS NOT NULL)",
    "ck_consultations_answered": "state NOT IN ('answered', 'delivered') OR answered_at IS NOT NULL",
}
INDEXES = {
    "ix_consultations_due": ["state", "promised_by"],
    "ix_consultations_owner": ["owner", "state", "promised_by"],
    "ix_consultations_telephone": ["telephone_lookup"],
    "ix_consultations_sender": ["sender_key"],
}
STAFF = {"fk_consultations_assigned_to": "assigned_to", "fk_consultations_answered_by": "answered_by"}


def upgrade() -> None:
    with op.batch_alter_table("consultations") as table:
        for name, type_ in PERSONAL.items():
            table.alter_column(name, existing_type=type_, nullable=True)
        for column in NEW:
            table.add_column(column.copy())
        for name, of in STAFF.items():
            table.create_foreign_key(name, "staff", [of], ["id"])
    # Nothing could set this state before this revision; what an operator marked by hand has no answer to show.
    op.execute("UPDATE consultations SET state = 'open' WHERE state = 'answered'")
    with op.batch_alter_table("consultations") as table:
        for name, condition in CHECKS.items():
            table.create_check_constraint(name, condition)
    for name, columns in INDEXES.items():
        op.create_index(name, "consultations", columns)


def downgrade() -> None:
    """What was emptied stays empty; states that the older schema does not know become its last one."""
    for name in INDEXES:
        op.drop_index(name, table_name="consultations")
    with op.batch_alter_table("consultations") as table:
        for name in CHECKS:
            table.drop_constraint(name, type_="check")
        for name in STAFF:
            table.drop_constraint(name, type_="foreignkey")
    op.execute("UPDATE consultations SET state = 'open' WHERE state = 'assigned'")
    op.execute("UPDATE consultations SET state = 'answered' WHERE state IN ('delivered', 'closed')")
    for name in PERSONAL:
        emptied: sa.ColumnClause[str] = sa.column(name)
        op.execute(sa.update(sa.table("consultations", emptied)).where(emptied.is_(None)).values({name: ""}))
    with op.batch_alter_table("consultations") as table:
        for column in NEW:
            table.drop_column(column.name)
        for name, type_ in PERSONAL.items():
            table.alter_column(name, existing_type=type_, nullable=False)
