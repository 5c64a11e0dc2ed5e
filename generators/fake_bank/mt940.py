"""The pretended bank's statements as MT940, in the German way: one ``:61:`` and one ``:86:`` with ``?nn`` fields each.

A booking of several collections shows its sum and its batch id only, as banks do.
"""

from collections.abc import Iterable

from schemas.fake_bank import Booking, DayStatement, Detail

# Business transaction code, type in :61:, booking text.
_CODES = {
    "PMNT-IDDT-ESDD": ("171", "NDDT", "LASTSCHRIFTEINZUG"),
    "PMNT-IDDT-BBDD": ("174", "NDDT", "FIRMENLASTSCHRIFTEINZUG"),
    "PMNT-IDDT-UPDD": ("109", "NRTI", "RUECKLASTSCHRIFT"),
    "PMNT-IDDT-PRDD": ("109", "NRTI", "STORNO LASTSCHRIFT"),
    "PMNT-RCDT-ESCT": ("166", "NTRF", "GUTSCHR. UEBERWEISUNG"),
    "ACMT-MDOP-CHRG": ("808", "NCHG", "ENTGELT"),
}
_BATCH = ("192", "NDDT", "SAMMLER LASTSCHRIFTEINZUG")
_WIDTH = 27


def write_mt940(statements: Iterable[DayStatement]) -> bytes:
    """Return a file of statements (ASCII)."""
    lines = [line for statement in statements for line in _statement(statement)]
    return ("\r\n".join(lines) + "\r\n").encode("ascii", "replace")


def _statement(statement: DayStatement) -> list[str]:
    lines = [f":20:FB{statement.number:08d}", f":25:{statement.account}", f":28C:{statement.number:05d}/00001"]
    lines.append(_balance("60F", statement.opening_minor, f"{statement.previous_date:%y%m%d}"))
    for booking in statement.bookings:
        lines += _entry(booking, statement)
    return [*lines, _balance("62F", statement.closing_minor, f"{statement.date:%y%m%d}"), "-"]


def _balance(tag: str, minor: int, date: str) -> str:
    return f":{tag}:{_mark(minor)}{date}EUR{_amount(minor)}"


def _mark(minor: int) -> str:
    return "D" if minor < 0 else "C"


def _amount(minor: int) -> str:
    return f"{abs(minor) // 100},{abs(minor) % 100:02d}"


def _entry(booking: Booking, statement: DayStatement) -> list[str]:
    gvc, kind, text = _BATCH if booking.payment_information_id else _CODES[booking.kind]
    date = f"{statement.date:%y%m%d}{statement.date:%m%d}"
    line = f":61:{date}{_mark(booking.amount_minor)}R{_amount(booking.amount_minor)}{kind}NONREF//{booking.reference}"
    detail = booking.details[0] if len(booking.details) == 1 else None
    return [line, *_side_amounts(detail), *_wrapped(f":86:{gvc}?00{text}{_purpose(booking, detail)}")]


def _side_amounts(detail: Detail | None) -> list[str]:
    if detail is None or not detail.original_minor:
        return []
    charges = f"/CHGS/EUR{_amount(detail.fee_minor)}/" if detail.fee_minor else ""
    return [f"/OCMT/EUR{_amount(detail.original_minor)}/{charges}"]


def _purpose(booking: Booking, detail: Detail | None) -> str:
    if detail is None:
        tagged = [("KREF+", booking.payment_information_id), ("SVWZ+", booking.text or f"{len(booking.details)} ITEMS")]
    else:
        reason = f"RUECKGABEGRUND {detail.reason} " if detail.reason else ""
        tagged = [
            ("EREF+", detail.end_to_end_id),
            ("MREF+", detail.mandate_reference),
            ("CRED+", detail.creditor_identifier),
            ("SVWZ+", reason + _plain(detail.remittance)),
        ]
    pieces = [piece for tag, value in tagged if value for piece in _cut(tag + value)]
    fields = [f"?{20 + number if number < 10 else 50 + number}{piece}" for number, piece in enumerate(pieces[:14])]
    party = f"?31{detail.debtor_iban}?32{_plain(detail.debtor_name)[:_WIDTH]}" if detail else ""
    shown = [field for field in fields if field < "?3"], [field for field in fields if field >= "?6"]
    return "".join(shown[0]) + party + "".join(shown[1])


def _plain(text: str) -> str:
    return "".join(char if char.isascii() and char not in "?\r\n" else "." for char in text)


def _cut(text: str) -> list[str]:
    return [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]


def _wrapped(text: str) -> list[str]:
    lines = []
    while text:
        cut = 65
        while text[cut : cut + 1] in (":", "-") or (cut < len(text) and text[cut - 1] == " "):
            cut -= 1  # A line may not begin like a field, nor end on a blank.
        lines.append(text[:cut])
        text = text[cut:]
    return lines
