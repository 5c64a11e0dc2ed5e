"""The habits of the bank of one account: a profile by name, and what differs for this account."""

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.bank_profile import BankProfile
from schemas.errors import GatewayError

COMMON = BankProfile("common", "A bank without habits of its own")
_KINDS = get_type_hints(BankProfile)
_NUMBERS = {
    "lead_days_core": (0, 14),
    "lead_days_b2b": (0, 14),
    "collections_max": (1, 1_000_000),
    "bytes_max": (10_000, 2_000_000_000),
}
_FIXED = ("code", "name")


class InvalidBankProfile(GatewayError):
    """A bank profile says what no bank can want."""

    code = "invalid_bank_profile"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def profile_of(profiles: Mapping[str, BankProfile], name: str, changes: Mapping[str, Any] | None) -> BankProfile:
    """Return the habits for an account: those of its bank with what differs. Raises InvalidBankProfile."""
    profile = profiles.get(name, COMMON)
    return profile._replace(**{field: _value(field, text) for field, text in (changes or {}).items()})


def profile_record(profile: BankProfile) -> dict[str, Any]:
    """Return a profile as plain values, to be stored."""
    return {field: _plain(value) for field, value in profile._asdict().items()}


def profile_from(record: Mapping[str, Any]) -> BankProfile:
    """Return a profile that was stored. Raises InvalidBankProfile."""
    said = {field: _value(field, value) for field, value in record.items() if field not in _FIXED}
    return BankProfile(str(record["code"]), str(record["name"]))._replace(**said)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat("minutes") if isinstance(value, dt.time) else value


def _value(field: str, value: Any) -> Any:
    kind = _KINDS.get(field)
    if kind is None or field in _FIXED:
        raise InvalidBankProfile(field, "there is no such habit of a bank")
    try:
        typed = _typed(kind, value)
    except (ValueError, TypeError) as error:
        raise InvalidBankProfile(field, f"{value!r} cannot be used") from error
    _check(field, typed)
    return typed


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is dt.time:
        return dt.time.fromisoformat(value) if isinstance(value, str) else value
    if kind is int:
        return int(value)
    if kind is str:
        return str(value)
    return {"true": True, "false": False, "": None}.get(value, value) if isinstance(value, str) else value


def _check(field: str, value: Any) -> None:
    if field in _NUMBERS:
        least, most = _NUMBERS[field]
        if not least <= value <= most:
            raise InvalidBankProfile(field, f"{value} is not from {least} to {most}")
    if field == "file_name":
        _check_file_name(value)
    if field == "zone":
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidBankProfile(field, f"{value!r} is no time zone such as Europe/Paris") from error


def _check_file_name(pattern: str) -> None:
    """A name of a file, never a path; each file has its own."""
    try:
        name = file_name(pattern, message_id="M", date=dt.date(2026, 1, 1), scheme="CORE")
    except (KeyError, ValueError, IndexError) as error:
        raise InvalidBankProfile("file_name", f"{pattern!r} may use {{message_id}}, {{date}} and {{scheme}}") from error
    if "{message_id}" not in pattern or not name.isprintable() or set(name) & set('/\\:*?"<>|') or name.startswith("."):
        raise InvalidBankProfile("file_name", f"{pattern!r} is no file name with {{message_id}} in it")


def file_name(pattern: str, *, message_id: str, date: dt.date, scheme: str) -> str:
    """Return the name of a file by the pattern of the bank."""
    return pattern.format(message_id=message_id, date=date.strftime("%Y%m%d"), scheme=scheme)
