"""Fill the demo with collections: invoices to be collected, and a run that waits for the approver."""

from gateway.services import add_people
from gateway.services.freeze_run import CollectPlace, Maker, freeze_runs
from gateway.services.import_statement import Gate
from gateway.services.manage_invoices import add_item
from gateway.store import users_queries
from gateway.store.creditor_terms import Profiles
from gateway.store.work import SYSTEM, Actor
from generators.demo import Demo
from generators.demo_collections import make_collections
from schemas.states import OpenItemKind, PaymentMethod
from schemas.tables import InvoiceRow


async def fill_demo_collections(gate: Gate, demo: Demo, *, seed: int, maker_login: str, profiles: Profiles) -> None:
    """Add invoices that are collected, and a run made by a person."""
    company_id = (await add_people.company_named(gate.database, "")).id
    wanted = make_collections(seed=seed, last_date=gate.now().date(), mandates=demo.mandates, customers=demo.customers)
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=company_id, ids=500) as work:
        for one in wanted.invoices:
            row = InvoiceRow(
                0, one.number, one.customer_number, "EUR", one.amount_minor, OpenItemKind.INVOICE, gate.now().date(),
                one.due_date, text=one.text, payment_method=PaymentMethod.DIRECT_DEBIT,
                notified_date=one.notified_date,
            )  # fmt: skip
            await add_item(work, row=row)
    async with gate.database.read() as session:
        user = await users_queries.user_by_login(session, maker_login)
    if user is None:
        raise RuntimeError(f"the demo has no {maker_login}")
    place = CollectPlace(gate.database, gate.originals, gate.now, profiles)
    maker = Maker(Actor("user", user.id, user.name), user.id)
    await freeze_runs(place, company_id=company_id, until_date=wanted.until_date, maker=maker)
