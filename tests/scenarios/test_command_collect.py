"""The command line plans and freezes; it never approves."""

import json
from pathlib import Path

import pytest

from support.command_line import Command

CUSTOMERS = "number,name,payment_method\nC1,Alpha GmbH,direct_debit\nC2,Beta AG,direct_debit\n"
MANDATES = (
    "reference,customer_number,scheme,type,signature_date,iban,debtor_name,creditor_identifier\n"
    "M-1,C1,CORE,recurrent,2026-01-05,DE02120300000000202051,Alpha GmbH,DE98ZZZ09999999999\n"
)
INVOICES = (
    "number,customer_number,issue_date,due_date,currency,amount,notified_date\n"
    "FA-1,C1,2026-10-01,2099-12-15,EUR,125.50,2026-10-01\n"
    "FA-2,C2,2026-10-01,2099-12-15,EUR,80.00,2026-10-01\n"
)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line on a folder with customers, a mandate and invoices."""
    (tmp_path / "data").mkdir()
    run = Command(tmp_path / "data", monkeypatch, capsys)
    for name, text in (("customers", CUSTOMERS), ("mandates", MANDATES), ("invoices", INVOICES)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        assert run(f"import-{name}", str(path)).code == 0
    assert run("accounts", "add", "DE89370400440532013000").code == 0
    return run


def test_a_dry_run_says_what_would_be_collected_and_what_not(command: Command) -> None:
    told = command("collect", "--until", "2099-12-31", "--dry-run", "--json")

    facts = json.loads(told.stdout)
    assert told.code == 3
    assert facts["left_out"] == {"no_mandate": 1, "unused_too_long": 1}


def test_nothing_to_collect_is_refused(command: Command) -> None:
    told = command("collect", "--until", "2099-12-31")

    assert (told.code, "the plan says why" in told.stderr) == (1, True)
