"""Two months of the same customers: a scripted clerk answers the questions of the first by the truth.

The second is matched twice, from the same books: with what the clerk taught, and with all of that forgotten.
"""

import datetime as dt
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from gateway.domain.matching.model import Line
from gateway.domain.matching.record import from_record
from gateway.services import learn_habits, manage_customers, resolve_review
from gateway.services.manage_accounts import add_account
from gateway.services.match_transactions import match_transactions
from gateway.services.resolve_review import ItemsMoved
from gateway.store import learned_lists
from gateway.store.allocations import Allocation, Decision
from gateway.store.companies import company_by_code
from gateway.store.database import Database, sqlite_url
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.reviews import ReviewItem
from gateway.store.work import SYSTEM, Work
from schemas.states import AllocationKind, BankTransactionState, IbanSource, IgnoreCategory, ReviewState
from schemas.tables import CustomerRow, InvoiceRow
from support.bank import OUR_IBAN
from support.gateways import CLERK, NOW, Bench, make_company, make_gate
from support.master_data import imported


class Truth(NamedTuple):
    """What a payment is for: minor units by number of the item, paid and let go (as what).

    ``is_due`` counts it among the payments that a rule may book; of the others each booking is wrong, but one in part
    where less or more came in than is open (``is_odd``). ``repeats`` is the payment that it repeats, by its reference:
    which of the two is meant does not matter.
    """

    pays: Mapping[str, int]
    lets_go: Mapping[str, int]
    let_go_as: AllocationKind = AllocationKind.DISCOUNT
    kept_minor: int = 0
    customer: str = ""  # For whom it is kept.
    is_due: bool = True
    is_odd: bool = False
    repeats: str = ""


class Week(NamedTuple):
    """What is invoiced before the bank sends a statement, and the references of its payments."""

    invoices: Sequence[InvoiceRow]
    statement: bytes
    references: Sequence[str]


class Payers(Protocol):
    """Customers with two months of payments; what is no payment of theirs has no truth."""

    truth: Mapping[str, Truth]

    def customers(self) -> Sequence[CustomerRow]:
        """Return the customers."""

    def months(self) -> tuple[Sequence[Week], Sequence[Week]]:
        """Return the statements of two months."""


class Score(NamedTuple):
    """Of so many payments, how many were booked by a rule, right and wrong."""

    payments: int
    right: int
    wrong: list[str]

    @property
    def per_cent(self) -> float:
        """The share that was booked rightly without a person."""
        return 100 * self.right / self.payments


class Months(NamedTuple):
    """The first month, and the second with what was learned and without it."""

    scores: Sequence[Score]
    broken: list[str]  # What ``check`` says of the books.


async def live(payers: Payers, folder: Path, migrated: Path) -> Months:
    """Live two months of customers in books of their own in a folder."""
    first, second = payers.months()
    office = await Office.open(payers.truth, folder / "taught", migrated)
    await office.add_customers(payers)
    for week in first:
        await office.take_in(week)
        await office.answer()
    scores = [await office.score(first)]
    copy = await Office.open(payers.truth, folder / "forgotten", folder / "taught" / "gateway.db")
    await copy.forget()
    for one in (office, copy):
        for week in second:
            await one.take_in(week)
        scores.append(await one.score(second))
    return Months(scores, [sentence for one in (office, copy) for sentence in await one.close()])


def _copy(database: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / "gateway.db")) as copy:
        source.backup(copy)


class Office:
    """Books with a clerk who knows the truth of each payment by the bank's reference."""

    def __init__(self, bench: Bench, truth: Mapping[str, Truth]) -> None:
        self._bench = bench
        self._truth = dict(truth)
        self._now = NOW

    @classmethod
    async def open(cls, truth: Mapping[str, Truth], folder: Path, database: Path) -> Self:
        """Open a copy of some books in a new folder; empty ones get a company with one account."""
        _copy(database, folder)
        opened = Database(sqlite_url(folder))
        async with opened.read() as session:
            company = await company_by_code(session, "MAIN")
        company_id = company.id if company else await make_company(opened)
        office = cls(Bench(make_gate(opened, folder), company_id), truth)
        if not company:
            async with office._begin() as work:
                await add_account(work, account=OUR_IBAN, name="Main account")
        return office

    def _begin(self) -> AbstractAsyncContextManager[Work]:
        """Begin a unit of work of the clerk; each is a minute after the one before."""
        self._now += dt.timedelta(minutes=1)
        return self._bench.database.begin(actor=CLERK, now=self._now, company_id=self._bench.company_id)

    async def close(self) -> list[str]:
        """Close the books; return what ``check`` says of them."""
        broken = await self._bench.broken()
        await self._bench.database.close()
        return broken

    async def add_customers(self, payers: Payers) -> None:
        """Store the customers."""
        await imported(self._bench.database, self._bench.company_id, *payers.customers())

    async def take_in(self, week: Week) -> None:
        """Store what was invoiced, and the statement of the bank."""
        await imported(self._bench.database, self._bench.company_id, *week.invoices)
        await self._bench.upload(week.statement)

    async def answer(self) -> None:
        """Answer all questions by the truth: accept what is offered and right, else put it together."""
        await self._tell_apart()
        asked = [one for one in await self._bench.rows(ReviewItem) if one.state is ReviewState.OPEN]
        transactions = {one.id: one for one in await self._bench.transactions()}
        items = {one.number: one.id for one in await self._bench.rows(OpenItem)}
        customers = {one.number: one.id for one in await self._bench.rows(Party)}
        for question in asked:
            truth = self._truth.get(transactions[question.bank_transaction_id].bank_reference or "")
            if truth is None:
                continue
            try:
                async with self._begin() as work:
                    await _decide(work, question.id, truth, items, customers)
            except ItemsMoved:  # By an answer before; a page would show the explanations of now.
                await self._explain_again(question.bank_transaction_id)
                async with self._begin() as work:
                    await _decide(work, question.id, truth, items, customers)

    async def _tell_apart(self) -> None:
        """Let of two payments for the same, of which only one is meant, that one be it which a rule booked."""
        booked = await self._booked()
        for reference, truth in list(self._truth.items()):
            first = self._truth.get(truth.repeats)
            if first and reference in booked and truth.repeats not in booked:
                self._truth |= {reference: first, truth.repeats: truth._replace(repeats="")}

    async def _booked(self) -> dict[str, list[tuple[str, AllocationKind, int]]]:
        """Return what rules booked, by the bank's reference: numbers of items, kinds, minor units."""
        items = {one.id: one.number for one in await self._bench.rows(OpenItem)}
        references = {one.id: one.bank_reference or "" for one in await self._bench.transactions()}
        decided = {one.id: references[one.bank_transaction_id] for one in await self._bench.rows(Decision)}
        booked: dict[str, list[tuple[str, AllocationKind, int]]] = defaultdict(list)
        for row in await self._bench.rows(Allocation):
            if row.booked_by == "rule" and row.decision_id and row.target_item_id:
                booked[decided[row.decision_id]].append((items[row.target_item_id], row.kind, row.item_minor))
        return booked

    async def _explain_again(self, bank_transaction_id: int) -> None:
        await match_transactions(
            self._bench.database, company_id=self._bench.company_id, actor=SYSTEM, now=lambda: self._now,
            ids=[bank_transaction_id], states=(BankTransactionState.IN_REVIEW,), may_book=False,
        )  # fmt: skip

    async def forget(self) -> None:
        """Forget all that was learned."""
        company_id = self._bench.company_id
        async with self._bench.database.read() as session:
            accounts = (await learned_lists.list_accounts(session, company_id=company_id, limit=500)).rows
            habits = (await learned_lists.list_habits(session, company_id=company_id, limit=500)).rows
        for account in accounts:
            row = account.row
            async with self._begin() as work:
                await manage_customers.forget_iban(
                    work, customer_id=row.party_id, iban=row.iban, source=IbanSource(row.source)
                )
        for habit in habits:
            async with self._begin() as work:
                await learn_habits.forget_habit(work, habit_id=habit.known.id)

    async def score(self, weeks: Iterable[Week]) -> Score:
        """Judge what rules booked of the payments of some weeks."""
        await self._tell_apart()
        references = {reference for week in weeks for reference in week.references if reference in self._truth}
        booked = await self._booked()
        right, wrong = 0, []
        for reference in references & booked.keys():
            is_right = _is_right(self._truth[reference], booked[reference])
            right += is_right and self._truth[reference].is_due
            wrong += [] if is_right else [reference]
        return Score(sum(self._truth[reference].is_due for reference in references), right, wrong)


def _is_right(truth: Truth, booked: Sequence[tuple[str, AllocationKind, int]]) -> bool:
    """Return whether what was booked is what was meant; a rest that stays open harms nobody."""
    paid = {number: minor for number, kind, minor in booked if kind is AllocationKind.PAYMENT}
    let_go = {number: minor for number, kind, minor in booked if kind is not AllocationKind.PAYMENT}
    if truth.is_odd:
        return paid.keys() == truth.pays.keys() and not let_go
    return truth.is_due and paid == truth.pays and let_go.items() <= truth.lets_go.items()


def _lines(truth: Truth, items: Mapping[str, int]) -> list[Line]:
    pays = [Line(items[number], AllocationKind.PAYMENT, minor) for number, minor in truth.pays.items()]
    return pays + [Line(items[number], truth.let_go_as, minor) for number, minor in truth.lets_go.items()]


async def _decide(
    work: Work, review_item_id: int, truth: Truth, items: Mapping[str, int], customers: Mapping[str, int]
) -> None:
    lines, kept = _lines(truth, items), truth.kept_minor
    if not lines and not kept:
        await resolve_review.ignore(work, review_item_id=review_item_id, category=IgnoreCategory.OTHER)
        return
    question = await work.session.get_one(ReviewItem, review_item_id)
    for place, explanation in enumerate(map(from_record, question.explanations)):
        if Counter(explanation.lines) == Counter(lines) and explanation.on_account_minor == kept:
            await resolve_review.accept(work, review_item_id=review_item_id, place=place)
            return
    await resolve_review.allocate(
        work, review_item_id=review_item_id, lines=lines, on_account_minor=kept,
        customer_id=customers[truth.customer] if kept else None,
    )  # fmt: skip
