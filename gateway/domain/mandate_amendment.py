"""What a bank is told of a changed mandate (EPC016-06 4.7, sepa-rules section 1.6).

The next collection carries the values of the last one that was sent; when it is rejected before settlement the one
after it carries them again, after a return or refund none does.
"""

from collections.abc import Sequence
from typing import Protocol

from schemas.direct_debit import NO_AMENDMENT, Amendment
from schemas.identifiers import CreditorIdentifier, MandateReference
from schemas.states import AmendmentKind


class AmendmentRow(Protocol):
    """One change of a mandate, as it was written down."""

    @property
    def kind(self) -> AmendmentKind: ...
    @property
    def original(self) -> str: ...
    @property
    def changed_to(self) -> str: ...
    @property
    def carried_by_id(self) -> int | None: ...
    @property
    def is_done(self) -> bool: ...


def amendments_to_carry(rows: Sequence[AmendmentRow]) -> Amendment:
    """Return what the next collection of a mandate says of its changes. ``rows`` are those of one mandate, in order."""
    originals = {kind: _original([row for row in rows if row.kind is kind]) for kind in AmendmentKind}
    reference = originals[AmendmentKind.REFERENCE]
    identifier = originals[AmendmentKind.CREDITOR_IDENTIFIER]
    if not any(originals.values()):
        return NO_AMENDMENT
    return Amendment(
        original_reference=MandateReference(reference) if reference else None,
        original_creditor_identifier=CreditorIdentifier(identifier) if identifier else None,
        original_creditor_name=originals[AmendmentKind.CREDITOR_NAME],
        is_new_account=bool(originals[AmendmentKind.DEBTOR_ACCOUNT]),
    )


def _original(rows: Sequence[AmendmentRow]) -> str:
    """Return what the last collection sent said; nothing when it said what is said now."""
    waiting = [row for row in rows if not row.is_done and row.carried_by_id is None]
    if not waiting or waiting[0].original == rows[-1].changed_to:
        return ""
    return waiting[0].original
