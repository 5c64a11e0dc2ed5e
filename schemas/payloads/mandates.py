"""Shapes of mandates: what is entered, what is stored, moves, other accounts, and changes that wait for a person."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.codes.lists import LocalInstrument
from schemas.payloads.common import Body, Day, Key, KeyNumber, Name, Number, Page, Sentence, Shape, Text, Word
from schemas.states import AmendmentKind, MandateState, ProposalState, ProtectedKind
from schemas.tables import MandateType

Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]


class MandateFilter(Page):
    """Which mandates to list. ``search`` is a part of the reference, the debtor's name or the customer's."""

    state: MandateState | None = None
    customer_id: KeyNumber | None = None
    search: Text = ""


class MandateFacts(Body):
    """What a mandate may say besides its account. In a change, what is left out stays."""

    scheme: LocalInstrument = LocalInstrument.CORE
    type: MandateType = MandateType.RECURRENT
    bic: Word = ""
    signature_date: Day | None = None
    signature_place: Text = ""
    b2b_confirmed_date: Day | None = Field(default=None, description="When the debtor confirmed it to his bank")
    debtor_street: Text = ""
    debtor_postcode: Word = ""
    debtor_town: Text = ""
    debtor_country: Country = ""
    ultimate_debtor: Text = ""


class NewMandate(MandateFacts):
    """A mandate to store: active when it was signed, else a draft. Its reference is made by rule unless it is given."""

    customer_number: Number
    iban: Word
    debtor_name: Text = Field(default="", description="The customer's name when it is left out")
    reference: Word = ""
    creditor_identifier: Word = Field(default="", description="That of new mandates when it is left out")


class MandateChange(MandateFacts):
    """What a mandate says from now on; the account of a signed one is proposed with a call of its own."""

    debtor_name: Name | None = None
    iban: Word | None = None


class MandateMove(Body):
    """Where a mandate goes: suspended, active again, or revoked for good."""

    to_state: MandateState
    reason: Sentence


class MandateSignature(Body):
    """When and where a draft was signed."""

    signature_date: Day
    place: Text = ""


class MandateAccount(Body):
    """Another account of a mandate. A signed one gets it when a second person accepted it."""

    iban: Word
    bic: Word = ""
    reason: Sentence


class MandateReferenceChange(Body):
    """Another reference of a mandate; the next collection tells the debtor's bank."""

    reference: Word
    reason: Sentence


class AmendmentShape(Shape):
    """One change that a debtor's bank is told with a collection; accounts are masked."""

    kind: AmendmentKind
    original: str
    changed_to: str
    is_done: bool
    carried_by_id: Key | None
    recorded_at: dt.datetime


class MandateMoveShape(Shape):
    """One move along the life cycle."""

    from_state: MandateState
    to_state: MandateState
    at: dt.datetime
    actor: str
    reason: str


class MandateShape(Shape):
    """One mandate; its account is masked."""

    id: Key
    reference: str
    customer_id: Key
    customer_number: str
    customer_name: str
    creditor_identifier: str
    scheme: LocalInstrument
    type: MandateType
    state: MandateState
    iban: str
    bic: str
    debtor_name: str
    debtor_street: str
    debtor_postcode: str
    debtor_town: str
    debtor_country: str
    ultimate_debtor: str
    signature_date: dt.date | None
    signature_place: str
    b2b_confirmed_date: dt.date | None
    last_collected_date: dt.date | None
    not_before_date: dt.date | None
    obstacle: str | None = Field(description="Why nothing may be collected today")
    expiry_date: dt.date | None
    version: int
    created_at: dt.datetime


class MandateDetails(MandateShape):
    """One mandate with its history; ``waiting_iban`` is another account that a second person has not accepted yet."""

    waiting_iban: str | None
    warning: str | None
    amendments: list[AmendmentShape]
    moves: list[MandateMoveShape]


class MandateList(Shape):
    """A page of mandates."""

    items: list[MandateShape]
    next_cursor: str | None


class CreditorFacts(Body):
    """What a creditor identifier says besides."""

    name: Name
    street: Text = ""
    postcode: Word = ""
    town: Text = ""
    country: Country = ""
    is_default: bool = False


class NewCreditor(CreditorFacts):
    """A creditor identifier to add."""

    identifier: Word
    bank_account_id: Key | None = None


class CreditorAccount(Body):
    """Where collections are credited; another account waits for a second person."""

    bank_account_id: Key
    reason: Sentence


class CreditorIdentifierChange(Body):
    """Another identifier of a creditor; it waits for a second person."""

    identifier: Word
    reason: Sentence


class CreditorShape(Shape):
    """One creditor identifier of the company."""

    id: Key
    identifier: str
    name: str
    street: str
    postcode: str
    town: str
    country: str
    bank_account_id: Key | None
    is_default: bool
    version: int


class CreditorList(Shape):
    """The creditor identifiers of the company."""

    items: list[CreditorShape]


class ProtectedChangeShape(Shape):
    """A change that waits for a second person; accounts are masked. Only people decide, on the page Changes."""

    id: Key
    kind: ProtectedKind
    subject_id: Key
    before: str
    after: str
    reason: str
    batch_id: Key | None
    proposed_by: str
    proposed_at: dt.datetime
    state: ProposalState


class ProtectedChangeList(Shape):
    """The changes that wait: the oldest five hundred."""

    items: list[ProtectedChangeShape]
