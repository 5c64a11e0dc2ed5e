"""Plain collections: of ones that say so little, no rule can find anything that it would not find in all of them.

Nearly all are plain, and a file has a hundred thousand: one is judged for all of its block.
"""

import datetime as dt

from gateway.domain.scheme_rules.rule import Scope
from gateway.domain.scheme_rules.texts import AMOUNT_MAX, NAME_MAX, REMITTANCE_MAX, is_sepa_text
from schemas.countries import EEA
from schemas.direct_debit import NO_ADDRESS, NO_AMENDMENT, DirectDebit
from schemas.identifiers import EndToEndId, Iban, MandateReference


def is_plain(collection: DirectDebit, scope: Scope) -> bool:
    """Tell whether a collection says the least: parsed ids, a debtor in the EEA, short texts in SEPA letters."""
    end_to_end_id, amount_minor, mandate, debtor, iban, *more = collection
    bic, ultimate, remittance, reference, purpose, own_id = more
    if bic or ultimate or reference or purpose or own_id or debtor.identification or scope.is_party_outside_eea:
        return False
    return (
        end_to_end_id.__class__ is EndToEndId
        and 0 < amount_minor <= AMOUNT_MAX
        and _is_signed(*mandate[:2], scope.today)
        and mandate.amendment is NO_AMENDMENT
        and debtor.address is NO_ADDRESS
        and iban.__class__ is Iban
        and iban[:2] in EEA
        and _is_short(debtor.name, NAME_MAX)
        and (not remittance or _is_short(remittance, REMITTANCE_MAX))
    )


def _is_signed(reference: str, signature_date: dt.date, today: dt.date) -> bool:
    return reference.__class__ is MandateReference and " " not in reference and signature_date <= today


def _is_short(text: str, limit: int) -> bool:
    return len(text) <= limit and is_sepa_text(text) and not text.isspace() and text != ""
