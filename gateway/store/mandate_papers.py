"""What belongs to a mandate beside its row: amendments, documents, and links with which debtors sign."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Index, UniqueConstraint, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import of_company, points
from gateway.store.work import Work
from schemas.states import AmendmentKind, DocumentKind


class MandateAmendment(Row, table=True):
    """One change of what a bank was told. ``original`` is the value of the last collection sent.

    ``carried_by_id`` is the last collection that carried it; it is carried again when that one is rejected before
    settlement, and is done when one of them settled.
    """

    __tablename__ = "mandate_amendment"
    __table_args__ = (
        UniqueConstraint("mandate_id", "position"),
        of_company(),
        points("mandate_id", "mandate"),
        points("carried_by_id", "collection"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    mandate_id: int = columns.key()
    position: int = columns.number()
    kind: AmendmentKind = columns.enum(AmendmentKind)
    original: str = columns.text()
    changed_to: str = columns.text()
    reason: str = columns.text(default="")
    carried_by_id: int | None = columns.key(nullable=True)
    is_done: bool = columns.flag(default=False)
    actor: str = columns.text()
    recorded_at: dt.datetime = columns.moment()


class MandateDocument(Row, table=True):
    """A kept document; its bytes lie among the originals."""

    __tablename__ = "mandate_document"
    __table_args__ = (of_company(), points("mandate_id", "mandate"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    mandate_id: int = columns.key(index=True)
    kind: DocumentKind = columns.enum(DocumentKind)
    name: str = columns.text()
    media_type: str = columns.text()
    sha256: str = columns.text()
    byte_count: int = columns.number()
    actor: str = columns.text()
    recorded_at: dt.datetime = columns.moment()


class SigningLink(Row, table=True):
    """A link with which a debtor signs: its secret and the code of the mail are kept as hashes only."""

    __tablename__ = "signing_link"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        Index("ix_signing_link_mandate", "mandate_id"),
        of_company(),
        points("mandate_id", "mandate"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    mandate_id: int = columns.key()
    secret_hash: str = columns.text()
    code_hash: str = columns.text(default="")
    code_sent_at: dt.datetime | None = columns.moment(nullable=True)
    email: str = columns.text()
    language: str = columns.text()
    attempts: int = columns.number(default=0)
    made_by: str = columns.text()
    made_at: dt.datetime = columns.moment()
    expires_at: dt.datetime = columns.moment()
    opened_at: dt.datetime | None = columns.moment(nullable=True)
    signed_at: dt.datetime | None = columns.moment(nullable=True)
    withdrawn_at: dt.datetime | None = columns.moment(nullable=True)
    evidence: dict[str, Any] | None = columns.facts(nullable=True)  # Time, address, browser, hash of the text accepted.


amendments, documents, signing_links = table_of(MandateAmendment), table_of(MandateDocument), table_of(SigningLink)
_NEW = (
    "id", "company_id", "mandate_id", "position", "kind", "original", "changed_to", "reason", "is_done", "actor",
    "recorded_at",
)  # fmt: skip


class NewAmendment(NamedTuple):
    """A change of a mandate to write down. ``is_done``: no bank knows the mandate yet, so none is told."""

    mandate_id: int
    kind: AmendmentKind
    original: str
    changed_to: str
    reason: str = ""
    is_done: bool = False


async def add_amendments(work: Work, new: Sequence[NewAmendment]) -> None:
    """Write down changes, each behind the earlier ones of its mandate."""
    last: dict[int, int] = {}
    t = amendments.c
    for piece in in_pieces(one.mandate_id for one in new):
        query = select(t.mandate_id, func.max(t.position)).where(among(work.session, t.mandate_id, piece))
        found = await work.session.execute(query.group_by(t.mandate_id))
        last |= {row[0]: row[1] for row in found}
    rows = []
    for key, one in zip(work.new_ids(len(new)), new, strict=True):
        last[one.mandate_id] = position = last.get(one.mandate_id, 0) + 1
        rows.append(
            (key, work.company_id, one.mandate_id, position, one.kind, one.original, one.changed_to, one.reason,
             one.is_done, work.actor.word, work.now)
        )  # fmt: skip
    await insert_rows(work, amendments, _NEW, rows)


async def amendments_of(
    session: AsyncSession, *, company_id: int, mandate_ids: Iterable[int], only_open: bool = False
) -> dict[int, list[MandateAmendment]]:
    """Return the changes of some mandates, oldest first; ``only_open``: those that a bank still has to be told."""
    t, found = amendments.c, defaultdict[int, list[MandateAmendment]](list)
    for piece in in_pieces(mandate_ids):
        query = select(MandateAmendment).where(t.company_id == company_id, among(session, t.mandate_id, piece))
        if only_open:
            query = query.where(t.is_done.is_(False))
        for row in (await session.execute(query.order_by(t.mandate_id, t.position))).scalars():
            found[row.mandate_id].append(row)
    return found


async def finish_amendments(work: Work, *, collection_ids: Iterable[int]) -> None:
    """Settled collections told the bank: what they carried is done."""
    t = amendments.c
    for piece in in_pieces(collection_ids):
        carried = among(work.session, t.carried_by_id, piece)
        statement = update(amendments).where(t.company_id == work.company_id, carried)
        await work.session.execute(statement.values(is_done=True))


async def release_amendments(work: Work, *, collection_ids: Iterable[int]) -> None:
    """Collections were rejected before settlement, or never left: what they carried is carried again."""
    t = amendments.c
    for piece in in_pieces(collection_ids):
        statement = update(amendments).where(
            t.company_id == work.company_id, among(work.session, t.carried_by_id, piece), t.is_done.is_(False)
        )
        await work.session.execute(statement.values(carried_by_id=None))


async def documents_of(session: AsyncSession, *, company_id: int, mandate_id: int) -> list[MandateDocument]:
    """Return the documents of a mandate, oldest first."""
    t = documents.c
    query = select(MandateDocument).where(t.company_id == company_id, t.mandate_id == mandate_id)
    return list((await session.execute(query.order_by(t.id))).scalars())


async def get_document(session: AsyncSession, *, company_id: int, document_id: int) -> MandateDocument | None:
    """Return a document of the company."""
    t = documents.c
    query = select(MandateDocument).where(t.company_id == company_id, t.id == document_id)
    return (await session.execute(query)).scalar_one_or_none()


async def links_of(session: AsyncSession, *, company_id: int, mandate_id: int) -> list[SigningLink]:
    """Return the signing links of a mandate, the latest first."""
    t = signing_links.c
    query = select(SigningLink).where(t.company_id == company_id, t.mandate_id == mandate_id)
    return list((await session.execute(query.order_by(t.id.desc()))).scalars())


async def link_by_hash(session: AsyncSession, secret_hash: str, *, lock: bool = False) -> SigningLink | None:
    """Return the signing link with this hash, of any company: who knows its secret may use it."""
    query = select(SigningLink).where(signing_links.c.secret_hash == secret_hash)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
