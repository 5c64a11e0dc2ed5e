"""Notices: what debtors were told of debits to come, and which of it no debit took yet."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.collecting.model import Announced
from gateway.domain.collecting.notices import HeldDebit, Used, without_used
from gateway.store.collections import Notice, collections, notices
from gateway.store.parties import parties
from gateway.store.work import Work
from schemas.states import CollectionState, NoticeKind


class NewNotice(NamedTuple):
    """What one debtor was told, how, when, and what proves it. ``sha256`` is of the letter or mail that is kept."""

    announcement_id: int
    party_id: int
    mandate_id: int
    kind: NoticeKind
    sent_date: dt.date
    sha256: str
    proof: str


class KeptLetter(NamedTuple):
    """A letter of an announcement: whose it is, and the hash under which its bytes lie."""

    customer_number: str
    sha256: str


async def announced_by_mandate(
    session: AsyncSession, *, company_id: int, from_date: dt.date
) -> dict[int, list[Announced]]:
    """Return what debtors were told of debits from a day on and no debit took, by mandate."""
    n = notices.c
    since = (n.company_id == company_id, n.collection_date >= from_date)
    query = select(n.mandate_id, n.sent_date, n.collection_date, n.amount_minor, n.kind).where(*since).order_by(n.id)
    found: defaultdict[int, list[Announced]] = defaultdict(list)
    for mandate_id, sent_date, collection_date, amount, kind in await session.execute(query):
        found[mandate_id].append(Announced(sent_date, collection_date, amount, NoticeKind(kind)))
    if not found:
        return {}
    c = collections.c
    taken = select(c.mandate_id, c.notice, c.notified_date, c.collection_date, c.amount_minor).where(
        c.mandate_id.in_(select(n.mandate_id).where(*since)),
        c.collection_date >= from_date,
        c.state != CollectionState.CANCELLED,
        c.notified_date.is_not(None),
    )
    used = [Used(row[0], NoticeKind(row[1]), *row[2:]) for row in await session.execute(taken) if row[1] is not None]
    return without_used(found, used)


def add_notice(work: Work, new: NewNotice, debits: Sequence[HeldDebit]) -> None:
    """Store what a debtor was told, a row for each debit."""
    for debit in debits:
        work.add(
            Notice(
                id=work.new_id(),
                company_id=work.company_id,
                announcement_id=new.announcement_id,
                party_id=new.party_id,
                mandate_id=new.mandate_id,
                kind=new.kind,
                sent_date=new.sent_date,
                collection_date=debit.collection_date,
                amount_minor=debit.amount_minor,
                sha256=new.sha256,
                proof=new.proof,
                recorded_at=work.now,
                actor=work.actor.word,
            )
        )


async def letters_of(session: AsyncSession, *, company_id: int, announcement_id: int) -> list[KeptLetter]:
    """Return the letters of an announcement in the order of the customers' numbers; one for each customer's mandate."""
    n = notices.c
    query = (
        select(parties.c.number, n.sha256)
        .join(parties, parties.c.id == n.party_id)
        .where(n.announcement_id == announcement_id, n.company_id == company_id)
        .where(n.kind == NoticeKind.LETTER, n.sha256 != "")
        .distinct()
        .order_by(parties.c.number, n.sha256)
    )
    return [KeptLetter(*row) for row in await session.execute(query)]
