"""Manage invoices, credit notes and other open items: create, change, dispute, credit, cancel.

What would change an item that somebody relies on (allocations, a dispute, a live collection) is stored as a proposal;
``decide_item_change`` accepts or dismisses it.
"""

import datetime as dt
from typing import NamedTuple, TypedDict, Unpack

from gateway.domain.item_facts import ItemFacts, change_record
from gateway.domain.item_import import FACT_COLUMNS, KnownItem, plan_item
from gateway.store import companies, item_writes, parties
from gateway.store.item_writes import NewItem, NewVersion
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.money import amount_text, parse_currency
from schemas.states import OpenItemKind, PaymentMethod
from schemas.tables import InvoiceRow, RowError


class ItemExists(Conflict):
    """There is an item of this kind with this number already."""

    code = "item_exists"


class InvalidItem(GatewayError):
    """The item says something that cannot be."""

    code = "invalid_item"


class ItemInUse(GatewayError):
    """Something relies on the item, so this cannot be done to it."""

    code = "item_in_use"


class ItemIsCancelled(GatewayError):
    """The item was cancelled; it does not change any more."""

    code = "item_is_cancelled"


class ItemChanges(TypedDict, total=False):
    """The facts of an item that may change; what is left out stays. Amounts are minor units, signed."""

    party_id: int
    currency: str
    amount_minor: int
    due_date: dt.date | None
    issue_date: dt.date | None
    creditor_reference: str | None
    order_reference: str | None
    original_number: str | None
    discount_basis_points: int | None
    discount_until_date: dt.date | None
    discount2_basis_points: int | None
    discount2_until_date: dt.date | None
    tax_minor: int | None
    text: str
    payment_method: PaymentMethod | None
    notified_date: dt.date | None


class Changed(NamedTuple):
    """What became of a change: applied (no key), or proposed under a key; nothing differed if neither."""

    is_applied: bool
    change_id: int | None = None


async def add_item(work: Work, *, row: InvoiceRow) -> int:
    """Store a new item; return its key. An open amount below the amount becomes an opening settlement of today.

    Raises ItemExists, NotFound (customer) or InvalidItem.
    """
    await companies.lock_company(work)
    known = await item_writes.known_items(work.session, company_id=work.company_id, keys=[(row.kind, row.number)])
    if known:
        raise ItemExists(f"{row.kind.value} {row.number} exists already")
    customer = await parties.customer_by_number(work.session, company_id=work.company_id, number=row.customer_number)
    if customer is None:
        raise NotFound(f"there is no customer {row.customer_number}")
    step = plan_item(row, party_id=customer.id, item=None, columns=FACT_COLUMNS)
    if isinstance(step, RowError):
        raise InvalidItem(f"{step.column} {step.found!r}: expected {step.expected}")
    item = NewItem(work.new_id(), row.kind, row.number, step.facts, step.opening_minor)
    await item_writes.insert_items(work, [item])
    await item_writes.insert_openings(work, [item])
    work.say("add_item", f"open_item:{item.id}")
    return item.id


async def credit_item(
    work: Work, *, item_id: int, number: str, amount_minor: int, issue_date: dt.date, text: str = ""
) -> int:
    """Store a credit note for an item, in minor units below zero; return its key.

    It stays open until it is taken with a payment or netted. Raises NotFound, ItemExists or InvalidItem.
    """
    item = await _item(work, item_id)
    if not 0 > amount_minor >= -item.facts.amount_minor:
        limit = amount_text(-item.facts.amount_minor, item.facts.currency)
        raise InvalidItem(f"a credit note for this item is below 0 and not below {limit}")
    await companies.lock_company(work)
    key = (OpenItemKind.CREDIT_NOTE, number)
    if await item_writes.known_items(work.session, company_id=work.company_id, keys=[key]):
        raise ItemExists(f"credit_note {number} exists already")
    original = await item_writes.number_of(work.session, item_id=item_id)
    facts = ItemFacts(
        party_id=item.facts.party_id,
        currency=item.facts.currency,
        amount_minor=amount_minor,
        issue_date=issue_date,
        original_number=original,
        text=text,
    )
    credit_note = NewItem(work.new_id(), *key, facts)
    await item_writes.insert_items(work, [credit_note])
    work.say("credit_item", f"open_item:{item_id}", credit_notes=1)
    return credit_note.id


async def change_item(work: Work, *, item_id: int, **changes: Unpack[ItemChanges]) -> Changed:
    """Change what an item says, or propose it where somebody relies on the item already.

    Raises NotFound, ItemIsCancelled or InvalidItem.
    """
    item = await _item(work, item_id)
    facts = item.facts._replace(**changes)
    record = change_record(item.facts, facts)
    if not record:
        return Changed(is_applied=False)
    await check_facts(work, item, facts)
    if item.is_free:
        await item_writes.update_items(work, [NewVersion(item.id, facts)])
        work.say("change_item", f"open_item:{item_id}", facts=len(record))
        return Changed(is_applied=True)
    waiting = next((one.id for one in item.changes if one.is_waiting and one.record == record), None)
    if waiting is not None:
        return Changed(is_applied=False, change_id=waiting)
    [change_id] = await item_writes.propose_changes(work, [(item.id, record)], source=work.actor.word)
    work.say("propose_item_change", f"open_item:{item_id}", facts=len(record))
    return Changed(is_applied=False, change_id=change_id)


async def dispute_item(work: Work, *, item_id: int, disputed_minor: int, reason: str) -> None:
    """Say how much of what is open is in dispute (minor units, signed as the item; 0 ends the dispute).

    Raises NotFound, ItemIsCancelled or InvalidItem.
    """
    item = await _item(work, item_id)
    open_minor = item.facts.amount_minor - item.settled_minor
    low, high = sorted((0, open_minor))
    if not low <= disputed_minor <= high:
        raise InvalidItem(f"at most {amount_text(open_minor, item.facts.currency)}, which is open, can be in dispute")
    await item_writes.update_items(work, [NewVersion(item.id, item.facts, disputed_minor)])
    work.say("dispute_item", f"open_item:{item_id}", reason=reason)


async def cancel_item(work: Work, *, item_id: int, reason: str) -> None:
    """Cancel an item that was never owed. Raises NotFound, ItemIsCancelled, or ItemInUse when money was allocated."""
    item = await _item(work, item_id)
    if item.settled_minor:
        raise ItemInUse("money was allocated to this item; take that back first, or write a credit note")
    if item.is_in_flight:
        raise ItemInUse("a debit of this item is in flight")
    await item_writes.update_items(work, [NewVersion(item.id, item.facts, is_cancelled=True)])
    stale = [one.id for one in item.changes if one.is_waiting]
    await item_writes.decide_changes(work, stale, outcome=item_writes.SUPERSEDED)
    work.say("cancel_item", f"open_item:{item_id}", reason=reason)


async def check_facts(work: Work, item: KnownItem, facts: ItemFacts) -> None:
    """Check that an item can say this. Raises NotFound (customer), InvalidCurrency, InvalidItem or ItemInUse."""
    parse_currency(facts.currency)
    if (facts.amount_minor < 0) != (item.facts.amount_minor < 0):
        raise InvalidItem("an invoice cannot become a credit note by a change; write a credit note")
    if abs(facts.amount_minor) < abs(item.settled_minor + item.disputed_minor):
        settled = amount_text(item.settled_minor + item.disputed_minor, item.facts.currency)
        raise InvalidItem(f"{settled} of this item is settled or in dispute, so its amount cannot be less")
    is_same_money = facts[:3] == item.facts[:3]
    if item.is_in_flight and not is_same_money:
        raise ItemInUse("a debit of this item is in flight, so customer and amount stay as they are")
    if item.settled_minor and facts.currency != item.facts.currency:
        raise ItemInUse("money was allocated to this item, so its currency stays as it is")
    if facts.party_id != item.facts.party_id:
        customer = await parties.get_customer(work.session, company_id=work.company_id, customer_id=facts.party_id)
        if customer is None:
            raise NotFound(f"there is no customer {facts.party_id}")


async def _item(work: Work, item_id: int) -> KnownItem:
    item = await item_writes.known_item(work.session, company_id=work.company_id, item_id=item_id, lock=True)
    if item is None:
        raise NotFound(f"there is no open item {item_id}")
    if item.is_cancelled:
        raise ItemIsCancelled(f"open item {item_id} was cancelled")
    return item
