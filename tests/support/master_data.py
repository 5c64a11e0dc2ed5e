"""Rows of tables and ways to import them, for tests of master data."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from gateway.services.import_tables import ImportPlan, Table, apply_import
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.work import SYSTEM, Actor
from schemas.check_digits import check97
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import Iban, MandateReference
from schemas.states import OpenItemKind
from schemas.tables import CustomerRow, InvoiceRow, MandateRow, MandateType, RowError, TableKind

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
CLERK = Actor("user", 7, "Clara Becker")
KINDS = {CustomerRow: TableKind.CUSTOMERS, InvoiceRow: TableKind.INVOICES, MandateRow: TableKind.MANDATES}
COLUMNS = {
    TableKind.CUSTOMERS: "number name street postcode town country email phone language iban parent_number",
    TableKind.INVOICES: "number customer_number issue_date due_date currency amount creditor_reference"
    " discount_percent discount_until text open_amount",
    TableKind.MANDATES: "reference customer_number scheme type signature_date iban bic debtor_name",
}


def german_iban(place: int) -> Iban:
    """Return a valid German IBAN that nobody has, a different one for each place."""
    bban = f"50010517{place:010}"
    return Iban.parse(f"DE{check97(f'{bban}DE00')}{bban}")


def customer(number: str, name: str = "", *, row: int = 2, **values: Any) -> CustomerRow:
    """Return a customer."""
    return CustomerRow(row, number, name or f"Kunde {number}", **values)


def invoice(number: str, amount_minor: int, *, customer: str = "C1", row: int = 2, **values: Any) -> InvoiceRow:
    """Return an invoice, or a credit note when the amount is negative."""
    kind = OpenItemKind.CREDIT_NOTE if amount_minor < 0 else OpenItemKind.INVOICE
    values = {"issue_date": dt.date(2026, 11, 1), "due_date": dt.date(2026, 12, 1), "currency": "EUR", **values}
    return InvoiceRow(row, number, customer, amount_minor=amount_minor, kind=kind, **values)


def mandate(
    reference: str, *, customer: str = "C1", iban: Iban | None = None, row: int = 2, **values: Any
) -> MandateRow:
    """Return a recurrent CORE mandate."""
    defaults = {
        "scheme": LocalInstrument.CORE,
        "type": MandateType.RECURRENT,
        "signature_date": dt.date(2025, 3, 1),
    }
    return MandateRow(
        row, MandateReference.parse(reference), customer, iban=iban or german_iban(1), **(defaults | values)
    )


def table(*rows: CustomerRow | InvoiceRow | MandateRow, errors: Sequence[RowError] = (), columns: str = "") -> Table:
    """Return rows of one kind as a table that was read, each with its line in the file."""
    kind = KINDS[type(rows[0])]
    numbered = [row._replace(row=line) for line, row in enumerate(rows, start=2)]
    return Table(kind, frozenset((columns or COLUMNS[kind]).split()), numbered, errors)  # type: ignore[arg-type]


async def add_company(database: Database, code: str = "MAIN", **values: Any) -> int:
    """Store a company and return its key."""
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        company = Company(id=work.new_id(), code=code, name="Beispiel Handel GmbH", created_at=NOW, **values)
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    return company.id


async def imported(database: Database, company_id: int, *rows: Any, actor: Actor = CLERK, **options: Any) -> ImportPlan:
    """Import rows of one kind and return what was done."""
    given = rows[0] if isinstance(rows[0], Table) else table(*rows)
    options = {"now": lambda: NOW, "source": "test.csv", **options}
    return await apply_import(database, company_id=company_id, actor=actor, table=given, **options)
