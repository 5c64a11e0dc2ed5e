"""One statement while it is read: its head, its balances, and whether they fit its entries (sepa-rules section 5.3)."""

import datetime as dt
from typing import NamedTuple

from parsers.camt.notes import Notes
from parsers.camt.tally import Tally
from parsers.camt.values import check_sum, compact, read_amount, read_claim, read_date, read_number, read_sign, shown
from parsers.xml_found import Found
from schemas.errors import FileRefused
from schemas.identifiers import mask_account
from schemas.money import InvalidAmount, amount_text, parse_amount
from schemas.statement import BankEntry, EntryStatus, StatementEnd, StatementKind, StatementStart

# A page repeats interim balances, so the first opening and the last closing one count. Without booked balances the
# available or interim ones are shown, but nothing is checked against them.
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_OPENING_SHOWN, _CLOSING_SHOWN = ("OPAV",), ("ITBD", "CLAV")
_READ = frozenset((*_OPENING, *_CLOSING, *_OPENING_SHOWN, *_CLOSING_SHOWN))  # The others decide nothing.
_TOTALS = (("total_all", "entries", (1, -1)), ("total_credits", "credits", (1,)), ("total_debits", "debits", (-1,)))
_COPIES = frozenset(("CODU", "COPY", "DUPL"))


class Balance(NamedTuple):
    """A balance: its type, signed minor units, currency and day."""

    type: str
    minor: int
    currency: str
    date: dt.date | None


class StatementReading:
    """What one statement (``Stmt``, ``Rpt`` or ``Ntfctn``) said so far."""

    def __init__(self, kind: StatementKind, header: Found, line: int) -> None:
        self.kind = kind
        self.found = Found()
        self.notes = Notes()
        self.line = line
        self.own_account = ""
        self._header = header
        self._start: StatementStart | None = None
        self._entry_count = 0
        self._booked, self._others = Tally(), Tally()
        self._days: tuple[dt.date, dt.date] | None = None
        self._currency: str | None = None

    @property
    def is_started(self) -> bool:
        """Whether the head was read; what comes later cannot change it."""
        return self._start is not None

    def start(self) -> StatementStart:
        """Return how the statement begins. Raises FileRefused where it names no account."""
        texts = self.found.texts
        account = compact(texts.get("account") or texts.get("account_other"))
        if account is None:
            raise FileRefused("a statement names no account", code="no_account", line=self.line)
        self.own_account = account.upper()
        balances = self.found.groups.get("balances", ())
        self._currency = texts.get("currency") or next((b.amounts["amount"][1] for b in balances if b.amounts), None)
        paging = self.found if "page" in texts else self._header
        self._last_page = read_claim(paging.texts.get("last_page"))
        self._start = StatementStart(
            kind=self.kind,
            account=account,
            currency=self._currency,
            id=texts.get("id"),
            number=texts.get("electronic_number") or texts.get("legal_number"),
            page=read_number(paging.texts.get("page")),
            copy=self._is_copy(),
            message_id=self._header.texts.get("message_id"),
            servicer_bic=compact(texts.get("servicer_bic")),
            line=self.line,
        )
        return self._start

    def _is_copy(self) -> bool:
        text = self.found.texts.get("copy")
        if text is not None and text not in _COPIES:
            self.notes.add(f"the statement is marked {shown(text)}; it is taken for a copy", self.line)
        return text is not None

    def count(self, entry: BankEntry) -> None:
        """Add an entry to the sums."""
        self._entry_count += 1
        tally = self._booked if entry.status == EntryStatus.BOOKED else self._others
        tally.add(entry.amount_minor)
        day = entry.booking_date
        if day is not None and (self._days is None or not self._days[0] <= day <= self._days[1]):
            first, last = self._days or (day, day)
            self._days = (min(first, day), max(last, day))
        if entry.currency != self._currency and self._currency is not None:
            self.notes.add(f"an entry in {entry.currency} stands on an account in {self._currency}", entry.line)

    def end(self) -> StatementEnd:
        """Return how the statement ends, with its arithmetic checked. Raises FileRefused."""
        start = self._start or self.start()
        check_sum(self._booked.of((1, -1)).minor, "the entries of a statement", self.line)
        told = self.found.groups.get("balances", ())
        balances = [self._read_balance(found) for found in told if found.texts.get("type") in _READ]
        if not told and self.kind is StatementKind.STATEMENT:
            self.notes.add("the statement has no balances, so its entries cannot be checked", self.line)
        opening = _first(balances, _OPENING)
        closing = _first(balances[::-1], _CLOSING)
        balanced = self._check(opening, closing, start)
        self._check_summary(start)
        opening = opening or _first(balances, _OPENING_SHOWN)
        closing = closing or _first(balances[::-1], _CLOSING_SHOWN)
        currency = self._currency or (opening.currency if opening else None)
        label = f"statement {start.number or start.id} of {mask_account(start.account)}"
        return StatementEnd(
            last_page=self._last_page,
            currency=currency,
            from_date=read_date(self.found.texts.get("from_date")) or self._day(opening, 0),
            to_date=read_date(self.found.texts.get("to_date")) or self._day(closing, 1),
            opening_minor=opening.minor if opening else None,
            closing_minor=closing.minor if closing else None,
            booked_sum_minor=self._booked.signed_minor,
            entry_count=self._entry_count,
            balanced=balanced,
            text=" ".join(line.strip() for line in self.found.lists.get("lines", ())),
            warnings=tuple(f"{label}: {sentence}" for sentence in self.notes.sentences()),
        )

    def _day(self, balance: Balance | None, place: int) -> dt.date | None:
        """Return the day of a balance, else the first or last day of the entries. PRCD is of the day before."""
        if balance is not None and balance.date is not None and balance.type != "PRCD":
            return balance.date
        return self._days[place] if self._days else None

    def _read_balance(self, found: Found) -> Balance:
        kind = found.texts.get("type", "")
        if "amount" not in found.amounts:
            raise FileRefused(f"balance {kind} has no amount", code="invalid_amount", line=self.line)
        minor, currency = read_amount(found.amounts["amount"])
        if "sign" not in found.texts:
            self.notes.add(f"balance {kind} is not marked as credit or debit; it is read as credit", self.line)
            sign = 1
        else:
            sign = read_sign(found.texts["sign"])
        return Balance(kind, sign * minor, currency, read_date(found.texts.get("date")))

    def _check(self, opening: Balance | None, closing: Balance | None, start: StatementStart) -> bool | None:
        """Return whether opening plus booked entries is closing, None where that cannot be told."""
        if opening is None or closing is None:
            return None
        if opening.currency != closing.currency or opening.currency != (self._currency or opening.currency):
            self.notes.add(
                f"the balances are in {opening.currency} and {closing.currency}, the account in {self._currency}"
            )
        reached = opening.minor + self._booked.signed_minor
        if reached == closing.minor and opening.currency == closing.currency:
            return True
        before, entries, after, told = (
            amount_text(minor, opening.currency)
            for minor in (opening.minor, self._booked.signed_minor, reached, closing.minor)
        )
        page = " (of this page alone; the balances may be those of all pages)" if self._is_part(start) else ""
        self.notes.add(
            f"opening {before} plus entries {entries} is {after}, the file says {told} {closing.currency}{page}"
        )
        return False

    def _is_part(self, start: StatementStart) -> bool:
        """Tell whether other pages belong to the statement: what the bank counted is in all of them then."""
        return self._last_page is False or (start.page or 1) > 1

    def _check_summary(self, start: StatementStart) -> None:
        """Note where the totals that the bank counted are neither those of all entries nor those of the booked ones."""
        if self._is_part(start):
            return
        currency = self._currency or "EUR"
        for name, words, signs in _TOTALS:
            booked, others = self._booked.of(signs), self._others.of(signs)
            possible = (booked, booked.plus(others))
            for total in self.found.groups.get(name, ()):
                count, minor = read_number(total.texts.get("count")), self._read_sum(total)
                if count is not None and not any(part.number <= count <= part.number + part.zeros for part in possible):
                    self.notes.add(f"the bank counts {count} {words}, the file has {possible[1].number}")
                if minor is not None and not any(part.minor == minor for part in possible):
                    told, found = amount_text(minor, currency), amount_text(possible[1].minor, currency)
                    self.notes.add(f"the bank's sum of {words} is {told}, that of the file {found}")

    def _read_sum(self, total: Found) -> int | None:
        """Return the sum of a total. It decides nothing, so one that cannot be read is left out."""
        try:
            return parse_amount(total.texts.get("sum"), self._currency or "EUR")
        except InvalidAmount:
            return None


def _first(balances: list[Balance], kinds: tuple[str, ...]) -> Balance | None:
    found = (balance for kind in kinds for balance in balances if balance.type == kind)
    return next(found, None)
