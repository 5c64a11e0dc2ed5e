"""Let an invoice be paid in instalments: what is open is split into parts, each due and collected on its own day."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from gateway.domain.collecting.model import Part
from gateway.services.manage_invoices import ItemInUse, ItemIsCancelled
from gateway.store import instalments, item_writes
from gateway.store.item_writes import NewVersion
from gateway.store.work import Work
from schemas.errors import GatewayError, NotFound
from schemas.money import amount_text

PARTS_MAX = 60


class InvalidInstalments(GatewayError):
    """Instalments are two or more, on days that follow each other, and come to what is open."""

    code = "invalid_instalments"


async def plan_instalments(work: Work, *, item_id: int, parts: Sequence[Part], reason: str = "") -> None:
    """Let an item be paid in parts (minor units, as the item); no parts make it due as a whole again.

    What was paid before counts as a part of its own in front. Raises NotFound, ItemIsCancelled, ItemInUse while a
    debit is in flight, or InvalidInstalments.
    """
    item = await item_writes.known_item(work.session, company_id=work.company_id, item_id=item_id, lock=True)
    if item is None:
        raise NotFound(f"there is no open item {item_id}")
    if item.is_cancelled:
        raise ItemIsCancelled(f"open item {item_id} was cancelled")
    if item.is_in_flight:
        raise ItemInUse("a debit of this item is in flight; plan instalments once it ended")
    open_minor = item.facts.amount_minor - item.settled_minor
    _check(parts, open_minor=open_minor, currency=item.facts.currency, today=work.now.date())
    paid = [Part(parts[0].due_date, item.settled_minor)] if parts and item.settled_minor else []
    await instalments.replace_parts(work, item_id=item_id, parts=[*paid, *parts])
    await item_writes.update_items(work, [NewVersion(item.id, item.facts, item.disputed_minor)])
    work.say("plan_instalments", f"open_item:{item_id}", reason=reason, instalments=len(parts))


def _check(parts: Sequence[Part], *, open_minor: int, currency: str, today: dt.date) -> None:
    if not parts:
        return
    if not 2 <= len(parts) <= PARTS_MAX:
        raise InvalidInstalments(f"there are {len(parts)} instalments, 2 to {PARTS_MAX} are possible")
    if open_minor <= 0:
        raise InvalidInstalments("nothing is open that could be paid in instalments")
    first_date = parts[0].due_date
    if any(later.due_date <= earlier.due_date for earlier, later in pairwise(parts)):
        raise InvalidInstalments("each instalment is due after the one before it")
    if first_date < today:
        raise InvalidInstalments(f"the first instalment is due on {first_date}, which is over")
    if any(part.amount_minor <= 0 for part in parts):
        raise InvalidInstalments("each instalment is above zero")
    total = sum(part.amount_minor for part in parts)
    if total != open_minor:
        found, wanted = amount_text(total, currency), amount_text(open_minor, currency)
        raise InvalidInstalments(f"the instalments come to {found}, open is {wanted}")
