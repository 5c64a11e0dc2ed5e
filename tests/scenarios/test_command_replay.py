"""The command line decides past bank transactions again and prints what a change would do."""

import json
from pathlib import Path

import pytest

from support.bank import OUR_IBAN, camt, payment
from support.command_line import Command

CUSTOMERS = "number,name\nC1,Alpha GmbH\n"
INVOICES = (
    "number,customer_number,issue_date,due_date,currency,amount\n"
    "FA-2026-1001,C1,2026-10-01,2026-11-15,EUR,100.00\n"
    "FA-2026-1002,C1,2026-10-01,2026-11-15,EUR,80.00\n"
)
PERIOD = ("--from", "2026-11-01", "--to", "2026-11-30")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line on a folder with a statement: one payment was booked, one is ten cents short."""
    (tmp_path / "data").mkdir()
    run = Command(tmp_path / "data", monkeypatch, capsys)
    for name, text in (("customers", CUSTOMERS), ("invoices", INVOICES)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        assert run(f"import-{name}", str(path)).code == 0
    assert run("accounts", "add", OUR_IBAN).code == 0
    entries = (
        payment(10_000, "FA-2026-1001", reference="A1", name="Alpha GmbH"),
        payment(7_990, "FA-2026-1002", reference="A2", name="Alpha GmbH"),
    )
    (tmp_path / "statement.xml").write_bytes(camt(*entries))
    assert run("import", str(tmp_path / "statement.xml")).code == 0
    return run


def test_a_change_is_told_with_counts_sums_and_the_first_of_each(command: Command) -> None:
    told = command("replay", *PERIOD, "--set", "tolerance_minor=10", "--set", "book_exact_reference=off")

    assert told.code == 0
    assert "2 bank transactions decided again, 2 of them payments;" in told.stdout
    assert "rules booked 2 of these, and would book 1" in told.stdout
    assert "lost\t1\t100.00 EUR" in told.stdout
    assert "booked exact_reference: FA-2026-1001 -> asked weak_evidence" in told.stdout
    assert "different\t1\t79.90 EUR" in told.stdout


def test_facts_are_one_object(command: Command) -> None:
    told = command("replay", *PERIOD, "--set", "tolerance_minor=10", "--json")

    facts = json.loads(told.stdout)
    assert (facts["looked"], facts["booked_before"], facts["booked_after"]) == (2, 2, 2)
    assert facts["effects"] == [{"effect": "different", "currency": "EUR", "count": 1, "sum_minor": 7_990}]
    (line,) = facts["first"]
    assert (line["before"], line["after"]) == ("booked partial: FA-2026-1002", "booked tolerance: FA-2026-1002")
    assert facts["unlike"] == {"count": 0, "first": []}


def test_without_a_change_nothing_would_change(command: Command) -> None:
    told = command("replay", *PERIOD)

    assert (told.code, "nothing would change" in told.stdout) == (0, True)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        pytest.param("tolerance=5", "'tolerance' is no setting of matching", id="no such setting"),
        pytest.param("tolerance_minor=five", "tolerance_minor is 'five', it must be a whole number", id="no number"),
        pytest.param("book_partial=5", "it must be on or off", id="no flag"),
        pytest.param("tolerance_minor=99999", "it must be from 0 to 10000", id="beyond its limits"),
    ],
)
def test_a_wrong_setting_is_refused(command: Command, setting: str, said: str) -> None:
    told = command("replay", *PERIOD, "--set", setting)

    assert (told.code, said in told.stderr) == (1, True), told.stderr


def test_a_setting_without_a_value_is_wrong_usage(command: Command) -> None:
    assert command("replay", *PERIOD, "--set", "tolerance_minor").code == 2
