"""How well matching does is counted from what is stored: once a night, and whenever somebody asks."""

import datetime as dt
from typing import Any

import pytest

from gateway.jobs import Jobs
from gateway.services.count_figures import count_figures, due_tonight
from gateway.store import match_counting
from gateway.store.journal import Journal
from gateway.store.match_counting import Counted
from gateway.store.match_figures import MatchFigure, MatchFigureNight
from gateway.store.work import SYSTEM
from schemas.statement import StatementKind
from support.api import Firm
from support.bank import DAY, mt940, payment
from support.gateways import NOW, Bench

_MONTH = f"{DAY:%Y-%m}"
_A_DAY = dt.timedelta(days=1)


async def figures(firm: Firm) -> Any:
    """Count, and return the figures of the month of all statements here."""
    await firm.post("/matching/figures/count")
    return await firm.get(f"/matching/figures?from_month={_MONTH}&to_month={_MONTH}")


async def first_transaction(firm: Firm, state: str = "allocated") -> str:
    return str((await firm.get(f"/bank-transactions?state={state}"))["items"][0]["id"])


@pytest.mark.asyncio(loop_scope="session")
class TestOverTheApi:
    """Stories of one company each, on each kind of database."""

    async def test_payments_lines_and_value_are_counted(self, firm: Firm) -> None:
        await firm.add_customer()
        await firm.add_invoice("FA-1", 10_000)
        await firm.upload(
            firm.statement(
                payment(10_000, "FA-1", reference="R1"), payment(30_000, "Danke", reference="R2"),
                payment(-500, "", code="PMNT-ICDT-ESCT", reference="R3"),
            )
        )  # fmt: skip

        shown = await figures(firm)

        assert shown["total"]["payments"] == {"by_itself": 1, "all": 2, "share": 5_000}
        assert shown["total"]["payments_nothing_found"] == 1
        assert shown["total"]["lines"] == {"by_itself": 2, "all": 3, "share": 6_666}
        assert shown["total"]["values"] == [
            {"currency": "EUR", "by_itself_minor": 10_000, "all_minor": 40_000, "share": 2_500}
        ]
        assert shown["total"]["wrong"] == {"wrong": 0, "decided": 2, "one_in": None, "taken_back": 0}
        assert [(one["account_id"], one["format"]) for one in shown["accounts"]] == [
            (str(firm.account_id), "camt.053.001.08")
        ]
        assert [(one["rule"], one["lines"]) for one in shown["rules"]] == [("exact_reference", 1), ("outgoing", 1)]
        assert [(one["evidence"], one["lines"]) for one in shown["evidence"]] == [("number", 1)]
        assert shown["asked"] == [{"reason": "no_known_reference", "lines": 1}]

    async def test_a_month_without_payments_has_no_figure(self, firm: Firm) -> None:
        shown = await firm.get("/matching/figures?from_month=2025-12&to_month=2026-01")

        assert [one["month"] for one in shown["months"]] == ["2025-12", "2026-01"]
        assert all(one["payments"]["share"] is None for one in shown["months"])

    @pytest.mark.parametrize(("reason", "wrong", "otherwise"), [("wrong: not his", 1, 0), ("the customer asked", 0, 1)])
    async def test_what_a_person_takes_back_stands_beside_the_rest(
        self, firm: Firm, reason: str, wrong: int, otherwise: int
    ) -> None:
        await firm.add_customer()
        await firm.add_invoice("FA-1", 10_000)
        await firm.upload(firm.statement(payment(10_000, "FA-1", reference="R1")))
        before = await figures(firm)

        await firm.post(f"/bank-transactions/{await first_transaction(firm)}/undo", {"reason": reason})
        after = await figures(firm)

        assert before["total"]["payments"]["share"] == 10_000
        assert after["total"]["payments"] == {"by_itself": 0, "all": 1, "share": 0}
        told = after["total"]["wrong"]
        assert (told["wrong"], told["decided"], told["taken_back"]) == (wrong, 1, otherwise)
        assert after["rules"][0]["rule"] == "exact_reference"

    async def test_what_was_set_aside_wrongly_is_wrong_too(self, firm: Firm) -> None:
        await firm.upload(firm.statement(payment(-500, "", code="PMNT-ICDT-ESCT", reference="R3")))

        key = await first_transaction(firm, "ignored")
        await firm.post(f"/bank-transactions/{key}/undo", {"reason": "wrong"})
        shown = await figures(firm)

        assert (shown["total"]["wrong"]["wrong"], shown["total"]["lines"]["by_itself"]) == (1, 0)
        assert shown["rules"] == [
            {"rule": "set_aside", "lines": 0, "values": [],
             "wrong": {"wrong": 1, "decided": 1, "one_in": 1, "taken_back": 0}},
        ]  # fmt: skip

    async def test_what_people_set_aside_is_no_payment_and_none_of_our_wrongs(self, firm: Firm) -> None:
        await firm.upload(firm.statement(payment(500, "Spende", reference="R3")))
        question = (await firm.get("/review-items"))["items"][0]["id"]

        await firm.post(f"/review-items/{question}/ignore", {"category": "other"})
        aside = await figures(firm)
        await firm.post(f"/bank-transactions/{await first_transaction(firm, 'ignored')}/undo", {"reason": "wrong"})
        again = await figures(firm)

        assert (aside["total"]["payments"]["all"], aside["total"]["lines"]["all"]) == (0, 1)
        assert again["total"]["wrong"]["wrong"] == 0

    async def test_what_an_invoice_explains_afterwards_is_booked_later(self, firm: Firm) -> None:
        await firm.add_customer()
        await firm.upload(firm.statement(payment(10_000, "FA-1", reference="R1")))
        await firm.add_invoice("FA-1", 10_000)
        await firm.until("/bank-transactions?state=allocated", lambda read: read["items"])

        shown = await figures(firm)

        assert (shown["total"]["payments"]["by_itself"], shown["total"]["payments_booked_later"]) == (1, 1)

    async def test_what_is_only_announced_does_not_count(self, firm: Firm) -> None:
        await firm.upload(firm.statement(payment(500, "x", reference="R1"), kind=StatementKind.REPORT))

        assert (await figures(firm))["total"]["lines"]["all"] == 0

    async def test_another_account_is_told_apart(self, firm: Firm) -> None:
        await firm.upload(firm.statement(payment(500, "x", reference="R1")))
        await figures(firm)

        one = f"/matching/figures?from_month={_MONTH}&to_month={_MONTH}&account_id="

        assert (await firm.get(f"{one}{firm.account_id}"))["total"]["lines"]["all"] == 1
        assert (await firm.get(f"{one}{firm.account_id + 1}"))["total"]["lines"]["all"] == 0

    async def test_nothing_of_another_company_is_counted(self, firm: Firm, other_firm: Firm) -> None:
        await other_firm.upload(other_firm.statement(payment(500, "x", reference="R1")))

        assert (await figures(firm))["total"]["lines"]["all"] == 0

    @pytest.mark.parametrize(
        "query",
        ["from_month=2026-12&to_month=2026-11", "from_month=2000-01&to_month=2026-11", "from_month=2026-13"],
    )
    async def test_months_that_make_no_sense_are_refused(self, firm: Firm, query: str) -> None:
        assert (await firm.machine.get(f"/matching/figures?{query}")).status in (400, 422)


async def count(bench: Bench, now: dt.datetime = NOW) -> int:
    return await count_figures(bench.database, company_id=bench.company_id, now=now, actor=SYSTEM)


async def test_only_months_in_which_something_changed_are_counted_again(bench: Bench) -> None:
    await bench.upload(mt940(payment(500, "x", reference="R1")))
    first = await count(bench)
    before = [row.id for row in await bench.rows(MatchFigure)]

    second = await count(bench)
    await bench.upload(mt940(payment(700, "y", reference="R2"), number="42", opening=10_500, day=DAY + _A_DAY))
    third = await count(bench)

    assert (first, second, third) == (1, 0, 1)
    rows = await bench.rows(MatchFigure)
    assert sum(row.line_count for row in rows) == 2
    assert not {row.id for row in rows} & set(before)
    assert await bench.broken() == []


async def test_who_counted_too_late_leaves_what_another_counted(bench: Bench) -> None:
    await bench.upload(mt940(payment(500, "x", reference="R1")))
    async with bench.database.read() as session:
        (month, stand), *_ = (await match_counting.stands_now(session, bench.company_id)).items()
    late = {month: Counted(stand, {})}
    await count(bench)

    async with bench.begin() as work:
        written = await match_counting.replace_months(work, late, before={})
        work.say("count_figures", "match_figures")

    assert written == 0
    assert len(await bench.rows(MatchFigure)) == 1


async def test_a_company_is_counted_once_a_night(bench: Bench) -> None:
    await bench.upload(mt940(payment(500, "x", reference="R1")))
    jobs = Jobs(bench.database, bench.gate.now, lambda: NOW)  # type: ignore[arg-type]

    for _ in range(2):
        await jobs.count_figures()

    assert await due_tonight(bench.database, now=NOW) == []
    assert await due_tonight(bench.database, now=NOW + _A_DAY) == [bench.company_id]
    assert len(await bench.rows(MatchFigureNight)) == 1
    verbs = [row.verb for row in await bench.rows(Journal, Journal.seq)]
    assert verbs.count("count_figures") == 1
