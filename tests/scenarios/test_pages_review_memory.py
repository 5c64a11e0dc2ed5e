"""Remembering from the review queue: sentences that are shown, kept, and used the next time."""

import datetime as dt
import re

import pytest

from gateway.store.parties import PayerIban, known_ibans_of
from schemas.states import IbanSource, Role
from support.bank import DAY, camt, payment
from support.desk import STRANGER, Desk, words_of

INTEREST = [
    payment(1_100, "Zinsen Q3 2026", name="Hausbank", iban="DE02300209000106531065", reference="Z1"),
    payment(1_200, "Zinsen Q4 2026", name="Hausbank", iban="DE02300209000106531065", reference="Z2"),
    payment(9_900, "Erstattung Nr. 4", name="Hausbank", iban="DE02300209000106531065", reference="Z3"),
]
NEXT_DAY = DAY + dt.timedelta(days=1)
LATER = payment(1_300, "Zinsen Q1 2027", name="Hausbank", iban="DE02300209000106531065", reference="Z4", day=NEXT_DAY)


@pytest.fixture
def desk(asked_desk: Desk) -> Desk:
    return asked_desk


async def customer_key(desk: Desk, question: str, name: str) -> str:
    """Return the key of a customer, as the search of the page gives it."""
    page = (await desk.clerk.get(f"{question}/remember?q={name}")).text
    found = re.search(r"remember\?customer=(\d+)", page)
    assert found is not None
    return found[1]


async def test_the_account_of_a_customer_is_a_sentence_before_it_is_kept(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    gamma = await customer_key(desk, question, "Gamma")

    proposed = words_of((await desk.clerk.get(f"{question}/remember")).text)
    chosen = words_of((await desk.clerk.get(f"{question}/remember?customer={gamma}")).text)
    kept = await desk.clerk.post(f"{question}/remember/account", {"customer": gamma})

    assert "DE02 **** **** 5030 is the account of Beta Handel AG." in proposed
    assert "DE02 **** **** 5030 is the account of Gamma SARL." in chosen
    assert kept.location == question
    async with desk.site.gateway.database.read() as session:
        company = await desk.site.company()
        iban = STRANGER.transactions[0].counterparty_iban or ""
        [known] = await known_ibans_of(session, company_id=company.id, ibans=[iban])
    assert (known.customer_id, known.is_confirmed) == (int(gamma), True)
    assert "Gamma SARL" in (await desk.clerk.get(f"/customers/{gamma}")).text


async def test_an_account_of_two_customers_is_said_to_propose_only(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    gamma = await customer_key(desk, question, "Gamma")
    await desk.clerk.post(f"{question}/remember/account", {"customer": gamma})

    alpha = await customer_key(desk, question, "Alpha")
    page = words_of((await desk.clerk.get(f"{question}/remember?customer={alpha}")).text)

    assert "It is known for Gamma SARL too" in page


async def test_an_account_that_pays_for_several_is_kept_as_such(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    beta = await customer_key(desk, question, "Beta")

    await desk.clerk.post(f"{question}/remember/account", {"customer": beta, "as": "collector"})

    async with desk.site.gateway.database.read() as session:
        rows = (await session.execute(PayerIban.__table__.select())).all()  # type: ignore[attr-defined]
    assert {row.source for row in rows if row.party_id == int(beta)} == {IbanSource.COLLECTOR}


@pytest.mark.parametrize("customer", ["", "999", "x"])
async def test_without_a_customer_no_account_is_kept(desk: Desk, customer: str) -> None:
    question = await desk.question("FA-1003")

    answer = await desk.clerk.post(f"{question}/remember/account", {"customer": customer})

    assert answer.status == 422
    assert "Whose account is it?" in answer.text


async def test_texts_that_are_never_ours_are_set_aside_together_and_known_when_they_come_again(desk: Desk) -> None:
    await desk.upload(camt(*INTEREST, opening=96_990, number="42", message_id="M2"))
    question = await desk.question("Zinsen Q3")

    told = words_of((await desk.clerk.get(f"{question}/remember")).text)
    ids = re.findall(r'name="id" value="(\d+)"', (await desk.clerk.get(f"{question}/remember")).text)
    form = [("category", "interest"), ("account_word", "7100"), *(("id", key) for key in ids)]
    done = await desk.clerk.post(f"{question}/remember/text", form)
    await desk.upload(camt(LATER, opening=109_190, number="43", message_id="M3", day=NEXT_DAY))
    again = words_of((await desk.clerk.get(await desk.question("Zinsen Q1"))).text)

    assert "This question and all like it that wait are set aside now: 2 in all, 23.00 EUR." in told
    assert done.status == 303
    assert await desk.question("Erstattung")
    assert "No customer payment: Interest" in again
    assert "Texts like this of the same payer were set aside so 2 times, account 7100" in again


async def test_without_a_category_nothing_is_set_aside(desk: Desk) -> None:
    question = await desk.question("Danke")

    answer = await desk.clerk.post(f"{question}/remember/text", {"category": "lottery"})

    assert answer.status == 422
    assert await desk.question("Danke") == question


async def test_a_text_that_a_colleague_decided_meanwhile_is_refused_kindly(desk: Desk) -> None:
    question = await desk.question("Danke")
    colleague = await desk.site.sign_in(Role.CLERK)
    await colleague.post(f"{question}/ignore", {"category": "other"})

    late = await desk.clerk.post(f"{question}/remember/text", {"category": "interest"})

    assert late.status == 409
    assert "Decided by Person 2" in late.text
