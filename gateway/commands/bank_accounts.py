"""Bank accounts of ours."""

from typing import Annotated

import typer

from config.settings import Settings, load_settings
from gateway import app
from gateway.commands.shared import CompanyCode, Data, company_of, with_store
from gateway.services import manage_accounts
from gateway.store.database import Database
from gateway.store.work import SYSTEM

accounts = typer.Typer(no_args_is_help=True, help="Bank accounts of ours.")


@accounts.command("add")
def add_account(
    account: Annotated[str, typer.Argument(help="IBAN, or the form that the bank writes.")],
    name: Annotated[str, typer.Option(help="What we call it.")] = "",
    bic: Annotated[str, typer.Option(help="BIC of its bank.")] = "",
    currency: Annotated[str | None, typer.Option(help="Currency, such as EUR.")] = None,
    data: Data = None,
    company: CompanyCode = "",
) -> None:
    """Add a bank account of ours; statements that waited for it are imported."""
    settings = load_settings(data_dir=data)

    async def work(database: Database) -> list[int]:
        company_id = await company_of(database, company)
        async with database.begin(actor=SYSTEM, now=app.utc_now(), company_id=company_id) as unit:
            row = await manage_accounts.add_account(unit, account=account, name=name, bic=bic, currency=currency)
            waiting = await manage_accounts.waiting_statements(unit, account=row)
        return [one.statement_id for one in waiting]

    waiting = with_store(settings, work)
    with_store(settings, lambda _database: _import_waiting(settings, waiting))
    typer.echo(f"account added; {len(waiting)} statements waited for it")


async def _import_waiting(settings: Settings, statement_ids: list[int]) -> None:
    workers = app.build_workers(settings)
    try:
        for statement_id in statement_ids:
            await workers.take_statement(statement_id, SYSTEM, "")
    finally:
        workers.close()
