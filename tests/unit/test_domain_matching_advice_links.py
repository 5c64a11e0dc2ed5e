"""Which credit an advice belongs to."""

import itertools

import pytest

from gateway.domain.matching.advice_links import Fitting, Link, Sender, content_key, link_advices
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.states import AdviceSign, AdviceWait

KOCH = Sender(frozenset({"DE11"}), frozenset({"Koch Bau GmbH"}))
NOBODY = Sender(frozenset(), frozenset())
BY_ACCOUNT, BY_NAME = Fitting(1, 10, "DE11", "X"), Fitting(1, 11, "DE99", "KOCH BAU GMBH")
STRANGER, NAMELESS = Fitting(1, 12, "DE98", "Y"), Fitting(1, 13, None, None)


@pytest.mark.parametrize(
    ("senders", "fitting", "links"),
    [
        pytest.param({1: KOCH}, [], {1: Link(None, None, AdviceWait.NO_CREDIT)}, id="none"),
        pytest.param({1: KOCH}, [BY_ACCOUNT, STRANGER], {1: Link(10, AdviceSign.ACCOUNT, None)}, id="account"),
        pytest.param({1: KOCH}, [BY_NAME, NAMELESS], {1: Link(11, AdviceSign.NAME, None)}, id="name"),
        pytest.param({1: KOCH}, [STRANGER], {1: Link(12, AdviceSign.AMOUNT, None)}, id="the only one"),
        pytest.param({1: KOCH}, [STRANGER, NAMELESS], {1: Link(None, None, AdviceWait.SEVERAL_CREDITS)}, id="two strangers"),
        pytest.param({1: KOCH}, [BY_ACCOUNT, BY_NAME], {1: Link(None, None, AdviceWait.SEVERAL_CREDITS)}, id="two that agree"),
        pytest.param(
            {1: KOCH, 2: NOBODY}, [BY_ACCOUNT, Fitting(2, 10, "DE11", "X")],
            {1: Link(10, AdviceSign.ACCOUNT, None), 2: Link(None, None, AdviceWait.SEVERAL_ADVICES)}, id="one of two agrees",
        ),
        pytest.param(
            {1: KOCH, 2: KOCH}, [BY_ACCOUNT, Fitting(2, 10, "DE11", "X")],
            {1: Link(None, None, AdviceWait.SEVERAL_ADVICES), 2: Link(None, None, AdviceWait.SEVERAL_ADVICES)}, id="both agree",
        ),
    ],
)  # fmt: skip
def test_an_advice_is_linked_to_what_fits_it_alone(
    senders: dict[int, Sender], fitting: list[Fitting], links: dict[int, Link]
) -> None:
    for order in itertools.permutations(fitting):
        assert link_advices(senders, order) == links


def test_the_same_list_in_another_order_or_file_has_one_key() -> None:
    first = Advice(AdviceFormat.CSV, "EUR", (AdviceLine(2, "FA-1", 5), AdviceLine(3, "FA-2", 7)))
    moved = Advice(AdviceFormat.PDF, "EUR", (AdviceLine(9, "FA-2", 7), AdviceLine(10, "FA-1", 5)), 12, payer_name="X")
    other = first._replace(lines=(AdviceLine(2, "FA-1", 12),))

    assert content_key(first) == content_key(moved)
    assert content_key(first) != content_key(other)
