"""Cases, their history, who looked at complainants' identities (both can only be added to), and wrong questions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
APPEND_ONLY = ("case_events", "case_reveals")
STATES = (
    "'received', 'assigned', 'in_progress', 'settled', 'not_accepted', 'transferred', 'followed_up', 'closed', "
    "'reopened'"
)
ANONYMOUS = "not anonymous or (name is null and telephone is null and telephone_lookup is null and sender_key is null)"
POSTGRESQL_FUNCTION = """
create function refuse_case_history_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation'; end $$
"""


def upgrade() -> None:
    _cases()
    op.create_table(
        "case_events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff_id", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(16)),
        sa.Column("to_state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("visible_to_citizen", sa.Boolean, nullable=False),
    )
    op.create_index("ix_case_events_case", "case_events", ["case_id", "number"])
    op.create_table(
        "case_reveals",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("staff_id", sa.String(32), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_case_reveals_case", "case_reveals", ["case_id", "number"])
    op.create_table(
        "case_query_failures",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.CheckConstraint("failures >= 0", name="ck_case_query_failures"),
    )
    _add_triggers()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("deed_id", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("complaint_kind", sa.String(24)),
        sa.Column("grading", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("window", sa.String(8)),
        sa.Column("item", sa.String(48)),
        sa.Column("facts", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("wish", "when_text", "place", "whom", "name", "telephone")),
        sa.Column("telephone_lookup", sa.String(64)),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("sender_key", sa.String(64)),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("assignee_department", sa.String(16), nullable=False),
        sa.Column("assigned_to", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        *(
            sa.Column(name, TIME, nullable=False)
            for name in ("round_started_at", "due_at", "nearly_due_at", "hand_over_by")
        ),
        *(sa.Column(name, TIME) for name in ("nearly_due_alarmed_at", "hand_over_alarmed_at", "handed_over_at")),
        *(sa.Column(name, TIME) for name in ("escalated_at", "extended_at", "settled_at", "follow_up_by")),
        *(sa.Column(name, TIME) for name in ("follow_up_alarmed_at", "closed_at")),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.CheckConstraint("kind in ('complaint', 'fallback_request')", name="ck_cases_kind"),
        sa.CheckConstraint("(kind = 'complaint') = (complaint_kind is not null)", name="ck_cases_complaint_kind"),
        sa.CheckConstraint("grading in ('on_the_spot', 'simple', 'complex')", name="ck_cases_grading"),
        sa.CheckConstraint(f"state in ({STATES})", name="ck_cases_state"),
        sa.CheckConstraint(ANONYMOUS, name="ck_cases_anonymous"),
        sa.CheckConstraint("(telephone is null) = (telephone_lookup is null)", name="ck_cases_telephone"),
        sa.CheckConstraint("round >= 1", name="ck_cases_round"),
    )
    op.create_index("ix_cases_due", "cases", ["state", "due_at"])
    op.create_index("ix_cases_assignee", "cases", ["assignee_department", "state"])
    op.create_index("ix_cases_sender", "cases", ["sender_key"])
    op.create_index("ix_cases_created", "cases", ["created_at"])


def _add_triggers() -> None:
    """As those of the audit log: what was written down stays as it was."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            refuse = f"begin select raise(abort, '{table} is append-only'); end"
            op.execute(f"create trigger {table}_no_update before update on {table} {refuse}")
            op.execute(f"create trigger {table}_no_delete before delete on {table} {refuse}")
            # `insert or replace` deletes without asking the trigger above.
            again = f"exists (select 1 from {table} where number = new.number)"  # noqa: S608 our own names
            op.execute(f"create trigger {table}_no_replace before insert on {table} when {again} {refuse}")
        return
    op.execute(POSTGRESQL_FUNCTION)
    for table in APPEND_ONLY:
        run = "execute function refuse_case_history_change()"
        op.execute(f"create trigger {table}_no_change before update or delete on {table} for each row {run}")
        op.execute(f"create trigger {table}_no_truncate before truncate on {table} for each statement {run}")


def downgrade() -> None:
    for table_name in ("case_query_failures", "case_reveals", "case_events", "cases"):
        op.drop_table(table_name)  # with its triggers
    if op.get_bind().dialect.name != "sqlite":
        op.execute("drop function refuse_case_history_change()")
