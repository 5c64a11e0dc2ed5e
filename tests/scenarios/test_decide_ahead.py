"""What a second process decides while a large file is read is what matching would have decided afterwards."""

import datetime as dt
import random
from typing import Any

import pytest

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Policy
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.services import import_statement
from gateway.services.decide_ahead import Ahead, decide_lists
from gateway.services.manage_accounts import add_account
from gateway.services.manage_invoices import cancel_item
from gateway.services.manage_rules import add_rule
from gateway.services.spool_statements import ROW_NAMES
from gateway.store.accounts import BankAccount
from gateway.store.allocations import Allocation, Decision
from gateway.store.matching_rules import MatchingRule, MatchingRuleUse
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.reviews import ReviewCandidate, ReviewItem
from schemas.states import (
    BankTransactionState,
    IgnoreCategory,
    OpenItemKind,
    RuleAction,
    StatementFileState,
    TextMatch,
)
from support.bank import OUR_IBAN, camt, payment
from support.gateways import CLERK, NOW, Bench, make_company
from support.master_data import customer, german_iban, imported, invoice

OTHER_IBAN = german_iban(99)
KNOWN = german_iban(1)
CUSTOMERS = [customer("C1", "Adler GmbH", iban=KNOWN), customer("C2", "Birke AG"), customer("C3", "Dorn KG")]
INVOICES = [
    *[invoice(f"FA-2026-{place:04d}", 10_000 + place * 7, customer=f"C{place % 3 + 1}") for place in range(60)],
    invoice("GS-2026-0001", -3_000),
]


def entries() -> list[Any]:
    """Payments of every kind: named, by the known payer, in part, twice, for several, unclear, returned, fees; some
    fit a rule of the company."""
    chance = random.Random(7)
    named = [payment(10_000 + place * 7, f"Rechnung FA-2026-{place:04d}", reference=f"N{place}") for place in range(30)]
    known = [payment(10_000 + place * 7, "danke", iban=KNOWN, reference=f"K{place}") for place in range(30, 60, 3)]
    several = payment(20_000 + 31 * 7 + 34 * 7, "FA-2026-0031 FA-2026-0034", reference="S1")
    rest = [
        payment(5_000, "FA-2026-0032 Teilzahlung", name="Dorn KG", reference="P1"),
        payment(10_000 + 40 * 7, "FA-2026-0040", reference="T1"),
        payment(10_000 + 40 * 7, "FA-2026-0040", reference="T2"),
        payment(777, "Spende", reference="U1"),
        payment(888, "Abschlag Mai", reference="A1"),
        payment(10_000 + 58 * 7, "Abschlag genau", reference="A2"),
        payment(-10_000, "Rueckgabe FA-2026-0000", return_reason="AC04", code="PMNT-IDDT-UPDD", reference="R1"),
        payment(-450, "Entgelt", code="PMNT-MDOP-CHRG", reference="F1"),
        payment(-99_000, "Miete", code="PMNT-ICDT-ESCT", reference="O1"),
    ]
    mixed = [*named, *known, several, *rest]
    chance.shuffle(mixed)
    return mixed


async def desk(bench: Bench, account: str, code: str) -> Bench:
    """Another company of the same gateway, with the same customers and invoices."""
    company_id = bench.company_id if code == "MAIN" else await make_company(bench.database, code)
    if code != "MAIN":
        async with bench.database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
            await add_account(work, account=account, name="Main account")
    await imported(bench.database, company_id, *CUSTOMERS)
    await imported(bench.database, company_id, *INVOICES)
    mine = Bench(bench.gate, company_id)
    await write_rules(mine)
    return mine


async def write_rules(bench: Bench) -> None:
    """Write rules that set aside and keep on account; one is only for the account of the company."""
    [account] = [row for row in await bench.rows(BankAccount) if row.company_id == bench.company_id]
    [dorn] = [row for row in await bench.rows(Party) if (row.company_id, row.number) == (bench.company_id, "C3")]
    aside, kept = RuleAction.SET_ASIDE, RuleAction.ON_ACCOUNT
    rules = [
        UserRule(0, "Spenden", asks("spende", bank_account_id=account.id), aside, IgnoreCategory.OTHER, "4950"),
        UserRule(0, "Miete", asks("miete"), aside, IgnoreCategory.SUPPLIER, "6210"),
        UserRule(0, "Abschlag", asks("abschlag"), kept, customer_id=dorn.id),
    ]
    for rule in rules:
        async with bench.begin() as work:
            await add_rule(work, rule=rule)


def asks(word: str, **others: Any) -> Conditions:
    """Return conditions that ask for a word in the text, and for others."""
    return Conditions(texts=(TextCondition(TextMatch.WORD, word),), **others)


async def outcome(bench: Bench) -> dict[str, list[Any]]:
    """What came of a statement, without keys."""
    mine = [row for row in await bench.transactions() if row.company_id == bench.company_id]
    key = {row.id: row.entry_reference or row.bank_reference for row in mine}
    names = {row.id: row.name for row in await bench.rows(MatchingRule)}
    uses = [row for row in await bench.rows(MatchingRuleUse) if row.bank_transaction_id in key]
    items = {row.id: row for row in await bench.rows(OpenItem) if row.company_id == bench.company_id}
    decisions = {row.id: row for row in await bench.rows(Decision) if row.bank_transaction_id in key}
    reviews = {row.id: row for row in await bench.rows(ReviewItem) if row.bank_transaction_id in key}
    return {
        "transactions": sorted(
            (key[row.id], row.state, row.allocated_minor, row.category, row.ignored_by, row.account_word) for row in mine
        ),
        "rules": sorted((names[row.rule_id], key[row.bank_transaction_id]) for row in uses),
        "items": sorted((row.kind if row.kind is OpenItemKind.ON_ACCOUNT else row.number, row.settled_minor, row.version) for row in items.values()),
        "decisions": sorted((key[row.bank_transaction_id], row.rule, signs(row.proof)) for row in decisions.values()),
        "allocations": sorted(
            (key[decisions[row.decision_id].bank_transaction_id], row.kind, items[row.target_item_id].number, row.item_minor)
            for row in await bench.rows(Allocation)
            if row.decision_id in decisions and row.target_item_id
        ),
        "questions": sorted((key[row.bank_transaction_id], row.reason, row.strength, signs(row.explanations)) for row in reviews.values()),
        "candidates": sorted(
            (key[reviews[row.review_item_id].bank_transaction_id], items[row.open_item_id].number)
            for row in await bench.rows(ReviewCandidate, ReviewCandidate.open_item_id)
            if row.review_item_id in reviews
        ),
    }  # fmt: skip


def signs(explanations: list[Any]) -> list[Any]:
    """The proofs, which name no keys."""
    return [explanation[4] for explanation in explanations]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large."""
    monkeypatch.setattr(import_statement, "LARGE_BYTES", 0)


async def test_it_decides_what_matching_decides(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk(bench, OUR_IBAN, "MAIN")
    other = await desk(bench, OTHER_IBAN, "OTHER")
    await other.upload(camt(*entries(), account=OTHER_IBAN, message_id="MSG-2"))
    monkeypatch.setattr(import_statement, "LARGE_BYTES", 0)
    stored: list[list[BankTransactionState]] = []
    match_file = import_statement.match_file

    async def seen(*values: Any) -> None:
        stored.append([row.state for row in await bench.transactions() if row.company_id == bench.company_id])
        await match_file(*values)

    monkeypatch.setattr(import_statement, "match_file", seen)
    await bench.upload(camt(*entries()))

    assert stored[0].count(BankTransactionState.NEW) == 1, "all but the return were decided ahead"
    assert await outcome(bench) == await outcome(other)
    assert await bench.broken() == []


@pytest.mark.parametrize("is_large", [False, True], ids=["matched afterwards", "decided ahead"])
async def test_the_order_of_entries_in_a_file_does_not_matter(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    await desk(bench, OUR_IBAN, "MAIN")
    other = await desk(bench, OTHER_IBAN, "OTHER")
    if is_large:
        monkeypatch.setattr(import_statement, "LARGE_BYTES", 0)

    await bench.upload(camt(*entries()))
    await other.upload(camt(*reversed(entries()), account=OTHER_IBAN, message_id="MSG-2"))

    assert await outcome(bench) == await outcome(other)


def test_what_a_bank_booked_first_is_decided_first() -> None:
    rows = [row_of(day) for day in (3, 3, 5)]
    backwards = [row_of(day) for day in (4, 6)]

    found = list(decide_lists(iter([rows, backwards, rows]), ItemIndex([]), Policy(), bank_account_id=1))

    assert [len(one.questions) for one in found] == [3]


def row_of(day: int) -> tuple[Any, ...]:
    """A spooled row of 1.00 EUR on a day of March."""
    values = dict.fromkeys(ROW_NAMES) | {
        "booking_date": dt.date(2026, 3, day), "amount_minor": 100, "currency": "EUR", "remittance": "", "part": 0,
        "entry_text": "", "is_reversal": False, "is_provisional": False,
    }  # fmt: skip
    return tuple(values.values())


@pytest.mark.usefixtures("large")
async def test_an_item_that_moved_since_is_decided_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk(bench, OUR_IBAN, "MAIN")
    store = import_statement._store

    async def cancel_and_store(*values: Any) -> None:
        values[-2]._process.join()  # It has decided.
        (first,) = [row for row in await bench.rows(OpenItem) if row.number == "FA-2026-0000"]
        async with bench.begin() as work:
            await cancel_item(work, item_id=first.id, reason="never sent")
        await store(*values)

    monkeypatch.setattr(import_statement, "_store", cancel_and_store)
    file = await bench.upload(camt(*entries()))

    states = {row.bank_reference: row.state for row in await bench.transactions()}
    assert file.state is StatementFileState.READ
    assert (states["N0"], states["N1"]) == (BankTransactionState.IN_REVIEW, BankTransactionState.ALLOCATED)


@pytest.mark.usefixtures("large")
async def test_a_second_process_that_dies_costs_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk(bench, OUR_IBAN, "MAIN")
    start = Ahead.__init__

    def start_and_kill(ahead: Ahead, *values: Any) -> None:
        start(ahead, *values)
        ahead._process.kill()

    monkeypatch.setattr(Ahead, "__init__", start_and_kill)
    await bench.upload(camt(*entries()))

    states = [row.state for row in await bench.transactions()]
    assert BankTransactionState.NEW not in states
    assert states.count(BankTransactionState.ALLOCATED) > 30
    assert await bench.broken() == []


@pytest.mark.usefixtures("large")
async def test_a_statement_that_is_held_takes_nothing_of_it(bench: Bench) -> None:
    await desk(bench, OUR_IBAN, "MAIN")

    await bench.upload(camt(*entries(), closing=1))

    assert await bench.transactions() == []
    assert await bench.rows(Decision) == []
    assert await bench.broken() == []
