"""The closed sets of the gateway's own life: kinds, states, reasons, roles.

The same words stand in the database, in the API and on the pages.
"""

from enum import StrEnum


class OpenItemKind(StrEnum):
    """What a customer owes us, or we owe him."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    FEE_CLAIM = "fee_claim"
    ON_ACCOUNT = "on_account"
    PAYABLE = "payable"


class ItemState(StrEnum):
    """What an open item is, computed from its amount, what settles it, and disputes."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class AllocationKind(StrEnum):
    """Why an amount moves from a source to a target."""

    PAYMENT = "payment"
    DISCOUNT = "discount"
    DEDUCTED_CHARGE = "deducted_charge"
    BANK_FEE = "bank_fee"
    NETTING = "netting"
    ON_ACCOUNT = "on_account"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    EXCHANGE_DIFFERENCE = "exchange_difference"
    RETURN = "return"
    OPENING = "opening"  # Taken over from the source system as settled before the gateway knew the item.


class StatementFileState(StrEnum):
    """Life of a file that arrived."""

    RECEIVED = "received"
    READ = "read"
    REFUSED = "refused"


class AdviceState(StrEnum):
    """Life of a remittance advice that a customer sent."""

    WAITING = "waiting"
    LINKED = "linked"
    REFUSED = "refused"


class AdviceWait(StrEnum):
    """Why a remittance advice has no credit yet."""

    NO_CREDIT = "no_credit"
    SEVERAL_CREDITS = "several_credits"
    SEVERAL_ADVICES = "several_advices"


class AdviceSign(StrEnum):
    """What showed that a remittance advice belongs to a credit, beside amount and date."""

    ACCOUNT = "account"
    NAME = "name"
    AMOUNT = "amount"  # Nothing else: it is the only credit of that amount.


class StatementState(StrEnum):
    """Life of one account's statement."""

    RECEIVED = "received"
    IMPORTED = "imported"
    HELD = "held"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class HoldReason(StrEnum):
    """Why a statement waits for a person."""

    UNBALANCED = "unbalanced"
    OVERLAP = "overlap"
    UNKNOWN_ACCOUNT = "unknown_account"
    MISSING_PAGE = "missing_page"
    CONFLICT = "conflict"


class BankTransactionState(StrEnum):
    """Life of one bank transaction."""

    NEW = "new"
    IN_REVIEW = "in_review"
    PARTLY_ALLOCATED = "partly_allocated"
    ALLOCATED = "allocated"
    IGNORED = "ignored"
    SPLIT = "split"
    CANCELLED_BY_BANK = "cancelled_by_bank"


class ReviewState(StrEnum):
    """Life of one question to a clerk."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class ReviewReason(StrEnum):
    """Why a person is asked."""

    NO_KNOWN_REFERENCE = "no_known_reference"
    AMOUNT_DIFFERS = "amount_differs"
    MORE_THAN_OPEN = "more_than_open"
    SEVERAL_EXPLANATIONS = "several_explanations"
    PAYER_DIFFERS = "payer_differs"
    WEAK_EVIDENCE = "weak_evidence"
    PAID_ALREADY = "paid_already"
    DISCOUNT_LATE = "discount_late"
    CHARGES_DEDUCTED = "charges_deducted"
    DEBIT_IN_FLIGHT = "debit_in_flight"
    DISPUTED = "disputed"
    OTHER_CURRENCY = "other_currency"
    RETURNED_DEBIT = "returned_debit"
    RETURNED_TRANSFER = "returned_transfer"
    OWN_COLLECTION = "own_collection"
    REVERSAL = "reversal"
    UNDONE = "undone"


class MatchOutcome(StrEnum):
    """What became of a bank transaction, as it is counted; the last two are counted beside the others."""

    BOOKED = "booked"
    BOOKED_LATER = "booked_later"
    SET_ASIDE = "set_aside"
    ASKED = "asked"
    WRONG = "wrong"
    TAKEN_BACK = "taken_back"


class MatchEvidence(StrEnum):
    """The strongest evidence by which a rule booked."""

    REFERENCE = "reference"
    NUMBER = "number"
    END_TO_END_ID = "end_to_end_id"
    SHORT_NUMBER = "short_number"
    MISTYPED = "mistyped"
    ACCOUNT = "account"
    HABIT = "habit"
    ADVICE = "advice"
    USER_RULE = "user_rule"
    OWN_ORDER = "own_order"
    OTHER = "other"
    NONE = "none"


class IgnoreCategory(StrEnum):
    """What a bank transaction is when it is no customer payment."""

    BANK_FEE = "bank_fee"
    INTEREST = "interest"
    OWN_TRANSFER = "own_transfer"
    SUPPLIER = "supplier"
    SUPPLIER_REFUND = "supplier_refund"
    TAX_SALARY = "tax_salary"
    NOT_OURS = "not_ours"  # Money that came to us by mistake, or for somebody else.
    OTHER = "other"


class RuleAction(StrEnum):
    """What a rule of the company does with a bank transaction that fits it."""

    SET_ASIDE = "set_aside"
    NOT_OURS = "not_ours"
    CUSTOMER = "customer"
    ON_ACCOUNT = "on_account"


class TextMatch(StrEnum):
    """How a text has the words of a condition."""

    CONTAINS = "contains"
    WORD = "word"
    BEGINS = "begins"
    EQUALS = "equals"


class Direction(StrEnum):
    """Which way money goes, as we see it."""

    IN = "in"
    OUT = "out"


class PaymentMethod(StrEnum):
    """How an item is meant to be paid."""

    TRANSFER = "transfer"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


class MandateState(StrEnum):
    """Life of a mandate."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CONSUMED = "consumed"


class CollectionState(StrEnum):
    """Life of one debit. Settled is provisional until the refund period ends; that is a date, not a state."""

    PLANNED = "planned"
    NOTIFIED = "notified"
    BATCHED = "batched"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class RunState(StrEnum):
    """Life of one file that we send."""

    OPEN = "open"
    FROZEN = "frozen"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    DISCARDED = "discarded"


class RunKind(StrEnum):
    """What a file asks the bank for."""

    DIRECT_DEBIT = "direct_debit"
    REFUND = "refund"


class SubmissionState(StrEnum):
    """How one attempt to hand a file to the bank ended. Unknown blocks every other attempt until it is resolved."""

    SENDING = "sending"
    SENT = "sent"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class RefundState(StrEnum):
    """Life of a transfer back to a customer."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    BATCHED = "batched"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NoticeKind(StrEnum):
    """How a debtor was told of a debit before it."""

    INVOICE = "invoice"
    SCHEDULE = "schedule"
    MAIL = "mail"
    LETTER = "letter"


class AmendmentKind(StrEnum):
    """What of a mandate changed."""

    REFERENCE = "reference"
    CREDITOR_IDENTIFIER = "creditor_identifier"
    CREDITOR_NAME = "creditor_name"
    DEBTOR_ACCOUNT = "debtor_account"


class DocumentKind(StrEnum):
    """What a kept document of a mandate is."""

    FORM = "form"
    SCAN = "scan"
    SIGNATURE = "signature"  # What was shown and accepted on the signing page.
    NOTICE = "notice"
    OTHER = "other"


class ProtectedKind(StrEnum):
    """What only two persons together may change (design section 8)."""

    MANDATE_IBAN = "mandate_iban"
    REFUND_IBAN = "refund_iban"
    CREDITOR_ACCOUNT = "creditor_account"
    CREDITOR_IDENTIFIER = "creditor_identifier"
    APPROVAL_LIMIT = "approval_limit"


class ProposalState(StrEnum):
    """Life of a change that waits for a second person."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class UnpaidState(StrEnum):
    """What became of a debit that came back or was rejected."""

    OPEN = "open"
    RETRIED = "retried"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    CLOSED = "closed"  # A person closed it with a reason.


class ReportState(StrEnum):
    """What became of a bank's answer."""

    READ = "read"
    UNMATCHED = "unmatched"  # It fits nothing that we sent; a person looks.
    CLOSED = "closed"  # A person looked.


class IbanSource(StrEnum):
    """Where we know from that an IBAN pays for a customer."""

    CUSTOMER_RECORD = "customer_record"
    MANDATE = "mandate"
    DECISION = "decision"
    COLLECTOR = "collector"  # Pays for many: factor, payment service, agent, parent. Never confirmed.


class HabitKind(StrEnum):
    """How a customer usually pays."""

    OLDEST_FIRST = "oldest_first"  # Pays his oldest items first, the last of them in part.
    DEDUCTS = "deducts"  # Deducts a share of what he pays, agreed or not.
    ROUNDS = "rounds"  # Rounds to whole units of the currency.


class ReplayEffect(StrEnum):
    """What a change of rules would do to one past bank transaction."""

    GAINED = "gained"
    CONFIRMED = "confirmed"
    NEWLY_WRONG = "newly_wrong"
    LOST = "lost"
    SPARED = "spared"
    DIFFERENT = "different"


class Role(StrEnum):
    """What a person may do in a company."""

    VIEWER = "viewer"
    CLERK = "clerk"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Language(StrEnum):
    """Languages of pages and letters."""

    EN = "en"
    FR = "fr"
    DE = "de"
