"""Search over everything: what a typed text may mean, looked up in one kind of thing after the other.

A text may mean a thing in several ways. The first way that finds something is taken, so that an invoice's whole
number does not bring all that contain it. Each look-up names the order of an index, so both databases walk that index
and stop. End-to-end ids and accounts of bank transactions have none, because it would slow each import: they are
compared in the latest ones only.
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Table, and_, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.party import search_key
from gateway.domain.search import Wanted
from gateway.store.accounts import BankAccount, list_accounts
from gateway.store.bank_transactions import BankTransaction, bank_transactions
from gateway.store.columns import Row
from gateway.store.item_lists import ItemLine, items_by_key
from gateway.store.mandates import Mandate, mandates
from gateway.store.open_items import is_live, open_items
from gateway.store.parties import Party, PayerIban, parties, payer_ibans
from gateway.store.statements import StatementFile, files
from schemas.money import amount_text
from schemas.states import BankTransactionState

SHOWN = 10
COUNTED = 1_000  # What is more is not counted.
LATEST = 100_000  # Bank transactions in which end-to-end ids and accounts are looked for.
_INSIDE_MIN = 3  # Characters from which a part inside of a number or a name is looked for.
_LAST = "\U0010ffff"  # Behind all that a text begins.

Found: TypeAlias = ItemLine | Party | BankTransaction | Mandate | PayerIban | BankAccount | StatementFile


class Kind(StrEnum):
    """What may be found, in the order in which it is shown."""

    ITEMS = "items"
    CUSTOMERS = "customers"
    BANK_TRANSACTIONS = "bank_transactions"
    MANDATES = "mandates"
    PAYERS = "payers"
    ACCOUNTS = "accounts"
    FILES = "files"


class Group(NamedTuple):
    """What was found of one kind: the first rows, how many there are (``COUNTED`` and one: more), and how to list them.

    ``is_exact``: the whole text is meant, not the beginning or a part of something.
    """

    kind: Kind
    rows: Sequence[Found]
    total: int
    is_exact: bool = False
    query: str = ""  # What the list of this kind is asked for all of them.


class _Look(NamedTuple):
    """One look-up: what is wanted, in the order of the index that finds it."""

    condition: ColumnElement[bool]
    order: Sequence[ColumnElement[Any]]


class _Way(NamedTuple):
    """One meaning of the text."""

    looks: Sequence[_Look]
    is_exact: bool = False
    query: str = ""


class _Keys(NamedTuple):
    """What one way found."""

    way: _Way
    ids: list[int]

    @property
    def shown(self) -> list[int]:
        return self.ids[:SHOWN]

    def group(self, kind: Kind, rows: Sequence[Found]) -> Group:
        return Group(kind, rows, len(self.ids), self.way.is_exact, self.way.query)


async def find_everything(session: AsyncSession, *, company_id: int, wanted: Wanted) -> list[Group]:
    """Return what a text finds in a company, the kind that is meant most likely first."""
    groups = [await find(session, company_id, wanted) for find in _FINDERS] if wanted.text else []
    # Whose number it is, is not looked for among the many; an amount and an account may be of several kinds.
    is_named = wanted.minor is None and not wanted.iban and any(group.is_exact for group in groups)
    if wanted.has_digit and not is_named:
        groups.append(await _transactions(session, company_id, wanted))
    order = list(Kind)
    found = (group for group in groups if group.rows)
    return sorted(found, key=lambda group: (not group.is_exact, order.index(group.kind)))


async def _first(session: AsyncSession, table: Table, company_id: int, ways: Sequence[_Way]) -> _Keys:
    """Return the keys that the first way with any finds, each once."""
    for way in ways:
        ids: dict[int, None] = {}
        for look in way.looks:
            query = select(table.c.id).where(table.c.company_id == company_id, look.condition)
            found = await session.execute(query.order_by(*look.order).limit(COUNTED + 1))
            ids |= dict.fromkeys(found.scalars())
        if ids:
            return _Keys(way, list(ids)[: COUNTED + 1])
    return _Keys(_Way(()), [])


async def _rows(session: AsyncSession, row: type[Row], table: Table, ids: Sequence[int]) -> list[Any]:
    """Return rows in the order of their keys."""
    if not ids:
        return []
    found = (await session.execute(select(row).where(table.c.id.in_(ids)))).scalars()
    return sorted(found, key=lambda one: ids.index(one.id))


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + _LAST)


async def _items(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find by number or creditor reference, by amount, or by a part of the number."""
    t, key = open_items.c, wanted.number_key
    by_number, ways = (t.number_key, t.id), []
    if key:
        reference = _Look(t.reference_key == wanted.reference_key, (t.reference_key, t.id))
        ways.append(_Way((_Look(t.number_key == key, by_number), reference), True, wanted.text))
        ways.append(_Way((_Look(_begins(t.number_key, key), by_number),), False, wanted.text))
    if wanted.minor is not None:
        place = 0 if wanted.is_amount else len(ways)
        ways.insert(place, _Way(_item_amounts(wanted.minor), True, amount_text(wanted.minor, "EUR")))
    if len(key) >= _INSIDE_MIN:
        ways.append(_Way((_Look(t.number_key.contains(key), by_number),), False, wanted.text))
    keys = await _first(session, open_items, company_id, ways)
    return keys.group(Kind.ITEMS, await items_by_key(session, company_id=company_id, ids=keys.shown))


def _item_amounts(minor: int) -> tuple[_Look, _Look]:
    """Look for an amount, and for what is open of partly paid items: they have an index of their own."""
    t, both = open_items.c, (minor, -minor)
    # A literal, because only then it is plain that the index of partly paid items holds them.
    is_partly_paid = and_(is_live(), t.settled_minor != literal_column("0"))
    return (
        _Look(t.amount_minor.in_(both), (t.amount_minor.desc(), t.id.desc())),
        _Look(and_(is_partly_paid, (t.amount_minor - t.settled_minor).in_(both)), (t.due_date.desc(), t.id.desc())),
    )


async def _customers(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find by number, or by the beginning of the number or of a word of the name."""
    t, text, name = parties.c, wanted.text, wanted.name_key
    by_number, by_name = (t.number, t.id), (t.name_folded, t.id)
    spelled = (text, text.upper())
    same = _Way((_Look(t.number.in_(spelled), by_number),), True, text)
    begins = [
        *[_Look(_begins(t.number, one), by_number) for one in dict.fromkeys(spelled)],
        _Look(_begins(t.name_folded, name), by_name),
        _Look(t.name_folded.contains(" " + name, autoescape=True), by_name),
    ]
    keys = await _first(session, parties, company_id, (same, _Way(begins, False, text)))
    return keys.group(Kind.CUSTOMERS, await _rows(session, Party, parties, keys.shown))


async def _transactions(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find by the bank's reference; by the amount; in the latest also by our references or the payer's account."""
    t = bank_transactions.c
    ours = [account.id for account in await list_accounts(session, company_id=company_id)]
    by_reference = _Look(and_(t.bank_account_id.in_(ours), t.bank_reference == wanted.text), (t.bank_reference, t.id))
    latest = select(t.id).where(t.company_id == company_id).order_by(t.id.desc()).offset(LATEST - 1).limit(1)
    is_latest = t.id >= func.coalesce(latest.scalar_subquery(), 0)
    is_whole = t.state != BankTransactionState.SPLIT
    scanned = _Look(and_(is_latest, or_(*_meanings(wanted)), is_whole), (t.id.desc(),))
    amounts = _Look(and_(t.amount_minor.in_((wanted.minor, -(wanted.minor or 0))), is_whole), (t.id.desc(),))
    looks = [*([amounts] if wanted.minor is not None else []), *([] if wanted.is_amount else [scanned])]
    ways = (_Way((by_reference,), True), _Way(looks, bool(wanted.iban) or wanted.is_amount))
    keys = await _first(session, bank_transactions, company_id, ways)
    return keys.group(Kind.BANK_TRANSACTIONS, await _rows(session, BankTransaction, bank_transactions, keys.shown))


def _meanings(wanted: Wanted) -> list[ColumnElement[bool]]:
    t, spelled = bank_transactions.c, (wanted.text, wanted.text.upper())
    if wanted.iban:
        return [t.counterparty_iban == wanted.iban]
    ending = [t.counterparty_iban.endswith(wanted.account_ending)] if wanted.account_ending else []
    references = (t.end_to_end_id, t.mandate_reference, t.creditor_reference)
    return [*[reference.in_(spelled) for reference in references], *ending]


async def _mandates(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find by the reference or its beginning, in any case of letters."""
    t, key = mandates.c, wanted.text.upper()
    order = (t.reference_key, t.id)
    ways = (_Way((_Look(t.reference_key == key, order),), True), _Way((_Look(_begins(t.reference_key, key), order),)))
    keys = await _first(session, mandates, company_id, ways)
    return keys.group(Kind.MANDATES, await _rows(session, Mandate, mandates, keys.shown))


async def _payers(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find the accounts that pay for customers, whole or by their end."""
    t, order, ways = payer_ibans.c, (payer_ibans.c.iban, payer_ibans.c.party_id), []
    if wanted.iban:
        ways.append(_Way((_Look(and_(t.iban == wanted.iban, t.forgotten_at.is_(None)), order),), True))
    if wanted.account_ending:
        is_alike = t.iban.endswith(wanted.account_ending)
        ways.append(_Way((_Look(and_(is_alike, t.forgotten_at.is_(None)), order),)))
    keys = await _first(session, payer_ibans, company_id, ways)
    return keys.group(Kind.PAYERS, await _rows(session, PayerIban, payer_ibans, keys.shown))


async def _accounts(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find our own accounts, whole, by their end or by their name; there are few."""
    rows = [row for row in await list_accounts(session, company_id=company_id) if _is_account(row, wanted)]
    return Group(Kind.ACCOUNTS, rows[:SHOWN], len(rows), bool(wanted.iban))


def _is_account(row: BankAccount, wanted: Wanted) -> bool:
    account, ending = (row.iban or row.account), wanted.account_ending
    is_named = len(wanted.name_key) >= _INSIDE_MIN and wanted.name_key in search_key(row.name)
    return is_named or account == wanted.iban or bool(ending and account.endswith(ending))


async def _files(session: AsyncSession, company_id: int, wanted: Wanted) -> Group:
    """Find files by a part of their name, the latest first; the many entries are in few files."""
    if len(wanted.text) < _INSIDE_MIN:
        return Group(Kind.FILES, (), 0)
    look = _Look(files.c.name.icontains(wanted.text, autoescape=True), (files.c.id.desc(),))
    keys = await _first(session, files, company_id, (_Way((look,)),))
    return keys.group(Kind.FILES, await _rows(session, StatementFile, files, keys.shown))


_FINDERS: tuple[Callable[[AsyncSession, int, Wanted], Awaitable[Group]], ...] = (
    _items, _customers, _mandates, _payers, _accounts, _files,
)  # fmt: skip
