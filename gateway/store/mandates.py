"""Mandates: the shelf of all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Index, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.mandate_import import MANDATE_FACT_NAMES, KnownMandate, MandateFacts
from gateway.store import columns
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.journal import Move
from gateway.store.keys import of_company, owned, points
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import payer_ibans
from gateway.store.work import Work
from schemas.identifiers import Iban
from schemas.states import IbanSource, MandateState


class Mandate(Row, table=True):
    """A debtor's permission to collect. ``reference_key`` is the reference in capitals (compared without case)."""

    __tablename__ = "mandate"
    __table_args__ = (
        UniqueConstraint("company_id", "creditor_identifier", "reference_key"),
        Index("ix_mandate_list", "company_id", "reference_key", "id"),
        Index("ix_mandate_state", "company_id", "state", "reference_key", "id"),
        of_company(),
        owned(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key(index=True)
    reference: str = columns.text()
    reference_key: str = columns.text()
    creditor_identifier: str = columns.text(default="")
    scheme: str = columns.text(default="CORE")
    type: str = columns.text(default="recurrent")
    state: MandateState = columns.enum(MandateState)
    signature_date: dt.date | None = columns.day(nullable=True)
    signature_place: str = columns.text(default="")
    iban: str = columns.text()
    bic: str = columns.text(default="")
    debtor_name: str = columns.text()
    debtor_street: str = columns.text(default="")
    debtor_postcode: str = columns.text(default="")
    debtor_town: str = columns.text(default="")
    debtor_country: str = columns.text(default="")
    ultimate_debtor: str = columns.text(default="")
    b2b_confirmed_date: dt.date | None = columns.day(nullable=True)
    last_collected_date: dt.date | None = columns.day(nullable=True)
    not_before_date: dt.date | None = columns.day(nullable=True)  # Its account changed; the first debit waits.
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


mandates, moves = table_of(Mandate), table_of(Move)
_KNOWN = ("id", "reference_key", "party_id", "scheme", "type", "iban", "state", *MANDATE_FACT_NAMES)
_NEW = (
    "id", "company_id", "party_id", "reference", "reference_key", "scheme", "type", "iban", "state", "created_at",
    *MANDATE_FACT_NAMES,
)  # fmt: skip
_MOVE = (
    "id", "company_id", "subject_table", "subject_id", "position", "from_state", "to_state", "at", "actor", "reason",
    "journal_id",
)  # fmt: skip


class NewMandate(NamedTuple):
    """A mandate to store."""

    id: int
    party_id: int
    reference: str
    reference_key: str
    scheme: str
    type: str
    iban: Iban
    state: MandateState
    facts: MandateFacts


class MandateMove(NamedTuple):
    """One move along the life cycle."""

    mandate_id: int
    from_state: MandateState
    to_state: MandateState
    reason: str = ""


async def get_mandate(session: AsyncSession, *, company_id: int, mandate_id: int, lock: bool = False) -> Mandate | None:
    """Return a mandate of the company."""
    query = select(Mandate).where(mandates.c.company_id == company_id, mandates.c.id == mandate_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def mandates_by_id(session: AsyncSession, *, company_id: int, ids: Iterable[int]) -> dict[int, Mandate]:
    """Return some mandates of the company by their keys."""
    found: dict[int, Mandate] = {}
    for piece in in_pieces(ids):
        query = select(Mandate).where(mandates.c.company_id == company_id, among(session, mandates.c.id, piece))
        found |= {row.id: row for row in (await session.execute(query)).scalars()}
    return found


async def drafts_of(session: AsyncSession, *, company_id: int, party_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """Return the drafts of some customers: mandate, customer, account."""
    found: list[tuple[int, int, str]] = []
    for piece in in_pieces(party_ids):
        query = (
            select(mandates.c.id, mandates.c.party_id, mandates.c.iban)
            .where(mandates.c.company_id == company_id, mandates.c.state == MandateState.DRAFT)
            .where(among(session, mandates.c.party_id, piece))
            .order_by(mandates.c.id)
        )
        found += [(row[0], row[1], row[2]) for row in await session.execute(query)]
    return found


async def count_of_customer(session: AsyncSession, *, company_id: int, party_id: int) -> int:
    """Return how many mandates a customer gave, ended ones too."""
    query = select(func.count()).where(mandates.c.company_id == company_id, mandates.c.party_id == party_id)
    return (await session.execute(query)).scalar_one()


async def moves_of(session: AsyncSession, *, mandate_id: int) -> list[Move]:
    """Return the moves of a mandate, oldest first."""
    query = select(Move).where(moves.c.subject_table == "mandate", moves.c.subject_id == mandate_id)
    return list((await session.execute(query.order_by(moves.c.position))).scalars())


async def open_mandates_of(session: AsyncSession, *, company_id: int, creditor_key: str) -> list[Mandate]:
    """Return the mandates of one creditor that have not ended, whatever business code they were signed with."""
    identifier = mandates.c.creditor_identifier
    query = select(Mandate).where(
        mandates.c.company_id == company_id,
        func.substr(identifier, 1, 4).concat(func.substr(identifier, 8)) == creditor_key,
        mandates.c.state.in_((MandateState.DRAFT, MandateState.ACTIVE, MandateState.SUSPENDED)),
    )
    return list((await session.execute(query.order_by(mandates.c.id))).scalars())


async def set_creditor_identifier(work: Work, *, ids: Iterable[int], creditor_identifier: str) -> None:
    """Let mandates be of another creditor identifier of ours."""
    for piece in in_pieces(ids):
        changed = update(mandates).where(among(work.session, mandates.c.id, piece))
        values = {"creditor_identifier": creditor_identifier, "version": mandates.c.version + 1}
        await work.session.execute(changed.values(values))
    work.reach("mandates_changed")


async def list_mandates(
    session: AsyncSession,
    *,
    company_id: int,
    customer_id: int | None = None,
    states: Sequence[MandateState] = (),
    cursor: str = "",
    limit: int = 50,
) -> Page[Mandate]:
    """Return a page of mandates by reference. Raises InvalidCursor."""
    limit = limited(limit)
    query = select(Mandate).where(mandates.c.company_id == company_id)
    if customer_id is not None:
        query = query.where(mandates.c.party_id == customer_id)
    if states:
        query = query.where(mandates.c.state.in_(states))
    if cursor:
        reference, key = read_cursor(cursor, (str, int))
        after = mandates.c.reference_key > reference
        query = query.where(after | ((mandates.c.reference_key == reference) & (mandates.c.id > key)))
    query = query.order_by(mandates.c.reference_key, mandates.c.id).limit(limit + 1)
    rows = (await session.execute(query)).scalars().all()
    more = write_cursor((rows[limit - 1].reference_key, rows[limit - 1].id)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def known_mandates(
    session: AsyncSession, *, company_id: int, reference_keys: Iterable[str], lock: bool = False
) -> dict[tuple[str, str], KnownMandate]:
    """Return what is stored of some references, by creditor identifier and reference key."""
    found: dict[tuple[str, str], KnownMandate] = {}
    for piece in in_pieces(reference_keys):
        query = (
            select(*[mandates.c[name] for name in _KNOWN])
            .where(mandates.c.company_id == company_id)
            .where(among(session, mandates.c.reference_key, piece))
            .order_by(mandates.c.reference_key, mandates.c.creditor_identifier)
        )
        for row in await session.execute(query.with_for_update() if lock else query):
            key, reference, party_id, scheme, type_, iban, state = row[:7]
            facts = MandateFacts._make(row[7:])
            known = KnownMandate(key, party_id, scheme, type_, iban, state, facts)
            found[facts.creditor_identifier, reference] = known
    return found


async def insert_mandates(work: Work, new: Sequence[NewMandate]) -> None:
    """Store new mandates."""
    rows = [(one[0], work.company_id, *one[1:8], work.now, *one.facts) for one in new]
    await insert_rows(work, mandates, _NEW, rows)
    work.reach("mandates_written")


async def update_mandates(work: Work, changed: Sequence[tuple[int, MandateFacts]]) -> None:
    """Change what mandates say."""
    if not changed:
        return
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in MANDATE_FACT_NAMES}
    rows = [{"key": key, **{f"new_{name}": value for name, value in facts._asdict().items()}} for key, facts in changed]
    statement = update(mandates).where(mandates.c.id == bindparam("key"))
    connection = await work.session.connection()
    await connection.execute(statement.values(version=mandates.c.version + 1, **values), rows)
    work.reach("mandates_changed")


async def move_mandates(work: Work, wanted: Sequence[MandateMove]) -> None:
    """Move mandates along their life cycle and write each move down. The moves were checked by the caller."""
    several: dict[tuple[MandateState, MandateState], dict[int, str]] = defaultdict(dict)
    for one in wanted:
        several[one.from_state, one.to_state][one.mandate_id] = one.reason
    for (from_state, to_state), reasons in several.items():
        for piece in in_pieces(reasons):
            await _move(work, {key: reasons[key] for key in piece}, from_state, to_state)
    work.reach("mandates_moved")


async def _move(work: Work, reasons: Mapping[int, str], from_state: MandateState, to_state: MandateState) -> None:
    statement = (
        update(mandates)
        .where(among(work.session, mandates.c.id, list(reasons)), mandates.c.state == from_state)
        .values(state=to_state, version=mandates.c.version + 1)
        .returning(mandates.c.id, mandates.c.version)
    )
    moved = sorted((key, version) for key, version in await work.session.execute(statement))
    if len(moved) != len(reasons):
        raise RuntimeError(f"{len(reasons) - len(moved)} mandates are no longer {from_state}")
    rows = [
        (new_id, work.company_id, "mandate", key, version, from_state.value, to_state.value, work.now,
         work.actor.word, reasons[key], work.journal_id)
        for new_id, (key, version) in zip(work.new_ids(len(moved)), moved, strict=True)
    ]  # fmt: skip
    await insert_rows(work, moves, _MOVE, rows)


async def sync_mandate_ibans(work: Work, party_ids: Iterable[int]) -> None:
    """Let the payer accounts of some customers be those of their active mandates, as far as mandates say so."""
    for piece in in_pieces(party_ids):
        await _sync(work, piece)
    work.reach("mandate_ibans_written")


async def _sync(work: Work, party_ids: Sequence[int]) -> None:
    of_mandates = (among(work.session, payer_ibans.c.party_id, party_ids), payer_ibans.c.source == IbanSource.MANDATE)
    query = select(mandates.c.party_id, mandates.c.iban, mandates.c.bic).where(
        among(work.session, mandates.c.party_id, party_ids), mandates.c.state == MandateState.ACTIVE
    )
    active = {(row.party_id, row.iban): row.bic for row in await work.session.execute(query)}
    stored = select(payer_ibans.c.id, payer_ibans.c.party_id, payer_ibans.c.iban, payer_ibans.c.forgotten_at)
    rows = list(await work.session.execute(stored.where(*of_mandates)))
    known = {(row.party_id, row.iban) for row in rows}
    for is_wanted, value in ((True, None), (False, work.now)):
        ids = [
            row.id
            for row in rows
            if ((row.party_id, row.iban) in active) is is_wanted and (row.forgotten_at is None) is not is_wanted
        ]
        for piece in in_pieces(ids):
            changed = update(payer_ibans).where(among(work.session, payer_ibans.c.id, piece))
            await work.session.execute(changed.values(forgotten_at=value))
    names = ("id", "company_id", "party_id", "iban", "bic", "source", "last_actor", "recorded_at")
    new = [
        (work.new_id(), work.company_id, party_id, iban, bic, IbanSource.MANDATE, work.actor.name, work.now)
        for (party_id, iban), bic in active.items()
        if (party_id, iban) not in known
    ]
    await insert_rows(work, payer_ibans, names, new)
