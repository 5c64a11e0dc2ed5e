"""Decide past bank transactions again under a change, in memory: what would it gain, and what lose?"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from config.settings import load_settings
from gateway.commands.shared import AsJson, CompanyCode, Data, company_of, with_store
from gateway.domain.replay.change import read_values
from gateway.domain.replay.compare import Finding
from gateway.domain.replay.result import Replayed
from gateway.domain.replay.world import Outcome, Verdict
from gateway.services.choose_change import choose_change
from gateway.services.load_past import Period
from gateway.services.replay_matching import Progress as Told
from gateway.services.replay_matching import replay_matching
from gateway.store import run_lists
from gateway.store.database import Database
from schemas.money import amount_text
from schemas.states import ReplayEffect

_DAY = ["%Y-%m-%d"]
From = Annotated[dt.datetime, typer.Option("--from", formats=_DAY, help="The first booking date, YYYY-MM-DD.")]
To = Annotated[dt.datetime, typer.Option("--to", formats=_DAY, help="The last booking date, YYYY-MM-DD.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A rule of matching and its value, such as tolerance_minor=5 or book_partial=off."),
]
Forget = Annotated[
    list[str] | None, typer.Option("--forget", help="A payer's account, as if it had never been learned.")
]
WithoutRule = Annotated[
    list[int] | None, typer.Option("--without-rule", help="The id of a rule of the company, as if it were off.")
]
ForgetHabit = Annotated[
    list[int] | None, typer.Option("--forget-habit", help="The id of a habit, as if it had never been learned.")
]
_FIRST = 5  # Of each kind, without --json.
_MEANINGS = {
    ReplayEffect.GAINED: "would be booked, and wait for a person so far",
    ReplayEffect.CONFIRMED: "would be booked just as a person decided",
    ReplayEffect.NEWLY_WRONG: "would be booked otherwise than a person decided",
    ReplayEffect.LOST: "would wait for a person",
    ReplayEffect.SPARED: "would wait for a person, and were booked wrongly",
    ReplayEffect.DIFFERENT: "would be booked otherwise",
}


def replay(
    from_day: From, to_day: To, set_: Set = None, without_rule: WithoutRule = None, forget: Forget = None,
    forget_habit: ForgetHabit = None, data: Data = None, company: CompanyCode = "", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Decide stored bank transactions again under changed rules, in memory; print what would change."""

    async def work(database: Database) -> tuple[Replayed, dict[int, str]]:
        company_id = await company_of(database, company)
        async with database.read() as session:
            change = await choose_change(
                session, company_id, values=read_values(dict(_pairs(set_ or []))), accounts=forget or [],
                without_rules=without_rule or [], habit_ids=forget_habit or [],
            )  # fmt: skip
        period = Period(company_id, from_day.date(), to_day.date())
        with _bar() as told:
            found = await replay_matching(database, period, change, progress=told)
        async with database.read() as session:
            ids = [item_id for one in (*found.findings, *found.unlike) for item_id in one.items]
            return found, await run_lists.numbers_of_items(session, company_id=company_id, ids=ids)

    found, numbers = with_store(load_settings(data_dir=data), work)
    facts = _facts(found, numbers)
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        _print(found, facts)


def _pairs(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        field, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not FIELD=VALUE", param_hint="--set")
        yield field.strip(), value.strip()


@contextmanager
def _bar() -> Iterator[Told]:
    """Show how far it is, on a terminal."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("replaying", total=None)

        async def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told


def _facts(found: Replayed, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "looked": found.looked,
        "payments": found.payments,
        "booked_before": found.booked_before,
        "booked_after": found.booked_after,
        "own_debits": found.own_count,
        "unlike": {"count": found.unlike_count, "first": [_line(one, numbers) for one in found.unlike]},
        "effects": [
            {
                "effect": one.effect.value,
                "currency": one.currency,
                "count": one.transaction_count,
                "sum_minor": one.sum_minor,
            }
            for one in found.sums
        ],
        "first": [{"effect": one.effect, **_line(one, numbers)} for one in found.findings],
    }


def _line(one: Finding, numbers: dict[int, str]) -> dict[str, Any]:
    transaction = one.transaction
    return {
        "bank_transaction": str(transaction.id),
        "booking_date": transaction.booking_date.isoformat(),
        "amount_minor": transaction.amount_minor,
        "currency": transaction.currency,
        "before": _said(one.before, numbers),
        "after": _said(one.after, numbers),
    }


def _said(verdict: Verdict, numbers: dict[int, str]) -> str:
    words = " ".join(word for word in (verdict.outcome.value, verdict.word) if word)
    if verdict.outcome is not Outcome.BOOKED:
        return words
    return f"{words}: {', '.join(numbers.get(item_id, str(item_id)) for item_id, _ in verdict.settles)}"


def _print(found: Replayed, facts: dict[str, Any]) -> None:
    typer.echo(f"{found.looked:,} bank transactions decided again, {found.payments:,} of them payments;")
    typer.echo(f"rules booked {found.booked_before:,} of these, and would book {found.booked_after:,}")
    for one in found.sums:
        total = f"{amount_text(one.sum_minor)} {one.currency}"
        typer.echo(f"\n{one.effect.value}\t{one.transaction_count:,}\t{total}\t{_MEANINGS[one.effect]}")
        of_effect = [
            line for line in facts["first"] if (line["effect"], line["currency"]) == (one.effect, one.currency)
        ]
        _print_lines(of_effect)
    if not found.sums:
        typer.echo("nothing would change")
    if found.unlike_count:
        typer.echo(f"\nunlike\t{found.unlike_count:,}\tare decided otherwise than they were, without any change")
        _print_lines(facts["unlike"]["first"])


def _print_lines(lines: list[dict[str, Any]]) -> None:
    for line in lines[:_FIRST]:
        amount = f"{amount_text(line['amount_minor'])} {line['currency']}"
        typer.echo(
            f"  {line['bank_transaction']}  {line['booking_date']}  {amount}  {line['before']} -> {line['after']}"
        )
