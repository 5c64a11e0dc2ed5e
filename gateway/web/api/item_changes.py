"""The API of proposed changes: what would change an item that somebody relies on waits for a person."""

from typing import Any, Literal

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.item_facts import plain
from gateway.services import decide_item_change
from gateway.services.decide_item_change import ACCEPTED
from gateway.store import customer_account, item_writes, open_items
from gateway.store.open_items import ItemChange, OpenItem
from gateway.web.context import Call
from gateway.web.errors import BadRequest
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.payloads.common import Page
from schemas.payloads.invoices import AcceptChange, DismissChange, FactChange, ItemChangeList, ItemChangeShape

_STATES: dict[str, Literal["waiting", "accepted", "dismissed", "superseded"]] = {
    "": "waiting",
    ACCEPTED: "accepted",
    item_writes.DISMISSED: "dismissed",
    item_writes.SUPERSEDED: "superseded",
}
_NAMES = {"party_id": "customer_id"}  # As the API calls it.


class NoSuchChange(NotFound):
    """There is no such proposed change in this company."""

    code = "no_such_change"


async def list_changes(call: Call) -> web.StreamResponse:
    """List the changes that wait, oldest first."""
    asked = call.query(Page)
    async with call.gateway.database.read() as session:
        rows = await open_items.waiting_changes(
            session, company_id=call.company_id, after_id=_after(asked.cursor), limit=asked.limit + 1
        )
        page = rows[: asked.limit]
        keys = [row.open_item_id for row in page]
        items = await customer_account.items_by_id(session, company_id=call.company_id, ids=keys)
    cursor = str(page[-1].id) if len(rows) > asked.limit else None
    shapes = [change_shape(row, items[row.open_item_id]) for row in page]
    return call.answer(ItemChangeList(items=shapes, next_cursor=cursor))


def _after(cursor: str | None) -> int:
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise BadRequest("the cursor is not one that a list of changes gave")
    return int(cursor or 0)


def change_shape(row: ItemChange, item: OpenItem) -> ItemChangeShape:
    """Return a proposed change of an item as the API says it."""
    return ItemChangeShape(
        id=str(row.id),
        item_id=str(item.id),
        kind=item.kind,
        number=item.number,
        customer_id=str(item.party_id),
        changes=[_fact(name, value, item) for name, value in row.record.items()],
        source=row.source,
        proposed_at=row.proposed_at,
        state=_STATES[row.outcome],
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def _fact(name: str, after: Any, item: OpenItem) -> FactChange:
    before = plain(getattr(item, name, None))
    if name in _NAMES:
        return FactChange(name=_NAMES[name], before=str(before), after=str(after))
    return FactChange(name=name, before=before, after=after)


async def accept(call: Call) -> web.StreamResponse:
    """Apply a proposed change."""
    body = await call.json(AcceptChange)
    async with call.begin() as work:
        await decide_item_change.accept_item_change(
            work, change_id=call.key(), effective_date=body.effective_date, reason=body.reason
        )
    return call.answer(await _decided(call))


async def dismiss(call: Call) -> web.StreamResponse:
    """Leave the item as it is."""
    body = await call.json(DismissChange)
    async with call.begin() as work:
        await decide_item_change.dismiss_item_change(work, change_id=call.key(), reason=body.reason)
    return call.answer(await _decided(call))


async def _decided(call: Call) -> ItemChangeShape:
    async with call.gateway.database.read() as session:
        row = await open_items.get_change(session, company_id=call.company_id, change_id=call.key())
        if row is None:
            raise NoSuchChange(f"there is no proposed change {call.key()}")
        item = await open_items.get_item(session, company_id=call.company_id, item_id=row.open_item_id)
    if item is None:
        raise NoSuchChange(f"the item of proposed change {call.key()} is gone")
    return change_shape(row, item)


ROUTES = (
    api(
        "GET", "/item-changes", Right.SEE, list_changes, summary="List proposed changes of items that wait",
        query=Page, gives=ItemChangeList,
    ),
    api(
        "POST", "/item-changes/{id}/accept", Right.WORK, accept, summary="Apply a proposed change",
        takes=AcceptChange, gives=ItemChangeShape,
    ),
    api(
        "POST", "/item-changes/{id}/dismiss", Right.WORK, dismiss, summary="Dismiss a proposed change",
        takes=DismissChange, gives=ItemChangeShape,
    ),
)  # fmt: skip
