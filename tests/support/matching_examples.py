"""Generated payments and open items: small numbers that often meet, texts that name them in many ways."""

import datetime as dt

from hypothesis import strategies as st

from gateway.domain.matching.model import Credit, OpenItem, Policy
from schemas.references import ReferenceScheme, generate
from support.matching import ANNA, BRUNO, CLARA, STRANGER, TODAY, TWO_PER_CENT, credit_note, invoice, money

NUMBERS = [f"FA-2026-{serial:06d}" for serial in (101, 102, 103, 110, 1011)]
REFERENCES = [generate(ReferenceScheme.RF, number.replace("-", "")) for number in NUMBERS]
_PIECES = [
    *NUMBERS,
    "000101",
    "101",
    "1O1",
    "FA-2025-000009",
    "Kd C0002",
    "u. 102",
    "/103",
    "2%",
    *REFERENCES[:2],
    "RF18539007547034",
]
_texts = st.lists(st.sampled_from(_PIECES), max_size=3).map(" ".join) | st.text(max_size=20)
_minors = st.sampled_from([1, 50, 98, 100, 102, 150, 196, 200, 250, 300, 400])
payments = st.builds(
    money,
    _minors,
    _texts,
    iban=st.sampled_from([ANNA, BRUNO, CLARA, STRANGER, None]),
    name=st.sampled_from(["Anna Koch", "BRUNO BAU", "Niemand", None]),
    ultimate_debtor=st.sampled_from(["Clara Services", None, None]),
    creditor_reference=st.sampled_from([*REFERENCES[:2], "RF18539007547034", None, None, None]),
    end_to_end_id=st.sampled_from(["NOTPROVIDED", NUMBERS[0], "PAY-77", None]),
    charges_minor=st.sampled_from([2, 50, None, None]),
    instructed_minor=st.sampled_from([100, None, None]),
    currency=st.sampled_from(["EUR"] * 6 + ["CHF"]),
    booking_date=st.sampled_from([TODAY, TODAY + dt.timedelta(1)]),
)


@st.composite
def open_items(draw: st.DrawFn) -> list[OpenItem]:
    """A few items of three customers, some with references, discounts, disputes, debits in flight."""
    items = []
    for place in range(draw(st.integers(1, 5))):
        facts = {
            "discounts": draw(st.sampled_from([(), TWO_PER_CENT])),
            "disputed_minor": draw(st.sampled_from([0, 0, 0, 30])),
            "in_flight_date": draw(st.sampled_from([None, None, None, TODAY])),
            "creditor_reference": draw(st.sampled_from([None, REFERENCES[place]])),
        }
        make = draw(st.sampled_from([invoice, invoice, invoice, credit_note]))
        items.append(make(place + 1, NUMBERS[place], draw(_minors), draw(st.integers(1, 3)), **facts))
    return items


policies = st.builds(
    Policy,
    book_partial=st.booleans(),
    tolerance_minor=st.sampled_from([0, 0, 3]),
    fee_limit_minor=st.sampled_from([0, 0, 5]),
)


@st.composite
def fitting_payment(draw: st.DrawFn, items: list[OpenItem]) -> Credit:
    """A payment that some items of one customer explain: whole, less a discount, or in part; named or not."""
    customer_id = draw(st.sampled_from(sorted({item.customer_id for item in items})))
    own = [item for item in items if item.customer_id == customer_id]
    chosen = draw(st.lists(st.sampled_from(own), min_size=1, unique=True))
    total = sum(item.open_minor for item in chosen)
    minor = draw(st.sampled_from([total, total, total, total - total // 50, total // 2]))
    named = " ".join(item.number for item in chosen)
    text = draw(st.sampled_from([named, named, "Danke", draw(_texts)]))
    account = {1: ANNA, 2: BRUNO, 3: CLARA}[customer_id]
    return money(max(minor, 1), text, iban=draw(st.sampled_from([account, account, STRANGER])))
