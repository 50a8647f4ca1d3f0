"""Accounts of staff, their sessions, running OIDC log-ins, and the audit log, which can only be added to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
SQLITE_TRIGGERS = {
    "audit_log_no_update": "before update on audit_log begin select raise(abort, 'audit_log is append-only'); end",
    "audit_log_no_delete": "before delete on audit_log begin select raise(abort, 'audit_log is append-only'); end",
    # `insert or replace` deletes without asking the trigger above.
    "audit_log_no_replace": "before insert on audit_log when exists (select 1 from audit_log where number = new.number)"
    " begin select raise(abort, 'audit_log is append-only'); end",
}
POSTGRESQL_FUNCTION = """
create function refuse_audit_log_change() returns trigger language plpgsql as
$$ begin raise exception 'audit_log is append-only' using errcode = 'integrity_constraint_violation'; end $$
"""
POSTGRESQL_TRIGGERS = {
    "audit_log_no_change": "before update or delete on audit_log for each row",
    "audit_log_no_truncate": "before truncate on audit_log for each statement",
}


def upgrade() -> None:
    _accounts()
    _sessions()
    op.create_table(
        "audit_log",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff_id", sa.String(32), sa.ForeignKey("staff.id")),
        sa.Column("action", sa.String(48), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("ix_audit_log_action", "audit_log", ["action", "number"])
    op.create_index("ix_audit_log_subject", "audit_log", ["subject", "number"])
    op.create_index("ix_audit_log_staff", "audit_log", ["staff_id", "number"])
    if op.get_bind().dialect.name == "sqlite":
        for name, rest in SQLITE_TRIGGERS.items():
            op.execute(f"create trigger {name} {rest}")
        return
    op.execute(POSTGRESQL_FUNCTION)
    for name, rest in POSTGRESQL_TRIGGERS.items():
        op.execute(f"create trigger {name} {rest} execute function refuse_audit_log_change()")


def _accounts() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("username", sa.String(32), nullable=False, unique=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("department", sa.String(8)),
        sa.Column("window", sa.String(8)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("failed_logins", sa.Integer, nullable=False),
        sa.Column("locked_until", TIME),
        sa.Column("oidc_subject", sa.String(255), unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.CheckConstraint("role in ('clerk', 'reviewer', 'supervisor', 'administrator')", name="ck_staff_role"),
        sa.CheckConstraint("role <> 'clerk' or department is not null", name="ck_staff_clerk_has_department"),
        sa.CheckConstraint("failed_logins >= 0", name="ck_staff_failed_logins"),
    )


def _sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(32), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("csrf_token", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_index("ix_staff_sessions_staff", "staff_sessions", ["staff_id"])
    op.create_index("ix_staff_sessions_expires", "staff_sessions", ["expires_at"])
    op.create_table(
        "oidc_states",
        sa.Column("state_hash", sa.String(64), primary_key=True),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("code_verifier", sa.String(128), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in SQLITE_TRIGGERS if on_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(f"drop trigger {name}" if on_sqlite else f"drop trigger {name} on audit_log")
    if not on_sqlite:
        op.execute("drop function refuse_audit_log_change()")
    for table_name in ("audit_log", "oidc_states", "staff_sessions", "staff"):
        op.drop_table(table_name)
