"""A process that is killed at any moment of an import costs nothing but time: nothing half, nothing twice."""

import csv
import json
import random
import time
from pathlib import Path

import pytest

from gateway.services.import_statement import LARGE_BYTES
from support.bank import camt, payment
from support.command_line import Command
from support.databases import KINDS, Databases, SqliteFiles, databases_of
from support.figures import IS_WHOLE, count, note
from support.processes import kill, run, start

ROUNDS = count(full=50, small=1)
ENTRIES = count(full=2_000, small=400)
SEED = 20261121

pytestmark = pytest.mark.prove


@pytest.fixture(params=KINDS if IS_WHOLE else KINDS[:1])
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases: of each kind in CI and in a whole run, of SQLite elsewhere."""
    return databases_of(request)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    """A statement of many payments, half of them explained by their text."""
    entries = [
        payment(1_000 + place, f"Rechnung FA-2026-{place:06d}" if place % 2 else "unklar", reference=f"R{place:07d}")
        for place in range(ENTRIES)
    ]
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(*entries))
    return path


@pytest.fixture
def invoices(tmp_path: Path) -> tuple[Path, Path]:
    """The customers and invoices of that statement."""
    customers, items = tmp_path / "customers.csv", tmp_path / "invoices.csv"
    customers.write_text("number,name\n" + "".join(f"C{place},Kunde {place}\n" for place in range(200)))
    head = "number,customer_number,issue_date,due_date,currency,amount\n"
    rows = [
        f"FA-2026-{place:06d},C{place % 200},2026-10-01,2026-11-01,EUR,{(1_000 + place) / 100:.2f}\n"
        for place in range(ENTRIES)
    ]
    items.write_text(head + "".join(rows))
    return customers, items


def test_kills_during_imports_leave_nothing_half_and_nothing_twice(
    database_url: str,
    tmp_path: Path,
    statement: Path,
    invoices: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random(SEED)
    data, url = tmp_path, "" if database_url.startswith("sqlite") else database_url
    command = Command(data, monkeypatch, capsys, url=url)
    told(command, "accounts", "add", "DE89370400440532013000")
    told(command, "import-customers", str(invoices[0]))
    told(command, "import-invoices", str(invoices[1]))
    began = time.monotonic()
    whole = run("import", str(on_day(statement, 0)), data=data, url=url)
    whole_s = time.monotonic() - began
    assert whole.returncode == 0, whole.stderr
    killed = days = 0

    while killed < ROUNDS and days < 3 * ROUNDS:
        days += 1
        path = on_day(statement, days)
        process = start(["import", str(path)], data=data, url=url)
        time.sleep(chance.uniform(0.3, 1.0) * whole_s)
        if process.poll() is None:
            killed += 1
        else:
            whole_s *= 0.9  # The machine has become quicker.
        kill(process)
        told(command, "import", str(path))
        told(command, "check")

    rows = list(csv.DictReader(told(command, "export", "bank-transactions").splitlines()))
    exported = csv.DictReader(told(command, "export", "allocations").splitlines())
    booked = [row["invoice_number"] for row in exported if row["invoice_number"]]
    assert len(rows) == len({row["bank_transaction_id"] for row in rows}) == ENTRIES * (days + 1)
    assert len(booked) == len(set(booked)) == ENTRIES // 2
    kind = "PostgreSQL" if url else "SQLite"
    note(
        f"kills during imports, {kind}", f"{killed} imports killed before their end, of {days} begun; check clean", SEED
    )


def told(command: Command, *arguments: str) -> str:
    """Run a command that must succeed (or leave something to a person); return what it printed."""
    done = command(*arguments)
    assert done.code in (0, 3), done.stdout + done.stderr
    return done.stdout


def on_day(statement: Path, day: int) -> Path:
    """Write the statement as that of another day, with other references, following the one before.

    That of an odd day is large, so a second process decides ahead.
    """
    moved = statement.read_bytes().replace(b"2026-11-16", f"2027-{day // 28 + 1:02d}-{day % 28 + 1:02d}".encode())
    moved = moved.replace(b"<AcctSvcrRef>R", f"<AcctSvcrRef>D{day:02d}R".encode())
    if day % 2:
        moved = moved.replace(
            b"</Ntry>", b"<AddtlNtryInf>" + b"Mitteilung der Bank " * (220_000 // ENTRIES) + b"</AddtlNtryInf></Ntry>"
        )
        assert len(moved) > LARGE_BYTES
    path = statement.with_name(f"day{day}.xml")
    path.write_bytes(moved.replace(b"MSG-1", f"MSG-{day}".encode()))
    return path


def test_the_command_line_says_what_it_did(migrated_sqlite: Path, tmp_path: Path) -> None:
    SqliteFiles(migrated_sqlite).fresh_database(tmp_path)
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(payment(1_000, "x", reference="A1")))

    done = run("import", str(path), "--json", data=tmp_path)

    assert done.returncode == 3, done.stderr
    (report,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert report["statements"][0]["hold_reason"] == "unknown_account"
