"""What pages and the API say of mandates: a proposal before and after, with accounts masked."""

from collections.abc import Mapping
from typing import Any

from schemas.identifiers import mask_account
from schemas.states import AmendmentKind, ProtectedKind

_ACCOUNTS = frozenset({ProtectedKind.MANDATE_IBAN, ProtectedKind.REFUND_IBAN})


def before_and_after(kind: ProtectedKind, record: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """Return the old and the new value of a proposal. ``names`` are those of our accounts, by their keys."""
    old, new = str(record.get("before", "")), str(record.get("iban") or record.get("after", ""))
    if kind in _ACCOUNTS:
        return mask_account(old), mask_account(new)
    return names.get(old, old), names.get(new, new)


def shown_value(kind: AmendmentKind, value: str) -> str:
    """Return a value of an amendment as it may be shown."""
    return mask_account(value) if kind is AmendmentKind.DEBTOR_ACCOUNT else value
