"""The command line. Each command reads the settings, calls one service and says what came of it.

Facts are printed as one JSON object per line with ``--json``, else as a sentence.
"""

import typer

from gateway.commands import (
    bank_accounts,
    bank_files,
    collecting,
    facts,
    faking,
    people,
    replaying,
    serving,
    tables,
    validating,
)
from schemas.errors import GatewayError

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
cli.command("serve")(serving.serve)
cli.command("inspect")(bank_files.inspect)
cli.command("validate")(validating.validate)
cli.command("import")(bank_files.import_files)
cli.command("import-customers")(tables.import_customers)
cli.command("import-invoices")(tables.import_invoices)
cli.command("import-mandates")(tables.import_mandates)
cli.command("import-collections")(tables.import_collections)
cli.command("match")(facts.match)
cli.command("replay")(replaying.replay)
cli.command("collect")(collecting.collect)
cli.command("export")(facts.export)
cli.command("check")(facts.check_all)
cli.command("fake-bank")(faking.fake_bank)
cli.add_typer(bank_accounts.accounts, name="accounts")
cli.add_typer(people.users, name="users")
cli.add_typer(people.tokens, name="tokens")


def run() -> int:
    """Run a command; a refusal is one sentence on standard error. Returns the exit code."""
    try:
        cli()
    except GatewayError as error:
        typer.echo(f"sepa-gateway: {error}", err=True)
        return 1
    return 0
