"""The values that planning takes and gives. Amounts are cents of euro, signed from the item's side."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from schemas.bank_profile import BankProfile
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.direct_debit import NO_AMENDMENT, Amendment, BatchKey
from schemas.identifiers import Bic, Iban
from schemas.parties import NO_ADDRESS, PostalAddress
from schemas.states import MandateState, NoticeKind, OpenItemKind


class LeftOutReason(StrEnum):
    """Why something that is due is not collected. Pages name the action that mends each."""

    NO_MANDATE = "no_mandate"
    SEVERAL_MANDATES = "several_mandates"
    NOT_SIGNED = "not_signed"
    SUSPENDED = "suspended"
    ENDED = "ended"
    UNUSED_TOO_LONG = "unused_too_long"
    USED_ALREADY = "used_already"
    NOT_CONFIRMED = "not_confirmed"
    RESTS = "rests"
    NO_CREDITOR = "no_creditor"
    NO_ACCOUNT = "no_account"
    OTHER_CURRENCY = "other_currency"
    DISPUTED = "disputed"
    CAME_BACK = "came_back"
    CREDIT_COVERS = "credit_covers"
    NOTICE_MISSING = "notice_missing"
    NOTICE_LATE = "notice_late"
    NOTICE_DIFFERS = "notice_differs"
    AMOUNT_TOO_LARGE = "amount_too_large"
    TOO_LATE = "too_late"  # A day that a person fixed can no longer be reached.
    CHANGED_MEANWHILE = "changed_meanwhile"
    TAKEN_OUT = "taken_out"
    BREAKS_RULE = "breaks_rule"  # A rule of the scheme or of the bank; the detail says which.


NOTICE_REASONS = frozenset({LeftOutReason.NOTICE_MISSING, LeftOutReason.NOTICE_LATE, LeftOutReason.NOTICE_DIFFERS})


class Part(NamedTuple):
    """A part of an item that is due on a day of its own."""

    due_date: dt.date
    amount_minor: int


class DueItem(NamedTuple):
    """An item that may be collected, or credited with what is. Of ``open_minor`` some may be asked for already."""

    id: int
    party_id: int
    kind: OpenItemKind
    number: str
    currency: str
    amount_minor: int
    open_minor: int
    collecting_minor: int
    disputed_minor: int
    due_date: dt.date
    notified_date: dt.date | None
    creditor_reference: str
    version: int
    notice_days: int | None = None  # Agreed with the customer.
    came_back: bool = False  # An earlier debit of it was rejected or returned: the register of unpaid decides.
    parts: tuple[Part, ...] = ()


class MandateTerms(NamedTuple):
    """What planning needs of a mandate."""

    id: int
    party_id: int
    reference: str
    creditor_identifier: str
    scheme: str
    type: str
    state: MandateState
    signature_date: dt.date | None
    iban: Iban
    bic: Bic | None
    debtor_name: str
    address: PostalAddress
    ultimate_debtor: str
    b2b_confirmed_date: dt.date | None
    last_collected_date: dt.date | None
    not_before_date: dt.date | None
    version: int
    was_used: bool = False  # A collection of it reached settlement, or another system collected with it.
    amendment: Amendment = NO_AMENDMENT


class Announced(NamedTuple):
    """What a debtor was told: on which day, that so much would be taken on a day."""

    sent_date: dt.date
    collection_date: dt.date
    amount_minor: int
    kind: NoticeKind


class StoredCollection(NamedTuple):
    """A debit that a person planned: a retry, or one whose notice came late. Its lines are asked for already."""

    id: int
    party_id: int
    mandate_id: int
    due_date: dt.date
    collection_date: dt.date
    amount_minor: int
    lines: tuple["Line", ...]
    remittance: str
    is_open: bool = True  # What it asks for is still open and not disputed.


class CreditorTerms(NamedTuple):
    """Who we are for a creditor identifier, and the account that is credited."""

    identifier: str
    name: str
    account_id: int
    iban: Iban
    bic: Bic | None
    profile: BankProfile
    address: PostalAddress = NO_ADDRESS


class Line(NamedTuple):
    """What a collection asks for of one item."""

    item_id: int
    amount_minor: int


class PlannedCollection(NamedTuple):
    """One debit that can be made. ``stored_id`` is set when a person planned it before (a retry, a late notice)."""

    party_id: int
    mandate: MandateTerms
    creditor: CreditorTerms
    due_date: dt.date
    collection_date: dt.date
    sequence_type: SequenceType
    amount_minor: int
    lines: tuple[Line, ...]
    remittance: str
    notice: NoticeKind | None = None
    notified_date: dt.date | None = None
    stored_id: int | None = None

    @property
    def scheme(self) -> LocalInstrument:
        """The scheme of its mandate."""
        return LocalInstrument(self.mandate.scheme)


class LeftOut(NamedTuple):
    """What is due and cannot be collected, and why. ``until_date``: from when on it may be."""

    reason: LeftOutReason
    party_id: int
    lines: tuple[Line, ...]
    amount_minor: int
    due_date: dt.date
    collection_date: dt.date | None = None
    mandate_id: int | None = None
    detail: str = ""
    until_date: dt.date | None = None
    remittance: str = ""


class Seen(NamedTuple):
    """How an item was when it was planned; under lock it has to be the same."""

    version: int
    collecting_minor: int


class Plan(NamedTuple):
    """What will be collected, and what will not."""

    collections: tuple[PlannedCollection, ...]
    left_out: tuple[LeftOut, ...]
    seen: Mapping[int, Seen] = {}  # By item.

    @property
    def sum_minor(self) -> int:
        """What will be collected in all."""
        return sum(one.amount_minor for one in self.collections)


class BlockPlan(NamedTuple):
    """The collections of one payment block."""

    key: BatchKey
    collections: Sequence[PlannedCollection]

    @property
    def sum_minor(self) -> int:
        """Their sum."""
        return sum(one.amount_minor for one in self.collections)


class FilePlan(NamedTuple):
    """One file: for one bank account, of blocks in the order of the file."""

    creditor: CreditorTerms
    blocks: tuple[BlockPlan, ...]

    @property
    def collection_count(self) -> int:
        """How many collections it has."""
        return sum(len(block.collections) for block in self.blocks)

    @property
    def sum_minor(self) -> int:
        """Their sum."""
        return sum(block.sum_minor for block in self.blocks)
