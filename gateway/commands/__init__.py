"""Commands that work on the data of a company: bank files in, tables in, facts out.

Each prints facts as one JSON object per line with ``--json``, else a sentence.
"""

import typer

from gateway.commands import bank_accounts, bank_files, facts, tables


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.command("inspect")(bank_files.inspect)
    cli.command("import")(bank_files.import_files)
    cli.command("import-customers")(tables.import_customers)
    cli.command("import-invoices")(tables.import_invoices)
    cli.command("import-mandates")(tables.import_mandates)
    cli.command("match")(facts.match)
    cli.command("export")(facts.export)
    cli.command("check")(facts.check_all)
    cli.add_typer(bank_accounts.accounts, name="accounts")
