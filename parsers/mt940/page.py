"""One page of a statement while it is read: what its fields said so far, and whether they add up."""

import datetime as dt
import re
from dataclasses import dataclass, field

from parsers.mt940.amounts import Balance
from schemas.countries import IBAN_STRUCTURES
from schemas.errors import FileRefused
from schemas.identifiers import mask_account
from schemas.money import SUM_MAX, amount_text
from schemas.statement import Entries, EntryStatus, StatementEnd, StatementKind, StatementStart

WARNINGS_MAX = 100
_BOOKED = EntryStatus.BOOKED.value
_NUMBER = re.compile(r" *([0-9]*) *(?:/ *([0-9]{1,9}) *)?")
_BIC_AND_ACCOUNT = re.compile(r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)/(.+)")
_IBAN_AND_CURRENCY = re.compile(r"([A-Z]{2}[0-9]{2}[A-Z0-9]{4}[0-9]{6,26})/?([A-Z]{3})")


@dataclass(slots=True)
class Sums:
    """Count and unsigned sum of the debits or credits of a page."""

    count: int = 0
    minor: int = 0


@dataclass(slots=True)
class Page:
    """Everything between one ``:20:`` and the next."""

    id: str
    line: int
    kind: StatementKind | None = None
    account: str = ""
    number: str | None = None
    page: int | None = None
    has_number: bool = False
    currency: str = ""  # Known before the page starts.
    bic: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    is_last: bool | None = None
    report_date: dt.date | None = None
    booked_minor: int = 0
    entry_count: int = 0
    debits: Sums = field(default_factory=Sums)
    credits: Sums = field(default_factory=Sums)
    declared: dict[str, Sums] = field(default_factory=dict)  # By D or C, from :90D: and :90C: of MT942.
    texts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    doubtful_line: int | None = None  # Of a :61: that was read as remittance text.

    def warn(self, message: str) -> None:
        """Add a warning, unless there are too many to read."""
        if len(self.warnings) < WARNINGS_MAX:
            self.warnings.append(message)

    def read_account(self, text: str) -> None:
        """Take the account of ``:25:``: an IBAN loses the currency behind it, a BIC before it is kept apart."""
        self.account = text.replace(" ", "")
        with_bic = _BIC_AND_ACCOUNT.fullmatch(self.account)
        if with_bic and with_bic[1][4:6] in IBAN_STRUCTURES:
            self.bic = with_bic[1]
        with_currency = _IBAN_AND_CURRENCY.fullmatch(with_bic[2] if with_bic else self.account)
        if with_currency:
            self.account = with_currency[1]

    def read_number(self, text: str) -> None:
        """Take number and page of ``:28C:``. Zero means that the bank does not number."""
        self.has_number = True
        match = _NUMBER.fullmatch(text)
        if match is None:
            self.number = text.strip()
            self.warn(f"line {self.line}: statement number {self.number[:20]!r} is not of the form 123/1")
            return
        self.number = match[1] if match[1].strip("0") else None
        self.page = int(match[2] or 0) or None

    def count(self, entries: Entries) -> None:
        """Add entries to the sums."""
        self.entry_count += len(entries)
        self.booked_minor += sum([entry.amount_minor for entry in entries if entry.status == _BOOKED])
        if self.kind is StatementKind.REPORT:
            for entry in entries:
                sums = self.credits if entry.amount_minor > 0 else self.debits
                sums.count += 1
                sums.minor += abs(entry.amount_minor)

    def start(self) -> StatementStart:
        """Return how the page begins. Raises FileRefused where a field is missing without which nothing is safe."""
        self._require(bool(self.account), ":25: (account)")
        self._require(self.has_number, ":28C: (number)")
        if self.kind is None:
            raise self._missing(":60F: (opening balance)")
        self._require(bool(self.currency), ":34F: (floor limit with the currency)")
        return StatementStart(
            kind=self.kind,
            account=self.account,
            currency=self.currency,
            id=self.id or None,
            number=self.number,
            page=self.page,
            copy=False,
            message_id=None,
            servicer_bic=self.bic,
            line=self.line,
        )

    def end(self) -> StatementEnd:
        """Return how the page ends, with its arithmetic checked. Raises FileRefused."""
        is_report = self.kind is StatementKind.REPORT
        if abs(self.booked_minor) > SUM_MAX:
            message = "the entries of a statement add up to more than any account can hold"
            raise FileRefused(message, code="invalid_amount", line=self.line)
        balanced = None if is_report or self.opening is None else self._adds_up(self.opening)
        self._check_doubtful_line(balanced)
        for mark, sums in (("D", self.debits), ("C", self.credits)):
            if is_report and self.declared.get(mark, sums) != sums:
                self.warn(f"{self.label}: :90{mark}: tells another count or sum than the entries make")
        return StatementEnd(
            last_page=self.is_last,
            currency=self.currency,
            from_date=self.opening.date if self.opening else None,
            to_date=self.closing.date if self.closing else self.report_date,
            opening_minor=self.opening.minor if self.opening else None,
            closing_minor=self.closing.minor if self.closing else None,
            booked_sum_minor=self.booked_minor,
            entry_count=self.entry_count,
            balanced=balanced,
            text=" ".join(self.texts),
            warnings=tuple(self.warnings),
        )

    @property
    def label(self) -> str:
        """The page in the words of a message, without the whole account number."""
        return f"statement {self.number or self.id} of {mask_account(self.account)}"

    def _adds_up(self, opening: Balance) -> bool:
        if self.closing is None:
            raise self._missing(":62F: (closing balance); the file may be cut")
        expected = opening.minor + self.booked_minor
        if expected == self.closing.minor:
            return True
        start, booked, total, told = (
            amount_text(minor, opening.currency)
            for minor in (opening.minor, self.booked_minor, expected, self.closing.minor)
        )
        self.warn(f"{self.label}: opening {start} plus entries {booked} is {total}, the file says {told}")
        return False

    def _check_doubtful_line(self, balanced: bool | None) -> None:
        if self.doubtful_line is None:
            return
        if not balanced:
            message = "a line :61: stands inside remittance text, and the statement does not add up without it"
            raise FileRefused(message, code="invalid_line", line=self.doubtful_line)
        self.warn(f"line {self.doubtful_line}: :61: is remittance text here; the statement adds up without it")

    def _require(self, is_there: bool, what: str) -> None:
        if not is_there:
            raise self._missing(what)

    def _missing(self, what: str) -> FileRefused:
        return FileRefused(f"the statement {self.id!r} lacks the field {what}", code="missing_field", line=self.line)
