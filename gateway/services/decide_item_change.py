"""Decide a proposed change of an item that somebody relies on: a person accepts or dismisses it."""

import datetime as dt

from gateway.domain.item_facts import changed_facts
from gateway.domain.item_import import SETTLE, KnownItem
from gateway.services.manage_invoices import ItemIsCancelled, check_facts
from gateway.store import companies, counters, item_writes, open_items
from gateway.store.item_writes import NewVersion, OutsideSettlement
from gateway.store.open_items import ItemChange
from gateway.store.work import Work
from schemas.errors import Conflict, NotFound
from schemas.states import AllocationKind

ACCEPTED = "accepted"
_OUTSIDE = "settled in the source system"


async def accept_item_change(
    work: Work, *, change_id: int, effective_date: dt.date | None = None, reason: str = ""
) -> None:
    """Apply a proposed change. A proposed settlement becomes one outside the bank, effective on the date given.

    Without a date it is effective today; in a closed period on the first open day. Raises NotFound, Conflict (decided
    meanwhile), ItemIsCancelled, MoreThanOpen, or what ``check_facts`` raises.
    """
    change, item = await _waiting(work, change_id)
    if item.is_cancelled:
        raise ItemIsCancelled(f"open item {item.id} was cancelled")
    if SETTLE in change.record:
        await _settle(work, item, int(change.record[SETTLE]), effective_date or work.now.date(), reason or _OUTSIDE)
    else:
        facts = changed_facts(item.facts, change.record)
        await check_facts(work, item, facts)
        await item_writes.update_items(work, [NewVersion(item.id, facts, item.disputed_minor)])
    await _decide(work, change_id, ACCEPTED)
    work.say("accept_item_change", f"open_item:{item.id}", reason=reason)


async def dismiss_item_change(work: Work, *, change_id: int, reason: str = "") -> None:
    """Leave the item as it is; an import will not propose the same again. Raises NotFound or Conflict."""
    _, item = await _waiting(work, change_id)
    await _decide(work, change_id, item_writes.DISMISSED)
    work.say("dismiss_item_change", f"open_item:{item.id}", reason=reason)


async def _settle(work: Work, item: KnownItem, minor: int, effective_date: dt.date, reason: str) -> None:
    company = await companies.company_by_id(work.session, work.company_id)
    closed_until = company.closed_until_date if company else None
    if closed_until is not None and effective_date <= closed_until:
        reason = f"{reason} (of {effective_date}, moved because books are closed until {closed_until})"
        effective_date = closed_until + dt.timedelta(days=1)
    settlement = OutsideSettlement(item.id, AllocationKind.PAYMENT, minor, item.facts.currency, reason, effective_date)
    await item_writes.insert_outside_settlements(work, [settlement])
    await counters.settle_items(work, {item.id: minor})


async def _waiting(work: Work, change_id: int) -> tuple[ItemChange, KnownItem]:
    change = await open_items.get_change(work.session, company_id=work.company_id, change_id=change_id)
    if change is None:
        raise NotFound(f"there is no proposed change {change_id}")
    item = await item_writes.known_item(
        work.session, company_id=work.company_id, item_id=change.open_item_id, lock=True
    )
    if item is None or change.decided_at is not None:
        raise Conflict(f"proposed change {change_id} was decided already: {change.outcome}")
    return change, item


async def _decide(work: Work, change_id: int, outcome: str) -> None:
    if not await item_writes.decide_changes(work, [change_id], outcome=outcome):
        raise Conflict(f"proposed change {change_id} was decided a moment ago")
    work.reach("change_decided")
