"""People who may log in, and keys of machines."""

from pathlib import Path
from typing import Annotated

import typer

from config.settings import load_settings
from gateway import app
from gateway.commands.shared import CompanyCode, Data, with_store
from gateway.domain.access import TOKEN_RIGHTS, Right
from gateway.services import add_people
from schemas.states import Role

users = typer.Typer(no_args_is_help=True, help="People who may log in.")
tokens = typer.Typer(no_args_is_help=True, help="Keys of machines to the API.")


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
