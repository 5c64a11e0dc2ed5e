"""Read a bank file into scratch space: per statement its facts and its rows, ready to be stored.

No database is touched. Pages of one statement that follow each other in the file are joined.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.domain.bank_entry import fingerprint, known_reference
from gateway.domain.statement import StatementFacts
from gateway.store.spool import Spool
from schemas.statement import BankEntry, EntryStatus, StatementEnd, StatementPart, StatementStart

# Columns of a spooled row, in order; those of the statement and the company come first when it is stored.
ROW_NAMES = (
    "position", "entry_key", "occurrence", "part", "is_provisional", "booking_date", "value_date", "is_reversal",
    "bank_reference", "entry_reference", "entry_text", "batch_count", "line",
    "bank_transaction_code", "payment_information_id", "message_id",
    "amount_minor", "currency", "end_to_end_id", "mandate_reference", "creditor_identifier", "counterparty_name",
    "counterparty_iban", "counterparty_bic", "ultimate_debtor", "ultimate_creditor", "creditor_reference",
    "remittance", "return_reason", "transaction_reference", "instructed_minor", "instructed_currency",
    "exchange_rate", "original_amount_minor", "charges_minor", "charges_included",
    "purpose",
)  # fmt: skip
_BOOKED = EntryStatus.BOOKED.value


class SpooledStatement:
    """One statement of a file, pages joined, with its rows in scratch space."""

    def __init__(self, start: StatementStart, position: int, spool: Spool) -> None:
        self.start = start
        self.position = position
        self.spool = spool
        self.first_page = start.page
        self.last_page = start.page
        self.warnings: list[str] = []
        self.texts: list[str] = []
        self.ends: list[StatementEnd] = []
        self.entry_count = 0
        self.dates: set[dt.date] = set()
        self.has_undated = False
        self.currencies: set[str] = set()
        self._seen: set[int] = set()  # Fingerprints, as numbers: a million of them take half the memory so.
        self._again: Counter[int] = Counter()  # How often each of them came once more.

    def add(self, entries: list[BankEntry]) -> None:
        """Add entries, in the order of the file."""
        rows: list[tuple[Any, ...]] = []
        for entry in entries:
            self.entry_count += 1
            rows.extend(self._rows(entry))
        self.spool.write(rows)

    def end_page(self, end: StatementEnd) -> None:
        """Close a page."""
        self.ends.append(end)
        self.warnings.extend(end.warnings)
        if end.text:
            self.texts.append(end.text)

    def continues_with(self, start: StatementStart) -> bool:
        """Tell whether the next page in the file belongs to this statement."""
        return (
            bool(self.ends)
            and self.ends[-1].last_page is False
            and (start.account, start.number, start.kind) == (self.start.account, self.start.number, self.start.kind)
            and (start.page is None or self.last_page is None or start.page == self.last_page + 1)
        )

    def append(self, other: "SpooledStatement") -> None:
        """Append the pages of another file: its entries come after ours, equal ones are counted on."""
        self.spool.reopen()
        offset, seen, occurrence = self.entry_count, 0, 0
        for rows in other.spool.read():
            moved: list[tuple[Any, ...]] = []
            for position, key, _, *rest in rows:
                if position != seen:
                    seen = position
                    occurrence = self._occurrence(key)
                moved.append((offset + position, key, occurrence, *rest))
            self.spool.write(moved)
        self.spool.close()
        self.entry_count += other.entry_count
        self.last_page = other.last_page
        self.dates |= other.dates
        self.has_undated |= other.has_undated
        self.currencies |= other.currencies
        self.ends += other.ends
        self.warnings += other.warnings
        self.texts += other.texts

    @property
    def is_complete(self) -> bool:
        """Whether the first and the last page are here, as far as the bank numbers pages."""
        return self.ends[-1].last_page is not False and self.first_page in (None, 0, 1)

    @property
    def currency(self) -> str:
        """The currency of the statement; of its first entry where the account names none."""
        closed = self.ends[-1].currency if self.ends else ""
        return closed or self.start.currency or self._entry_currency

    _entry_currency = "EUR"

    def facts(self) -> StatementFacts:
        """Return what is compared and checked."""
        first, last = self.ends[0], self.ends[-1]
        return StatementFacts(
            kind=self.start.kind,
            currency=self.currency,
            number=self.start.number,
            from_date=first.from_date or min(self.dates, default=None),
            to_date=last.to_date or max(self.dates, default=None),
            opening_minor=first.opening_minor,
            closing_minor=last.closing_minor,
            booked_sum_minor=sum(end.booked_sum_minor for end in self.ends),
            entry_count=self.entry_count,
            is_complete=self.is_complete,
            other_currencies=tuple(sorted(self.currencies - {self.currency})),
        )

    def _occurrence(self, key: str) -> int:
        """Count an entry with this fingerprint, and return how many there are now."""
        number = int(key.replace("None", "").replace("-", ""), 16)
        if number not in self._seen:
            self._seen.add(number)
            return 1
        self._again[number] += 1
        return 1 + self._again[number]

    def _rows(self, entry: BankEntry) -> Iterator[tuple[Any, ...]]:
        booking_date = entry.booking_date or entry.value_date
        if booking_date is None:
            self.has_undated = True
        else:
            self.dates.add(booking_date)
        if self.entry_count == 1:
            self._entry_currency = entry.currency
        self.currencies.add(entry.currency)
        key = fingerprint(entry, booking_date)
        head = (self.entry_count, key, self._occurrence(key))
        batch = entry.batch
        entry_part = (
            entry.status != _BOOKED, booking_date, entry.value_date, entry.is_reversal,
            known_reference(entry.reference), entry.entry_reference, entry.text,
            batch.transaction_count if batch else None, entry.line,
        )  # fmt: skip
        is_divided = len(entry.transactions) > 1
        for part, payment in enumerate(entry.transactions, start=1):
            yield (
                *head,
                part if is_divided else 0,
                *entry_part,
                payment.bank_transaction_code or entry.bank_transaction_code,
                payment.payment_information_id or (batch.payment_information_id if batch else None),
                payment.message_id or (batch.message_id if batch else None),
                *payment[:20],
                payment.purpose,
            )


def spool_statements(parts: Iterator[StatementPart], folder: Path, statements: list[SpooledStatement]) -> Iterator[int]:
    """Read all parts of a file into scratch space, filling ``statements``; yield the number of entries so far.

    Raises FileRefused where the file breaks its format.
    """
    count = 0
    try:
        for part in parts:
            if isinstance(part, StatementStart):
                _start(part, folder, statements)
            elif isinstance(part, StatementEnd):
                statements[-1].end_page(part)
            else:
                statements[-1].add(part)
                count += len(part)
                yield count
    finally:
        for statement in statements:
            statement.spool.close()


def _start(start: StatementStart, folder: Path, statements: list[SpooledStatement]) -> None:
    if statements and statements[-1].continues_with(start):
        statements[-1].last_page = start.page
        return
    if statements:
        statements[-1].spool.close()  # A file may have more statements than a process may have open files.
    place = len(statements) + 1
    statements.append(SpooledStatement(start, place, Spool(folder / f"{place}.rows")))
