"""Rules of what a collection says of its mandate (sepa-rules 1.4, 1.6)."""

from gateway.domain.scheme_rules.creditors import digits_fault, form_fault
from gateway.domain.scheme_rules.rule import CORE_GUIDE, RULEBOOK, Group, Rule, Scope, error, warning
from gateway.domain.scheme_rules.texts import date_of, iban_fault, shown
from schemas.order_facts import InstructionFacts, MandateFacts

SAME_MANDATE_NEW_ACCOUNT = "SMNDA"
_NO_MANDATE = MandateFacts()
_UNCHANGED = _NO_MANDATE[2:]


def _mandate(collection: InstructionFacts) -> MandateFacts:
    return collection.mandate or _NO_MANDATE


def _reference(collection: InstructionFacts, _: Scope) -> str:
    return "" if _mandate(collection).reference is not None else "nothing"


def _blanks(collection: InstructionFacts, _: Scope) -> str:
    reference = _mandate(collection).reference
    return shown(reference) if reference is not None and " " in reference else ""


def _signature_date(collection: InstructionFacts, _: Scope) -> str:
    text = _mandate(collection).signature_date
    return "" if date_of(text) else text or "nothing"


def _signed_later(collection: InstructionFacts, scope: Scope) -> str:
    date = date_of(_mandate(collection).signature_date)
    return f"{date}, judged on {scope.today}" if date is not None and date > scope.today else ""


def _amendment(collection: InstructionFacts, _: Scope) -> str:
    mandate = _mandate(collection)
    has_original = any(
        original is not None
        for original in (
            mandate.original_reference, mandate.original_scheme, mandate.original_account, mandate.original_agent,
        )
    )  # fmt: skip
    is_marked = mandate.amendment_indicator in ("true", "1")
    if is_marked == has_original:
        return ""
    return "an amendment without an original value" if is_marked else "an original value that is not marked"


def _new_account(collection: InstructionFacts, _: Scope) -> str:
    mandate = _mandate(collection)
    if mandate.original_agent is not None:
        return f"{mandate.original_agent.other or mandate.original_agent.bic or 'nothing'} at the bank"
    account = mandate.original_account
    if account is None or account.iban is not None:
        return ""
    return "" if account.other == SAME_MANDATE_NEW_ACCOUNT else account.other or "nothing"


def _original_account(collection: InstructionFacts, _: Scope) -> str:
    account = _mandate(collection).original_account
    return "" if account is None or account.iban is None else iban_fault(account.iban)


def _original_creditor(collection: InstructionFacts, _: Scope) -> str:
    scheme = _mandate(collection).original_scheme
    return "" if scheme is None else form_fault(scheme) or digits_fault(scheme)


RULES: tuple[Rule, ...] = (
    error("mandate_reference", "the reference of the mandate", RULEBOOK, _reference),
    warning("mandate_reference_blanks", "no blank in a mandate reference", "DK Anlage 3", _blanks),
    error("signature_date", "the date of signature, such as 2026-01-31", RULEBOOK, _signature_date),
    error("signature_date_not_in_future", "a mandate that is signed already", "EPC173-14 (MD02)", _signed_later),
)
_AMENDED: tuple[Rule, ...] = (
    error("amendment", "an amendment marked, and with what was before", CORE_GUIDE, _amendment),
    error("new_account", "SMNDA at the original account, not at the bank", "EPC rulebooks since 2016", _new_account),
    error("original_account", "an IBAN with right check digits", "ISO 13616", _original_account),
    error("original_creditor_identifier", "a creditor identifier, named SEPA", "EPC262-08", _original_creditor),
)


def _is_amended(collection: InstructionFacts, _: Scope) -> bool:
    return collection.mandate is not None and collection.mandate[2:] != _UNCHANGED


GROUPS = (Group(_AMENDED, _is_amended),)
