"""Collections: the shelf of all debits that we ask for, each with the items that it is made of."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.keys import index_where, of_company, owned, points
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.states import CollectionState, NoticeKind


class Collection(Row, table=True):
    """One debit of one mandate: one end-to-end id.

    ``due_date`` is when the items ask for it, ``collection_date`` the T2 day asked of the bank. What
    was written into the file stays as it was written. ``retry_of_id``: an earlier debit of the same items that
    came back.
    """

    __tablename__ = "collection"
    __table_args__ = (
        UniqueConstraint("end_to_end_id"),  # For ever, over all companies (INV-12).
        index_where("uq_collection_retry_of_id", "retry_of_id", where="retry_of_id IS NOT NULL", unique=True),
        CheckConstraint("amount_minor > 0", name="amount_above_zero"),
        Index("ix_collection_state", "company_id", "state", "collection_date", "id"),
        Index("ix_collection_batch", "batch_id"),
        Index("ix_collection_mandate", "mandate_id", "collection_date"),
        Index("ix_collection_party", "party_id", "collection_date"),
        index_where("ix_collection_decided", "batch_id", where="kept_by <> '' OR late_notice_by <> ''"),
        index_where("ix_collection_reference", "mandate_reference", where="mandate_id IS NULL"),
        index_where("ix_collection_settled_by", "settled_by_id", where="settled_by_id IS NOT NULL"),
        of_company(by_statement=True),
        owned(),
        points("party_id", "party", by_statement=True),
        points("mandate_id", "mandate", by_statement=True),
        points("bank_account_id", "bank_account", by_statement=True),
        points("batch_id", "collection_batch", by_statement=True),
        points("retry_of_id", "collection", by_statement=True),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key()
    mandate_id: int | None = columns.key(nullable=True)  # Unknown for debits that another system sent.
    bank_account_id: int | None = columns.key(nullable=True)
    batch_id: int | None = columns.key(nullable=True)
    retry_of_id: int | None = columns.key(nullable=True)
    state: CollectionState = columns.enum(CollectionState, default=CollectionState.PLANNED)
    end_to_end_id: str = columns.text()
    amount_minor: int = columns.minor()
    currency: str = columns.text(default="EUR")
    due_date: dt.date = columns.day()
    collection_date: dt.date = columns.day()
    local_instrument: LocalInstrument = columns.enum(LocalInstrument)
    sequence_type: SequenceType = columns.enum(SequenceType)
    mandate_reference: str = columns.text()
    mandate_version: int = columns.number(default=0)  # As it was when the file was frozen (INV-16).
    debtor_name: str = columns.text(default="")
    debtor_iban: str = columns.text(default="")
    remittance: str = columns.text(default="")
    notice: NoticeKind | None = columns.enum(NoticeKind, nullable=True)
    notified_date: dt.date | None = columns.day(nullable=True)
    late_notice_by: str = columns.text(default="")  # Who decided to collect although the notice came late, and why.
    late_notice_reason: str = columns.text(default="")
    kept_by: str = columns.text(default="")  # Who keeps it in its file although an item was paid meanwhile, and why.
    kept_reason: str = columns.text(default="")
    settled_date: dt.date | None = columns.day(nullable=True)
    settled_by_id: int | None = columns.key(nullable=True)  # The bank transaction that brought the money.
    refundable_until_date: dt.date | None = columns.day(nullable=True)
    bank_status: str = columns.text(default="")  # The last one that the bank reported; never required.
    is_foreign: bool = columns.flag(default=False)  # Another system sent it before the gateway was used.
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class CollectionLine(Row, table=True):
    """What a collection asks for of one item: signed as the item, credit notes below zero. It is never changed."""

    __tablename__ = "collection_line"
    __table_args__ = (
        UniqueConstraint("collection_id", "open_item_id"),
        Index("ix_collection_line_item", "open_item_id"),
        points("collection_id", "collection", by_statement=True),
        points("open_item_id", "open_item", by_statement=True),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    collection_id: int = columns.key()
    open_item_id: int = columns.key()
    amount_minor: int = columns.minor()
    journal_id: int = columns.key()


class Instalment(Row, table=True):
    """A part of an item that is due on a day of its own: an instalment plan."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("open_item_id", "position"),
        of_company(),
        points("open_item_id", "open_item"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    open_item_id: int = columns.key()
    position: int = columns.number()
    due_date: dt.date = columns.day()
    amount_minor: int = columns.minor()


class Notice(Row, table=True):
    """What a debtor was told before: a day and an amount; several rows of one ``announcement_id`` are a series."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_mandate", "mandate_id", "collection_date"),
        of_company(),
        points("mandate_id", "mandate"),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    announcement_id: int = columns.key(index=True)
    party_id: int = columns.key()
    mandate_id: int = columns.key()
    kind: NoticeKind = columns.enum(NoticeKind)
    sent_date: dt.date = columns.day()
    collection_date: dt.date = columns.day()
    amount_minor: int = columns.minor()
    sha256: str = columns.text(default="")  # Of the letter or mail that was sent.
    proof: str = columns.text(default="")
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()


collections, lines = table_of(Collection), table_of(CollectionLine)
instalments, notices = table_of(Instalment), table_of(Notice)
cover_table("collection_line", "id", "collection_id", "open_item_id", "amount_minor")


async def get_collection(session: AsyncSession, *, company_id: int, collection_id: int) -> Collection | None:
    """Return a collection of the company."""
    query = select(Collection).where(collections.c.company_id == company_id, collections.c.id == collection_id)
    return (await session.execute(query)).scalar_one_or_none()


async def lines_of(session: AsyncSession, *, collection_id: int) -> list[tuple[int, int]]:
    """Return what a collection asks for: items with amounts, signed as the item."""
    query = select(lines.c.open_item_id, lines.c.amount_minor).where(lines.c.collection_id == collection_id)
    return [(row[0], row[1]) for row in await session.execute(query.order_by(lines.c.id))]
