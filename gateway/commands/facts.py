"""Facts about what is stored: match what waits, export, and check that everything holds."""

import json
import sys
from typing import Annotated

import typer

from config.settings import load_settings
from gateway import app
from gateway.commands.shared import DONE, REFUSED, AsJson, CompanyCode, Data, company_of, with_store
from gateway.services import export_rows
from gateway.services.export_rows import Exportable
from gateway.services.match_transactions import Matched, match_transactions
from gateway.store import check
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from schemas.states import BankTransactionState


def match(data: Data = None, company: CompanyCode = "", as_json: AsJson = False) -> None:
    """Match what is new and what waits; print counts by outcome and reason."""

    async def work(database: Database) -> Matched:
        company_id = await company_of(database, company)
        states = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)
        return await match_transactions(database, company_id=company_id, actor=SYSTEM, now=app.utc_now, states=states)

    matched = with_store(load_settings(data_dir=data), work)
    counts = {"booked": dict(matched.booked), "asked": dict(matched.asked), "ignored": dict(matched.ignored)}
    if as_json:
        typer.echo(json.dumps(counts))
        return
    for outcome, reasons in counts.items():
        for reason, count in sorted(reasons.items()):
            typer.echo(f"{outcome}\t{reason}\t{count}")


def export(
    what: Exportable,
    data: Data = None,
    company: CompanyCode = "",
    history: Annotated[bool, typer.Option("--history", help="Also what was taken back.")] = False,
) -> None:
    """Print allocations, bank transactions or invoices as CSV."""

    async def work(database: Database) -> None:
        company_id = await company_of(database, company)
        async with database.read() as session:
            async for text in export_rows.export_rows(session, what=what, company_id=company_id, history=history):
                sys.stdout.write(text)

    with_store(load_settings(data_dir=data), work)


def check_all(data: Data = None) -> None:
    """Run every invariant query and verify the journal; exit 1 when something is broken."""

    async def work(database: Database) -> list[str]:
        async with database.read() as session:
            return [sentence async for sentence in check.broken_invariants(session)]

    broken = with_store(load_settings(data_dir=data), work)
    for sentence in broken:
        typer.echo(sentence)
    typer.echo("everything holds" if not broken else f"{len(broken)} broken", err=True)
    raise typer.Exit(REFUSED if broken else DONE)
