"""Builders of what matching takes: invented customers and items, small and readable."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import (
    Ask,
    Book,
    Credit,
    Customer,
    Decision,
    Discount,
    Ignore,
    KnownIban,
    OpenItem,
    Policy,
    SettledItem,
)
from schemas.states import AllocationKind, IbanSource, OpenItemKind

TODAY = dt.date(2026, 3, 10)
TWO_PER_CENT = (Discount(200, TODAY),)
TRANSFER = "PMNT-RCDT-ESCT"
# Accounts of invented payers; matching compares them, it does not check them.
ANNA, BRUNO, CLARA, STRANGER = "DE11", "DE22", "DE33", "DE99"

ANNA_KOCH = Customer(1, "C0001", "Anna Koch", 1)
BRUNO_GMBH = Customer(2, "C0002", "Bruno Bau GmbH", 2)
CLARA_SARL = Customer(3, "C0003", "Clara Services SARL", 3)
CUSTOMERS = (ANNA_KOCH, BRUNO_GMBH, CLARA_SARL)


def invoice(key: int, number: str, minor: int, customer_id: int = 1, **facts: Any) -> OpenItem:
    """An invoice of which everything is open, unless ``open_minor`` says otherwise."""
    known: dict[str, Any] = {
        "kind": OpenItemKind.INVOICE,
        "currency": "EUR",
        "open_minor": minor,
        "issue_date": TODAY - dt.timedelta(20),
        "due_date": TODAY + dt.timedelta(10),
    }
    return OpenItem(id=key, customer_id=customer_id, number=number, amount_minor=minor, **(known | facts))


def credit_note(key: int, number: str, minor: int, customer_id: int = 1, **facts: Any) -> OpenItem:
    """A credit note: its amount is negative."""
    return invoice(key, number, -minor, customer_id, kind=OpenItemKind.CREDIT_NOTE, **facts)


def settled(item: OpenItem, day: dt.date = TODAY - dt.timedelta(5)) -> SettledItem:
    """The item, paid some days ago."""
    return SettledItem(item._replace(open_minor=0), day)


def known(iban: str, customer_id: int, source: IbanSource = IbanSource.CUSTOMER_RECORD, **facts: Any) -> KnownIban:
    """An account that is confirmed for a customer, unless the facts say otherwise."""
    return KnownIban(iban, customer_id, source, **({"is_confirmed": True} | facts))


PAYERS = (known(ANNA, 1), known(BRUNO, 2), known(CLARA, 3))


def money(minor: int, text: str = "", **facts: Any) -> Credit:
    """A transfer that came in (or went out: negative) today."""
    known_facts: dict[str, Any] = {"id": 1, "currency": "EUR", "booking_date": TODAY, "bank_transaction_code": TRANSFER}
    return Credit(amount_minor=minor, text=text, **(known_facts | facts))


def index_of(*items: OpenItem, **facts: Any) -> ItemIndex:
    """The index of these items, of three customers whose accounts are confirmed."""
    known_facts: dict[str, Any] = {"customers": CUSTOMERS, "ibans": PAYERS}
    return ItemIndex(items, **(known_facts | facts))


def decided(credit: Credit, *items: OpenItem, policy: Policy = Policy(), **facts: Any) -> Decision:  # noqa: B008
    """The decision about one credit against these items."""
    return decide(credit, index_of(*items, **facts), policy)


def outcome(decision: Decision) -> str:
    """The decision in a word: the rule that booked or ignored, or the reason to ask."""
    return decision.reason.value if isinstance(decision, Ask) else decision.rule.value


def paid(decision: Decision) -> dict[int, int]:
    """What a booking pays, by item."""
    assert isinstance(decision, Book), outcome(decision)
    lines = decision.explanation.lines
    return {line.item_id: line.amount_minor for line in lines if line.kind is AllocationKind.PAYMENT}


def other_lines(decision: Decision) -> dict[int, tuple[AllocationKind, int]]:
    """What a booking settles without money, by item."""
    assert isinstance(decision, Book), outcome(decision)
    lines = decision.explanation.lines
    return {line.item_id: (line.kind, line.amount_minor) for line in lines if line.kind is not AllocationKind.PAYMENT}


def offered(decision: Decision) -> list[list[int]]:
    """The items of each explanation that a person is offered, best first."""
    assert isinstance(decision, Ask), outcome(decision)
    return [sorted({line.item_id for line in one.lines}) for one in decision.explanations]


def signs(decision: Decision, place: int = 0) -> list[str]:
    """The codes of the proof of one explanation."""
    explanations: Sequence[Any] = ()
    if isinstance(decision, Book):
        explanations = (decision.explanation,)
    elif not isinstance(decision, Ignore):
        explanations = decision.explanations
    return [str(sign.code) for sign in explanations[place].proof]
