"""What a search found, each as one line by which a person recognizes it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from gateway.domain.access import Right
from gateway.domain.search import Wanted, cleaned, wanted_of
from gateway.store import customer_lists, parties
from gateway.store.accounts import BankAccount
from gateway.store.bank_transactions import BankTransaction
from gateway.store.customer_account import Balance
from gateway.store.database import ReadSession
from gateway.store.item_lists import ItemLine
from gateway.store.mandates import Mandate
from gateway.store.parties import Party, PayerIban
from gateway.store.search import Found, Group
from gateway.store.statements import StatementFile
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.typed import TypedAmount, read_amount
from schemas.states import Language, OpenItemKind

_CURRENCY = re.compile(r"^(?:EUR|€)\s*|\s*(?:EUR|€)$", re.IGNORECASE)


class Amount(NamedTuple):
    """Minor units of a currency."""

    minor: int
    currency: str


class Line(NamedTuple):
    """One thing that was found: where it is, what it is called, whose or what it is, and its figures."""

    path: str
    name: str
    about: str = ""
    detail: str = ""
    date: dt.date | None = None
    at: dt.datetime | None = None
    amount: Amount | None = None
    open: Sequence[Amount] = ()
    state: StrEnum | None = None
    word: StrEnum | None = None  # Of which kind it is, where it is not the usual one.


class FoundGroup(NamedTuple):
    """What was found of one kind, and the lines that show it."""

    group: Group
    lines: Sequence[Line]


def wanted_by(call: Call, text: str) -> Wanted:
    """Return what a text may mean to the one who typed it."""
    text = cleaned(text)
    return wanted_of(text, minor=_minor(text, call.language), may_see_iban=call.may(Right.SEE_IBAN))


def _minor(text: str, language: Language) -> int | None:
    """Return the amount that a text is: as its reader writes amounts, else as somebody else does."""
    bare = _CURRENCY.sub("", text)
    for one in (language, *Language):
        try:
            return read_amount(bare, "EUR", one) or None
        except TypedAmount:
            continue
    return None


async def lines_of(session: ReadSession, call: Call, groups: Sequence[Group]) -> list[FoundGroup]:
    """Return what was found with the lines that show it."""
    rows = [row for group in groups for row in group.rows]
    payers = [row.party_id for row in rows if isinstance(row, PayerIban)]
    names = await parties.names_of(session, company_id=call.company_id, ids=payers)
    customers = [row.id for row in rows if isinstance(row, Party)]
    balances = await customer_lists.balances_of(
        session, company_id=call.company_id, customer_ids=customers, today=call.now.date()
    )
    return [FoundGroup(group, [line_of(row, names=names, balances=balances) for row in group.rows]) for group in groups]


def line_of(row: Found, *, names: Mapping[int, str], balances: Mapping[int, Sequence[Balance]]) -> Line:
    """Return the line of what was found; ``names`` are those of customers, ``balances`` what is open of them."""
    if isinstance(row, ItemLine):
        return _item(row)
    if isinstance(row, Party):
        owed = [Amount(balance.open_minor, balance.currency) for balance in balances.get(row.id, ())]
        return Line(f"/customers/{row.id}", row.name, row.number, row.town, open=owed)
    if isinstance(row, BankTransaction):
        return _transaction(row)
    if isinstance(row, Mandate):
        path = f"/customers/{row.party_id}"
        return Line(path, row.reference, row.debtor_name, date=row.signature_date, state=row.state)
    if isinstance(row, PayerIban):
        path = f"/customers/{row.party_id}"
        return Line(path, formats.account(row.iban), names.get(row.party_id, ""), word=row.source)
    if isinstance(row, BankAccount):
        return Line(f"/statements?account={row.id}", row.name, formats.account(row.iban or row.account))
    return _file(row)


def _item(row: ItemLine) -> Line:
    return Line(
        f"/invoices/{row.id}",
        row.number,
        row.customer_name,
        row.customer_number,
        date=row.due_date,
        amount=Amount(row.amount_minor, row.currency),
        open=(Amount(row.open_minor, row.currency),),
        state=row.state,
        word=None if row.kind is OpenItemKind.INVOICE else row.kind,
    )


def _transaction(row: BankTransaction) -> Line:
    return Line(
        f"/bank-transactions/{row.id}",
        row.counterparty_name or row.ultimate_debtor or "",
        row.remittance or row.entry_text,
        date=row.booking_date,
        amount=Amount(row.amount_minor, row.currency),
        state=row.state,
    )


def _file(row: StatementFile) -> Line:
    return Line(f"/statements/files/{row.id}", row.name, row.format, at=row.received_at, state=row.state)
