"""Every life cycle, for each pair of states: allowed or not (design section 4)."""

from itertools import product

import pytest

from gateway.domain.lifecycle import (
    BANK_TRANSACTION,
    MANDATE,
    REVIEW_ITEM,
    STATEMENT,
    STATEMENT_FILE,
    ImpossibleMove,
    Lifecycle,
)

LIFECYCLES = {
    "mandate": MANDATE,
    "statement file": STATEMENT_FILE,
    "statement": STATEMENT,
    "bank transaction": BANK_TRANSACTION,
    "review item": REVIEW_ITEM,
}
ALLOWED = {
    "mandate": """
        draft>active draft>revoked active>suspended suspended>active active>revoked active>expired active>consumed
        suspended>revoked suspended>expired suspended>consumed""",
    "statement file": "received>read received>refused refused>received",
    "statement": """
        received>imported received>held received>rejected held>imported held>rejected imported>withdrawn""",
    "bank transaction": """
        new>in_review new>partly_allocated new>allocated new>ignored new>split new>cancelled_by_bank
        in_review>partly_allocated in_review>allocated in_review>ignored in_review>split in_review>cancelled_by_bank
        partly_allocated>allocated partly_allocated>in_review partly_allocated>split
        partly_allocated>cancelled_by_bank
        allocated>in_review allocated>split allocated>cancelled_by_bank
        ignored>in_review ignored>split ignored>cancelled_by_bank""",
    "review item": "open>resolved open>dismissed",
}
FINAL = {
    "mandate": {"revoked", "expired", "consumed"},
    "statement file": {"read"},
    "statement": {"rejected", "withdrawn"},
    "bank transaction": {"split", "cancelled_by_bank"},
    "review item": {"resolved", "dismissed"},
}
PAIRS = [
    pytest.param(lifecycle, *pair, f"{pair[0]}>{pair[1]}" in ALLOWED[name].split(), id=f"{name} {pair[0]} {pair[1]}")
    for name, lifecycle in LIFECYCLES.items()
    for pair in product(type(lifecycle.start), repeat=2)
]


@pytest.mark.parametrize(("lifecycle", "from_state", "to_state", "is_allowed"), PAIRS)
def test_each_pair_of_states_is_a_move_or_is_refused(lifecycle, from_state, to_state, is_allowed) -> None:  # type: ignore[no-untyped-def]
    assert lifecycle.allows(from_state, to_state) is is_allowed
    if is_allowed:
        assert lifecycle.move(from_state, to_state) is to_state
        return
    with pytest.raises(ImpossibleMove, match=f"from {from_state} to {to_state}"):
        lifecycle.move(from_state, to_state)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_finished_means_finished(name: str) -> None:
    lifecycle: Lifecycle = LIFECYCLES[name]  # type: ignore[type-arg]

    final = {state for state in type(lifecycle.start) if lifecycle.is_final(state)}

    assert final == FINAL[name]


def test_a_refused_move_says_what_would_be_allowed() -> None:
    with pytest.raises(ImpossibleMove, match="allowed: dismissed, resolved"):
        REVIEW_ITEM.move(REVIEW_ITEM.start, REVIEW_ITEM.start)
    with pytest.raises(ImpossibleMove, match="nothing, it is final"):
        MANDATE.move(type(MANDATE.start).REVOKED, type(MANDATE.start).ACTIVE)
