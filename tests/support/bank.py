"""A pretended bank for tests: writes small statements with the product's own writers."""

import datetime as dt
from collections.abc import Sequence

from generators.camt053 import write_camt
from generators.mt940 import write_mt940
from generators.statements import Statement, make_statement
from schemas.statement import BankEntry, BankTransaction, Batch, StatementKind

OUR_IBAN = "DE89370400440532013000"
DAY = dt.date(2026, 11, 16)
WRITTEN_AT = dt.datetime(2026, 11, 16, 20, 0, tzinfo=dt.UTC)


def payment(
    amount_minor: int,
    remittance: str = "",
    *,
    reference: str | None = None,
    name: str | None = "Muster GmbH",
    iban: str | None = "DE02120300000000202051",
    day: dt.date = DAY,
    code: str = "PMNT-RCDT-ESCT",
    status: str = "BOOK",
    **details: object,
) -> BankEntry:
    """Return one entry with one payment."""
    transaction = BankTransaction(
        amount_minor, "EUR", counterparty_name=name, counterparty_iban=iban, remittance=remittance,
        bank_transaction_code=code,
    )._replace(**details)  # fmt: skip
    return BankEntry(
        day, day, amount_minor, "EUR", status, False, code, reference, None, "", None, None, (transaction,), None
    )


def batch(parts: Sequence[BankTransaction], *, reference: str, with_details: bool, day: dt.date = DAY) -> BankEntry:
    """Return one entry that the bank booked as a sum, with or without its details."""
    total = sum(part.amount_minor for part in parts)
    whole = (BankTransaction(total, "EUR"),)
    info = Batch(None, "BATCH-1", len(parts))
    code = "PMNT-RCDT-ESCT"
    return BankEntry(
        day, day, total, "EUR", "BOOK", False, code, reference, None, "", None, info,
        tuple(parts) if with_details else whole, None,
    )  # fmt: skip


def camt(
    *entries: BankEntry,
    opening: int = 10_000,
    number: str = "41",
    day: dt.date = DAY,
    until: dt.date | None = None,
    kind: StatementKind = StatementKind.STATEMENT,
    account: str = OUR_IBAN,
    closing: int | None = None,
    message_id: str = "MSG-1",
) -> bytes:
    """Return a camt file with one statement (or report, or notification); ``closing`` makes it not add up."""
    made = statement(*entries, opening=opening, number=number, day=day, until=until, kind=kind, account=account)
    if closing is not None:
        made = made._replace(end=made.end._replace(closing_minor=closing))
    return b"".join(write_camt([made], message_id=message_id, created_at=WRITTEN_AT, kind=kind))


def statement(
    *entries: BankEntry,
    opening: int = 10_000,
    number: str = "41",
    day: dt.date = DAY,
    until: dt.date | None = None,
    kind: StatementKind = StatementKind.STATEMENT,
    account: str = OUR_IBAN,
) -> Statement:
    """Return one statement that adds up."""
    return make_statement(
        account=account, number=number, statement_id=f"S{number}", opening_minor=opening, entries=list(entries),
        from_date=day, to_date=until or day, kind=kind,
    )  # fmt: skip


def mt940(*entries: BankEntry, opening: int = 10_000, number: str = "41", day: dt.date = DAY) -> bytes:
    """Return the same statement as MT940."""
    return b"".join(write_mt940([statement(*entries, opening=opening, number=number, day=day)]))
