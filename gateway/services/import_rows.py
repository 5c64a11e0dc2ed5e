"""How rows of each kind of table are imported: made ready as a whole, then planned and written in pieces.

An importer keeps nothing between its calls, so a piece can be planned again under lock just before it is written.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from gateway.domain.collection_import import CollectionStep, Facts, ForeignCollection, plan_collection, together
from gateway.domain.customer_import import CustomerStep, parents_first, plan_customer, wrong_parents
from gateway.domain.import_step import Outcome, once_each
from gateway.domain.item_import import ItemStep, plan_item
from gateway.domain.lifecycle import MANDATE
from gateway.domain.mandate_import import KnownMandate, MandateStep, plan_mandate
from gateway.services.amend_mandates import NewAccount, propose_accounts
from gateway.services.manage_customers import write_customers
from gateway.services.manage_mandates import write_mandates
from gateway.store import accounts, companies, foreign_collections, item_writes, mandates, parties, party_writes
from gateway.store.database import ReadSession
from gateway.store.item_writes import NewItem, NewVersion
from gateway.store.work import Work
from schemas.tables import CollectionRow, CustomerRow, InvoiceRow, MandateRow, RowError, TableKind

TableRow = TypeVar("TableRow", CustomerRow, InvoiceRow, MandateRow, ForeignCollection)
Step = TypeVar("Step", CustomerStep, ItemStep, MandateStep, CollectionStep)


class Ready(NamedTuple, Generic[TableRow]):
    """Rows in the order in which they are written, and what is wrong with others."""

    rows: list[TableRow]
    errors: list[RowError]


class Importer(ABC, Generic[TableRow, Step]):
    """Imports one kind of table for one company on a day. ``columns`` are those that the table has."""

    verb: ClassVar[str]
    name: ClassVar[str]  # The column that says which thing a row is.
    ids_per_row: ClassVar[int]  # Keys that writing a row may need.

    def __init__(self, company_id: int, columns: Collection[str], today: dt.date) -> None:
        self.company_id = company_id
        self.columns = columns
        self.today = today

    @abstractmethod
    async def make_ready(self, session: ReadSession, rows: Sequence[Any]) -> Ready[TableRow]:
        """Check the rows against each other."""

    @abstractmethod
    async def plan(self, session: ReadSession, rows: Sequence[TableRow], *, lock: bool) -> list[Step | RowError]:
        """Decide what becomes of some rows, one answer for each."""

    @abstractmethod
    async def write(self, work: Work, steps: Sequence[Step], *, source: str) -> None:
        """Write what is new, changed or proposed."""


class CustomerImporter(Importer[CustomerRow, CustomerStep]):
    """Customers, each parent before those below him."""

    verb, name, ids_per_row = "import_customers", "number", 3

    async def make_ready(self, session: ReadSession, rows: Sequence[CustomerRow]) -> Ready[CustomerRow]:
        """Check the rows against each other, their parents and the accounts of ours."""
        unique, errors = once_each(rows, key=lambda row: row.number, column=self.name)
        own = await accounts.own_ibans(session, company_id=self.company_id)
        ours = [row for row in unique if row.iban is not None and row.iban in own]
        errors += [RowError(row.row, "iban", _masked(row), "an account of the customer; this is ours") for row in ours]
        parents = await party_writes.parent_numbers(session, company_id=self.company_id)
        rows = [row for row in unique if row not in ours]
        # Who falls out takes those below him along.
        while wrong := wrong_parents(rows, parents):
            errors += wrong
            gone = {error.row for error in wrong}
            rows = [row for row in rows if row.row not in gone]
        return Ready(parents_first(rows), errors)

    async def plan(
        self, session: ReadSession, rows: Sequence[CustomerRow], *, lock: bool
    ) -> list[CustomerStep | RowError]:
        """Compare with the customers that are stored."""
        numbers = [row.number for row in rows]
        known = await party_writes.known_customers(session, company_id=self.company_id, numbers=numbers, lock=lock)
        return [plan_customer(row, known.get(row.number)) for row in rows]

    async def write(self, work: Work, steps: Sequence[CustomerStep], *, source: str) -> None:
        """Write what is new or changed."""
        await write_customers(work, [step for step in steps if step.outcome is not Outcome.UNCHANGED])


def _masked(row: CustomerRow) -> str:
    return row.iban.masked if row.iban else ""


class InvoiceImporter(Importer[InvoiceRow, ItemStep]):
    """Invoices and credit notes."""

    verb, name, ids_per_row = "import_invoices", "number", 5

    async def make_ready(self, session: ReadSession, rows: Sequence[InvoiceRow]) -> Ready[InvoiceRow]:
        """Check the rows against each other."""
        return Ready(*once_each(rows, key=lambda row: (row.kind, row.number), column=self.name))

    async def plan(self, session: ReadSession, rows: Sequence[InvoiceRow], *, lock: bool) -> list[ItemStep | RowError]:
        """Compare with the items that are stored."""
        company_id = self.company_id
        keys = [(row.kind, row.number) for row in rows]
        known = await item_writes.known_items(session, company_id=company_id, keys=keys, lock=lock)
        numbers = {row.customer_number for row in rows}
        customers = await parties.ids_by_number(session, company_id=company_id, numbers=numbers)
        return [
            plan_item(row, party_id=customers.get(row.customer_number), item=known.get(key), columns=self.columns)
            for row, key in zip(rows, keys, strict=True)
        ]

    async def write(self, work: Work, steps: Sequence[ItemStep], *, source: str) -> None:
        """Write what is new or changed, and ask about the rest."""
        new = [step for step in steps if step.item is None]
        items = [
            NewItem(key, step.row.kind, step.row.number, step.facts, step.opening_minor)
            for key, step in zip(work.new_ids(len(new)), new, strict=True)
        ]
        await item_writes.insert_items(work, items)
        await item_writes.insert_openings(work, items)
        known = [(step.item, step) for step in steps if step.item is not None]
        changed = [NewVersion(item.id, step.facts) for item, step in known if step.outcome is Outcome.CHANGED]
        await item_writes.update_items(work, changed)
        asked = [(item.id, record) for item, step in known for record in step.proposals]
        await item_writes.propose_changes(work, asked, source=source)
        stale = [key for _, step in known for key in step.superseded]
        await item_writes.decide_changes(work, stale, outcome=item_writes.SUPERSEDED)
        work.reach("changes_proposed")


class MandateImporter(Importer[MandateRow, MandateStep]):
    """Mandates. A reference without a creditor identifier means the company's.

    Other accounts wait for a second person as one set, whatever number of pieces the table has: only the key of that
    set is kept between calls.
    """

    verb, name, ids_per_row = "import_mandates", "reference", 5
    batch_id: int | None = None

    async def make_ready(self, session: ReadSession, rows: Sequence[MandateRow]) -> Ready[MandateRow]:
        """Check the rows against each other."""
        return Ready(*once_each(rows, key=lambda row: (row.creditor_identifier, row.reference.key), column=self.name))

    async def plan(
        self, session: ReadSession, rows: Sequence[MandateRow], *, lock: bool
    ) -> list[MandateStep | RowError]:
        """Compare with the mandates that are stored."""
        company = await companies.company_by_id(session, self.company_id)
        creditor = company.creditor_identifier if company else ""
        known = await mandates.known_mandates(
            session, company_id=self.company_id, reference_keys=[row.reference.key for row in rows], lock=lock
        )
        numbers = {row.customer_number for row in rows}
        ids = await parties.ids_by_number(session, company_id=self.company_id, numbers=numbers)
        names = await parties.names_of(session, company_id=self.company_id, ids=ids.values())
        planned: list[MandateStep | RowError] = []
        for row in rows:
            party_id = ids.get(row.customer_number)
            step = plan_mandate(
                row,
                party_id=party_id,
                customer_name=names.get(party_id, "") if party_id else "",
                mandate=_known(known, row, creditor),
                creditor_identifier=creditor,
            )
            planned.append(step)
        return planned

    async def write(self, work: Work, steps: Sequence[MandateStep], *, source: str) -> None:
        """Write what is new or changed, and propose other accounts."""
        wanted = (Outcome.NEW, Outcome.CHANGED)
        await write_mandates(work, [step for step in steps if step.outcome in wanted])
        others = [
            NewAccount(step.mandate.id, step.row.iban, step.row.bic)
            for step in steps
            if step.mandate is not None and step.withheld_iban and not MANDATE.is_final(step.state)
        ]
        if others:
            self.batch_id = self.batch_id or work.new_id()
            await propose_accounts(work, others, reason=source, batch_id=self.batch_id)


def _known(known: dict[tuple[str, str], KnownMandate], row: MandateRow, creditor: str) -> KnownMandate | None:
    """Return the mandate of a row; one that was stored before the company's identifier was known is it, too."""
    named = row.creditor_identifier or creditor
    return known.get((named, row.reference.key)) or known.get(("", row.reference.key))


class CollectionImporter(Importer[ForeignCollection, CollectionStep]):
    """Collections that another system sent, each with all of its lines."""

    verb, name, ids_per_row = "import_collections", "end_to_end_id", 12

    async def make_ready(self, session: ReadSession, rows: Sequence[CollectionRow]) -> Ready[ForeignCollection]:
        """Put the lines of each collection together."""
        return Ready(*together(rows))

    async def plan(
        self, session: ReadSession, rows: Sequence[ForeignCollection], *, lock: bool
    ) -> list[CollectionStep | RowError]:
        """Compare with the invoices, customers, mandates and collections that are stored."""
        lines = [line for one in rows for line in one.lines]
        company_id = self.company_id
        facts = Facts(
            company_id,
            await parties.ids_by_number(
                session, company_id=company_id, numbers={line.customer_number for line in lines if line.customer_number}
            ),
            await foreign_collections.items_by_number(
                session, company_id=company_id, numbers={line.invoice_number for line in lines}
            ),
            await foreign_collections.mandates_by_reference(
                session, company_id=company_id, reference_keys={line.mandate_reference.key for line in lines}
            ),
            await foreign_collections.known_collections(session, end_to_end_ids=[one.end_to_end_id for one in rows]),
        )
        return [plan_collection(one, facts, today=self.today) for one in rows]

    async def write(self, work: Work, steps: Sequence[CollectionStep], *, source: str) -> None:
        """Write what is new."""
        await foreign_collections.insert_foreign(work, [step for step in steps if step.outcome is Outcome.NEW])


IMPORTERS: dict[TableKind, type[Importer[Any, Any]]] = {
    TableKind.CUSTOMERS: CustomerImporter,
    TableKind.INVOICES: InvoiceImporter,
    TableKind.MANDATES: MandateImporter,
    TableKind.COLLECTIONS: CollectionImporter,
}
