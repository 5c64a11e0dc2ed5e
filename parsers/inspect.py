"""What a bank file says, as one JSON object (design section 5), written piece by piece so that memory stays flat.

A refusal is only known at the end of a file, so everything is written to a temporary file first.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO, TypeAlias

from parsers.detect import open_file
from schemas.errors import FileRefused
from schemas.statement import BankEntry, BankTransaction, StatementEnd, StatementStart, StatementStream
from schemas.status_report import StatusReason, StatusReport

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
_BLOCK_BYTES = 1 << 18


def inspect_file(path: Path, write: Callable[[str], None], *, name: str | None = None) -> bool:
    """Write the JSON object of one file, in pieces; return whether the file was understood.

    ``name`` is what the object calls the file, else its path.
    """
    start = f'{{"file": {_dump(name or str(path))}, "sha256": "{_sha256(path)}", '
    with TemporaryFile("w+", encoding="utf-8", newline="") as spool:
        try:
            opened = open_file(path)
            if isinstance(opened, StatusReport):
                spool.write(_dump(_status_report(opened))[1:])
            else:
                _write_statements(opened, spool)
        except FileRefused as error:
            refusal: Json = {"code": error.code, "message": str(error), "line": error.line}
            write(f'{start}"error": {_dump(refusal)}}}')
            return False
        write(start)
        spool.seek(0)
        while block := spool.read(_BLOCK_BYTES):
            write(block)
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_statements(stream: StatementStream, spool: TextIO) -> None:
    """Write all but the beginning of the object of a statement file."""
    warnings: list[str] = []
    spool.write(f'"format": {_dump(stream.format)}, "statements": [')
    statement_mark, entry_mark = "", ""
    for part in stream.parts:
        if isinstance(part, StatementStart):
            spool.write(f'{statement_mark}{_dump(_start(part))[:-1]}, "entries": [')
            statement_mark, entry_mark = ", ", ""
        elif isinstance(part, StatementEnd):
            spool.write(f"], {_dump(_end(part))[1:]}")
            warnings += part.warnings
        else:
            for entry in part:
                spool.write(entry_mark + _dump(_entry(entry)))
                entry_mark = ", "
    spool.write(f'], "warnings": {_dump([*stream.warnings, *warnings])}}}')


def _start(start: StatementStart) -> dict[str, Json]:
    return {
        "account": start.account,
        "id": start.id,
        "number": start.number,
        "page": start.page,
        "copy": start.copy,
    }


def _end(end: StatementEnd) -> dict[str, Json]:
    return {
        "currency": end.currency,
        "last_page": end.last_page,
        "from_date": end.from_date.isoformat() if end.from_date else None,
        "to_date": end.to_date.isoformat() if end.to_date else None,
        "opening_minor": end.opening_minor,
        "closing_minor": end.closing_minor,
        "balanced": end.balanced,
    }


def _entry(entry: BankEntry) -> dict[str, Json]:
    batch = entry.batch
    return {
        "booking_date": entry.booking_date.isoformat() if entry.booking_date else None,
        "value_date": entry.value_date.isoformat() if entry.value_date else None,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "status": entry.status,
        "is_reversal": entry.is_reversal,
        "bank_transaction_code": entry.bank_transaction_code,
        "reference": entry.reference,
        "entry_reference": entry.entry_reference,
        "text": entry.text,
        "charges_minor": entry.charges_minor,
        "batch": None
        if batch is None
        else {
            "message_id": batch.message_id,
            "payment_information_id": batch.payment_information_id,
            "count": batch.transaction_count,
        },
        "transactions": [_transaction(transaction) for transaction in entry.transactions],
    }


def _transaction(transaction: BankTransaction) -> dict[str, Json]:
    return {
        "amount_minor": transaction.amount_minor,
        "currency": transaction.currency,
        "instructed": None
        if transaction.instructed_minor is None
        else {
            "amount_minor": transaction.instructed_minor,
            "currency": transaction.instructed_currency,
            "rate": transaction.exchange_rate,
        },
        "end_to_end_id": transaction.end_to_end_id,
        "mandate_reference": transaction.mandate_reference,
        "creditor_identifier": transaction.creditor_identifier,
        "counterparty": {
            "name": transaction.counterparty_name,
            "iban": transaction.counterparty_iban,
            "bic": transaction.counterparty_bic,
        },
        "ultimate_debtor": transaction.ultimate_debtor,
        "ultimate_creditor": transaction.ultimate_creditor,
        "creditor_reference": transaction.creditor_reference,
        "remittance": transaction.remittance,
        "return_reason": transaction.return_reason,
        "original_amount_minor": transaction.original_amount_minor,
        "charges_minor": transaction.charges_minor,
        "charges_included": transaction.charges_included,
        "bank_reference": transaction.bank_reference,
    }


def _status_report(report: StatusReport) -> dict[str, Json]:
    return {
        "format": report.format,
        "message_id": report.message_id,
        "original_message_id": report.original_message_id,
        "original_message_name": report.original_message_name,
        "group_status": report.group_status,
        "group_reasons": _reasons(report.group_reasons),
        "payments": [
            {
                "payment_information_id": payment.payment_information_id,
                "status": payment.status,
                "reasons": _reasons(payment.reasons),
                "transactions": [
                    {
                        "end_to_end_id": transaction.end_to_end_id,
                        "instruction_id": transaction.instruction_id,
                        "status": transaction.status,
                        "reasons": _reasons(transaction.reasons),
                        "amount_minor": transaction.amount_minor,
                        "currency": transaction.currency,
                        "mandate_reference": transaction.mandate_reference,
                    }
                    for transaction in payment.transactions
                ],
            }
            for payment in report.payments
        ],
        "warnings": list(report.warnings),
    }


def _reasons(reasons: Iterable[StatusReason]) -> list[Json]:
    return [{"code": reason.code, "originator": reason.originator, "text": reason.text} for reason in reasons]
