"""The words of closed sets as pages show them: English here, translated when they are shown."""

from collections.abc import Mapping
from enum import StrEnum

from schemas.states import AllocationKind, HoldReason, IbanSource, IgnoreCategory, OpenItemKind, ReviewReason


def _mark(label: str) -> str:
    """Mark a text for translation."""
    return label


REVIEW_REASONS: Mapping[StrEnum, str] = {
    ReviewReason.NO_KNOWN_REFERENCE: _mark("No known reference"),
    ReviewReason.AMOUNT_DIFFERS: _mark("Amount differs"),
    ReviewReason.MORE_THAN_OPEN: _mark("More than is open"),
    ReviewReason.SEVERAL_EXPLANATIONS: _mark("Several explanations"),
    ReviewReason.PAYER_DIFFERS: _mark("Another payer"),
    ReviewReason.WEAK_EVIDENCE: _mark("Weak evidence"),
    ReviewReason.PAID_ALREADY: _mark("Paid already"),
    ReviewReason.DISCOUNT_LATE: _mark("Discount after its date"),
    ReviewReason.CHARGES_DEDUCTED: _mark("Bank charges deducted"),
    ReviewReason.DEBIT_IN_FLIGHT: _mark("Direct debit in flight"),
    ReviewReason.DISPUTED: _mark("In dispute"),
    ReviewReason.OTHER_CURRENCY: _mark("Another currency"),
    ReviewReason.RETURNED_DEBIT: _mark("Returned debit"),
    ReviewReason.RETURNED_TRANSFER: _mark("Returned transfer"),
    ReviewReason.OWN_COLLECTION: _mark("Our own collection"),
    ReviewReason.REVERSAL: _mark("Reversal by the bank"),
    ReviewReason.UNDONE: _mark("Taken back"),
}

IGNORE_CATEGORIES: Mapping[StrEnum, str] = {
    IgnoreCategory.BANK_FEE: _mark("Bank fee"),
    IgnoreCategory.INTEREST: _mark("Interest"),
    IgnoreCategory.OWN_TRANSFER: _mark("Transfer between own accounts"),
    IgnoreCategory.SUPPLIER: _mark("Paid to a supplier"),
    IgnoreCategory.SUPPLIER_REFUND: _mark("Refund of a supplier"),
    IgnoreCategory.TAX_SALARY: _mark("Taxes, salaries, social security"),
    IgnoreCategory.OTHER: _mark("Something else"),
}

HOLD_REASONS: Mapping[StrEnum, str] = {
    HoldReason.UNBALANCED: _mark("It does not add up"),
    HoldReason.OVERLAP: _mark("It overlaps with what is imported"),
    HoldReason.UNKNOWN_ACCOUNT: _mark("It is of an account that is not known here"),
    HoldReason.MISSING_PAGE: _mark("A page is missing"),
    HoldReason.CONFLICT: _mark("A known reference came with other content"),
}

ITEM_KINDS: Mapping[StrEnum, str] = {
    OpenItemKind.INVOICE: _mark("Invoice"),
    OpenItemKind.CREDIT_NOTE: _mark("Credit note"),
    OpenItemKind.FEE_CLAIM: _mark("Fee"),
    OpenItemKind.ON_ACCOUNT: _mark("On account"),
    OpenItemKind.PAYABLE: _mark("Payable"),
}

ALLOCATION_KINDS: Mapping[StrEnum, str] = {
    AllocationKind.PAYMENT: _mark("Payment"),
    AllocationKind.DISCOUNT: _mark("Discount"),
    AllocationKind.DEDUCTED_CHARGE: _mark("Charge deducted by the payer's bank"),
    AllocationKind.BANK_FEE: _mark("Fee of our bank"),
    AllocationKind.NETTING: _mark("Netting"),
    AllocationKind.ON_ACCOUNT: _mark("Kept on account"),
    AllocationKind.REFUND: _mark("Refund"),
    AllocationKind.WRITE_OFF: _mark("Written off"),
    AllocationKind.EXCHANGE_DIFFERENCE: _mark("Exchange difference"),
    AllocationKind.RETURN: _mark("Return"),
    AllocationKind.OPENING: _mark("Settled before the import"),
}

IBAN_SOURCES: Mapping[StrEnum, str] = {
    IbanSource.CUSTOMER_RECORD: _mark("customer record"),
    IbanSource.MANDATE: _mark("mandate"),
    IbanSource.DECISION: _mark("decisions in review"),
    IbanSource.COLLECTOR: _mark("pays for several customers"),
}

RULES: Mapping[str, str] = {
    "exact_reference": _mark("reference and exact amount"),
    "discount": _mark("reference and agreed discount"),
    "partial": _mark("reference, paid in part by the customer"),
    "confirmed_payer": _mark("confirmed account and exact amount"),
    "reported_charges": _mark("charges reported by the bank"),
    "tolerance": _mark("within the tolerance"),
    "fee_limit": _mark("within the limit for bank charges"),
    "own_account": _mark("transfer between own accounts"),
    "bank_booking": _mark("booking of the bank itself"),
    "outgoing": _mark("money paid out"),
    "accepted": _mark("explanation accepted"),
    "split": _mark("put together by hand"),
    "user": _mark("set aside by hand"),
}

STAGES: Mapping[str, str] = {
    "received": _mark("received, waits for its turn"),
    "reading": _mark("reading and checking"),
    "storing": _mark("storing"),
    "matching": _mark("matching"),
    "done": _mark("done"),
}

WORD_SETS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ReviewReason: REVIEW_REASONS,
    IgnoreCategory: IGNORE_CATEGORIES,
    HoldReason: HOLD_REASONS,
    OpenItemKind: ITEM_KINDS,
    AllocationKind: ALLOCATION_KINDS,
    IbanSource: IBAN_SOURCES,
}


def word_of(member: StrEnum | str) -> str:
    """Return the English words for a member of a closed set or a rule; a word that is not listed as it is."""
    if isinstance(member, StrEnum):
        return WORD_SETS.get(type(member), {}).get(member, member.value.replace("_", " "))
    return RULES.get(member) or STAGES.get(member) or member.replace("_", " ")
