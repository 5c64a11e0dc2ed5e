"""Who is on the other side, and which creditor identifier is named (sepa-rules section 5.4)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from parsers.camt.values import compact
from parsers.xml_found import Found

_CREDITOR_IDENTIFIER = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9+?/:().,'-]{1,28}")


class _Side(NamedTuple):
    """The names under which one side's texts were found."""

    name: str
    bank_name: str
    account: str
    other_account: str
    bic: str
    own_bic: str


_DEBTOR, _CREDITOR = (
    _Side(
        side,
        f"{side}_bank_name",
        f"{side}_account",
        f"{side}_account_other",
        f"{side}_bic",
        f"{side}_own_bic",
    )
    for side in ("debtor", "creditor")
)


class Counterparty(NamedTuple):
    """The other side of a payment."""

    name: str | None
    account: str | None
    bic: str | None


def counterparty(texts: Mapping[str, str], own_account: str, *, is_debtor: bool) -> Counterparty:
    """Return the other side: of two accounts that which is not ours, else the debtor or creditor as is said.

    A side that is not named leaves the other one.
    """
    debtor = compact(texts.get("debtor_account") or texts.get("debtor_account_other"))
    creditor = compact(texts.get("creditor_account") or texts.get("creditor_account_other"))
    is_debtor_ours = debtor == own_account or (debtor is not None and debtor.upper() == own_account)
    is_creditor_ours = creditor == own_account or (creditor is not None and creditor.upper() == own_account)
    if is_debtor_ours != is_creditor_ours:
        is_debtor = is_creditor_ours
    elif _is_named(texts, _DEBTOR, debtor) != _is_named(texts, _CREDITOR, creditor):
        is_debtor = _is_named(texts, _DEBTOR, debtor)
    return _named(texts, _DEBTOR, debtor) if is_debtor else _named(texts, _CREDITOR, creditor)


def _is_named(texts: Mapping[str, str], side: _Side, account: str | None) -> bool:
    return account is not None or side.name in texts or side.bank_name in texts


def _named(texts: Mapping[str, str], side: _Side, account: str | None) -> Counterparty:
    name = texts.get(side.name) or texts.get(side.bank_name)
    return Counterparty(name, account, compact(texts.get(side.bic) or texts.get(side.own_bic)))


def creditor_identifier(detail: Found) -> str | None:
    """Return the SEPA creditor identifier: an id of the creditor of scheme SEPA, else one that has its form."""
    ids = [texts for party_id in detail.groups.get("creditor_ids", ()) if "id" in (texts := party_id.texts)]
    found = next((texts["id"] for texts in ids if texts.get("scheme") == "SEPA"), None)
    if found is None and "mandate_reference" in detail.texts:
        found = next((texts["id"] for texts in ids if _CREDITOR_IDENTIFIER.fullmatch(texts["id"])), None)
    return compact(found)
