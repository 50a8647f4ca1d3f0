"""The WeChat official account: access token, citizens, received messages, offered options, nonces."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = ("wechat_tokens", "wechat_users", "wechat_messages", "wechat_offers", "wechat_nonces")


def upgrade() -> None:
    op.create_table(
        "wechat_tokens",
        sa.Column("app_id", sa.String(64), primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("expires_at", TIME),
        sa.Column("due_at", TIME),
        sa.Column("refreshing_by", sa.String(32)),
        sa.Column("refreshing_until", TIME),
        sa.CheckConstraint(
            "(token is null) = (expires_at is null) and (token is null) = (due_at is null)",
            name="ck_wechat_tokens_token",
        ),
        sa.CheckConstraint("(refreshing_by is null) = (refreshing_until is null)", name="ck_wechat_tokens_refreshing"),
    )
    op.create_table(
        "wechat_users",
        sa.Column("sender_key", sa.String(64), primary_key=True),
        sa.Column("subscribed", sa.Boolean, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    _messages()
    op.create_table(
        "wechat_offers",
        sa.Column("sender_key", sa.String(64), primary_key=True),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("offered_at", TIME, nullable=False),
    )
    op.create_table(
        "wechat_nonces",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_index("ix_wechat_nonces_seen", "wechat_nonces", ["seen_at"])


def _messages() -> None:
    op.create_table(
        "wechat_messages",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("sender_key", sa.String(64), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.String(32)),
        sa.Column("claimed_until", TIME),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reply", sa.Text),
        sa.Column("answered_at", TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.CheckConstraint("state in ('received', 'answered', 'late', 'done')", name="ck_wechat_messages_state"),
        sa.CheckConstraint("(claimed_by is null) = (claimed_until is null)", name="ck_wechat_messages_claim"),
    )
    op.create_index("ix_wechat_messages_sender", "wechat_messages", ["sender_key", "received_at"])
    op.create_index("ix_wechat_messages_state", "wechat_messages", ["state", "received_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
