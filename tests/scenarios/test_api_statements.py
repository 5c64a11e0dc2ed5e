"""Statements over the API: uploaded raw or in a form, known, held, refused, taken and rejected."""

import asyncio
import datetime as dt
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from gateway.domain.access import Right
from gateway.store.bank_transactions import BankTransaction, bank_transactions
from gateway.store.statements import StatementFile, files
from support.api import Firm, german_iban
from support.bank import DAY, camt, mt940, payment
from support.figures import count, note
from support.web import Answer, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAYMENTS = (payment(10_000, "FA-1", reference="R1"), payment(2_500, "FA-2", reference="R2"))
ROUNDS = count(full=20, small=1)
REASON = {"reason": "The bank confirmed it by phone"}


async def send_form(firm: Firm, *uploads: tuple[str, bytes], **fields: str) -> Answer:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    for name, data in uploads:
        form.add_field("file", data, filename=name)
    return await firm.machine.ask("POST", "/statements", data=form)


async def stored(firm: Firm, row: type[Any], table: Any) -> int:
    async with firm.site.gateway.database.read() as session:
        query = select(func.count()).select_from(row).where(table.c.company_id == firm.company_id)
        return int((await session.execute(query)).scalar_one())


async def test_a_statement_is_imported_and_listed(firm: Firm) -> None:
    answer = await firm.upload(firm.statement(*PAYMENTS), **{"X-File-Name": "../../etc/today.xml"})

    body = answer.json()
    assert answer.status == 201
    assert (body["name"], body["state"], body["stage"], body["error"]) == ("today.xml", "read", "done", None)
    [statement] = body["statements"]
    assert (statement["state"], statement["entry_count"], statement["new_count"]) == ("imported", 2, 2)
    assert (statement["booked_sum_minor"], statement["currency"]) == (12_500, "EUR")
    assert firm.iban not in answer.text
    assert await firm.get(f"/statements/{statement['id']}") == statement
    assert (await firm.get("/statements?state=imported"))["items"] == [statement]
    assert await firm.get(f"/files/{body['id']}") == body


async def test_the_same_bytes_again_are_known(firm: Firm) -> None:
    data = firm.statement(*PAYMENTS)
    first = await firm.upload(data)

    again = await send_form(firm, ("other-name.xml", data))

    assert (first.status, again.status) == (201, 200)
    assert again.json() == first.json()


async def test_a_form_brings_one_file(firm: Firm) -> None:
    one = await send_form(firm, ("a.xml", firm.statement(*PAYMENTS)), note="from the ERP")
    none = await send_form(firm, note="from the ERP")
    two = await send_form(firm, ("b.xml", firm.statement(number="42")), ("c.xml", firm.statement(number="43")))

    assert (one.status, none.status, two.status) == (201, 400, 413)
    assert await stored(firm, StatementFile, files) == 1


async def test_the_other_format_of_the_same_day_brings_nothing_new(firm: Firm) -> None:
    await firm.upload(firm.statement(*PAYMENTS))

    answer = await firm.upload(mt940(*PAYMENTS).replace(b"DE89370400440532013000", firm.iban.encode()))

    assert answer.status in {200, 201}, answer.text
    assert await stored(firm, BankTransaction, bank_transactions) == 2


async def test_what_does_not_add_up_is_held_until_a_person_takes_it(firm: Firm) -> None:
    answer = await firm.upload(firm.statement(*PAYMENTS, closing=99))
    [held] = answer.json()["statements"]
    before = await stored(firm, BankTransaction, bank_transactions)

    without = await firm.machine.post(f"/statements/{held['id']}/take", {"reason": ""})
    taken = await firm.post(f"/statements/{held['id']}/take", REASON)
    again = await firm.machine.post(f"/statements/{held['id']}/take", REASON)

    assert answer.status == 202
    assert (held["state"], held["hold_reason"], before) == ("held", "unbalanced", 0)
    assert without.status == 422
    assert (taken["state"], taken["take_reason"]) == ("imported", REASON["reason"])
    assert again.json()["code"] == "not_held"
    assert await stored(firm, BankTransaction, bank_transactions) == 2


async def test_a_held_statement_is_rejected_for_good(firm: Firm) -> None:
    [held] = (await firm.upload(firm.statement(*PAYMENTS, closing=99))).json()["statements"]

    rejected = await firm.post(f"/statements/{held['id']}/reject", REASON)
    taken = await firm.machine.post(f"/statements/{held['id']}/take", REASON)

    assert rejected["state"] == "rejected"
    assert taken.json()["code"] == "not_held"
    assert await stored(firm, BankTransaction, bank_transactions) == 0


async def test_a_statement_of_an_unknown_account_waits_for_it(firm: Firm) -> None:
    iban = german_iban(9_000_000_000 + firm.company_id)
    answer = await firm.upload(camt(*PAYMENTS, account=iban))
    [held] = answer.json()["statements"]

    taken = await firm.machine.post(f"/statements/{held['id']}/take", REASON)
    added = await firm.post("/bank-accounts", {"account": iban, "name": "Second"}, status=201)
    after = await firm.get(f"/statements/{held['id']}")

    assert (answer.status, held["hold_reason"]) == (202, "unknown_account")
    assert taken.json()["code"] == "cannot_be_taken"
    assert added["waiting_statement_ids"] == [held["id"]]
    assert (after["state"], after["new_count"]) == ("imported", 2)


@pytest.mark.parametrize(
    ("data", "code", "has_line"),
    [
        pytest.param(b"", "", False, id="empty"),
        pytest.param(b"<html><body>log in</body></html>", "", False, id="a web page"),
        pytest.param(b"%PDF-1.7 x", "", False, id="a PDF"),
        pytest.param(bytes(range(256)) * 4, "", False, id="random bytes"),
        pytest.param(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "", False, id="DOCTYPE"),
        pytest.param(camt(*PAYMENTS)[:-400], "", True, id="cut"),
        pytest.param(camt(*PAYMENTS).replace(b">100.00<", b">1e2<"), "", True, id="amount with an exponent"),
        pytest.param(mt940(*PAYMENTS).replace(b"CR100,00", b"CR1,00,00"), "", True, id="MT940 with a broken amount"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_reason(
    firm: Firm, data: bytes, code: str, has_line: bool
) -> None:
    answer = await firm.upload(data)
    again = await firm.upload(data)

    body = answer.json()
    assert (answer.status, again.status) == (422, 422)
    assert (body["state"], body["statements"]) == ("refused", [])
    assert body["error"]["code"]
    assert body["error"]["message"]
    assert (body["error"]["line"] is not None) >= has_line
    assert await stored(firm, BankTransaction, bank_transactions) == 0


async def test_the_original_bytes_come_back_to_those_who_may_see_accounts(firm: Firm) -> None:
    data = firm.statement(*PAYMENTS)
    [statement] = (await firm.upload(data)).json()["statements"]
    reader = await firm.machine_with(Right.SEE)

    original = await firm.machine.get(f"/statements/{statement['id']}/original")
    closed = await reader.get(f"/statements/{statement['id']}/original")

    assert original.text.encode() == data
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert closed.status == 403


@pytest.mark.prove
async def test_fifty_identical_uploads_at_once_are_one_import(firm: Firm, api_site: Site) -> None:
    for place in range(1, ROUNDS + 1):
        data = firm.statement(
            payment(12_345, f"round {place}", reference=f"R{place}", day=DAY + dt.timedelta(place)),
            number=str(70 + place), message_id=f"M{place}", day=DAY + dt.timedelta(place),
        )  # fmt: skip

        answers = await asyncio.gather(*[firm.upload(data) for _ in range(50)])

        assert sorted(answer.status for answer in answers) == [200] * 49 + [201]
        assert len({answer.text for answer in answers}) == 1
        assert await stored(firm, StatementFile, files) == place
        assert await stored(firm, BankTransaction, bank_transactions) == place
    kind = "SQLite" if api_site.gateway.database.is_sqlite else "PostgreSQL"
    note(f"50 identical uploads at once, {kind}", f"{ROUNDS} rounds: one import each, no server error")
