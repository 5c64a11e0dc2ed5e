"""Fill an empty installation with a fictitious company, through the same services that people use."""

import datetime as dt
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

from gateway.services import add_people
from gateway.services.import_statement import Gate, import_file
from gateway.services.import_tables import Table, apply_import, columns_of
from gateway.services.manage_accounts import add_account
from gateway.services.manage_creditors import CreditorRecord, add_creditor
from gateway.services.passwords import Passwords
from gateway.services.receive_file import receive_file
from gateway.store import users_queries
from gateway.store.work import SYSTEM
from generators.demo import Demo
from generators.demo_collections import COLLECTING_ACCOUNT, COLLECTING_BIC
from parsers.tabular import read_rows, standard_mapping
from schemas.errors import GatewayError
from schemas.states import Role
from schemas.tables import RowError, TableKind

PASSWORD = "try the gateway"  # noqa: S105 - of invented people, printed at the start of the demo.
PEOPLE = (
    ("clara", "Clara Becker", (Role.CLERK,)),
    ("anna", "Anna Lambert", (Role.APPROVER,)),
    ("ada", "Ada Winter", (Role.ADMINISTRATOR,)),
    ("otto", "Otto Sommer", (Role.AUDITOR,)),
)
Progress = Callable[[str], None]


class NotEmpty(GatewayError):
    """The demo fills an empty data folder only."""

    code = "not_empty"


class LogIn(NamedTuple):
    """Who may log in to the demo, with what, and what he may do."""

    login: str
    password: str
    roles: tuple[Role, ...]


async def is_empty(gate: Gate) -> bool:
    """Tell whether nobody uses this installation yet."""
    async with gate.database.read() as session:
        return not await users_queries.has_users(session)


async def fill_demo(gate: Gate, passwords: Passwords, demo: Demo, *, progress: Progress) -> tuple[LogIn, ...]:
    """Add people, accounts, customers, mandates, invoices and the statements of a fortnight. Raises NotEmpty."""
    if not await is_empty(gate):
        raise NotEmpty
    company = await add_people.company_named(gate.database, "")
    await _be_creditor(gate, company.id, demo)
    tables = (
        (TableKind.CUSTOMERS, demo.customers_csv),
        (TableKind.MANDATES, demo.mandates_csv),
        (TableKind.INVOICES, demo.invoices_csv),
    )
    for kind, data in tables:
        progress(f"importing {kind.value}")
        await _import_table(gate, company.id, kind, data)
    for file in demo.files:
        progress(f"importing {file.name}")
        receipt = await receive_file(
            gate.database, gate.originals, name=file.name, pieces=_pieces(file.data), channel="demo",
            company_id=company.id, companies=[company.id], actor=SYSTEM, now=gate.now(),
        )  # fmt: skip
        await import_file(gate, file_id=receipt.file_id, token=secrets.token_hex(16))
    return tuple([await _add_person(gate, passwords, *person) for person in PEOPLE])


async def _be_creditor(gate: Gate, company_id: int, demo: Demo) -> None:
    """Add the accounts of the company, and who it is as a creditor: its collections have an account of their own."""
    names = [(account.iban, account.name, account.bic) for account in demo.accounts]
    for iban, name, bic in (*names, (COLLECTING_ACCOUNT, "Einzugskonto", COLLECTING_BIC)):
        async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=company_id) as work:
            collecting = await add_account(work, account=iban, name=name, bic=bic)
    record = CreditorRecord(demo.company_name, "Brunnenstraße 1", "53111", "Bonn", "DE")
    identifier = demo.mandates[0].creditor_identifier
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=company_id) as work:
        await add_creditor(work, identifier=identifier, record=record, bank_account_id=collecting.id)


async def _import_table(gate: Gate, company_id: int, kind: TableKind, data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=gate.scratch, prefix="demo-") as folder:
        path = Path(folder) / f"{kind.value}.csv"
        path.write_bytes(data)
        mapping = standard_mapping(path, kind)
        rows = [row for row in read_rows(path, mapping) if not isinstance(row, RowError)]
        table = Table(kind, columns_of(mapping), rows)  # type: ignore[arg-type]
        await apply_import(
            gate.database, company_id=company_id, actor=SYSTEM, now=gate.now, table=table, source=path.name
        )


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _add_person(gate: Gate, passwords: Passwords, login: str, name: str, roles: tuple[Role, ...]) -> LogIn:
    now: dt.datetime = gate.now()
    await add_people.add_person(
        gate.database, passwords, login=login, name=name, roles=roles, password=PASSWORD, company_code="", now=now
    )
    return LogIn(login, PASSWORD, roles)
