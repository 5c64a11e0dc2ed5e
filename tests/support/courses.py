"""A company whose days pass: statements come, people decide, rules change. Every act has a moment of its own."""

import datetime as dt
import itertools
import random
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any

from gateway.domain.matching.model import Line, Policy
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.services import manage_invoices, manage_rules, resolve_review
from gateway.services.change_policy import change_policy
from gateway.services.import_statement import Gate, import_file
from gateway.services.load_past import Period
from gateway.services.manage_accounts import add_account
from gateway.services.match_transactions import match_transactions
from gateway.services.receive_file import receive_file
from gateway.services.undo_decision import undo_decision
from gateway.store import companies
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import Database
from gateway.store.matching_rules import MatchingRule
from gateway.store.open_items import OpenItem
from gateway.store.originals import Originals
from gateway.store.parties import Party
from gateway.store.presence import Presence
from gateway.store.reviews import ReviewItem
from gateway.store.work import SYSTEM, Work
from schemas.errors import GatewayError
from schemas.statement import BankEntry
from schemas.states import (
    AllocationKind,
    BankTransactionState,
    IgnoreCategory,
    OpenItemKind,
    ReviewState,
    RuleAction,
    TextMatch,
)
from support.bank import OUR_IBAN, camt, payment
from support.gateways import CLERK, Bench, make_company, pieces
from support.master_data import customer, german_iban, imported, invoice, table

FIRST_DAY = dt.date(2026, 9, 1)
_WAITING = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)
NAMES = ("Alpha Bau GmbH", "Beta Handel AG", "Carla Weber", "Delta Services SARL", "Emil Kranz", "Fabrik Nord KG")


class Course(Bench):
    """A company with an account and customers C1, C2, ...; half of their accounts stand in their records."""

    def __init__(self, gate: Gate, company_id: int) -> None:
        super().__init__(gate, company_id)
        self.day = FIRST_DAY
        self._ticks = itertools.count()
        self._numbers = itertools.count(1)

    def now(self) -> dt.datetime:
        """A moment of today, later than any before."""
        return dt.datetime.combine(self.day, dt.time(8), dt.UTC) + dt.timedelta(seconds=next(self._ticks))

    @property
    def period(self) -> Period:
        """All days so far."""
        return Period(self.company_id, FIRST_DAY, self.day)

    def begin(self, actor: Any = CLERK) -> AbstractAsyncContextManager[Work]:
        """Begin a unit of work of a person."""
        return self.database.begin(actor=actor, now=self.now(), company_id=self.company_id)

    async def bring_invoices(self, *rows: Any) -> None:
        """Import invoices, ``(number, amount, customer)``; what waits is matched again, as after any import."""
        issued = [invoice(number, minor, customer=of, issue_date=self.day) for number, minor, of in rows]
        await imported(self.database, self.company_id, table(*issued), now=self.now)
        await self.match_again()

    async def match_again(self) -> None:
        """Match what is new and what waits."""
        await match_transactions(self.database, company_id=self.company_id, actor=SYSTEM, now=self.now, states=_WAITING)

    async def bring(self, *entries: BankEntry) -> list[BankTransaction]:
        """Import the statement of today, with which the day ends; return its bank transactions."""
        number = next(self._numbers)
        known = {row.id for row in await self.transactions()}
        data = camt(*entries, number=str(number), day=self.day, message_id=f"MSG-{number}")
        receipt = await receive_file(
            self.database, self.gate.originals, name=f"{number}.xml", pieces=pieces(data), channel="test",
            company_id=self.company_id, companies=[self.company_id], actor=CLERK, now=self.now(),
        )  # fmt: skip
        await import_file(self.gate, file_id=receipt.file_id, token=f"token-{number}")
        self.day += dt.timedelta(1)
        return [row for row in await self.transactions() if row.id not in known]

    def pays(self, minor: int, text: str = "", *, of: str = "", **facts: Any) -> BankEntry:
        """A payment of today: of a customer by his account and name, or of somebody unknown."""
        place = int(of[1:]) if of else 0
        known = {"name": NAMES[place - 1], "iban": german_iban(place)} if of else {"name": "Niemand", "iban": None}
        return payment(minor, text, day=self.day, reference=f"R{next(self._ticks)}", **(known | facts))

    async def questions(self) -> list[ReviewItem]:
        """The questions that wait, oldest first."""
        return [row for row in await self.rows(ReviewItem) if row.state is ReviewState.OPEN]

    async def accept(self, question: ReviewItem, place: int = 0) -> None:
        """Accept an explanation."""
        async with self.begin() as work:
            await resolve_review.accept(work, review_item_id=question.id, place=place)

    async def allocate(self, question: ReviewItem, item: OpenItem, minor: int) -> None:
        """Pay an item by hand."""
        async with self.begin() as work:
            line = Line(item.id, AllocationKind.PAYMENT, minor)
            await resolve_review.allocate(work, review_item_id=question.id, lines=[line])

    async def set_aside(self, question: ReviewItem) -> None:
        """Say that it is no payment of a customer."""
        async with self.begin() as work:
            await resolve_review.ignore(work, review_item_id=question.id, category=IgnoreCategory.OTHER)

    async def take_back(self, transaction_id: int, reason: str = "wrong") -> None:
        """Take a decision back."""
        async with self.begin() as work:
            await undo_decision(work, bank_transaction_ids=[transaction_id], reason=reason)

    async def cancel(self, item: OpenItem) -> None:
        """Cancel an item."""
        async with self.begin() as work:
            await manage_invoices.cancel_item(work, item_id=item.id, reason="wrong")

    async def set_policy(self, **fields: Any) -> None:
        """Change rules from now on; what waits is matched again."""
        async with self.begin() as work:
            seen = await companies.policy_versions(work.session, self.company_id, limit=1)
            await change_policy(work, policy=Policy(**fields), seen=seen[0].position if seen else 0)
        await self.match_again()

    async def write_rule(self, words: str, action: RuleAction = RuleAction.SET_ASIDE, *, of: str = "") -> MatchingRule:
        """Write a rule for texts with some words, for a customer or none; what waits is matched again."""
        customer_id = next((row.id for row in await self.rows(Party) if row.number == of), None)
        asked = Conditions(texts=(TextCondition(TextMatch.CONTAINS, words),))
        async with self.begin() as work:
            row = await manage_rules.add_rule(work, rule=UserRule(0, words, asked, action, customer_id=customer_id))
        await self.match_again()
        return row

    async def switch_rule(self, rule: MatchingRule, *, is_on: bool) -> None:
        """Switch a rule on or off; what waits is matched again."""
        async with self.begin() as work:
            await manage_rules.switch_rule(work, rule_id=rule.id, is_on=is_on)
        await self.match_again()

    async def move_rule(self, rule: MatchingRule) -> None:
        """Move a rule up; what waits is matched again."""
        async with self.begin() as work:
            await manage_rules.move_rule(work, rule_id=rule.id, is_up=True)
        await self.match_again()

    async def open_items(self) -> list[OpenItem]:
        """The invoices and credit notes of which something is open."""
        kinds = (OpenItemKind.INVOICE, OpenItemKind.CREDIT_NOTE)
        rows = await self.rows(OpenItem)
        return [row for row in rows if row.kind in kinds and row.settled_minor != row.amount_minor]


async def open_course(database: Database, folder: Path) -> Course:
    """Open a company with its account and customers on its first day."""
    (folder / "scratch").mkdir()
    originals = Originals(folder / "originals", size_max=1_000_000_000)
    course: Course
    gate = Gate(database, originals, lambda: course.now(), folder / "scratch", Presence(folder / "alive"))
    course = Course(gate, await make_company(database))
    async with course.begin() as work:
        await add_account(work, account=OUR_IBAN, name="Main account")
    rows = [
        customer(f"C{place}", name, iban=german_iban(place) if place % 2 else None)
        for place, name in enumerate(NAMES, start=1)
    ]
    await imported(database, course.company_id, table(*rows), now=course.now)
    return course


class Dice:
    """A course by the dice of a seed: what comes and what people do, each day a few acts."""

    def __init__(self, course: Course, seed: int) -> None:
        self._course = course
        self._dice = random.Random(seed)
        self._numbers = itertools.count(1_001)

    async def live(self, days: int) -> None:
        """Live some days."""
        await self._invoices()
        acts = (self._statement, self._answer, self._invoices, self._regret, self._policy, self._rule)
        weights = (12, 16, 2, 2, 1, 2)
        for _ in range(days):
            for act in self._dice.choices(acts, weights, k=self._dice.randint(1, 4)):
                with suppress(GatewayError):  # It moved meanwhile, or was used since.
                    await act()
            self._course.day += dt.timedelta(self._dice.choice((0, 1, 3)))

    async def _invoices(self) -> None:
        dice = self._dice
        rows = [
            (f"FA-2026-{next(self._numbers)}", dice.choice((10_000, 10_000, 12_500, 7_333, dice.randint(500, 90_000))),
             f"C{dice.randint(1, len(NAMES))}")
            for _ in range(dice.randint(2, 8))
        ]  # fmt: skip
        await self._course.bring_invoices(*rows)

    async def _statement(self) -> None:
        entries = [await self._entry() for _ in range(self._dice.randint(1, 6))]
        await self._course.bring(*entries)

    async def _entry(self) -> BankEntry:
        """A payment of some kind: right, short, of two items, by account alone, of nobody, of an item to come, twice."""
        dice, course = self._dice, self._course
        items = [item for item in await course.rows(OpenItem) if item.kind is OpenItemKind.INVOICE]
        item, other = dice.choice(items), dice.choice(items)
        of = f"C{dice.randint(1, len(NAMES))}" if dice.random() < 0.15 else await self._number_of(item)
        minor = item.amount_minor
        kinds = (
            lambda: course.pays(minor, item.number, of=of),
            lambda: course.pays(minor, of=of),
            lambda: course.pays(minor - dice.choice((1, 3, 500)), f"RE {item.number}", of=of),
            lambda: course.pays(minor + other.amount_minor, f"{item.number} {other.number}", of=of),
            lambda: course.pays(minor + other.amount_minor, of=of),
            lambda: course.pays(dice.randint(100, 5_000), "Danke"),
            lambda: course.pays(minor, f"FA-2026-{dice.randint(1_001, 1_060)}", of=of),
            lambda: course.pays(minor, item.number.replace("FA-2026-", ""), of=of),
            lambda: course.pays(-dice.randint(100, 900), "Miete", name="Vermieter", code="PMNT-ICDT-ESCT"),
        )
        return dice.choice(kinds)()

    async def _number_of(self, item: OpenItem) -> str:
        return next(row.number for row in await self._course.rows(Party) if row.id == item.party_id)

    async def _answer(self) -> None:
        """Answer a question: by an explanation, by hand, or set it aside."""
        dice, course = self._dice, self._course
        questions = await course.questions()
        if not questions:
            return
        question = dice.choice(questions)
        fitting = [item for item in await course.open_items() if item.amount_minor - item.settled_minor >= 100]
        if question.explanations and dice.random() < 0.7:
            await course.accept(question, dice.randrange(len(question.explanations)))
        elif fitting and question.amount_minor >= 100 and dice.random() < 0.6:
            item = dice.choice(fitting)
            left = min(question.amount_minor, item.amount_minor - item.settled_minor)
            await course.allocate(question, item, left)
        else:
            await course.set_aside(question)

    async def _regret(self) -> None:
        """Take a decision back, as wrong or not."""
        states = (BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED)
        decided = [row.id for row in await self._course.transactions() if row.state in states]
        if decided:
            await self._course.take_back(self._dice.choice(decided), self._dice.choice(("wrong", "test")))

    async def _rule(self) -> None:
        """Write a rule of the company, switch one, or move it."""
        dice, course = self._dice, self._course
        rules = await course.rows(MatchingRule)
        if len(rules) < 3 or dice.random() < 0.3:
            actions = ((RuleAction.SET_ASIDE, ""), (RuleAction.ON_ACCOUNT, "C1"), (RuleAction.CUSTOMER, "C2"))
            action, of = dice.choice(actions)
            await course.write_rule(dice.choice(("Danke", "Miete", "FA-2026")), action, of=of)
        elif dice.random() < 0.7:
            rule = dice.choice(rules)
            await course.switch_rule(rule, is_on=not rule.is_on)
        else:
            await course.move_rule(dice.choice(rules))

    async def _policy(self) -> None:
        dice = self._dice
        await self._course.set_policy(
            tolerance_minor=dice.choice((0, 0, 5)), book_partial=dice.random() < 0.7,
            book_confirmed_payer=dice.random() < 0.8, ignore_outgoing=dice.random() < 0.8,
        )  # fmt: skip
