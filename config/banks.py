"""Reads bank profiles: what each bank wants of the files that we send, from ``config/banks.toml`` or a file like it.

Profiles are data: a bank with other habits is a table more, no code. A fault names file, profile, field, what was found
and what was expected.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError

from schemas.bank_profile import AddressMode, BankProfile
from schemas.errors import GatewayError

EXAMPLES = Path(__file__).parent / "banks.toml"
_CODE = re.compile("[a-z][a-z0-9_]{0,39}")
_PROFILE = TypeAdapter(BankProfile)
_FILE_NAME_FIELDS = frozenset(("message_id", "date", "scheme"))
_IDENTIFIER = re.compile("[A-Za-z0-9+?/:().,'-]{0,35}")
_RANGES = {
    "lead_days_core": (1, 14),  # A bank may ask for more than D-1; earlier than 14 days nothing may be sent.
    "lead_days_b2b": (1, 14),
    "collections_max": (1, 10_000_000),
    "bytes_max": (100_000, 10_000_000_000),
}


class InvalidBankProfile(GatewayError):
    """A bank profile cannot be used."""

    code = "invalid_bank_profile"


def load_bank_profiles(path: Path = EXAMPLES) -> tuple[BankProfile, ...]:
    """Return the profiles of a file in its order. Raises InvalidBankProfile naming profile and field."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidBankProfile(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidBankProfile(f"{path} is not TOML: {error}") from error
    if not tables:
        raise InvalidBankProfile(f"{path} has no profile; a table such as [my_bank] is expected")
    return tuple(_profile(path, code, table) for code, table in tables.items())


def _profile(path: Path, code: str, table: Any) -> BankProfile:
    where = f"{path}: {code}"
    if not isinstance(table, dict) or not _CODE.fullmatch(code):
        raise InvalidBankProfile(f"{where} is not a profile; a table such as [my_bank] is expected")
    if table.get("is_batch_booked") == "by agreement":  # TOML has no word for nothing.
        table = {**table, "is_batch_booked": None}
    try:
        profile = _PROFILE.validate_python({**table, "code": code})
    except ValidationError as error:
        raise InvalidBankProfile(f"{where}: {_fault(error)}") from error
    for field, expected in _faults(profile):
        raise InvalidBankProfile(f"{where}: {field} is {getattr(profile, field)!r}; expected is {expected}")
    return profile


def _fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    field = str(fault["loc"][0])
    if fault["type"] == "missing":
        return f"{field} is missing"
    if fault["type"] == "extra_forbidden":
        return f"{field} is no field; expected is one of {', '.join(BankProfile._fields[1:])}"
    return f"{field} is {fault['input']!r}; {fault['msg']}"


def _faults(profile: BankProfile) -> Iterator[tuple[str, str]]:
    """Yield each field that cannot be used, with what is expected of it."""
    if not profile.name.strip():
        yield "name", "the name of the bank"
    for field, (least, most) in _RANGES.items():
        if not least <= getattr(profile, field) <= most:
            yield field, f"{least} to {most}"
    if not _is_zone(profile.zone):
        yield "zone", "a time zone such as Europe/Paris"
    if not _is_file_name(profile.file_name):
        yield "file_name", "a name without folders that has {message_id}, and at most {date} and {scheme} beside it"
    if not _IDENTIFIER.fullmatch(profile.initiating_party_id):
        yield "initiating_party_id", "at most 35 of A-Z a-z 0-9 + ? / - : ( ) . , '"
    if profile.has_creditor_address and profile.address_mode is AddressMode.NONE:
        yield "address_mode", "structured or hybrid, because has_creditor_address is true"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _is_file_name(pattern: str) -> bool:
    try:
        fields = [(field, form, turn) for _, field, form, turn in Formatter().parse(pattern) if field is not None]
    except ValueError:
        return False
    names = {field for field, _, _ in fields}
    is_plain = not any(form or turn for _, form, turn in fields) and not set("/\\\0") & set(pattern)
    return is_plain and "message_id" in names and names <= _FILE_NAME_FIELDS
