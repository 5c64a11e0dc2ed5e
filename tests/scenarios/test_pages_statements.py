"""Statements over HTTP: what became of each file in one sentence, and held ones that a person decides."""

import io
import re
import zipfile

import pytest

from schemas.states import Role
from support.bank import camt, payment
from support.desk import Desk, day_statement, words_of


@pytest.fixture
def desk(quiet_desk: Desk) -> Desk:
    return quiet_desk


def held_id(html: str) -> str:
    found = re.search(r'Held:</span> <a href="/statements/(\d+)"', html)
    assert found is not None
    return found[1]


async def test_an_upload_ends_in_one_sentence(desk: Desk) -> None:
    answer = await desk.upload(day_statement())
    page = words_of((await desk.clerk.get("/statements")).text)

    assert (answer.status, answer.location) == (303, "/statements")
    assert "4 entries, 1 matched, 3 to review" in page


async def test_the_same_bytes_again_are_an_answer_and_nothing_else(desk: Desk) -> None:
    await desk.upload(day_statement())

    again = await desk.upload(day_statement())
    page = words_of((await desk.clerk.get(again.location)).text)

    assert "Known since" in page
    assert "nothing changed" in page


async def test_a_file_that_is_no_statement_is_refused_with_its_reason(desk: Desk) -> None:
    await desk.upload(b"<html>not a statement</html>", name="../../etc/passwd")

    page = (await desk.clerk.get("/statements")).text

    assert "Refused:" in page
    assert "passwd" in page
    assert "../" not in page


async def test_a_form_without_a_file_says_so(desk: Desk) -> None:
    answer = await desk.upload(b"", name="")
    page = (await desk.clerk.get("/statements")).text

    assert answer.location == "/statements"
    assert "Choose at least one file." in page


async def test_a_held_statement_says_why_and_only_an_approver_takes_it_with_a_reason(desk: Desk) -> None:
    await desk.upload(camt(payment(5_000, "FA-1002"), closing=99))
    key = held_id((await desk.clerk.get("/statements")).text)
    approver = await desk.site.sign_in(Role.APPROVER)

    seen_by_clerk = words_of((await desk.clerk.get(f"/statements/{key}")).text)
    by_clerk = await desk.clerk.post(f"/statements/{key}/take", {"reason": "I want"})
    without_reason = await approver.post(f"/statements/{key}/take", {"reason": " "})
    taken = await approver.post(f"/statements/{key}/take", {"reason": "the bank confirmed it by phone"})
    after = words_of((await desk.clerk.get(f"/statements/{key}")).text)

    assert "Opening balance and entries do not give the closing balance" in seen_by_clerk
    assert "An approver can take it" in seen_by_clerk
    assert (by_clerk.status, without_reason.status, taken.status) == (403, 422, 303)
    assert "the bank confirmed it by phone" in after
    assert "Muster GmbH" in after


async def test_a_held_statement_can_be_rejected_for_good(desk: Desk) -> None:
    await desk.upload(camt(payment(5_000, "FA-1002"), closing=99))
    key = held_id((await desk.clerk.get("/statements")).text)
    approver = await desk.site.sign_in(Role.APPROVER)

    rejected = await approver.post(f"/statements/{key}/reject", {"reason": "made up"})
    again = await approver.post(f"/statements/{key}/take", {"reason": "after all"})

    assert (rejected.status, again.status) == (303, 409)
    assert "rejected" in (await desk.clerk.get(f"/statements/{key}")).text


async def test_a_gap_is_shown_before_the_statement_that_follows_it(desk: Desk) -> None:
    first, later = payment(1_000, "a", reference="A"), payment(2_000, "b", reference="B")
    await desk.upload(camt(first))
    await desk.upload(camt(later, opening=55_000, number="43", day=first.booking_date.replace(day=19)))

    page = words_of((await desk.clerk.get("/statements")).text)

    assert "Tue 17 Nov to Wed 18 Nov are missing before this statement" in page
    assert "440.00 EUR" in page


async def test_the_days_of_an_account_say_which_statement_is_missing(desk: Desk) -> None:
    first, later = payment(1_000, "a", reference="A"), payment(2_000, "b", reference="B")
    await desk.upload(camt(first))
    await desk.upload(camt(later, opening=55_000, number="43", day=first.booking_date.replace(day=18)))

    page = (await desk.clerk.get("/statements")).text
    words = words_of(page)

    assert "Main account 3 days are missing: Tue 17 Nov, Thu 19 Nov, Fri 20 Nov" in words
    assert "Mon 16 Nov: 1 entry" in words
    assert "Sat 14 Nov: weekend" in words
    assert re.search(r'href="/statements/\d+" title="Wed 18 Nov: 1 entry"', page)
    assert re.search(r'href="#upload" title="Tue 17 Nov: missing"', page)
    assert page.count('aria-current="date"') == 1


async def test_a_held_statement_is_marked_on_its_day(desk: Desk) -> None:
    await desk.upload(camt(payment(5_000, "FA-1002"), closing=99))

    words = words_of((await desk.clerk.get("/statements")).text)

    assert "1 day is held: Mon 16 Nov" in words
    assert "Mon 16 Nov: held, 1 entry" in words


async def test_a_whole_import_is_taken_back_after_it_said_what(desk: Desk) -> None:
    await desk.upload(day_statement())
    page = (await desk.clerk.get("/statements")).text
    path = re.search(r'href="(/statements/files/\d+)"', page)
    assert path is not None

    said = words_of((await desk.clerk.get(f"{path[1]}/undo")).text)
    without_reason = await desk.clerk.post(f"{path[1]}/undo", {})
    done = await desk.clerk.post(f"{path[1]}/undo", {"reason": "test"})
    after = words_of((await desk.clerk.get("/statements")).text)

    assert "1 bank transaction goes back to the review queue." in said
    assert "100.00 EUR" in said
    assert (without_reason.status, done.status) == (422, 303)
    assert "4 to review" in after
    assert "nothing to take back" in (await desk.clerk.get(f"{path[1]}/undo")).text


async def test_the_original_comes_back_byte_for_byte(desk: Desk) -> None:
    data = day_statement()
    await desk.upload(data)
    page = (await desk.clerk.get("/statements")).text
    path = re.search(r'href="(/statements/files/\d+)"', page)
    assert path is not None

    original = await desk.clerk.post(f"{path[1]}/original")

    assert original.text.encode() == data
    assert original.headers["Content-Disposition"] == 'attachment; filename="statement.xml"'


@pytest.mark.parametrize("path", ["/statements/{}", "/statements/files/{}"])
async def test_what_is_not_ours_is_not_found(desk: Desk, path: str) -> None:
    for key in ("1", "999999999", "abc"):
        assert (await desk.clerk.get(path.format(key))).status == 404


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


async def test_an_archive_is_unpacked_only_where_it_was_asked_for(desk: Desk) -> None:
    archive = zipped(("monday.xml", day_statement()), ("../tuesday.txt", b"no statement"))

    await desk.upload(archive, name="bank.zip")
    unasked = words_of((await desk.clerk.get("/statements")).text)
    await desk.upload(archive, name="bank.zip", unpack=True)
    asked = words_of((await desk.clerk.get("/statements")).text)

    assert "bank.zip Refused:" in unasked
    assert "4 entries, 1 matched, 3 to review" in asked
    assert "tuesday.txt Refused:" in asked


async def test_a_damaged_archive_is_refused_whole(desk: Desk) -> None:
    archive = zipped(("monday.xml", day_statement()), ("tuesday.xml", b"x" * 5_000))

    answer = await desk.upload(archive[:-40], name="bank.zip", unpack=True)

    assert answer.status == 422
    assert "The file is no zip archive, or its end is missing" in answer.text
    assert "No file arrived yet" in (await desk.clerk.get("/statements")).text
