"""Customers under lock and in bulk: what is stored of some numbers, new customers, versions, accounts on the record."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.customer_import import CUSTOMER_FACT_NAMES, CustomerFacts, KnownCustomer
from gateway.domain.party import search_key
from gateway.store.bulk import insert_rows
from gateway.store.fetch import among, fetch_tuples, in_pieces
from gateway.store.parties import ids_by_number, parties, party_versions, payer_ibans
from gateway.store.work import Work
from schemas.identifiers import Bic, Iban
from schemas.states import IbanSource

# The parent is named by number in the facts and by key in the table; it comes last in both.
_COLUMNS = CUSTOMER_FACT_NAMES[:-1]
_NEW = ("id", "company_id", "number", "name_folded", "created_at", *_COLUMNS, "parent_id")
_VERSION = ("id", "company_id", "party_id", "position", "record", "recorded_at", "actor", "journal_id")
_IBAN = ("id", "company_id", "party_id", "iban", "bic", "source", "last_actor", "recorded_at")


class PartyVersionToWrite(NamedTuple):
    """What a customer's record says from now on, and the accounts on it."""

    customer_id: int
    number: str
    facts: CustomerFacts
    ibans: tuple[str, ...] = ()


class RecordIban(NamedTuple):
    """An account that takes the place of those on a customer's record."""

    customer_id: int
    iban: Iban
    bic: Bic | None = None


async def known_customers(
    session: AsyncSession, *, company_id: int, numbers: Iterable[str], lock: bool = False
) -> dict[str, KnownCustomer]:
    """Return what is stored of some customers, by number; with ``lock`` the rows are locked in order of their keys."""
    ids = await ids_by_number(session, company_id=company_id, numbers=numbers)
    return await _known_by_ids(session, company_id, sorted(ids.values()), lock=lock)


async def known_customer(
    session: AsyncSession, *, company_id: int, customer_id: int
) -> tuple[str, KnownCustomer] | None:
    """Return the number of a customer and what is stored of him, locked."""
    found = await _known_by_ids(session, company_id, [customer_id], lock=True)
    return next(iter(found.items()), None)


async def _known_by_ids(
    session: AsyncSession, company_id: int, ids: Sequence[int], *, lock: bool
) -> dict[str, KnownCustomer]:
    found: dict[str, KnownCustomer] = {}
    ibans = await _record_ibans(session, ids)
    above = parties.alias("above")
    parent_number = select(above.c.number).where(above.c.id == parties.c.parent_id).scalar_subquery()
    for piece in in_pieces(ids):
        query = (
            select(parties.c.id, parties.c.number, *[parties.c[name] for name in _COLUMNS], parent_number)
            .where(parties.c.company_id == company_id, among(session, parties.c.id, piece))
            .order_by(parties.c.id)
        )
        for row in await session.execute(query.with_for_update(of=parties) if lock else query):
            facts = CustomerFacts._make(row[2:])
            found[row.number] = KnownCustomer(row.id, facts, tuple(ibans.get(row.id, ())))
    return found


async def _record_ibans(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    table = payer_ibans.c
    for piece in in_pieces(ids):
        query = (
            select(table.party_id, table.iban)
            .where(among(session, table.party_id, piece), table.source == IbanSource.CUSTOMER_RECORD)
            .where(table.forgotten_at.is_(None))
            .order_by(table.id)
        )
        for row in await session.execute(query):
            found.setdefault(row.party_id, []).append(row.iban)
    return found


async def parent_numbers(session: AsyncSession, *, company_id: int) -> dict[str, str | None]:
    """Return the number of every customer's parent, by the customer's number."""
    query = select(parties.c.id, parties.c.number, parties.c.parent_id).where(parties.c.company_id == company_id)
    rows = await fetch_tuples(session, query)
    numbers = {key: number for key, number, _ in rows}
    return {number: numbers.get(parent_id) for _, number, parent_id in rows}


async def insert_customers(work: Work, new: Sequence[PartyVersionToWrite], parent_ids: Mapping[str, int]) -> None:
    """Store new customers, parents before those below them, with their first versions.

    ``parent_ids`` are the keys of the parents by number.
    """
    rows = [
        (
            one.customer_id, work.company_id, one.number, search_key(one.facts.name), work.now, *one.facts[:-1],
            parent_ids.get(one.facts.parent_number or ""),
        )
        for one in new
    ]  # fmt: skip
    await insert_rows(work, parties, _NEW, rows)
    work.reach("customers_written")
    await _insert_versions(work, new, {})


async def update_customers(work: Work, changed: Sequence[PartyVersionToWrite], parent_ids: Mapping[str, int]) -> None:
    """Change customers to what their new versions say."""
    if not changed:
        return
    names = (*_COLUMNS, "parent_id", "name_folded")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    statement = update(parties).where(parties.c.id == bindparam("key"))
    rows = [
        {
            "key": one.customer_id,
            "new_name_folded": search_key(one.facts.name),
            "new_parent_id": parent_ids.get(one.facts.parent_number or ""),
            **{f"new_{name}": value for name, value in zip(_COLUMNS, one.facts, strict=False)},
        }
        for one in changed
    ]
    connection = await work.session.connection()
    await connection.execute(statement.values(version=parties.c.version + 1, **values), rows)
    work.reach("customers_changed")
    await _insert_versions(work, changed, await _last_positions(work.session, [one.customer_id for one in changed]))


async def _last_positions(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    table = party_versions.c
    for piece in in_pieces(ids):
        query = (
            select(table.party_id, func.max(table.position))
            .where(among(session, table.party_id, piece))
            .group_by(table.party_id)
        )
        found |= {row[0]: row[1] for row in await session.execute(query)}
    return found


async def _insert_versions(work: Work, versions: Sequence[PartyVersionToWrite], positions: Mapping[int, int]) -> None:
    rows = [
        (
            key, work.company_id, one.customer_id, positions.get(one.customer_id, 0) + 1, _record(one), work.now,
            work.actor.word, work.journal_id,
        )
        for key, one in zip(work.new_ids(len(versions)), versions, strict=True)
    ]  # fmt: skip
    await insert_rows(work, party_versions, _VERSION, rows)
    work.reach("versions_written")


def _record(version: PartyVersionToWrite) -> dict[str, Any]:
    record: dict[str, Any] = {
        name: value for name, value in zip(CUSTOMER_FACT_NAMES, version.facts, strict=True) if value not in (None, "")
    }
    return {"number": version.number, **record, "ibans": list(version.ibans)}


async def set_record_ibans(work: Work, ibans: Sequence[RecordIban]) -> None:
    """Let each account take the place of those on its customer's record; the earlier ones are forgotten."""
    known: dict[tuple[int, str], int] = {}
    for piece in in_pieces(one.customer_id for one in ibans):
        mine = (
            among(work.session, payer_ibans.c.party_id, piece),
            payer_ibans.c.source == IbanSource.CUSTOMER_RECORD,
        )
        query = select(payer_ibans.c.id, payer_ibans.c.party_id, payer_ibans.c.iban).where(*mine)
        known |= {(row.party_id, row.iban): row.id for row in await work.session.execute(query)}
        live = update(payer_ibans).where(*mine, payer_ibans.c.forgotten_at.is_(None))
        await work.session.execute(live.values(forgotten_at=work.now))
    back = [known[one.customer_id, one.iban] for one in ibans if (one.customer_id, one.iban) in known]
    for piece in in_pieces(back):
        again = update(payer_ibans).where(among(work.session, payer_ibans.c.id, piece))
        await work.session.execute(again.values(forgotten_at=None, recorded_at=work.now))
    rows = [
        (
            work.new_id(), work.company_id, one.customer_id, one.iban, one.bic or "", IbanSource.CUSTOMER_RECORD,
            work.actor.name, work.now,
        )
        for one in ibans
        if (one.customer_id, one.iban) not in known
    ]  # fmt: skip
    await insert_rows(work, payer_ibans, _IBAN, rows)
    work.reach("ibans_written")
