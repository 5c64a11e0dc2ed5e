"""Fill the demo with remittance advices: one that booked its credit, and one that waits for its own."""

from collections.abc import AsyncIterator

from gateway.services.import_statement import Gate
from gateway.services.manage_invoices import add_item
from gateway.services.receive_advice import AdviceFile, receive_advice
from gateway.store.work import SYSTEM
from generators.demo_advices import DemoAdvices
from schemas.states import OpenItemKind
from schemas.tables import InvoiceRow

_NAMES = ("Zahlungsavis 4711.eml", "Avis zu unserer Zahlung.eml")
_DAYS = 10
_DISCOUNT_BASIS_POINTS = 200


async def fill_demo_advices(gate: Gate, advised: DemoAdvices, *, company_id: int) -> None:
    """Add the invoices that are listed, then receive the advices as from a mailbox."""
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=company_id, ids=100) as work:
        for one in advised.invoices:
            row = InvoiceRow(
                0, one.number, one.customer_number, "EUR", one.amount_minor, OpenItemKind.INVOICE, one.issue_date,
                one.due_date, discount_basis_points=_DISCOUNT_BASIS_POINTS if one.discount_minor else None,
                discount_until_date=one.due_date if one.discount_minor else None,
            )  # fmt: skip
            await add_item(work, row=row)
    for name, data in zip(_NAMES, advised.mails, strict=True):
        kept = await gate.originals.keep(_pieces(data))
        await receive_advice(gate, AdviceFile(company_id, kept.sha256, kept.size, name, "mail", _DAYS), actor=SYSTEM)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data
