"""Pages of long lists: each ends with a cursor that says where the next begins. Nothing is counted."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.errors import GatewayError

LIMIT_MAX = 500
Value = str | int | None
Item = TypeVar("Item")


class InvalidCursor(GatewayError):
    """The cursor is none that this list gave."""

    code = "invalid_cursor"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows of a list, and the cursor of the next page; None at the end."""

    rows: tuple[Item, ...]
    next_cursor: str | None = None


def limited(limit: int) -> int:
    """Return how many rows a page may have when so many are asked for."""
    return max(1, min(limit, LIMIT_MAX))


def write_cursor(values: Sequence[Value]) -> str:
    """Return the cursor behind the row with these sort values."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> tuple[Value, ...]:
    """Return the sort values of a cursor; each is of its kind, or None if it is not the last. Raises InvalidCursor."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidCursor("the cursor cannot be read") from error
    if not isinstance(values, list) or len(values) != len(kinds) or values[-1] is None:
        raise InvalidCursor("the cursor belongs to another list")
    if not all(_fits(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise InvalidCursor("the cursor belongs to another list")
    return tuple(values)


def _fits(value: object, kind: type) -> bool:
    # A whole number beyond 64 bits, a NUL or half a character: the databases would refuse them in their own way.
    if isinstance(value, str):
        return kind is str and "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return value is None or (type(value) is kind and not (isinstance(value, int) and abs(value) >= 2**63))
