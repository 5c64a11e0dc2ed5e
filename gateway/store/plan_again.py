"""Collections that people plan one by one: retries, and debits whose notice came late. They wait for the next run.

A debit that was in a discarded run because a person had decided it is planned again, under a new id.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from gateway.store.collection_writes import Asked, ask_for_items, insert_lines
from gateway.store.collections import Collection, collections, lines
from gateway.store.fetch import among
from gateway.store.open_items import open_items
from gateway.store.runs_in_work import of_run
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.errors import Conflict


class PlannedByHand(NamedTuple):
    """One debit that a person wants, with its lines (item, amount signed as the item)."""

    party_id: int
    mandate_id: int
    mandate_reference: str
    scheme: LocalInstrument
    due_date: dt.date
    collection_date: dt.date
    lines: Sequence[tuple[int, int]]
    remittance: str
    retry_of_id: int | None = None
    late_notice_by: str = ""
    late_notice_reason: str = ""


async def plan_collection(work: Work, wanted: PlannedByHand) -> int:
    """Store a planned collection and ask for its items; return its key. Raises Conflict when they are not open."""
    await _ask(work, wanted)
    row = Collection(
        id=work.new_id(),
        company_id=work.company_id,
        party_id=wanted.party_id,
        mandate_id=wanted.mandate_id,
        retry_of_id=wanted.retry_of_id,
        end_to_end_id=f"PLAN-{secrets.token_hex(12).upper()}",  # Until a run gives it the one that is sent.
        amount_minor=sum(amount for _, amount in wanted.lines),
        due_date=wanted.due_date,
        collection_date=wanted.collection_date,
        local_instrument=wanted.scheme,
        sequence_type=SequenceType.RECURRENT,
        mandate_reference=wanted.mandate_reference,
        remittance=wanted.remittance,
        late_notice_by=wanted.late_notice_by,
        late_notice_reason=wanted.late_notice_reason,
        created_at=work.now,
    )
    work.add(row)
    await work.flush()
    await insert_lines(work, [(row.id, item_id, amount) for item_id, amount in wanted.lines])
    return row.id


async def _ask(work: Work, wanted: PlannedByHand) -> None:
    i = open_items.c
    keys = [item_id for item_id, _ in wanted.lines]
    query = select(i.id, i.version, i.collecting_minor).where(
        i.company_id == work.company_id, among(work.session, i.id, keys)
    )
    seen = {row[0]: (row[1], row[2]) for row in await work.session.execute(query.order_by(i.id).with_for_update())}
    if len(seen) != len(keys):
        raise Conflict("an item of this collection is not there")
    asked = [Asked(item_id, amount, wanted.collection_date, *seen[item_id]) for item_id, amount in wanted.lines]
    if await ask_for_items(work, asked):
        raise Conflict("an item of this collection changed meanwhile")


async def plan_again(work: Work, *, run_id: int) -> list[int]:
    """Plan again what people had decided one by one in a run that is discarded; return the new keys.

    What is not open any more stays cancelled.
    """
    c = collections.c
    query = select(Collection).where(
        c.company_id == work.company_id, of_run(run_id), or_(c.retry_of_id.is_not(None), c.late_notice_by != "")
    )
    made: list[int] = []
    for old in list((await work.session.execute(query.order_by(c.id))).scalars()):
        asked = select(lines.c.open_item_id, lines.c.amount_minor).where(lines.c.collection_id == old.id)
        rows = [(row[0], row[1]) for row in await work.session.execute(asked.order_by(lines.c.id))]
        if old.mandate_id is None or not await _is_open(work, rows):
            continue
        wanted = PlannedByHand(
            old.party_id, old.mandate_id, old.mandate_reference, old.local_instrument, old.due_date,
            old.collection_date, rows, old.remittance, old.id, old.late_notice_by, old.late_notice_reason,
        )  # fmt: skip
        made.append(await plan_collection(work, wanted))
    return made


async def _is_open(work: Work, wanted: Sequence[tuple[int, int]]) -> bool:
    i = open_items.c
    names = ("id", "amount_minor", "settled_minor", "disputed_minor", "collecting_minor", "cancelled_at")
    keys = [item_id for item_id, _ in wanted]
    query = select(*[i[name] for name in names]).where(among(work.session, i.id, keys))
    rows = {row[0]: row for row in await work.session.execute(query)}
    return all(_has_room(tuple(rows[item_id]), amount) for item_id, amount in wanted)


def _has_room(row: tuple[int, int, int, int, int, dt.datetime | None], wanted_minor: int) -> bool:
    _, amount, settled, disputed, collecting, cancelled_at = row
    return cancelled_at is None and abs(collecting + wanted_minor) <= abs(amount - settled) - abs(disputed)
