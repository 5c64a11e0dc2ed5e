"""How well matching did, as sums by account and day, and the alarms when it does less well."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OUTCOMES = "outcome IN ('booked', 'booked_later', 'set_aside', 'asked', 'wrong', 'taken_back')"
_FATE = [
    "company_id", "booking_date", "bank_account_id", "format", "currency", "outcome", "why", "evidence", "is_payment",
]  # fmt: skip


def upgrade() -> None:
    """Add the tables."""
    _create(
        "match_figure",
        _key("bank_account_id"), _day("booking_date"), _text("format"), _text("currency"), _text("outcome"),
        _text("why"), _text("evidence"), sa.Column("is_payment", sa.Boolean(), nullable=False),
        _number("line_count"), sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.CheckConstraint(_OUTCOMES, name=op.f("ck_match_figure_outcome_word")),
    )  # fmt: skip
    op.create_index("uq_match_figure_fate", "match_figure", _FATE, unique=True)
    _create(
        "match_figure_month",
        _key("bank_account_id"), _day("first_date"), _number("line_count"), _key("version_sum"),
        sa.UniqueConstraint(
            "bank_account_id", "first_date", name=op.f("uq_match_figure_month_bank_account_id_first_date")
        ),
    )  # fmt: skip
    _create(
        "match_figure_night",
        _day("night_date"), _moment("counted_at"),
        sa.UniqueConstraint("company_id", "night_date", name=op.f("uq_match_figure_night_company_id_night_date")),
        has_account=False,
    )  # fmt: skip
    _create(
        "match_alarm",
        _key("bank_account_id", nullable=True), _text("bank"), _day("from_date"), _day("to_date"),
        _number("payment_count"), _number("booked_count"), _number("before_count"), _number("before_booked_count"),
        _text("format", default=""), _text("format_before", default=""), _moment("raised_at"),
        _moment("seen_at", nullable=True), _text("seen_by", default=""),
    )  # fmt: skip
    op.create_index("ix_match_alarm_list", "match_alarm", ["company_id", "id"])
    _create_once("account", "bank_account_id", "bank_account_id IS NOT NULL")
    _create_once("bank", "bank", "bank_account_id IS NULL")


def _create(table: str, *parts: sa.schema.SchemaItem, has_account: bool = True) -> None:
    account = sa.ForeignKeyConstraint(
        ["company_id", "bank_account_id"], ["bank_account.company_id", "bank_account.id"],
        name=op.f(f"fk_{table}_company_id_bank_account_id"),
    )  # fmt: skip
    op.create_table(
        table,
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        _key("company_id"),
        *parts,
        *([account] if has_account else []),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f(f"fk_{table}_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _create_once(name: str, column: str, condition: str) -> None:
    some = sa.text(condition)
    op.create_index(
        f"uq_match_alarm_{name}", "match_alarm", ["company_id", column, "from_date"], unique=True,
        sqlite_where=some, postgresql_where=some,
    )  # fmt: skip


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, columns.KEY, nullable=nullable)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, columns.TEXT, server_default=default, nullable=False)


def _day(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.Moment(), nullable=nullable)
