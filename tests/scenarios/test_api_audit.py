"""The journal over the API: whole, chained, filtered, and only for whom it is meant."""

import hashlib

import pytest

from gateway.domain.access import Right
from support.api import Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rows(firm: Firm, query: str = "") -> list[dict[str, str]]:
    """Return rows of the journal as an auditor's machine reads them."""
    auditor = await firm.machine_with(Right.SEE_AUDIT)
    answer = await auditor.get(f"/audit{query}")
    assert answer.status == 200
    return list(answer.json()["items"])


async def test_each_row_names_the_hash_of_the_row_before_it(firm: Firm) -> None:
    await firm.add_customer()
    await firm.add_invoice("FA-1", 10_000)

    found = await rows(firm, "?limit=500")

    assert [row["verb"] for row in found[:3]] == ["make_token", "add_item", "add_customer"]
    assert [row["prev"] for row in found[:-1]] == [row["hash"] for row in found[1:]]
    assert all(len(row["hash"]) == hashlib.sha256().digest_size * 2 for row in found)


async def test_the_trail_of_a_payment_leads_from_its_file_to_its_booking(firm: Firm) -> None:
    await firm.add_customer()
    await firm.add_invoice("FA-2", 10_000)
    await firm.upload(firm.statement(payment(10_000, "FA-2", reference="B-2")))
    [paid] = (await firm.get("/bank-transactions"))["items"]

    verbs = {row["verb"] for row in await rows(firm, f"?about=bank_transaction:{paid['id']}")}

    assert {"receive_file", "import_statement"} <= verbs
    assert "add_customer" not in verbs


async def test_a_machine_without_the_right_reads_no_journal(firm: Firm) -> None:
    clerk = await firm.machine_with(Right.SEE, Right.WORK)

    assert (await clerk.get("/audit")).status == 403
    assert (await clerk.post("/audit/verify", {})).status == 403


async def test_a_check_over_every_company_is_for_whoever_may_see_all_of_them(firm: Firm, other_firm: Firm) -> None:
    auditor = await firm.machine_with(Right.SEE_AUDIT)

    answer = await auditor.post("/audit/verify", {})

    assert answer.status == 403
    assert "no role in some of them" in answer.json()["detail"]
    assert other_firm.company_id != firm.company_id
