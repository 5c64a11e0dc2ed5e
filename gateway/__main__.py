"""The command line. Each command reads the settings, calls one service and says what came of it.

Exit codes: 0 done, 1 refused (the reason on standard error), 2 wrong usage, 3 done, but something waits for a person.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from config.logs import configure_logs
from config.settings import Settings, load_settings
from gateway import app, commands
from gateway.commands.shared import CompanyCode, Data, with_store
from gateway.domain.access import TOKEN_RIGHTS, Right
from gateway.services import add_people
from gateway.web.server import HttpServer
from schemas.errors import GatewayError
from schemas.states import Role

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
users = typer.Typer(no_args_is_help=True, help="People who may log in.")
tokens = typer.Typer(no_args_is_help=True, help="Keys of machines to the API.")
cli.add_typer(users, name="users")
cli.add_typer(tokens, name="tokens")
commands.register(cli)


@cli.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty data folder with an invented company.")] = False,
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Data = None,
) -> None:
    """Serve the pages and the API, and do what is due."""
    settings = load_settings(data_dir=data, host=host, port=port)
    configure_logs(settings.log_format)
    asyncio.run(_serve(settings, demo=demo))


async def _serve(settings: Settings, *, demo: bool) -> None:
    if demo:
        await app.prepare_demo(settings, say=lambda text: typer.echo(text, err=True))
    application = await app.build_app(settings)
    link = await app.admit_first_administrator(application, settings)
    server = HttpServer(application)
    await server.start(settings.host, settings.port)
    typer.echo(f"SEPA gateway: {settings.address} ({settings.shown_database})", err=True)
    if link is not None:
        typer.echo(f"Nobody can log in yet. Make the first administrator here, once: {link}", err=True)
    await _asked_to_stop()
    await server.stop()


async def _asked_to_stop() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


@users.command("add")
def add_user(
    login: str,
    role: Annotated[list[Role], typer.Option("--role", help="A role in the company; may be given several times.")],
    name: Annotated[str, typer.Option(help="Name to show.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the password; else a link is printed.")
    ] = None,
    company: CompanyCode = "",
    data: Data = None,
) -> None:
    """Add a person; prints a link with which he sets his password, unless one is given."""
    settings = load_settings(data_dir=data)
    password = password_file.read_text().strip("\r\n") if password_file else ""
    link = with_store(
        settings,
        lambda database: add_people.add_person(
            database,
            app.build_passwords(settings),
            login=login,
            name=name or login,
            roles=role,
            password=password,
            company_code=company,
            now=app.utc_now(),
        ),
    )
    typer.echo(f"{settings.address}/welcome/{link}" if link else f"{login} can log in")


@tokens.command("add")
def add_token(
    name: str,
    right: Annotated[list[str], typer.Option("--right", help="all, or " + ", ".join(sorted(TOKEN_RIGHTS)))],
    company: CompanyCode = "",
    data: Data = None,
) -> None:
    """Make a token for a machine; prints it, once."""
    settings = load_settings(data_dir=data)
    unknown = set(right) - set(Right) - {"all"}
    if unknown:
        raise typer.BadParameter(f"no such right: {', '.join(sorted(unknown))}")
    rights = TOKEN_RIGHTS if "all" in right else {Right(word) for word in right}
    value = with_store(
        settings,
        lambda database: add_people.add_token(
            database, name=name, rights=rights, company_code=company, now=app.utc_now()
        ),
    )
    typer.echo(value)


def main() -> None:
    """Run a command; a refusal is one sentence on standard error."""
    try:
        cli()
    except GatewayError as error:
        typer.echo(f"sepa-gateway: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
