"""Mandates with papers, collections, the files that we send, what banks answer, the unpaid register, refunds."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The database itself refuses to edit or delete these.
IMMUTABLE = ("collection_line", "collection_batch", "run_approval", "collection_policy")
WITHIN = (
    "(amount_minor >= 0 AND collecting_minor BETWEEN 0 AND amount_minor)"
    " OR (amount_minor < 0 AND collecting_minor BETWEEN amount_minor AND 0)"
)


def upgrade() -> None:
    """Add the tables, what known tables say besides, and the guards."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _add_columns(is_sqlite)
    _create_tables()
    for table in IMMUTABLE:
        _guard(table, is_sqlite)


def _add_columns(is_sqlite: bool) -> None:
    op.add_column("bank_account", sa.Column("bank_profile", columns.TEXT, server_default="", nullable=False))
    op.add_column("bank_account", sa.Column("profile_changes", columns.Facts(), nullable=True))
    op.add_column("party", sa.Column("notice_days", sa.Integer(), nullable=True))
    checks = f"CONSTRAINT ck_open_item_collecting_within_amount CHECK ({WITHIN})"
    if is_sqlite:
        checks += (
            " CONSTRAINT ck_open_item_collecting_minor_integer CHECK (typeof(collecting_minor) IN ('integer', 'null'))"
        )
    op.execute(f"ALTER TABLE open_item ADD COLUMN collecting_minor BIGINT DEFAULT 0 NOT NULL {checks}")


def _guard(table: str, is_sqlite: bool) -> None:
    if not is_sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_never_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows never change'); END"
        )


def _create_tables() -> None:
    op.create_table(
        "collection_policy",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("record", columns.Facts(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_collection_policy_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_policy")),
        sa.UniqueConstraint("company_id", "position", name=op.f("uq_collection_policy_company_id_position")),
    )
    op.create_table(
        "creditor",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("identifier", columns.TEXT, nullable=False),
        sa.Column("identifier_key", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("street", columns.TEXT, server_default="", nullable=False),
        sa.Column("postcode", columns.TEXT, server_default="", nullable=False),
        sa.Column("town", columns.TEXT, server_default="", nullable=False),
        sa.Column("country", columns.TEXT, server_default="", nullable=False),
        sa.Column("bank_account_id", columns.KEY, nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_creditor_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creditor")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_creditor_company_id_id")),
        sa.UniqueConstraint("company_id", "identifier_key", name=op.f("uq_creditor_company_id_identifier_key")),
    )
    op.create_table(
        "protected_change",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("subject_id", columns.KEY, nullable=False),
        sa.Column("state", columns.TEXT, server_default="open", nullable=False),
        sa.Column("record", columns.Facts(), nullable=False),
        sa.Column("reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("batch_id", columns.KEY, nullable=True),
        sa.Column("proposed_by_id", columns.KEY, nullable=True),
        sa.Column("proposed_by", columns.TEXT, nullable=False),
        sa.Column("proposed_at", columns.Moment(), nullable=False),
        sa.Column("decided_by_id", columns.KEY, nullable=True),
        sa.Column("decided_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("decided_at", columns.Moment(), nullable=True),
        sa.Column("decided_reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('mandate_iban', 'refund_iban', 'creditor_account', 'creditor_identifier', 'approval_limit')",
            name=op.f("ck_protected_change_kind_word"),
        ),
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused')", name=op.f("ck_protected_change_state_word")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_protected_change_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_change")),
    )
    op.create_index(op.f("ix_protected_change_batch_id"), "protected_change", ["batch_id"], unique=False)
    op.create_index("ix_protected_change_state", "protected_change", ["company_id", "state", "id"], unique=False)
    op.create_index(
        "uq_protected_change_open",
        "protected_change",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "collection_run",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("bank_account_id", columns.KEY, nullable=False),
        sa.Column("kind", columns.TEXT, server_default="direct_debit", nullable=False),
        sa.Column("state", columns.TEXT, server_default="open", nullable=False),
        sa.Column("message_id", columns.TEXT, nullable=False),
        sa.Column("format", columns.TEXT, server_default="", nullable=False),
        sa.Column("profile", columns.Facts(), nullable=False),
        sa.Column("file_name", columns.TEXT, server_default="", nullable=False),
        sa.Column("sha256", columns.TEXT, server_default="", nullable=False),
        sa.Column("byte_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("collection_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sum_minor", columns.Minor(), server_default="0", nullable=False),
        sa.Column("first_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("latest_submission_at", columns.Moment(), nullable=True),
        sa.Column("left_out", columns.Facts(), nullable=False),
        sa.Column("made_by_id", columns.KEY, nullable=True),
        sa.Column("made_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("frozen_at", columns.Moment(), nullable=True),
        sa.Column("submitted_at", columns.Moment(), nullable=True),
        sa.Column("closed_at", columns.Moment(), nullable=True),
        sa.Column("discard_reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("bank_status", columns.TEXT, server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('direct_debit', 'refund')", name=op.f("ck_collection_run_kind_word")),
        sa.CheckConstraint(
            "state IN ('open', 'frozen', 'approved', 'submitted', 'closed', 'discarded')",
            name=op.f("ck_collection_run_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_account_id"],
            ["bank_account.company_id", "bank_account.id"],
            name=op.f("fk_collection_run_company_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_collection_run_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_run")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_collection_run_company_id_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_collection_run_message_id")),
    )
    op.create_index("ix_collection_run_state", "collection_run", ["company_id", "state", "id"], unique=False)
    op.create_table(
        "bank_report",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("file_id", columns.KEY, nullable=True),
        sa.Column("run_id", columns.KEY, nullable=True),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("sha256", columns.TEXT, nullable=False),
        sa.Column("message_id", columns.TEXT, nullable=False),
        sa.Column("original_message_id", columns.TEXT, nullable=False),
        sa.Column("group_status", columns.TEXT, server_default="", nullable=False),
        sa.Column("record", columns.Facts(), nullable=False),
        sa.Column("tried", columns.Facts(), nullable=False),
        sa.Column("note", columns.TEXT, server_default="", nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("state IN ('read', 'unmatched', 'closed')", name=op.f("ck_bank_report_state_word")),
        sa.ForeignKeyConstraint(
            ["company_id", "file_id"],
            ["statement_file.company_id", "statement_file.id"],
            name=op.f("fk_bank_report_company_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "run_id"],
            ["collection_run.company_id", "collection_run.id"],
            name=op.f("fk_bank_report_company_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_bank_report_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_report")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_bank_report_company_id_id")),
        sa.UniqueConstraint("company_id", "sha256", name=op.f("uq_bank_report_company_id_sha256")),
    )
    op.create_index("ix_bank_report_state", "bank_report", ["company_id", "state", "id"], unique=False)
    op.create_table(
        "collection_batch",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("run_id", columns.KEY, nullable=False),
        sa.Column("bank_account_id", columns.KEY, nullable=False),
        sa.Column("payment_information_id", columns.TEXT, nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("local_instrument", columns.TEXT, nullable=True),
        sa.Column("sequence_type", columns.TEXT, nullable=True),
        sa.Column("creditor_identifier", columns.TEXT, server_default="", nullable=False),
        sa.Column("creditor_name", columns.TEXT, server_default="", nullable=False),
        sa.Column("ultimate_creditor", columns.TEXT, server_default="", nullable=False),
        sa.Column("category_purpose", columns.TEXT, server_default="", nullable=False),
        sa.Column("is_batch_booked", sa.Boolean(), nullable=True),
        sa.Column("collection_count", sa.Integer(), nullable=False),
        sa.Column("sum_minor", columns.Minor(), nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        sa.CheckConstraint(
            "local_instrument IN ('CORE', 'B2B')", name=op.f("ck_collection_batch_local_instrument_word")
        ),
        sa.CheckConstraint(
            "sequence_type IN ('FRST', 'RCUR', 'FNAL', 'OOFF')", name=op.f("ck_collection_batch_sequence_type_word")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_account_id"],
            ["bank_account.company_id", "bank_account.id"],
            name=op.f("fk_collection_batch_company_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "run_id"],
            ["collection_run.company_id", "collection_run.id"],
            name=op.f("fk_collection_batch_company_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_collection_batch_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_batch")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_collection_batch_company_id_id")),
        sa.UniqueConstraint("payment_information_id", name=op.f("uq_collection_batch_payment_information_id")),
    )
    op.create_index("ix_collection_batch_run", "collection_batch", ["run_id"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("open_item_id", columns.KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "open_item_id"],
            ["open_item.company_id", "open_item.id"],
            name=op.f("fk_instalment_company_id_open_item_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_instalment_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("open_item_id", "position", name=op.f("uq_instalment_open_item_id_position")),
    )
    op.create_table(
        "mandate_document",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("mandate_id", columns.KEY, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("media_type", columns.TEXT, nullable=False),
        sa.Column("sha256", columns.TEXT, nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('form', 'scan', 'signature', 'notice', 'other')", name=op.f("ck_mandate_document_kind_word")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "mandate_id"],
            ["mandate.company_id", "mandate.id"],
            name=op.f("fk_mandate_document_company_id_mandate_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_mandate_document_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_document")),
    )
    op.create_index(op.f("ix_mandate_document_mandate_id"), "mandate_document", ["mandate_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("announcement_id", columns.KEY, nullable=False),
        sa.Column("party_id", columns.KEY, nullable=False),
        sa.Column("mandate_id", columns.KEY, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("sent_date", sa.Date(), nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("sha256", columns.TEXT, server_default="", nullable=False),
        sa.Column("proof", columns.TEXT, server_default="", nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'schedule', 'mail', 'letter')", name=op.f("ck_notice_kind_word")),
        sa.ForeignKeyConstraint(
            ["company_id", "mandate_id"],
            ["mandate.company_id", "mandate.id"],
            name=op.f("fk_notice_company_id_mandate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_notice_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_notice_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_announcement_id"), "notice", ["announcement_id"], unique=False)
    op.create_index("ix_notice_mandate", "notice", ["mandate_id", "collection_date"], unique=False)
    op.create_table(
        "run_approval",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("run_id", columns.KEY, nullable=False),
        sa.Column("user_id", columns.KEY, nullable=False),
        sa.Column("sha256", columns.TEXT, nullable=False),
        sa.Column("sum_minor", columns.Minor(), nullable=False),
        sa.Column("collection_count", sa.Integer(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "run_id"],
            ["collection_run.company_id", "collection_run.id"],
            name=op.f("fk_run_approval_company_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_run_approval_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_approval")),
        sa.UniqueConstraint("run_id", "user_id", name=op.f("uq_run_approval_run_id_user_id")),
    )
    op.create_table(
        "run_submission",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("run_id", columns.KEY, nullable=False),
        sa.Column("state", columns.TEXT, server_default="sending", nullable=False),
        sa.Column("channel", columns.TEXT, nullable=False),
        sa.Column("sha256", columns.TEXT, nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("started_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.Column("proof", columns.TEXT, server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'not_sent', 'unknown')", name=op.f("ck_run_submission_state_word")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "run_id"],
            ["collection_run.company_id", "collection_run.id"],
            name=op.f("fk_run_submission_company_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_run_submission_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_submission")),
    )
    op.create_index(
        "uq_run_submission_open",
        "run_submission",
        ["run_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'not_sent'"),
        postgresql_where=sa.text("state <> 'not_sent'"),
    )
    op.create_table(
        "signing_link",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("mandate_id", columns.KEY, nullable=False),
        sa.Column("secret_hash", columns.TEXT, nullable=False),
        sa.Column("code_hash", columns.TEXT, server_default="", nullable=False),
        sa.Column("code_sent_at", columns.Moment(), nullable=True),
        sa.Column("email", columns.TEXT, nullable=False),
        sa.Column("language", columns.TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_by", columns.TEXT, nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=False),
        sa.Column("opened_at", columns.Moment(), nullable=True),
        sa.Column("signed_at", columns.Moment(), nullable=True),
        sa.Column("withdrawn_at", columns.Moment(), nullable=True),
        sa.Column("evidence", columns.Facts(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "mandate_id"],
            ["mandate.company_id", "mandate.id"],
            name=op.f("fk_signing_link_company_id_mandate_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_signing_link_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_signing_link_secret_hash")),
    )
    op.create_index("ix_signing_link_mandate", "signing_link", ["mandate_id"], unique=False)
    op.create_table(
        "collection",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("party_id", columns.KEY, nullable=False),
        sa.Column("mandate_id", columns.KEY, nullable=True),
        sa.Column("bank_account_id", columns.KEY, nullable=True),
        sa.Column("batch_id", columns.KEY, nullable=True),
        sa.Column("retry_of_id", columns.KEY, nullable=True),
        sa.Column("state", columns.TEXT, server_default="planned", nullable=False),
        sa.Column("end_to_end_id", columns.TEXT, nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("currency", columns.TEXT, server_default="EUR", nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("local_instrument", columns.TEXT, nullable=False),
        sa.Column("sequence_type", columns.TEXT, nullable=False),
        sa.Column("mandate_reference", columns.TEXT, nullable=False),
        sa.Column("mandate_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("debtor_name", columns.TEXT, server_default="", nullable=False),
        sa.Column("debtor_iban", columns.TEXT, server_default="", nullable=False),
        sa.Column("remittance", columns.TEXT, server_default="", nullable=False),
        sa.Column("notice", columns.TEXT, nullable=True),
        sa.Column("notified_date", sa.Date(), nullable=True),
        sa.Column("late_notice_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("late_notice_reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("kept_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("kept_reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("settled_date", sa.Date(), nullable=True),
        sa.Column("settled_by_id", columns.KEY, nullable=True),
        sa.Column("refundable_until_date", sa.Date(), nullable=True),
        sa.Column("bank_status", columns.TEXT, server_default="", nullable=False),
        sa.Column("is_foreign", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("local_instrument IN ('CORE', 'B2B')", name=op.f("ck_collection_local_instrument_word")),
        sa.CheckConstraint(
            "notice IN ('invoice', 'schedule', 'mail', 'letter')", name=op.f("ck_collection_notice_word")
        ),
        sa.CheckConstraint(
            "sequence_type IN ('FRST', 'RCUR', 'FNAL', 'OOFF')", name=op.f("ck_collection_sequence_type_word")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'notified', 'batched', 'submitted', 'settled', 'rejected', 'cancelled', 'returned')",
            name=op.f("ck_collection_state_word"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_collection_amount_above_zero")),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_account_id"],
            ["bank_account.company_id", "bank_account.id"],
            name=op.f("fk_collection_company_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "batch_id"],
            ["collection_batch.company_id", "collection_batch.id"],
            name=op.f("fk_collection_company_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "mandate_id"],
            ["mandate.company_id", "mandate.id"],
            name=op.f("fk_collection_company_id_mandate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_collection_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "retry_of_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_collection_company_id_retry_of_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_collection_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_collection_company_id_id")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_collection_end_to_end_id")),
    )
    op.create_index("ix_collection_batch", "collection", ["batch_id"], unique=False)
    op.create_index("ix_collection_mandate", "collection", ["mandate_id", "collection_date"], unique=False)
    op.create_index("ix_collection_party", "collection", ["party_id", "collection_date"], unique=False)
    op.create_index("ix_collection_state", "collection", ["company_id", "state", "collection_date", "id"], unique=False)
    op.create_index(
        "uq_collection_retry_of_id",
        "collection",
        ["retry_of_id"],
        unique=True,
        sqlite_where=sa.text("retry_of_id IS NOT NULL"),
        postgresql_where=sa.text("retry_of_id IS NOT NULL"),
    )
    op.create_table(
        "refund",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("party_id", columns.KEY, nullable=False),
        sa.Column("open_item_id", columns.KEY, nullable=False),
        sa.Column("batch_id", columns.KEY, nullable=True),
        sa.Column("state", columns.TEXT, server_default="proposed", nullable=False),
        sa.Column("end_to_end_id", columns.TEXT, nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("currency", columns.TEXT, server_default="EUR", nullable=False),
        sa.Column("creditor_name", columns.TEXT, nullable=False),
        sa.Column("creditor_iban", columns.TEXT, nullable=False),
        sa.Column("creditor_bic", columns.TEXT, server_default="", nullable=False),
        sa.Column("remittance", columns.TEXT, server_default="", nullable=False),
        sa.Column("warning", columns.TEXT, server_default="", nullable=False),
        sa.Column("proposed_by_id", columns.KEY, nullable=True),
        sa.Column("proposed_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("approved_by_id", columns.KEY, nullable=True),
        sa.Column("approved_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("settled_by_id", columns.KEY, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'batched', 'submitted', 'settled', 'failed', 'cancelled')",
            name=op.f("ck_refund_state_word"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_amount_above_zero")),
        sa.ForeignKeyConstraint(
            ["company_id", "batch_id"],
            ["collection_batch.company_id", "collection_batch.id"],
            name=op.f("fk_refund_company_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "open_item_id"],
            ["open_item.company_id", "open_item.id"],
            name=op.f("fk_refund_company_id_open_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_refund_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_refund_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_refund_company_id_id")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_refund_end_to_end_id")),
    )
    op.create_index("ix_refund_item", "refund", ["open_item_id"], unique=False)
    op.create_index("ix_refund_state", "refund", ["company_id", "state", "id"], unique=False)
    op.create_table(
        "collection_line",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("collection_id", columns.KEY, nullable=False),
        sa.Column("open_item_id", columns.KEY, nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "collection_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_collection_line_company_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "open_item_id"],
            ["open_item.company_id", "open_item.id"],
            name=op.f("fk_collection_line_company_id_open_item_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_line")),
        sa.UniqueConstraint(
            "collection_id", "open_item_id", name=op.f("uq_collection_line_collection_id_open_item_id")
        ),
    )
    op.create_index("ix_collection_line_item", "collection_line", ["open_item_id"], unique=False)
    op.create_table(
        "mandate_amendment",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("mandate_id", columns.KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("original", columns.TEXT, nullable=False),
        sa.Column("changed_to", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("carried_by_id", columns.KEY, nullable=True),
        sa.Column("is_done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reference', 'creditor_identifier', 'creditor_name', 'debtor_account')",
            name=op.f("ck_mandate_amendment_kind_word"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "carried_by_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_mandate_amendment_company_id_carried_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "mandate_id"],
            ["mandate.company_id", "mandate.id"],
            name=op.f("fk_mandate_amendment_company_id_mandate_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_mandate_amendment_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_amendment")),
        sa.UniqueConstraint("mandate_id", "position", name=op.f("uq_mandate_amendment_mandate_id_position")),
    )
    op.create_table(
        "reported_status",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("collection_id", columns.KEY, nullable=False),
        sa.Column("report_id", columns.KEY, nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("originator", columns.TEXT, server_default="", nullable=False),
        sa.Column("words", columns.TEXT, server_default="", nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "collection_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_reported_status_company_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "report_id"],
            ["bank_report.company_id", "bank_report.id"],
            name=op.f("fk_reported_status_company_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_reported_status_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_status")),
        sa.UniqueConstraint(
            "collection_id", "status", "reason", name=op.f("uq_reported_status_collection_id_status_reason")
        ),
    )
    op.create_index(op.f("ix_reported_status_report_id"), "reported_status", ["report_id"], unique=False)
    op.create_table(
        "unpaid",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("party_id", columns.KEY, nullable=False),
        sa.Column("collection_id", columns.KEY, nullable=True),
        sa.Column("bank_transaction_id", columns.KEY, nullable=True),
        sa.Column("report_id", columns.KEY, nullable=True),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, server_default="open", nullable=False),
        sa.Column("reason", columns.TEXT, server_default="", nullable=False),
        sa.Column("words", columns.TEXT, server_default="", nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("fee_minor", columns.Minor(), server_default="0", nullable=False),
        sa.Column("compensation_minor", columns.Minor(), server_default="0", nullable=False),
        sa.Column("currency", columns.TEXT, server_default="EUR", nullable=False),
        sa.Column("occurred_date", sa.Date(), nullable=False),
        sa.Column("retry", columns.TEXT, nullable=False),
        sa.Column("mandate_action", columns.TEXT, nullable=False),
        sa.Column("next_action", columns.TEXT, nullable=False),
        sa.Column("retry_date", sa.Date(), nullable=True),
        sa.Column("retry_id", columns.KEY, nullable=True),
        sa.Column("fee_item_id", columns.KEY, nullable=True),
        sa.Column("owner_id", columns.KEY, nullable=True),
        sa.Column("note", columns.TEXT, server_default="", nullable=False),
        sa.Column("closed_at", columns.Moment(), nullable=True),
        sa.Column("closed_by", columns.TEXT, server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reject', 'refusal', 'return', 'refund', 'reversal')", name=op.f("ck_unpaid_kind_word")
        ),
        sa.CheckConstraint(
            "mandate_action IN ('keep', 'suspend', 'decide', 'cancel')", name=op.f("ck_unpaid_mandate_action_word")
        ),
        sa.CheckConstraint(
            "next_action IN ('ask_account', 'ask_debtor', 'ask_own_bank', 'ask_to_allow', 'check_creditor_identifier', 'check_sent', 'compare_mandate', 'complete_data', 'compliance', 'correct_file', 'estate', 'move_date', 'new_mandate', 'other_way', 'present_again', 'read_text')",
            name=op.f("ck_unpaid_next_action_word"),
        ),
        sa.CheckConstraint("retry IN ('no', 'fix', 'later', 'later_once')", name=op.f("ck_unpaid_retry_word")),
        sa.CheckConstraint(
            "state IN ('open', 'retried', 'paid', 'written_off', 'closed')", name=op.f("ck_unpaid_state_word")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_transaction_id"],
            ["bank_transaction.company_id", "bank_transaction.id"],
            name=op.f("fk_unpaid_company_id_bank_transaction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "collection_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_unpaid_company_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "fee_item_id"],
            ["open_item.company_id", "open_item.id"],
            name=op.f("fk_unpaid_company_id_fee_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_unpaid_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "report_id"],
            ["bank_report.company_id", "bank_report.id"],
            name=op.f("fk_unpaid_company_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "retry_id"],
            ["collection.company_id", "collection.id"],
            name=op.f("fk_unpaid_company_id_retry_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_unpaid_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unpaid")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_unpaid_company_id_id")),
    )
    op.create_index("ix_unpaid_collection", "unpaid", ["collection_id"], unique=False)
    op.create_index("ix_unpaid_party", "unpaid", ["party_id", "occurred_date"], unique=False)
    op.create_index("ix_unpaid_state", "unpaid", ["company_id", "state", "occurred_date", "id"], unique=False)
    op.create_index(
        "uq_unpaid_transaction",
        "unpaid",
        ["bank_transaction_id"],
        unique=True,
        sqlite_where=sa.text("bank_transaction_id IS NOT NULL"),
        postgresql_where=sa.text("bank_transaction_id IS NOT NULL"),
    )
