"""The rules of importing one mandate: is it new, may it change, must another person look.

Another IBAN on a known mandate is not applied here: money would be collected from it, so two persons must say so
(design section 8). Scheme and type never change: that is a new mandate (sepa-rules section 1.6).
"""

import datetime as dt
from typing import NamedTuple

from gateway.domain.import_step import Difference, Outcome, differences
from gateway.domain.lifecycle import MANDATE
from schemas.identifiers import mask_account
from schemas.states import MandateState
from schemas.tables import MandateRow, RowError


class MandateFacts(NamedTuple):
    """What a mandate says that an import may change."""

    signature_date: dt.date | None
    bic: str = ""
    debtor_name: str = ""
    last_collected_date: dt.date | None = None
    creditor_identifier: str = ""
    b2b_confirmed_date: dt.date | None = None
    debtor_street: str = ""
    debtor_postcode: str = ""
    debtor_town: str = ""
    debtor_country: str = ""
    ultimate_debtor: str = ""
    signature_place: str = ""


MANDATE_FACT_NAMES = MandateFacts._fields
_ROW_PLACES = tuple(MandateRow._fields.index(name) for name in MANDATE_FACT_NAMES)


class KnownMandate(NamedTuple):
    """A mandate that is stored."""

    id: int
    party_id: int
    scheme: str
    type: str
    iban: str
    state: MandateState
    facts: MandateFacts


class MandateStep(NamedTuple):
    """What becomes of one row. ``withheld_iban`` is another IBAN that waits for two persons."""

    row: MandateRow
    party_id: int
    facts: MandateFacts
    state: MandateState
    mandate: KnownMandate | None = None
    withheld_iban: str = ""

    @property
    def outcome(self) -> Outcome:
        """What the import does with the row."""
        if self.mandate is None:
            return Outcome.NEW
        if self.facts != self.mandate.facts or self.state != self.mandate.state:
            return Outcome.CHANGED
        return Outcome.PROPOSED if self.withheld_iban else Outcome.UNCHANGED

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What would be other than it is, applied or withheld; accounts are masked."""
        if self.mandate is None:
            return ()
        before, after = (*self.mandate.facts, self.mandate.state), (*self.facts, self.state)
        found = differences((*MANDATE_FACT_NAMES, "state"), before, after)
        if not self.withheld_iban:
            return found
        return (*found, Difference("iban", mask_account(self.mandate.iban), self.withheld_iban))


def plan_mandate(
    row: MandateRow, *, party_id: int | None, customer_name: str, mandate: KnownMandate | None, creditor_identifier: str
) -> MandateStep | RowError:
    """Decide what becomes of a row. ``creditor_identifier`` is the company's, for rows that name none."""
    if party_id is None:
        return RowError(row.row, "customer_number", row.customer_number, "the number of a customer that is stored")
    if mandate is None:
        empty = MandateFacts(None, debtor_name=customer_name, creditor_identifier=creditor_identifier)
        return MandateStep(row, party_id, _facts(row, empty), row.status or MandateState.ACTIVE)
    wrong = _wrong_change(row, party_id, mandate)
    if wrong is not None:
        return wrong
    before = mandate.facts
    if not before.creditor_identifier:
        before = before._replace(creditor_identifier=creditor_identifier)
    withheld = "" if row.iban == mandate.iban else mask_account(row.iban)
    return MandateStep(row, party_id, _facts(row, before), row.status or mandate.state, mandate, withheld)


def _facts(row: MandateRow, before: MandateFacts) -> MandateFacts:
    said = [row[place] for place in _ROW_PLACES]
    facts = MandateFacts._make([old if new is None else new for old, new in zip(before, said, strict=True)])
    # An older export does not know our latest collection.
    dates = [date for date in (before.last_collected_date, row.last_collected_date) if date is not None]
    return facts._replace(last_collected_date=max(dates, default=None))


def _wrong_change(row: MandateRow, party_id: int, mandate: KnownMandate) -> RowError | None:
    if party_id != mandate.party_id:
        return RowError(row.row, "customer_number", row.customer_number, "the customer who gave this mandate")
    for column, new, old in (("scheme", row.scheme.value, mandate.scheme), ("type", row.type.value, mandate.type)):
        if new != old:
            return RowError(row.row, column, new, f"{old}, as it was signed; another one needs a new mandate")
    if row.status is None or row.status == mandate.state or MANDATE.allows(mandate.state, row.status):
        return None
    allowed = sorted({mandate.state, *MANDATE.moves.get(mandate.state, ())})
    return RowError(row.row, "status", row.status.value, f"what may follow {mandate.state}: {', '.join(allowed)}")
