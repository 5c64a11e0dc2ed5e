"""The books of the pretended bank: what it remembers from day to day, as plain values that become JSON.

`State.outcomes` is the truth that a simulation compares with: what finally happened to each collection.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter

from gateway.fake_bank.fates import Fate


class Outcome(StrEnum):
    """Where a collection stands at the bank."""

    ACCEPTED = "accepted"  # Not settled yet.
    REJECTED = "rejected"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SETTLED = "settled"
    RETURNED = "returned"
    REFUNDED = "refunded"
    REVERSED = "reversed"


@dataclass(slots=True)
class Mandate:
    """What the bank remembers of a mandate since its last collection."""

    debtor_iban: str
    last_date: dt.date
    is_one_off: bool
    is_finished: bool


@dataclass(slots=True)
class Held:
    """One collection in the books. Amounts are cents of euro, above zero."""

    end_to_end_id: str
    instruction_id: str
    message_id: str
    format: str
    payment_information_id: str
    amount_minor: int
    mandate_key: str
    mandate_reference: str
    creditor_identifier: str
    creditor_iban: str
    debtor_name: str
    debtor_iban: str
    remittance: str
    scheme: str
    date: dt.date
    fate: Fate
    outcome: Outcome = Outcome.ACCEPTED
    reason: str = ""
    settled_on: dt.date | None = None
    back_on: dt.date | None = None
    fee_minor: int = 0  # As far as it was booked.
    back_reference: str = ""  # Of the booking that took it back.
    compensation_minor: int = 0
    is_untouched: bool = False  # Its file or block was refused: nobody looked at it, so its id may come again.
    mandate_before: Mandate | None = None  # What the mandate becomes again if this is never settled.
    creditor_before: str = ""  # Whose the mandate becomes again then.


@dataclass(slots=True)
class Account:
    """An account of ours at the bank."""

    iban: str
    owner: str
    balance_minor: int = 0
    statement_number: int = 0
    statement_date: dt.date | None = None


@dataclass(slots=True)
class Block:
    """A payment block that was accepted, wholly or in part."""

    is_batch_booked: bool
    end_to_end_ids: list[str]


@dataclass(slots=True)
class Transfer:
    """A transfer of a customer to an account of ours, in cents of euro above zero."""

    creditor_iban: str
    amount_minor: int
    debtor_name: str
    debtor_iban: str
    remittance: str


@dataclass(slots=True)
class State:
    """Everything that the bank remembers."""

    accounts: dict[str, Account] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    mandates: dict[str, Mandate] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)  # Under the number that the bank gave.
    creditors: dict[str, str] = field(default_factory=dict)  # Reference and account: whose mandate it is.
    message_ids: set[str] = field(default_factory=set)
    agenda: dict[dt.date, list[tuple[str, str]]] = field(default_factory=dict)  # What to do to whom.
    letters: dict[dt.date, list[tuple[str, str]]] = field(default_factory=dict)  # Reports that come late.
    fees_due: dict[str, list[str]] = field(default_factory=dict)  # By account, of which collections, to be summed up.
    lost_letters: list[str] = field(default_factory=list)  # The names of those that went astray.
    closed_until: dt.date | None = None
    counter: int = 0

    def outcomes(self) -> dict[str, tuple[Outcome, str]]:
        """Return what happened to each collection, and the reason if it was sent back."""
        return {key: (held.outcome, held.reason) for key, held in self.held.items()}

    def balances(self) -> dict[str, int]:
        """Return the booked balance of each account in cents."""
        return {iban: account.balance_minor for iban, account in self.accounts.items()}

    def number(self) -> int:
        """Return the next number that the bank gives."""
        self.counter += 1
        return self.counter

    def reference(self) -> str:
        """Return the reference of the next booking."""
        return f"FB{self.number():012d}"

    def plan(self, date: dt.date, what: str, key: str) -> None:
        """Put something on the agenda of a day."""
        self.agenda.setdefault(date, []).append((what, key))


_STATE = TypeAdapter(State)


def state_to_json(state: State) -> bytes:
    """Return the books as JSON."""
    return _STATE.dump_json(state, indent=1)


def state_from_json(data: bytes) -> State:
    """Return the books that JSON holds."""
    return _STATE.validate_json(data)
