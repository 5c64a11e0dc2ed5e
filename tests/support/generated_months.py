"""Two months out of one generated statement: the first half of its days, and the second.

The generator is no part of the gateway; ``bench.quality`` finds it. Its direct debits are left to the treasury: they
have no truth here.
"""

import csv
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.quality import MIXES
from schemas.identifiers import Iban
from schemas.states import AllocationKind
from schemas.tables import CustomerRow, InvoiceRow
from support.master_data import customer, invoice
from support.second_month import Truth, Week

_DAYS = 20
_PAYMENT, _ODD = {"full", "partial", "skonto", "fee"}, {"short", "over"}
_STATEMENT = re.compile(rb"<Stmt>.*?</Stmt>\n", re.DOTALL)


class Generated:
    """The customers, invoices, payments and truth of one seed; so many entries in each month."""

    def __init__(self, tools: Path, folder: Path, seed: int, size: int, mix: str) -> None:
        counts = {"customers": size // 4, "invoices": size * 5 // 2, "entries": size * 2, "days": _DAYS}
        options = [word for name, count in counts.items() for word in (f"--{name}", str(count))]
        command = [sys.executable, str(tools / "synth.py"), str(folder), "--seed", str(seed), "--formats", "camt08"]
        subprocess.run([*command, *options, *MIXES[mix]], check=True, stdout=subprocess.DEVNULL)
        self._folder = folder
        told = list(_told(folder / "truth.json"))
        days = sorted({one["date"] for one in told})
        self._middle = days[len(days) // 2]
        self._months = {one["entry"]: int(one["date"] >= self._middle) for one in told}
        self._terms = {row["number"]: row for row in _rows(folder / "invoices.csv")}
        self._owners = {number: row["customer_number"] for number, row in self._terms.items()}
        self.truth = {one["entry"]: truth for one in told if (truth := self._truth(one))}
        self._billed: dict[str, int] = {}  # In which month; what nobody pays is open from the first.
        for one in told:
            for line in _lines(one):
                self._billed.setdefault(line["invoice"], self._months[one["entry"]])

    def customers(self) -> Sequence[CustomerRow]:
        """Return the customers; some have no account on their record."""
        return [
            customer(row["number"], row["name"], iban=Iban.parse(row["iban"]) if row["iban"] else None)
            for row in _rows(self._folder / "customers.csv")
        ]

    def months(self) -> tuple[Sequence[Week], Sequence[Week]]:
        """Return the two statements with what was invoiced before each."""
        data = (self._folder / "statement.xml").read_bytes()
        statements = list(_STATEMENT.finditer(data))
        half = len(statements) // 2
        head, tail = data[: statements[0].start()], data[statements[-1].end() :]
        first, second = (
            head.replace(b"<MsgId>", b"<MsgId>%d-" % month) + b"".join(one[0] for one in part) + tail
            for month, part in enumerate((statements[:half], statements[half:]))
        )
        return [self._week(0, first)], [self._week(1, second)]

    def _week(self, month: int, statement: bytes) -> Week:
        rows = _rows(self._folder / "invoices.csv")
        invoices = [_invoice(row) for row in rows if self._billed.get(row["number"], 0) == month]
        return Week(invoices, statement, [entry for entry, of in self._months.items() if of == month])

    def _truth(self, told: dict[str, Any]) -> Truth | None:
        """Return what is meant; nothing of a direct debit, which is the treasury's."""
        lines, came = _lines(told), _minor(told["amount"])
        effects = {line["effect"] for line in lines}
        if came <= 0 or told["kind"].startswith(("sdd", "ct_")):
            return None
        if effects & {"duplicate"}:
            owner, first = self._owners[lines[0]["invoice"]], lines[0].get("first_entry", "")
            return Truth({}, {}, kept_minor=came, customer=owner, is_due=False, repeats=first)
        if not effects <= _PAYMENT and not self._is_as_agreed(told):
            (line,) = lines
            open_minor = came + _minor(line["deduction"])
            paid = {line["invoice"]: min(came, open_minor)}
            kept = max(0, came - open_minor)
            return Truth(paid, {}, kept_minor=kept, customer=self._owners[line["invoice"]], is_due=False, is_odd=True)
        let_go = {line["invoice"]: _minor(line["deduction"]) for line in lines if "deduction" in line}
        kind = AllocationKind.DEDUCTED_CHARGE if "fee" in effects else AllocationKind.DISCOUNT
        return Truth({one["invoice"]: _minor(one["amount"]) for one in lines}, let_go, kind, is_due=bool(lines))

    def _is_as_agreed(self, told: dict[str, Any]) -> bool:
        """Return whether two swapped digits make the amount by accident what the agreed discount makes it, or a cent off."""
        (line,) = _lines(told)
        terms, missing = self._terms[line["invoice"]], _minor(line["deduction"])
        if not terms["discount_percent"] or told["date"] > terms["discount_until"]:
            return False
        agreed = (_minor(told["amount"]) + missing) * _minor(terms["discount_percent"])  # In ten thousandths of a cent.
        return abs(10_000 * missing - agreed) < 20_000


def _told(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith('{"entry"'):
            yield json.loads(line.rstrip().rstrip(","))


def _lines(told: dict[str, Any]) -> list[dict[str, str]]:
    return told["match"] if isinstance(told["match"], list) else []


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _minor(text: str) -> int:
    return int(text.replace(".", ""))


def _invoice(row: dict[str, str]) -> InvoiceRow:
    percent, until = row["discount_percent"], row["discount_until"]
    return invoice(
        row["number"], _minor(row["amount"]), customer=row["customer_number"],
        issue_date=dt.date.fromisoformat(row["issue_date"]), due_date=dt.date.fromisoformat(row["due_date"]),
        creditor_reference=row["creditor_reference"], discount_basis_points=_minor(percent) if percent else None,
        discount_until_date=dt.date.fromisoformat(until) if until else None,
    )  # fmt: skip
