"""A company that collects: customers with mandates and invoices, a maker and approvers with real second factors."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from gateway.domain.access import rights_of
from gateway.domain.one_time_code import code_at, step_at
from gateway.services.approve_run import SeenRun, approve_run
from gateway.services.discard_run import discard_run
from gateway.services.freeze_run import CollectPlace, Frozen, Maker, freeze_runs
from gateway.services.identify_caller import Caller, CompanyName
from gateway.services.log_in import LogInRules
from gateway.services.manage_accounts import add_account
from gateway.services.submit_run import begin_submission, end_submission
from gateway.services.use_second_factor import SecondFactor, seed_of
from gateway.store.check import broken_invariants
from gateway.store.collection_runs import CollectionRun, runs
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.installation_key import installation_key
from gateway.store.open_items import open_items
from gateway.store.originals import Originals
from gateway.store.users import User, UserRole
from gateway.store.work import SYSTEM, Actor
from schemas.states import PaymentMethod, Role, RunState, SubmissionState
from support.master_data import customer, german_iban, imported, invoice, mandate, table

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)  # A Monday, an hour before the cut-off.
UNTIL = dt.date(2026, 12, 31)
DUE = dt.date(2026, 12, 15)
TOLD = dt.date(2026, 11, 2)
OUR_IBAN = "DE89370400440532013000"
CREDITOR = "DE98ZZZ09999999999"
CUSTOMER_COLUMNS = "number name payment_method"
INVOICE_COLUMNS = (
    "number customer_number issue_date due_date currency amount creditor_reference text open_amount notified_date"
    " payment_method kind"
)


class Treasury:
    """The company, the place of its files, its people, and the ways a test uses them."""

    def __init__(self, database: Database, folder: Path, company_id: int) -> None:
        self.now = NOW
        self.company_id = company_id
        self.database = database
        self.place = CollectPlace(database, Originals(folder / "originals", size_max=10**9), lambda: self.now)
        self.key = installation_key(folder / "installation.key")
        self.rules = LogInRules()
        self.users: dict[str, User] = {}
        self._steps = 0

    def moved_to(self, database: Database, folder: Path) -> Self:
        """Return the same company in copies of its database and its folder."""
        moved = type(self)(database, folder, self.company_id)
        moved.now, moved.users = self.now, dict(self.users)
        return moved

    async def hire(self, login: str, *roles: Role) -> User:
        """Add a person whose second factor is set up."""
        async with self.database.begin(actor=SYSTEM, now=NOW) as work:
            user = User(
                id=work.new_id(), login=login, name=login.capitalize(), password_hash="", totp_salt=f"salt-{login}",
                totp_enrolled_at=NOW, created_at=NOW, is_active=True,
            )  # fmt: skip
            work.add(user)
            await work.flush()
            for role in roles:
                work.add(UserRole(user_id=user.id, company_id=self.company_id, role=role))
            work.say("add_user", f"user:{user.id}")
        self.users[login] = user
        return user

    def actor(self, login: str) -> Actor:
        """Return a person as the one who acts."""
        return Actor("user", self.users[login].id, login.capitalize())

    def maker(self, login: str = "clara") -> Maker:
        """Return a person as the one who makes runs."""
        return Maker(self.actor(login), self.users[login].id)

    def caller(self, login: str, *, company_id: int | None = None) -> Caller:
        """Return a person as the web knows him."""
        company = CompanyName(company_id or self.company_id, "MAIN", "Main")
        rights = rights_of([Role.CLERK, Role.APPROVER])
        return Caller(actor=self.actor(login), rights=rights, company=company, login=login, has_second_factor=True)

    def code(self, login: str) -> str:
        """Return a fresh code of a person's app; each works once, so time goes on."""
        self.now += dt.timedelta(seconds=30)
        user = self.users[login]
        return code_at(seed_of(self.key, user.id, user.totp_salt or ""), step_at(self.now))

    async def freeze(self, login: str = "clara", *, until: dt.date = UNTIL, **options: Any) -> Frozen:
        """Freeze what is due."""
        return await freeze_runs(
            self.place, company_id=self.company_id, until_date=until, maker=self.maker(login), **options
        )

    async def run(self, run_id: int | None = None) -> CollectionRun:
        """Return a run, the last one if none is named."""
        query = select(CollectionRun).where(runs.c.id == run_id if run_id else runs.c.id.is_not(None))
        async with self.database.read() as session:
            return (await session.execute(query.order_by(runs.c.id.desc()).limit(1))).scalar_one()

    async def approve(self, login: str = "anna", run_id: int | None = None, **other: Any) -> bool:
        """Approve a run as it is."""
        run = await self.run(run_id)
        seen = other.pop("seen", SeenRun(run.sha256, run.sum_minor, run.collection_count))
        code = other.pop("code", None) or self.code(login)
        caller = other.pop("caller", None) or self.caller(login)
        factor = SecondFactor(self.key, self.rules)
        return await approve_run(self.place, factor, caller=caller, run_id=run.id, seen=seen, code=code)

    async def begin(self, run_id: int, login: str = "clara") -> None:
        """Begin to send a run."""
        await begin_submission(self.place, company_id=self.company_id, run_id=run_id, actor=self.actor(login))

    async def end(
        self, run_id: int, outcome: SubmissionState = SubmissionState.SENT, proof: str = "order 4711"
    ) -> None:
        """Say how sending ended."""
        async with self.work("clara") as work:
            await end_submission(work, run_id=run_id, outcome=outcome, proof=proof)

    async def discard(self, run_id: int, reason: str = "wrong month") -> None:
        """Discard a run."""
        async with self.work("clara") as work:
            await discard_run(work, run_id=run_id, reason=reason)

    def work(self, login: str = "clara") -> Any:
        """Begin a unit of work of a person."""
        return self.database.begin(actor=self.actor(login), now=self.now, company_id=self.company_id, ids=2_000)

    async def execute(self, sql: str, **values: Any) -> None:
        """Change rows behind the back of the services, as somebody with the database would."""
        from sqlalchemy import text

        async with self.database.begin(actor=SYSTEM, now=NOW) as work:
            await work.session.execute(text(sql), values)

    async def rows(self, row: type[Any], *conditions: Any) -> list[Any]:
        """Return all rows of a table, or those that meet conditions, in the order of their keys."""
        async with self.database.read() as session:
            return list((await session.execute(select(row).where(*conditions).order_by(row.id))).scalars())

    async def item(self, number: str) -> Any:
        """Return an item by its number."""
        async with self.database.read() as session:
            return (await session.execute(select(open_items).where(open_items.c.number == number))).one()

    async def broken(self) -> list[str]:
        """Return what ``check`` says: nothing, when all is well."""
        async with self.database.read() as session:
            return [sentence async for sentence in broken_invariants(session)]

    async def add_invoices(self, *rows: Any) -> None:
        """Import invoices."""
        await imported(self.database, self.company_id, table(*rows, columns=INVOICE_COLUMNS))


def told_invoice(number: str, amount_minor: int, *, customer: str = "C1", **values: Any) -> Any:
    """Return an invoice that told its debtor of the debit in time."""
    return invoice(number, amount_minor, customer=customer, **{"due_date": DUE, "notified_date": TOLD, **values})


async def make_treasury(
    database: Database,
    folder: Path,
    *,
    customers: int = 3,
    invoices: Iterable[Any] | None = None,
    mandates: Sequence[Any] | None = None,
) -> Treasury:
    """Return a company with customers C1, C2, ... who pay by direct debit, a mandate each, and an invoice each."""
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        company = Company(
            id=work.new_id(), code="MAIN", name="Beispiel Handel GmbH", creditor_identifier=CREDITOR, created_at=NOW
        )
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    treasury = Treasury(database, folder, company.id)
    async with database.begin(actor=SYSTEM, now=NOW, company_id=company.id) as work:
        await add_account(work, account=OUR_IBAN, name="Main account")
    places = range(1, customers + 1)
    rows = [customer(f"C{place}", payment_method=PaymentMethod.DIRECT_DEBIT) for place in places]
    await imported(database, company.id, table(*rows, columns=CUSTOMER_COLUMNS))
    signed = mandates or [
        mandate(f"M-{place}", customer=f"C{place}", iban=german_iban(place), debtor_name=f"Kunde {place}")
        for place in places
    ]
    await imported(database, company.id, *signed)
    await treasury.add_invoices(
        *(invoices or [told_invoice(f"FA-{place}", 10_000 * place, customer=f"C{place}") for place in places])
    )
    for login, roles in (("clara", [Role.CLERK]), ("anna", [Role.APPROVER]), ("otto", [Role.APPROVER])):
        await treasury.hire(login, *roles)
    return treasury


async def approved_run(treasury: Treasury) -> CollectionRun:
    """Return a run that is frozen by Clara and approved by Anna."""
    frozen = await treasury.freeze()
    await treasury.approve(run_id=frozen.run_ids[0])
    run = await treasury.run(frozen.run_ids[0])
    assert run.state is RunState.APPROVED
    return run
