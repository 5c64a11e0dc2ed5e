"""Remittance advices: a customer's list comes before or after his transfer, and says what it pays."""

import io
import re
import zipfile
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from gateway.domain.access import Right
from gateway.store import check
from gateway.store.advices import advice_lines, advices
from gateway.web import background
from schemas.statement import BankEntry
from support.bank import camt, payment
from support.desk import Desk, words_of
from support.web import Answer

ALPHA, STRANGER = "DE02120300000000202051", "DE02500105170137075030"
LISTED = "Rechnung;Betrag\nFA-1001;100,00\nFA-1002;120,00\nGS-0001;-25,00\n"
SUM = 19_500


def transfer(minor: int = SUM, text: str = "Sammelzahlung", **facts: Any) -> BankEntry:
    known = {"name": "Alpha Werke GmbH", "iban": ALPHA, "reference": "A1"}
    return payment(minor, text, **(known | facts))


async def bring(desk: Desk, data: str | bytes, *names: str) -> Answer:
    """Bring an advice in by the form of the page, and follow where it leads."""
    form = aiohttp.FormData()
    form.add_field("csrf", desk.clerk.token)
    for name in names or ("avis.csv",):
        form.add_field("file", data if isinstance(data, bytes) else data.encode(), filename=name)
    answer = await desk.clerk.ask("POST", "/advices", data=form, headers=desk.clerk.origin)
    await background.finished()
    return await desk.clerk.get(answer.location) if answer.location else answer


async def open_of(desk: Desk) -> dict[str, str]:
    """Return what is open of each item, as the list shows it."""
    machine = await desk.site.machine(Right.SEE)
    items = (await machine.ask("GET", "/invoices?limit=50")).json()["items"]
    return {item["number"]: item["open_minor"] for item in items}


async def is_sound(desk: Desk) -> bool:
    async with desk.site.gateway.database.read() as session:
        return [sentence async for sentence in check.broken_invariants(session)] == []


@pytest.mark.parametrize("is_first", [True, False], ids=["before the credit", "after it"])
async def test_a_list_books_its_credit_whichever_came_first(quiet_desk: Desk, is_first: bool) -> None:
    if is_first:
        waiting = await bring(quiet_desk, LISTED)
        assert "No credit of its amount came from" in words_of(waiting.text)
    await quiet_desk.upload(camt(transfer()))
    if not is_first:
        await bring(quiet_desk, LISTED)

    listed = words_of((await quiet_desk.clerk.get("/advices")).text)
    items = await open_of(quiet_desk)
    assert "by the name of the payer" in listed
    assert (items["FA-1001"], items["FA-1002"], items["GS-0001"]) == (0, 8_000, 0)
    assert await is_sound(quiet_desk)


async def test_one_unknown_number_is_asked_with_the_list_first(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer(10_000 + 7_000)))
    await bring(quiet_desk, "Rechnung;Betrag\nFA-1001;100,00\nFA-9999;70,00\n")

    page = (await quiet_desk.clerk.get(await quiet_desk.question("Alpha"))).text

    assert "An advice lists 2 items: avis.csv" in words_of(page)
    assert "the advice lists fa-9999" in words_of(page).lower()
    assert (await open_of(quiet_desk))["FA-1001"] == 10_000


async def test_the_explanation_of_a_list_can_be_accepted(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer(10_000 + 7_000)))
    await bring(quiet_desk, "Rechnung;Betrag\nFA-1001;100,00\nFA-9999;70,00\n")
    path = await quiet_desk.question("Alpha")
    seen = re.search(r'name="seen" value="([^"]*)"', (await quiet_desk.clerk.get(path)).text)

    await quiet_desk.clerk.post(f"{path}/accept", {"place": "0", "seen": seen[1] if seen else ""})

    assert (await open_of(quiet_desk))["FA-1001"] == 0
    assert await is_sound(quiet_desk)


async def test_a_total_off_by_one_cent_is_asked(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer(SUM + 1)))

    page = await bring(quiet_desk, LISTED + "Summe;195,01\n")

    assert "The lines do not add up to the total of" in words_of(page.text)
    assert (await open_of(quiet_desk))["FA-1001"] == 10_000


async def test_of_two_credits_of_one_amount_the_payer_decides(quiet_desk: Desk) -> None:
    other = transfer(name="Niemand", iban=STRANGER, reference="A2")
    await quiet_desk.upload(camt(other, transfer()))

    page = await bring(quiet_desk, LISTED)

    assert "by the name of the payer" in words_of(page.text)
    assert (await open_of(quiet_desk))["FA-1002"] == 8_000
    assert "Niemand" in words_of((await quiet_desk.clerk.get("/review")).text)


async def test_two_equal_credits_of_one_payer_wait_for_a_person(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer(), transfer(reference="A2")))

    page = await bring(quiet_desk, LISTED)

    assert "Several credits fit it alike" in words_of(page.text)
    assert (await open_of(quiet_desk))["FA-1002"] == 20_000


async def test_a_stranger_s_credit_is_linked_by_its_amount_and_gives_way_to_a_better_one(quiet_desk: Desk) -> None:
    stranger = transfer(name="Niemand", iban=STRANGER, reference="A2")
    await quiet_desk.upload(camt(stranger))
    by_amount = await bring(quiet_desk, LISTED)
    assert "nothing shows who paid" in words_of(by_amount.text)
    assert (await open_of(quiet_desk))["FA-1001"] == 10_000

    await quiet_desk.upload(camt(transfer(), number="42", opening=29_500))

    assert (await open_of(quiet_desk))["FA-1001"] == 0
    question = (await quiet_desk.clerk.get(await quiet_desk.question("Niemand"))).text
    assert "An advice lists" not in words_of(question)


async def test_an_advice_about_another_time_is_not_linked(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer()))

    page = await bring(quiet_desk, "Zahlungsdatum: 01.11.2026\n" + LISTED)

    assert "No credit of its amount came from" in words_of(page.text)


async def test_an_advice_that_came_twice_is_kept_once(quiet_desk: Desk) -> None:
    await bring(quiet_desk, LISTED)
    known = await bring(quiet_desk, LISTED, "again.csv")
    same = await bring(
        quiet_desk,
        LISTED.replace(";", ",")
        .replace("100,00", '"100,00"')
        .replace("120,00", '"120,00"')
        .replace("-25,00", '"-25,00"'),
        "mail.csv",
    )

    assert "1 file was known already" in words_of(known.text)
    assert "it says the same as avis.csv, which came before" in words_of(same.text).replace("It says", "it says")
    async with quiet_desk.site.gateway.database.read() as session:
        assert (await session.execute(select(func.count()).select_from(advices))).scalar_one() == 2
        assert (await session.execute(select(func.count()).select_from(advice_lines))).scalar_one() == 3


async def test_what_cannot_be_read_is_kept_with_its_reason_and_nothing_else(quiet_desk: Desk) -> None:
    page = await bring(quiet_desk, "Rechnung;Betrag\nFA-1001;100,00\nFA-1002;ten\n")

    assert "was found, an amount such as 1234,56 expected" in words_of(page.text)
    async with quiet_desk.site.gateway.database.read() as session:
        assert (await session.execute(select(func.count()).select_from(advice_lines))).scalar_one() == 0


async def test_files_made_to_break_the_reader_are_each_refused_and_the_next_is_read(quiet_desk: Desk) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/a.xml", b" " * 80_000_000)
    hostile = {
        "bomb.xlsx": bomb.getvalue(),
        "broken.pdf": b"%PDF-1.7\n" + b"[" * 9_000,
        "mail.eml": b"From: a\nContent-Type: " + b"(" * 3_000 + b"\n\nFA-1001 100,00\n",
        "year.csv": "Zahlungsdatum: 01.01.0001\n" + LISTED,
        "sum.csv": LISTED + "FA-1;9999999999999,00\n" * 200,
        "zero.txt": b"FA-1001\x00 100,00\n" + b"FA-1002 100,00\n" * 90,
    }

    for name, data in hostile.items():
        assert "Refused:" in words_of((await bring(quiet_desk, data, name)).text), name
    good = words_of((await bring(quiet_desk, LISTED)).text)

    assert "No credit of its amount came from" in good
    async with quiet_desk.site.gateway.database.read() as session:
        assert (await session.execute(select(func.count()).select_from(advice_lines))).scalar_one() == 3
    assert await is_sound(quiet_desk)


async def test_the_api_takes_lists_and_reads_advices(quiet_desk: Desk) -> None:
    machine = await quiet_desk.site.machine(Right.IMPORT, Right.SEE, Right.SEE_IBAN)
    await quiet_desk.upload(camt(transfer()))

    made = await machine.ask("POST", "/advices", data=f"IBAN {ALPHA}\n{LISTED}".encode())
    again = await machine.ask("POST", "/advices", data=f"IBAN {ALPHA}\n{LISTED}".encode())
    bad = await machine.ask("POST", "/advices", data=b"hello")
    listed = (await machine.ask("GET", "/advices?state=linked")).json()["items"]

    body = made.json()
    assert (made.status, again.status, bad.status) == (201, 200, 422)
    assert (body["state"], body["sign"], body["total_minor"], len(body["lines"])) == ("linked", "account", SUM, 3)
    assert ALPHA not in made.text
    assert bad.json()["error"]["code"] == "no_lines"
    assert [one["id"] for one in listed] == [body["id"]]
    assert (await machine.ask("GET", f"/advices/{body['id']}")).json() == body
    assert (await machine.ask("GET", f"/advices/{body['id']}/original")).text.endswith(LISTED)
    assert (await machine.ask("GET", "/advices/1")).status == 404


async def test_a_person_may_take_the_booking_back_and_the_list_does_not_book_again(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(transfer()))
    page = await bring(quiet_desk, LISTED)
    link = re.search(r"/bank-transactions/(\d+)", page.text)
    assert link

    await quiet_desk.clerk.post(f"{link[0]}/undo", {"reason": "wrong", "words": ""})
    await quiet_desk.site.gateway.workers.match((await quiet_desk.site.company()).id)

    assert (await open_of(quiet_desk))["FA-1001"] == 10_000
    assert await is_sound(quiet_desk)
