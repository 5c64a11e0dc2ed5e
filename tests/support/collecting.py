"""Due items, mandates and creditors as planning sees them, for tests of the rules."""

import datetime as dt
from typing import Any

from gateway.domain.collecting.model import CreditorTerms, DueItem, MandateTerms
from gateway.domain.collecting.plan import DueFacts
from schemas.bank_profile import BankProfile
from schemas.identifiers import Iban
from schemas.parties import NO_ADDRESS
from schemas.states import MandateState, OpenItemKind

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)  # A Friday, an hour before the cut-off.
DUE = dt.date(2026, 12, 15)
TOLD = dt.date(2026, 11, 2)
CREDITOR_IDENTIFIER = "DE98ZZZ09999999999"
PROFILE = BankProfile("example", "Example")
CREDITOR_KEY = "DE9809999999999"
CREDITOR = CreditorTerms(CREDITOR_IDENTIFIER, "Beispiel GmbH", 1, Iban("DE89370400440532013000"), None, PROFILE)
_MANDATE = MandateTerms(
    id=500, party_id=10, reference="M-500", creditor_identifier=CREDITOR_IDENTIFIER, scheme="CORE", type="recurrent",
    state=MandateState.ACTIVE, signature_date=dt.date(2026, 1, 5), iban=Iban("DE02120300000000202051"), bic=None,
    debtor_name="Alpha", address=NO_ADDRESS, ultimate_debtor="", b2b_confirmed_date=None, last_collected_date=None,
    not_before_date=None, version=1,
)  # fmt: skip
_ITEM = DueItem(
    id=100, party_id=10, kind=OpenItemKind.INVOICE, number="FA-100", currency="EUR", amount_minor=10_000,
    open_minor=10_000, collecting_minor=0, disputed_minor=0, due_date=DUE, notified_date=TOLD, creditor_reference="",
    version=1,
)  # fmt: skip


def due_item(id: int = 100, amount_minor: int = 10_000, **other: Any) -> DueItem:
    """Return an open item, a credit note when its amount is below zero."""
    kind = OpenItemKind.INVOICE if amount_minor > 0 else OpenItemKind.CREDIT_NOTE
    item = _ITEM._replace(id=id, number=f"FA-{id}", amount_minor=amount_minor, open_minor=amount_minor, kind=kind)
    return item._replace(**other)


def mandate(id: int = 500, **other: Any) -> MandateTerms:
    """Return a mandate of customer 10 that can be used."""
    return _MANDATE._replace(id=id, reference=f"M-{id}", **other)


def due_facts(*items: DueItem, mandates: tuple[MandateTerms, ...] = (_MANDATE,), **other: Any) -> DueFacts:
    """Return what planning reads."""
    by_party: dict[int, list[MandateTerms]] = {}
    for one in mandates:
        by_party.setdefault(one.party_id, []).append(one)
    return DueFacts(items, by_party, other.pop("creditors", {CREDITOR_KEY: CREDITOR}), **other)
