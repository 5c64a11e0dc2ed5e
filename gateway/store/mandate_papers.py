"""What belongs to a mandate beside its row: amendments, documents, and links with which debtors sign."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company, points
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
