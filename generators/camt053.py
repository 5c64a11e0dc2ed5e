"""Writes camt.053 statements, camt.052 reports and camt.054 notifications as a German or French bank would.

For data that we make up: demo, tests, benches. Entries are written as they are asked for, so memory does not grow with
the file; the same values give the same bytes. What a version or format cannot say is refused, never left out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from generators.business_codes import business_code
from generators.camt_transaction import (
    CamtVersion,
    account_element,
    agent_element,
    amount_element,
    bank_code_element,
    charges_element,
    direction,
    transaction_elements,
)
from generators.statements import Statement, UnwritableStatement
from generators.xml_text import element, leaf
from schemas.statement import BankEntry, Batch, StatementKind

__all__ = ["BankStyle", "CamtVersion", "write_camt"]

_CODES_OF_02 = frozenset(("BOOK", "PDNG", "INFO"))


class BankStyle(StrEnum):
    """Whose habits a file shows: Germans write PRCD and their own code beside the ISO one, the French OPBD."""

    GERMAN = "german"
    FRENCH = "french"


class _Words(NamedTuple):
    """What the elements are called in each of the three messages."""

    message: str
    root: str
    statement: str
    pagination: str
    text: str


_WORDS = {
    StatementKind.STATEMENT: _Words("camt.053", "BkToCstmrStmt", "Stmt", "StmtPgntn", "AddtlStmtInf"),
    StatementKind.REPORT: _Words("camt.052", "BkToCstmrAcctRpt", "Rpt", "RptPgntn", "AddtlRptInf"),
    StatementKind.NOTIFICATION: _Words("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", "NtfctnPgntn", "AddtlNtfctnInf"),
}


class _Form(NamedTuple):
    kind: StatementKind
    version: CamtVersion
    style: BankStyle
    owner_name: str
    created_at: dt.datetime

    @property
    def words(self) -> _Words:
        return _WORDS[self.kind]


def write_camt(
    statements: Iterable[Statement],
    *,
    message_id: str,
    created_at: dt.datetime,
    kind: StatementKind = StatementKind.STATEMENT,
    version: CamtVersion = CamtVersion.V08,
    style: BankStyle = BankStyle.GERMAN,
    owner_name: str = "",
) -> Iterator[bytes]:
    """Yield a camt file of one or more statements, entry by entry, each entry on a line of its own (UTF-8).

    ``created_at`` is written as it is given, so an aware moment shows its offset. Raises UnwritableStatement.
    """
    form = _Form(kind, version, style, owner_name, created_at)
    header = element("GrpHdr", leaf("MsgId", message_id), leaf("CreDtTm", _moment(created_at)), _pagination("MsgPgntn"))
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{form.words.message}.001.{version}"
    start = f'<Document xmlns="{namespace}"><{form.words.root}>{header}\n'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{start}'.encode()
    for statement in statements:
        yield from _statement(statement, form)
    yield f"</{form.words.root}></Document>\n".encode()


def _statement(statement: Statement, form: _Form) -> Iterator[bytes]:
    yield f"<{form.words.statement}>{_head(statement, form)}{_balances(statement, form)}\n".encode()
    for entry in statement.entries:
        yield (_entry(entry, statement.start.account, form) + "\n").encode()
    yield f"{leaf(form.words.text, statement.end.text, 500)}</{form.words.statement}>\n".encode()


def _head(statement: Statement, form: _Form) -> str:
    start, end = statement.start, statement.end
    if start.id is None:
        raise UnwritableStatement(f"a {form.words.message} statement needs an id")
    if start.number is not None and not (start.number.isascii() and start.number.isdecimal()):
        raise UnwritableStatement(f"{form.words.message} counts statements, {start.number!r} is not a count")
    pages = ""
    if start.page is not None and form.version is CamtVersion.V08:
        pages = _pagination(form.words.pagination, start.page, is_last=end.last_page is not False)
    return "".join(
        (
            leaf("Id", start.id),
            pages,
            leaf("ElctrncSeqNb", start.number, 18),
            leaf("CreDtTm", _moment(form.created_at)),
            _period(end.from_date, end.to_date),
            leaf("CpyDplctInd", "DUPL" if start.copy else None),
            _account(statement, form),
        )
    )


def _pagination(name: str, page: int = 1, *, is_last: bool = True) -> str:
    return element(name, leaf("PgNb", str(page), 5), leaf("LastPgInd", str(is_last).lower(), 5))


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _period(from_date: dt.date | None, to_date: dt.date | None) -> str:
    if from_date is None or to_date is None:
        return ""
    return element("FrToDt", leaf("FrDtTm", f"{from_date}T00:00:00"), leaf("ToDtTm", f"{to_date}T23:59:59"))


def _account(statement: Statement, form: _Form) -> str:
    owner = element("Ownr", leaf("Nm", form.owner_name, 140))
    servicer = agent_element("Svcr", statement.start.servicer_bic, form.version)
    return account_element("Acct", statement.start.account, leaf("Ccy", statement.start.currency, 3), owner, servicer)


def _balances(statement: Statement, form: _Form) -> str:
    start, end = statement.start, statement.end
    if form.kind is StatementKind.NOTIFICATION:
        return ""
    opening = "PRCD" if form.style is BankStyle.GERMAN else "OPBD"
    currency = end.currency or start.currency
    written = [
        _balance(code, minor, currency, date)
        for code, minor, date in ((opening, end.opening_minor, end.from_date), ("CLBD", end.closing_minor, end.to_date))
        if minor is not None
    ]
    if not written and form.kind is StatementKind.STATEMENT:
        raise UnwritableStatement("a camt.053 statement needs a balance")
    return "".join(written)


def _balance(code: str, minor: int, currency: str | None, date: dt.date | None) -> str:
    if currency is None or date is None:
        raise UnwritableStatement(f"balance {code} needs a currency and a date")
    kind = element("Tp", element("CdOrPrtry", leaf("Cd", code)))
    amount = amount_element("Amt", minor, currency)
    return element("Bal", kind, amount, direction(minor), element("Dt", leaf("Dt", date.isoformat())))


def _entry(entry: BankEntry, own_account: str, form: _Form) -> str:
    return element(
        "Ntry",
        leaf("NtryRef", entry.entry_reference),
        amount_element("Amt", entry.amount_minor, entry.currency),
        direction(entry.amount_minor),
        leaf("RvslInd", "true" if entry.is_reversal else None),
        _status(entry.status, form.version),
        _date("BookgDt", entry.booking_date),
        _date("ValDt", entry.value_date),
        leaf("AcctSvcrRef", entry.reference),
        f"<BkTxCd>{bank_code_element(entry.bank_transaction_code, _german_code(entry, form))}</BkTxCd>",
        charges_element(entry.charges_minor, None, entry.currency, form.version),
        _details(entry, own_account, form.version),
        leaf("AddtlNtryInf", entry.text, 500),
    )


def _status(status: str, version: CamtVersion) -> str:
    if version is CamtVersion.V02:
        if status not in _CODES_OF_02:
            raise UnwritableStatement(f"camt version .02 has no entry status {status!r}")
        return leaf("Sts", status)
    return element("Sts", leaf("Cd" if len(status) <= 4 else "Prtry", status))


def _date(name: str, date: dt.date | None) -> str:
    return "" if date is None else element(name, leaf("Dt", date.isoformat()))


def _german_code(entry: BankEntry, form: _Form) -> str:
    """Return type, GVC and primanota beside an ISO code, as the German banks' rules have it."""
    if form.style is not BankStyle.GERMAN or "-" not in (entry.bank_transaction_code or ""):
        return ""
    code = business_code(entry.bank_transaction_code)
    return element("Prtry", leaf("Cd", f"{code.swift_type}+{code.gvc}+9310"), leaf("Issr", "DK"))


def _details(entry: BankEntry, own_account: str, version: CamtVersion) -> str:
    batch = _batch(entry.batch) if entry.batch else ""
    return element("NtryDtls", batch, transaction_elements(entry, own_account, version))


def _batch(batch: Batch) -> str:
    count = None if batch.transaction_count is None else str(batch.transaction_count)
    ids = leaf("MsgId", batch.message_id) + leaf("PmtInfId", batch.payment_information_id)
    return element("Btch", ids, leaf("NbOfTxs", count, 15))
