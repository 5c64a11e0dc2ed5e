"""A process that is killed at any moment of an import costs nothing but time: nothing half, nothing twice."""

import json
import random
import time
from pathlib import Path

import pytest

from support.bank import camt, payment
from support.figures import count, note
from support.processes import kill, run, start

ROUNDS = count(full=50, small=2)
ENTRIES = 4_000
SEED = 20261121

pytestmark = pytest.mark.prove


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


def exported(data: Path, url: str) -> list[str]:
    """Return the exported allocations without their header."""
    done = run("export", "allocations", data=data, url=url)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:]


def test_kills_during_imports_leave_nothing_half_and_nothing_twice(
    database_url: str, tmp_path: Path, statement: Path, invoices: tuple[Path, Path]
) -> None:
    chance = random.Random(SEED)
    data = tmp_path / "data"
    url = "" if database_url.startswith("sqlite") else database_url
    assert run("accounts", "add", "DE89370400440532013000", data=data, url=url).returncode == 0
    assert run("import-customers", str(invoices[0]), data=data, url=url).returncode == 0
    assert run("import-invoices", str(invoices[1]), data=data, url=url).returncode == 0
    killed = 0

    for round_number in range(ROUNDS):
        path = tmp_path / f"day{round_number}.xml"
        path.write_bytes(_on_day(statement.read_bytes(), round_number))
        process = start(["import", str(path)], data=data, url=url)
        time.sleep(chance.uniform(0.3, 4.0))
        killed += process.poll() is None
        kill(process)
        again = run("import", str(path), data=data, url=url)
        assert again.returncode in (0, 3), again.stderr
        checked = run("check", data=data, url=url)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        transactions = run("export", "bank-transactions", data=data, url=url).stdout.splitlines()[1:]
        assert len(transactions) == ENTRIES * (round_number + 1)

    rows = exported(data, url)
    assert len({row.split(",")[10] for row in rows if row.split(",")[10]}) == sum(
        1 for row in rows if row.split(",")[10]
    )
    kind = "SQLite" if url == "" else "PostgreSQL"
    note(f"kills during imports, {kind}", f"{killed} of {ROUNDS} rounds killed in mid-import; check clean", SEED)


def _on_day(data: bytes, day: int) -> bytes:
    """Return the statement as that of another day, with other references, following the one before."""
    moved = data.replace(b"2026-11-16", f"2027-{day // 28 + 1:02d}-{day % 28 + 1:02d}".encode())
    moved = moved.replace(b"<AcctSvcrRef>R", f"<AcctSvcrRef>D{day:02d}R".encode())
    return moved.replace(b"MSG-1", f"MSG-{day}".encode())


def test_the_command_line_says_what_it_did(tmp_path: Path) -> None:
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(payment(1_000, "x", reference="A1")))

    done = run("import", str(path), "--json", data=tmp_path / "data")

    assert done.returncode == 3, done.stderr
    (report,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert report["statements"][0]["hold_reason"] == "unknown_account"
