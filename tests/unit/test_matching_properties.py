"""What must hold of every decision, whatever is open and whatever comes; few cases each time, many under PROVE=1."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide, look_closer
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Explanation, OpenItem, Policy, Rule
from gateway.domain.matching.packed import PackedItems
from gateway.domain.matching.plain import book_at_sight, book_plain
from gateway.domain.matching.proof import sentence
from schemas.states import AllocationKind, Language, OpenItemKind
from support.figures import count
from support.matching import CUSTOMERS, PAYERS, index_of, invoice, outcome
from support.matching_examples import fitting_payment, open_items, payments, policies

pytestmark = pytest.mark.prove

MANY = settings(max_examples=count(full=4_000, small=100))
FEWER = settings(max_examples=count(full=2_000, small=60))


def explanations_of(decision: Decision) -> tuple[Explanation, ...]:
    if isinstance(decision, Book):
        return (decision.explanation,)
    return decision.explanations if isinstance(decision, Ask) else ()


def check_money(decision: Decision, credit: Credit, items: dict[int, OpenItem]) -> None:
    """Money lines and what is kept add up to the credit; nothing is overpaid; what is booked as discount was agreed."""
    for one in explanations_of(decision):
        moved = [line for line in one.lines if line.kind in (AllocationKind.PAYMENT, AllocationKind.REFUND)]
        assert sum(line.amount_minor for line in moved) + one.on_account_minor == credit.amount_minor
        for item_id in {line.item_id for line in one.lines}:
            total = sum(line.amount_minor for line in one.lines if line.item_id == item_id)
            assert 0 <= total * (1 if items[item_id].amount_minor > 0 else -1) <= abs(items[item_id].amount_minor)
        for line in one.lines:
            if line.kind is AllocationKind.DISCOUNT and isinstance(decision, Book):
                assert abs(line.amount_minor - (items[line.item_id].open_minor * 200 + 5000) // 10_000) <= 1
        assert all(sentence(sign, language) for sign in one.proof for language in Language)


@MANY
@given(items=open_items(), credit=payments, policy=policies)
def test_explanations_are_exact_whatever_is_open_and_written(
    items: list[OpenItem], credit: Credit, policy: Policy
) -> None:
    decision = decide(credit, index_of(*items), policy)

    check_money(decision, credit, {item.id: item for item in items})
    if isinstance(decision, Book):
        assert decision.explanation.on_account_minor == 0


@MANY
@given(items=open_items(), credit=payments)
def test_the_plain_case_is_decided_as_the_rules_would(items: list[OpenItem], credit: Credit) -> None:
    index = index_of(*items)
    evidence = Evidence(credit, index)
    by_rules = look_closer(evidence, Policy())

    for quick in (book_at_sight(credit, index, Policy()), book_plain(evidence, Policy())):
        assert quick is None or quick == by_rules


def told(credit: Credit, decision: Decision) -> str:
    """A decision without the key of its payment, which tells nothing but a place in a file."""
    return repr((credit._replace(id=0), outcome(decision), [one.lines for one in explanations_of(decision)]))


@FEWER
@given(items=open_items(), several=st.lists(payments, max_size=8), random=st.randoms())
def test_no_item_is_paid_more_than_once_and_the_order_of_the_entries_does_not_matter(
    items: list[OpenItem], several: list[Credit], random: Random
) -> None:
    ordered = [credit._replace(order=("", repr(credit), 0, 0)) for credit in several]
    shuffled = random.sample(ordered, len(ordered))
    first, second = ([one._replace(id=key) for key, one in enumerate(given)] for given in (ordered, shuffled))

    decisions = match_statement(first, index_of(*items), Policy())
    again = match_statement(second, index_of(*items), Policy())

    assert sorted(map(told, first, decisions)) == sorted(map(told, second, again))
    for item in items:
        lines = [
            line.amount_minor
            for one in decisions
            if isinstance(one, Book)
            for line in one.explanation.lines
            if line.item_id == item.id
        ]
        assert abs(sum(lines)) <= abs(item.amount_minor)


@FEWER
@given(items=open_items(), several=st.lists(payments, max_size=6))
def test_packed_items_are_matched_as_items_of_plain_values(items: list[OpenItem], several: list[Credit]) -> None:
    numbered = [credit._replace(id=key) for key, credit in enumerate(several)]
    plain, packed = index_of(*items), ItemIndex(PackedItems(items), customers=CUSTOMERS, ibans=PAYERS)

    assert list(packed.items) == items
    assert match_statement(numbered, packed, Policy()) == match_statement(numbered, plain, Policy())
    assert packed.open == plain.open
    for slot in range(len(items)):
        assert packed.settled_date(slot) == plain.settled_date(slot)


@FEWER
@given(items=open_items(), several=st.lists(payments, min_size=1, max_size=6))
def test_what_was_taken_over_and_taken_back_leaves_no_trace(items: list[OpenItem], several: list[Credit]) -> None:
    numbered = [credit._replace(id=key) for key, credit in enumerate(several)]
    index, untouched = index_of(*items), index_of(*items)

    decisions = match_statement(numbered, index, Policy())
    for credit, decision in reversed(list(zip(numbered, decisions, strict=True))):
        index.undo(decision, credit)

    assert index.open == untouched.open
    assert match_statement(numbered, index, Policy()) == decisions


@MANY
@given(items=open_items(), data=st.data())
def test_one_more_explanation_of_any_kind_always_makes_a_question(items: list[OpenItem], data: st.DataObject) -> None:
    credit = data.draw(fitting_payment(items))
    decision = decide(credit, index_of(*items), Policy())
    if not isinstance(decision, Book):
        return
    known = {item.id: item for item in items}
    paid = known[data.draw(st.sampled_from(sorted({line.item_id for line in decision.explanation.lines})))]
    twin = paid._replace(id=98, kind=OpenItemKind.FEE_CLAIM)  # Named by the same words, open with the same amount.
    rivals = [[twin]]
    if decision.rule in (Rule.CONFIRMED_PAYER, Rule.PARTIAL):
        half = credit.amount_minor // 2
        rivals.append([invoice(99, "Z-99", credit.amount_minor, paid.customer_id)])
        if decision.rule is Rule.CONFIRMED_PAYER and half:
            rivals.append([invoice(99, "Z-99", half, paid.customer_id),
                           invoice(100, "Z-100", credit.amount_minor - half, paid.customer_id)])  # fmt: skip

    for rival in rivals:
        assert isinstance(decide(credit, index_of(*items, *rival), Policy()), Ask)
