"""Collections that another system sent: what is stored of the things that they name, and writing them down."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.collection_import import CollectedItem, CollectionStep, KnownCollection, MandateOfCollection
from gateway.store.bulk import insert_rows
from gateway.store.collection_writes import Asked, ask_for_items, insert_lines
from gateway.store.collections import collections
from gateway.store.fetch import among, in_pieces
from gateway.store.mandates import mandates
from gateway.store.open_items import open_items
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.states import CollectionState, OpenItemKind

_NEW = (
    "id", "company_id", "party_id", "mandate_id", "state", "end_to_end_id", "amount_minor", "currency", "due_date",
    "collection_date", "local_instrument", "sequence_type", "mandate_reference", "debtor_name", "debtor_iban",
    "settled_date", "is_foreign", "created_at",
)  # fmt: skip
_KINDS = (OpenItemKind.INVOICE, OpenItemKind.CREDIT_NOTE, OpenItemKind.FEE_CLAIM)


async def items_by_number(
    session: AsyncSession, *, company_id: int, numbers: Iterable[str]
) -> dict[str, CollectedItem]:
    """Return the invoices, credit notes and fees with these numbers; the invoice where several have one."""
    i, found = open_items.c, dict[str, CollectedItem]()
    for piece in in_pieces(numbers):
        query = select(
            i.number, i.kind, i.id, i.party_id, i.amount_minor, i.settled_minor, i.disputed_minor,
            i.collecting_minor, i.version,
        ).where(i.company_id == company_id, i.kind.in_(_KINDS), among(session, i.number, piece))  # fmt: skip
        for row in await session.execute(query.order_by(i.number, i.kind, i.id)):
            left = row.amount_minor - row.settled_minor - row.disputed_minor - row.collecting_minor
            item = CollectedItem(row.id, row.party_id, left, row.version, row.collecting_minor)
            if row.number not in found or row.kind is OpenItemKind.INVOICE:
                found[row.number] = item
    return found


async def mandates_by_reference(
    session: AsyncSession, *, company_id: int, reference_keys: Iterable[str]
) -> dict[str, MandateOfCollection]:
    """Return the mandates with these references, as far as only one creditor has one."""
    m, found, several = mandates.c, dict[str, MandateOfCollection](), set[str]()
    for piece in in_pieces(reference_keys):
        query = select(m.reference_key, m.id, m.party_id, m.scheme, m.iban, m.debtor_name)
        query = query.where(m.company_id == company_id, among(session, m.reference_key, piece))
        for key, *values in await session.execute(query.order_by(m.reference_key, m.id)):
            if key in found:
                several.add(key)
            found[key] = MandateOfCollection(*values)
    return {key: mandate for key, mandate in found.items() if key not in several}


async def known_collections(session: AsyncSession, *, end_to_end_ids: Iterable[str]) -> dict[str, KnownCollection]:
    """Return what is stored under end-to-end ids, over all companies: an id is used once for ever (INV-12)."""
    c, found = collections.c, dict[str, KnownCollection]()
    for piece in in_pieces(end_to_end_ids):
        query = select(c.end_to_end_id, c.company_id, c.amount_minor, c.collection_date, c.is_foreign)
        for key, *values in await session.execute(query.where(among(session, c.end_to_end_id, piece))):
            found[key] = KnownCollection(*values)
    return found


async def insert_foreign(work: Work, steps: Sequence[CollectionStep]) -> None:
    """Store collections of another system with their lines; items of those on their way are asked for.

    Raises AskedTwice when more of an item would be asked for than is open.
    """
    keyed = list(zip(work.new_ids(len(steps)), steps, strict=True))
    await insert_rows(work, collections, _NEW, [_row(work, key, step) for key, step in keyed])
    await insert_lines(work, [(key, item.id, amount) for key, step in keyed for item, amount in step.lines])
    asked: dict[int, Asked] = {}
    for step in steps:
        for item, amount in step.lines if step.state is CollectionState.SUBMITTED else ():
            before = asked[item.id].amount_minor if item.id in asked else 0
            day = step.collection.lines[0].collection_date
            asked[item.id] = Asked(item.id, before + amount, day, item.version, item.collecting_minor)
    if asked:
        await ask_for_items(work, list(asked.values()))
    work.reach("foreign_collections_written")


def _row(work: Work, key: int, step: CollectionStep) -> tuple[object, ...]:
    first, mandate = step.collection.lines[0], step.mandate
    is_settled = step.state is CollectionState.SETTLED
    return (
        key, work.company_id, step.party_id, mandate.id if mandate else None, step.state,
        step.collection.end_to_end_id, step.collection.amount_minor, first.currency, first.collection_date,
        first.collection_date, LocalInstrument(mandate.scheme) if mandate else LocalInstrument.CORE,
        SequenceType.RECURRENT, first.mandate_reference, mandate.debtor_name if mandate else "",
        mandate.iban if mandate else "", first.collection_date if is_settled else None, True, work.now,
    )  # fmt: skip
