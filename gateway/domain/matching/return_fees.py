"""Fees that our bank books apart: which debit that came back each belongs to. What is not certain belongs to none.

A fee names a debit by its end-to-end id, else by the bank's reference of the booking that took it back, the mandate,
the block, or the amount of the debit on the very day. Each name must mean one debit only; of a sum for several debits,
all must be named.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from gateway.domain.matching.sent import NO_ID

# Days that a fee may be booked before what it is for, and after it: by a name that only one debit has, and by others.
EARLY_DAYS, LATE_DAYS, _SOON_DAYS = 5, 60, 10
# A name that stands in a text: what is shorter may mean anything, and four figures a year.
_WORD = re.compile(r"(?=.*\d)(?:(?=.*[^\W\d]).{4,}|.{6,})")
_BLANKS, _EDGES = re.compile(r"[\s,;=()<>\[\]\"']+"), ".:/-+?*#"
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.' ]?\d{3})*|\d+)[.,](\d\d)(?![\d.,]|\d)")
_COUNT = re.compile(
    r"(?<![\d.,])(\d{1,4}) ?(?:[x×*](?![a-z])|st(?:ü|ue)?ck\b|(?:r[uü]e?ck|retour|return|impay|rejet|unpaid))"
    r"|\b(?:anzahl|nombre|number|count|qty)\b[ :.=]*(\d{1,4})\b",
    re.IGNORECASE,
)
_BACK = re.compile("r(?:ü|ue?)ck|retour|return|impay|rejet|reject|unpaid", re.IGNORECASE)
_FEE = re.compile(
    r"r(?:ü|ue?)ck(?:l|belastung|gabe)\w*[ -]?(?:entgelt|geb(?:ü|ue?)hr|kosten|preis|spesen)"
    r"|(?:entgelt|geb(?:ü|ue?)hr|spesen)\w* (?:f(?:ü|ue?)r |aus )?(?:\w+ )?r(?:ü|ue?)ck"
    r"|(?:frais|commissions?) (?:\w+['’ ]?){0,3}?(?:impay|rejet|retour|incident)"
    r"|(?:return(?:ed)?|unpaid|reject(?:ed|ion)?) (?:[\w-]+ ){0,3}(?:fee|charge)"
    r"|(?:fee|charge)s? (?:for|on) (?:[\w-]+ ){0,2}(?:return|unpaid|reject)",
    re.IGNORECASE,
)

Name: TypeAlias = str | int


def is_called_fee(text: str) -> bool:
    """Tell whether a text calls a booking the fee for a debit that came back."""
    return _FEE.search(text) is not None


class FeeBooking(NamedTuple):
    """A debit of our account that was set aside as the bank's fee. The amount is above zero, in minor units."""

    id: int
    bank_account_id: int
    amount_minor: int
    currency: str
    booking_date: dt.date
    text: str
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    payment_information_id: str | None = None
    bank_reference: str | None = None
    original_minor: int | None = None


class FeeDebit(NamedTuple):
    """A debit of ours as a fee may name it, with its row in the unpaid register; without one it did not come back."""

    unpaid_id: int | None
    amount_minor: int
    currency: str
    occurred_date: dt.date
    end_to_end_ids: frozenset[str]
    mandates: frozenset[str] = frozenset()  # In capitals.
    blocks: frozenset[str] = frozenset()
    bank_references: frozenset[str] = frozenset()  # Of the booking that took it back, on this account:
    bank_account_id: int | None = None


class Share(NamedTuple):
    """What of a fee belongs to a row of the unpaid register."""

    unpaid_id: int
    amount_minor: int


class _Named(NamedTuple):
    """How a fee may name a debit: its names, those of a debit, and up to how many days later it is booked."""

    of_fee: Callable[[FeeBooking], Iterable[Name]]
    of_debit: Callable[[FeeDebit, FeeBooking], Iterable[Name]]
    late_days: int
    early_days: int = EARLY_DAYS


def words_of(fee: FeeBooking) -> frozenset[str]:
    """Return what in a fee's fields and text may be a name that we or the bank gave."""
    fields = (fee.end_to_end_id, fee.mandate_reference, fee.payment_information_id, fee.bank_reference)
    return frozenset(word for word in (*fields, *_text_words(fee.text)) if word and word not in NO_ID)


def _text_words(text: str) -> Iterator[str]:
    for word in _BLANKS.split(text):
        for piece in (word, word.strip(_EDGES), *re.split("[+:]", word)):
            if _WORD.fullmatch(piece):
                yield piece


def amounts_of(fee: FeeBooking) -> frozenset[int]:
    """Return the amounts, in minor units, that a fee names beside its own: in its text if that is about a return."""
    text = fee.text if _BACK.search(fee.text) else ""
    said = {int(re.sub(r"\D", "", match[1]) + match[2]) for match in _AMOUNT.finditer(text)}
    if fee.original_minor:
        said.add(abs(fee.original_minor))
    return frozenset(said - {0, fee.amount_minor})


def count_of(fee: FeeBooking) -> int | None:
    """Return for how many debits a fee is, where its text says so: ``5 x 3,00``."""
    said = {int(match[1] or match[2]) for match in _COUNT.finditer(fee.text)}
    return said.pop() if len(said) == 1 else None


_NAMINGS = (
    _Named(words_of, lambda debit, fee: debit.end_to_end_ids, LATE_DAYS),
    _Named(words_of, lambda debit, fee: debit.bank_references if _is_on_its_account(debit, fee) else (), LATE_DAYS),
    _Named(lambda fee: {word.upper() for word in words_of(fee)}, lambda debit, fee: debit.mandates, _SOON_DAYS),
    _Named(words_of, lambda debit, fee: debit.blocks, _SOON_DAYS),
    _Named(amounts_of, lambda debit, fee: (debit.amount_minor,) if _is_on_its_account(debit, fee) else (), 0, 0),
)


def _is_on_its_account(debit: FeeDebit, fee: FeeBooking) -> bool:
    return debit.bank_account_id == fee.bank_account_id


def shares_of(fee: FeeBooking, debits: Sequence[FeeDebit]) -> tuple[Share, ...]:
    """Return to which rows of the register a fee belongs; nothing where that is not certain.

    ``debits`` are all that it may name, in any order, those with its end-to-end ids also where they did not come back.
    """
    left = debits
    for naming in _NAMINGS:
        found = _found(fee, left, naming)
        if found and all(len(several) == 1 for several in found):
            return _shared(fee, [several[0] for several in found])
        if len(found) > 1:
            return ()
        left = found[0] if found else left  # What one name leaves open, the next may tell.
    return ()


def _found(fee: FeeBooking, debits: Sequence[FeeDebit], naming: _Named) -> list[list[FeeDebit]]:
    """Return for each name of a fee that means something which debits it means."""
    by_name: dict[Name, list[FeeDebit]] = {}
    names = frozenset(naming.of_fee(fee))
    for debit in debits:
        if debit.currency == fee.currency and _is_near(fee, debit, naming):
            for name in names.intersection(naming.of_debit(debit, fee)):
                by_name.setdefault(name, []).append(debit)
    amounts = amounts_of(fee)
    return [[one for one in several if one.amount_minor in amounts] or several for several in by_name.values()]


def _is_near(fee: FeeBooking, debit: FeeDebit, naming: _Named) -> bool:
    later = (fee.booking_date - debit.occurred_date).days
    return debit.unpaid_id is None or -naming.early_days <= later <= naming.late_days


def _shared(fee: FeeBooking, debits: Sequence[FeeDebit]) -> tuple[Share, ...]:
    """Divide a fee equally among the debits that its names mean, if that are all that it is for and they came back."""
    ids = sorted({debit.unpaid_id or 0 for debit in debits})
    if 0 in ids or count_of(fee) not in (None, len(ids)) or fee.amount_minor % len(ids):
        return ()
    return tuple(Share(key, fee.amount_minor // len(ids)) for key in ids)


def may_name(fee: FeeBooking, debits: Iterable[FeeDebit]) -> bool:
    """Tell whether a fee has a name of any of some debits, whatever else it may mean."""
    names = {word.upper() for word in words_of(fee)}
    amounts = amounts_of(fee)
    return any(
        one.amount_minor in amounts
        or any(word.upper() in names for word in one.end_to_end_ids | one.bank_references | one.mandates | one.blocks)
        for one in debits
    )
