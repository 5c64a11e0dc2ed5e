"""Papers of a mandate: its form as PDF, documents that are kept, and all of it together as evidence.

Bytes are kept among the originals under their hash, before the row that names them.
"""

import asyncio
import csv
import datetime as dt
import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple

from gateway.services.export_rows import cell
from gateway.store import collections_of_mandates, creditors, mandate_papers, mandates, parties
from gateway.store.companies import company_by_id
from gateway.store.database import ReadSession
from gateway.store.mandate_papers import MandateDocument
from gateway.store.mandates import Mandate
from gateway.store.originals import Original, Originals, TooLarge, pieces_of
from gateway.store.work import Work
from generators.letters_mandate import MandateForm, Signature, write_mandate
from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError
from schemas.identifiers import Bic, CreditorIdentifier, Iban, mask_account
from schemas.parties import PostalAddress
from schemas.states import AmendmentKind, DocumentKind, Language
from schemas.tables import MandateType

DOCUMENT_BYTES_MAX = 20 * 1024 * 1024
# What the first bytes of a document are, whatever its name says.
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_NAMES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # Of every member of a zip, so that the same papers are the same bytes.


class UnknownDocument(GatewayError):
    """A document is a PDF, a JPEG or a PNG."""

    code = "unknown_document"


class Papers(NamedTuple):
    """Where papers lie, and the template of the form."""

    originals: Originals
    template: str


async def form_of(session: ReadSession, row: Mandate, *, language: Language, dated: dt.date) -> MandateForm:
    """Return what the form of a mandate says today."""
    company = await company_by_id(session, row.company_id)
    customer = await parties.get_customer(session, company_id=row.company_id, customer_id=row.party_id)
    identifier = CreditorIdentifier(row.creditor_identifier)
    creditor = await creditors.find_creditor(session, company_id=row.company_id, identifier=identifier)
    name = creditor.name if creditor else company.name if company else ""
    return MandateForm(
        language=language,
        scheme=LocalInstrument(row.scheme),
        type=MandateType(row.type),
        creditor_name=name,
        creditor_address=_address(creditor, "") if creditor else PostalAddress(),
        creditor_identifier=identifier,
        reference=row.reference,
        debtor_name=row.debtor_name,
        debtor_address=_address(row, "debtor_"),
        iban=Iban(row.iban),
        dated=dated,
        bic=Bic(row.bic) if row.bic else None,
        ultimate_debtor=row.ultimate_debtor,
        customer_number=customer.number if customer else "",
        signature_date=row.signature_date,
        signature_place=row.signature_place,
    )


def _address(row: Any, prefix: str) -> PostalAddress:
    country, town, postcode, street = (
        getattr(row, prefix + name) for name in ("country", "town", "postcode", "street")
    )
    return PostalAddress(country, town, postcode, street)


async def write_form(papers: Papers, form: MandateForm, signature: Signature | None = None) -> bytes:
    """Return a form as PDF, written in a thread. Raises LetterFailed."""
    return await asyncio.to_thread(write_mandate, form._replace(signature=signature), papers.template)


async def keep_bytes(originals: Originals, pieces: AsyncIterator[bytes]) -> tuple[Original, str]:
    """Keep an uploaded document and tell what it is. Raises UnknownDocument or TooLarge."""
    seen = bytearray()

    async def counted() -> AsyncIterator[bytes]:
        size = 0
        async for piece in pieces:
            size += len(piece)
            if size > DOCUMENT_BYTES_MAX:
                raise TooLarge(f"the document has more than {DOCUMENT_BYTES_MAX:,} bytes, which is the limit")
            seen.extend(piece[: max(0, 16 - len(seen))])
            if len(seen) >= 16 and not _media_type(seen):
                raise UnknownDocument
            yield piece

    kept = await originals.keep(counted())
    media_type = _media_type(seen)
    if not media_type:
        raise UnknownDocument
    return kept, media_type


def _media_type(start: bytes | bytearray) -> str:
    return next((media_type for magic, media_type in _KINDS if start.startswith(magic)), "")


async def keep_document(
    work: Work, *, mandate_id: int, kind: DocumentKind, name: str, media_type: str, kept: Original
) -> MandateDocument:
    """Write down that bytes that are kept are a document of a mandate. Papers of ended mandates are kept, too."""
    row = MandateDocument(
        id=work.new_id(),
        company_id=work.company_id,
        mandate_id=mandate_id,
        kind=kind,
        name=name,
        media_type=media_type,
        sha256=kept.sha256,
        byte_count=kept.size,
        actor=work.actor.word,
        recorded_at=work.now,
    )
    work.add(row)
    work.say("keep_document", f"mandate:{mandate_id}", reason=kind.value)
    return row


async def evidence_of(session: ReadSession, papers: Papers, row: Mandate, *, form: MandateForm) -> bytes:
    """Return all that proves a mandate as one zip: form, documents, notices, debits, changes, moves.

    The same papers give the same bytes. Raises LetterFailed.
    """
    company_id = row.company_id
    documents = await mandate_papers.documents_of(session, company_id=company_id, mandate_id=row.id)
    amendments = await mandate_papers.amendments_of(session, company_id=company_id, mandate_ids=[row.id])
    debits = await collections_of_mandates.list_collections_of(session, company_id=company_id, mandate_id=row.id)
    notices = await collections_of_mandates.list_notices_of(session, company_id=company_id, mandate_id=row.id)
    moves = await mandates.moves_of(session, mandate_id=row.id)
    members = [("form.pdf", await write_form(papers, form))]
    for place, document in enumerate(documents, start=1):
        data = b"".join([piece async for piece in pieces_of(papers.originals.path_of(document.sha256))])
        members.append((f"{place:02}-{document.kind.value}.{_NAMES[document.media_type]}", data))
    for place, sha256 in enumerate(dict.fromkeys(notice.sha256 for notice in notices if notice.sha256), start=1):
        data = b"".join([piece async for piece in pieces_of(papers.originals.path_of(sha256))])
        members.append((f"notice-{place:02}.{'pdf' if _media_type(data) else 'txt'}", data))
    tables = (
        ("documents.csv", ("kind", "name", "sha256", "byte_count", "recorded_at"), documents),
        ("notices.csv", ("kind", "sent_date", "collection_date", "amount_minor", "proof", "sha256"), notices),
        (
            "debits.csv",
            ("end_to_end_id", "collection_date", "amount_minor", "currency", "state", "sequence_type", "settled_date"),
            debits,
        ),
        ("changes.csv", ("recorded_at", "kind", "original", "changed_to", "reason", "is_done"),
         [_masked(one) for one in amendments.get(row.id, [])]),
        ("moves.csv", ("at", "from_state", "to_state", "actor", "reason"), moves),
    )  # fmt: skip
    members += [(name, _csv(columns, rows)) for name, columns, rows in tables]
    return await asyncio.to_thread(_zip, members)


class _Masked(NamedTuple):
    recorded_at: dt.datetime
    kind: AmendmentKind
    original: str
    changed_to: str
    reason: str
    is_done: bool


def _masked(row: mandate_papers.MandateAmendment) -> _Masked:
    show = mask_account if row.kind is AmendmentKind.DEBTOR_ACCOUNT else str
    return _Masked(row.recorded_at, row.kind, show(row.original), show(row.changed_to), row.reason, row.is_done)


def _csv(columns: Sequence[str], rows: Iterable[object]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(getattr(row, name)) for name in columns] for row in rows)
    return out.getvalue().encode()


def _zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
