"""The words of closed sets as pages show them: English here, translated when they are shown."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.domain.mandate import MandateObstacle
from gateway.web import words_of_collections
from schemas.advice import AdviceFormat
from schemas.codes.lists import LocalInstrument
from schemas.codes.reason_actions import ReturnKind
from schemas.states import (
    AllocationKind,
    AmendmentKind,
    Direction,
    DocumentKind,
    HabitKind,
    HoldReason,
    IbanSource,
    IgnoreCategory,
    MatchEvidence,
    OpenItemKind,
    ProtectedKind,
    ReplayEffect,
    ReviewReason,
    RuleAction,
    TextMatch,
    UnpaidState,
)


def mark(label: str) -> str:
    """Mark a text for translation."""
    return label


REVIEW_REASONS: Mapping[StrEnum, str] = {
    ReviewReason.NO_KNOWN_REFERENCE: mark("No known reference"),
    ReviewReason.AMOUNT_DIFFERS: mark("Amount differs"),
    ReviewReason.MORE_THAN_OPEN: mark("More than is open"),
    ReviewReason.SEVERAL_EXPLANATIONS: mark("Several explanations"),
    ReviewReason.PAYER_DIFFERS: mark("Another payer"),
    ReviewReason.WEAK_EVIDENCE: mark("Weak evidence"),
    ReviewReason.PAID_ALREADY: mark("Paid already"),
    ReviewReason.DISCOUNT_LATE: mark("Discount after its date"),
    ReviewReason.CHARGES_DEDUCTED: mark("Bank charges deducted"),
    ReviewReason.DEBIT_IN_FLIGHT: mark("Direct debit in flight"),
    ReviewReason.DISPUTED: mark("In dispute"),
    ReviewReason.OTHER_CURRENCY: mark("Another currency"),
    ReviewReason.RETURNED_DEBIT: mark("Returned debit"),
    ReviewReason.RETURNED_TRANSFER: mark("Returned transfer"),
    ReviewReason.OWN_COLLECTION: mark("Our own collection"),
    ReviewReason.REVERSAL: mark("Reversal by the bank"),
    ReviewReason.UNDONE: mark("Taken back"),
}

IGNORE_CATEGORIES: Mapping[StrEnum, str] = {
    IgnoreCategory.BANK_FEE: mark("Bank fee"),
    IgnoreCategory.INTEREST: mark("Interest"),
    IgnoreCategory.OWN_TRANSFER: mark("Transfer between own accounts"),
    IgnoreCategory.SUPPLIER: mark("Paid to a supplier"),
    IgnoreCategory.SUPPLIER_REFUND: mark("Refund of a supplier"),
    IgnoreCategory.TAX_SALARY: mark("Taxes, salaries, social security"),
    IgnoreCategory.NOT_OURS: mark("Not our money"),
    IgnoreCategory.OTHER: mark("Something else"),
}

RULE_ACTIONS: Mapping[StrEnum, str] = {
    RuleAction.SET_ASIDE: mark("Set it aside: no customer payment"),
    RuleAction.NOT_OURS: mark("Set it aside: not our money"),
    RuleAction.CUSTOMER: mark("It is a customer’s"),
    RuleAction.ON_ACCOUNT: mark("Keep all of it on a customer’s account"),
}

TEXT_MATCHES: Mapping[StrEnum, str] = {
    TextMatch.CONTAINS: mark("contains"),
    TextMatch.WORD: mark("has the whole word"),
    TextMatch.BEGINS: mark("begins with"),
    TextMatch.EQUALS: mark("is exactly"),
}

DIRECTIONS: Mapping[StrEnum, str] = {
    Direction.IN: mark("comes in"),
    Direction.OUT: mark("goes out"),
}

HOLD_REASONS: Mapping[StrEnum, str] = {
    HoldReason.UNBALANCED: mark("It does not add up"),
    HoldReason.OVERLAP: mark("It overlaps with what is imported"),
    HoldReason.UNKNOWN_ACCOUNT: mark("It is of an account that is not known here"),
    HoldReason.MISSING_PAGE: mark("A page is missing"),
    HoldReason.CONFLICT: mark("A known reference came with other content"),
}

ITEM_KINDS: Mapping[StrEnum, str] = {
    OpenItemKind.INVOICE: mark("Invoice"),
    OpenItemKind.CREDIT_NOTE: mark("Credit note"),
    OpenItemKind.FEE_CLAIM: mark("Fee"),
    OpenItemKind.ON_ACCOUNT: mark("On account"),
    OpenItemKind.PAYABLE: mark("Payable"),
}

ALLOCATION_KINDS: Mapping[StrEnum, str] = {
    AllocationKind.PAYMENT: mark("Payment"),
    AllocationKind.DISCOUNT: mark("Discount"),
    AllocationKind.DEDUCTED_CHARGE: mark("Charge deducted by the payer's bank"),
    AllocationKind.BANK_FEE: mark("Fee of our bank"),
    AllocationKind.NETTING: mark("Netting"),
    AllocationKind.ON_ACCOUNT: mark("Kept on account"),
    AllocationKind.REFUND: mark("Refund"),
    AllocationKind.WRITE_OFF: mark("Written off"),
    AllocationKind.EXCHANGE_DIFFERENCE: mark("Exchange difference"),
    AllocationKind.RETURN: mark("Return"),
    AllocationKind.OPENING: mark("Settled before the import"),
}

IBAN_SOURCES: Mapping[StrEnum, str] = {
    IbanSource.CUSTOMER_RECORD: mark("customer record"),
    IbanSource.MANDATE: mark("mandate"),
    IbanSource.DECISION: mark("decisions in review"),
    IbanSource.COLLECTOR: mark("pays for several customers"),
}

HABIT_KINDS: Mapping[StrEnum, str] = {
    HabitKind.OLDEST_FIRST: mark("pays the oldest items first"),
    HabitKind.DEDUCTS: mark("deducts a share"),
    HabitKind.ROUNDS: mark("rounds to whole units"),
}

MANDATE_OBSTACLES: Mapping[StrEnum, str] = {
    MandateObstacle.NOT_SIGNED: mark("It is not signed yet"),
    MandateObstacle.SUSPENDED: mark("It is suspended"),
    MandateObstacle.ENDED: mark("It ended; a new mandate is needed"),
    MandateObstacle.UNUSED_TOO_LONG: mark("It was not used for 36 months; a new mandate is needed"),
    MandateObstacle.USED_ALREADY: mark("It was for one debit, which was made"),
    MandateObstacle.NOT_CONFIRMED: mark("The debtor has not confirmed it to his bank yet"),
    MandateObstacle.RESTS: mark("Its account is new; the first debit waits some days"),
}

AMENDMENT_KINDS: Mapping[StrEnum, str] = {
    AmendmentKind.REFERENCE: mark("Mandate reference"),
    AmendmentKind.CREDITOR_IDENTIFIER: mark("Creditor identifier"),
    AmendmentKind.CREDITOR_NAME: mark("Name of the creditor"),
    AmendmentKind.DEBTOR_ACCOUNT: mark("Account of the debtor"),
}

DOCUMENT_KINDS: Mapping[StrEnum, str] = {
    DocumentKind.FORM: mark("Form"),
    DocumentKind.SCAN: mark("Signed form"),
    DocumentKind.SIGNATURE: mark("Signature on the signing page"),
    DocumentKind.NOTICE: mark("Notice of a debit"),
    DocumentKind.OTHER: mark("Other document"),
}

PROTECTED_KINDS: Mapping[StrEnum, str] = {
    ProtectedKind.MANDATE_IBAN: mark("Account that we collect from"),
    ProtectedKind.REFUND_IBAN: mark("Account that we pay to"),
    ProtectedKind.CREDITOR_ACCOUNT: mark("Account that collections are credited to"),
    ProtectedKind.CREDITOR_IDENTIFIER: mark("Creditor identifier"),
    ProtectedKind.APPROVAL_LIMIT: mark("Limit for approvals"),
}

INSTRUMENTS: Mapping[StrEnum, str] = {
    LocalInstrument.CORE: mark("CORE direct debit"),
    LocalInstrument.B2B: mark("B2B direct debit"),
}

RETURN_KINDS: Mapping[StrEnum, str] = {
    ReturnKind.REJECT: mark("rejected before it was due"),
    ReturnKind.REFUSAL: mark("refused by the customer"),
    ReturnKind.RETURN: mark("returned by the bank"),
    ReturnKind.REFUND: mark("refunded to the customer"),
    ReturnKind.REVERSAL: mark("reversed by us"),
}

UNPAID_STATES: Mapping[StrEnum, str] = {
    UnpaidState.OPEN: mark("to do"),
    UnpaidState.RETRIED: mark("presented again"),
    UnpaidState.PAID: mark("paid since"),
    UnpaidState.WRITTEN_OFF: mark("written off"),
    UnpaidState.CLOSED: mark("closed"),
}

REPLAY_EFFECTS: Mapping[StrEnum, str] = {
    ReplayEffect.GAINED: mark("Gained"),
    ReplayEffect.CONFIRMED: mark("Gained, and right"),
    ReplayEffect.NEWLY_WRONG: mark("Newly wrong"),
    ReplayEffect.LOST: mark("Lost"),
    ReplayEffect.SPARED: mark("Spared"),
    ReplayEffect.DIFFERENT: mark("Different"),
}

RULES: Mapping[str, str] = {
    "own_collection": mark("money of our direct debits"),
    "returned_debit": mark("takes back our direct debit"),
    "own_refund": mark("pays our refunds"),
    "returned_refund": mark("a refund of ours came back"),
    "exact_reference": mark("reference and exact amount"),
    "discount": mark("reference and agreed discount"),
    "partial": mark("reference, paid in part by the customer"),
    "confirmed_payer": mark("confirmed account and exact amount"),
    "advice": mark("remittance advice"),
    "reported_charges": mark("charges reported by the bank"),
    "habit": mark("as the customer usually pays"),
    "tolerance": mark("within the tolerance"),
    "fee_limit": mark("within the limit for bank charges"),
    "own_account": mark("transfer between own accounts"),
    "bank_booking": mark("booking of the bank itself"),
    "outgoing": mark("money paid out"),
    "user_rule": mark("your rule"),
    "accepted": mark("explanation accepted"),
    "split": mark("put together by hand"),
    "user": mark("set aside by hand"),
    "set_aside": mark("set aside without a question"),
}

EVIDENCE: Mapping[StrEnum, str] = {
    MatchEvidence.REFERENCE: mark("structured reference"),
    MatchEvidence.NUMBER: mark("number in the text"),
    MatchEvidence.END_TO_END_ID: mark("number in the end-to-end id"),
    MatchEvidence.SHORT_NUMBER: mark("short form of a number"),
    MatchEvidence.MISTYPED: mark("mistyped number from a confirmed account"),
    MatchEvidence.ACCOUNT: mark("confirmed account and amount"),
    MatchEvidence.HABIT: mark("habit of the payer"),
    MatchEvidence.ADVICE: mark("remittance advice"),
    MatchEvidence.USER_RULE: mark("your rule"),
    MatchEvidence.OWN_ORDER: mark("debit or refund that we sent"),
    MatchEvidence.OTHER: mark("something else"),
    MatchEvidence.NONE: mark("no evidence"),
}

COLUMNS: Mapping[str, str] = {  # Of tables, where the name of a column with blanks is no word.
    "iban": mark("IBAN"),
    "bic": mark("BIC"),
    "email": mark("mail address"),
    "vat_number": mark("VAT number"),
    "legal_id": mark("legal identifier"),
    "discount_percent": mark("discount in %"),
    "discount2_percent": mark("second discount in %"),
    "discount2_until": mark("second discount until"),
    "b2b_confirmed_date": mark("confirmed to the debtor’s bank on (B2B)"),
    "end_to_end_id": mark("end-to-end id of the debit"),
    "invoice_number": mark("invoice number"),
    "mandate_reference": mark("mandate reference"),
    "collection_date": mark("date of the debit"),
    "batch_reference": mark("reference of the batch"),
}

STAGES: Mapping[str, str] = {
    "received": mark("received, waits for its turn"),
    "reading": mark("reading and checking"),
    "storing": mark("storing"),
    "matching": mark("matching"),
    "replaying": mark("deciding again"),
    "planning": mark("looking at what is due"),
    "checking": mark("checking against the rules"),
    "writing": mark("writing the file"),
    "trying": mark("trying the rule"),
    "done": mark("done"),
}

ADVICE_FORMATS: Mapping[StrEnum, str] = {
    AdviceFormat.CSV: mark("CSV"),
    AdviceFormat.XLSX: mark("XLSX"),
    AdviceFormat.PDF: mark("PDF"),
}

WORD_SETS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ReviewReason: REVIEW_REASONS,
    IgnoreCategory: IGNORE_CATEGORIES,
    RuleAction: RULE_ACTIONS,
    TextMatch: TEXT_MATCHES,
    Direction: DIRECTIONS,
    HoldReason: HOLD_REASONS,
    OpenItemKind: ITEM_KINDS,
    AllocationKind: ALLOCATION_KINDS,
    IbanSource: IBAN_SOURCES,
    HabitKind: HABIT_KINDS,
    ReturnKind: RETURN_KINDS,
    UnpaidState: UNPAID_STATES,
    ReplayEffect: REPLAY_EFFECTS,
    MatchEvidence: EVIDENCE,
    MandateObstacle: MANDATE_OBSTACLES,
    AmendmentKind: AMENDMENT_KINDS,
    DocumentKind: DOCUMENT_KINDS,
    ProtectedKind: PROTECTED_KINDS,
    LocalInstrument: INSTRUMENTS,
    AdviceFormat: ADVICE_FORMATS,
    **words_of_collections.WORD_SETS,
}


def word_of(member: StrEnum | str) -> str:
    """Return the English words for a member of a closed set or a rule; a word that is not listed as it is."""
    if isinstance(member, StrEnum):
        return WORD_SETS.get(type(member), {}).get(member, member.value.replace("_", " "))
    sets = (RULES, STAGES, COLUMNS, words_of_collections.TROUBLES)
    return next((words[member] for words in sets if member in words), member.replace("_", " "))
