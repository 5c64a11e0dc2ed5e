"""What happens in a replay, one step after the other."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from gateway.domain.matching.model import Advised, Credit, Habit, KnownIban
from gateway.domain.matching.user_rules import UserRule

Settles: TypeAlias = tuple[tuple[int, int], ...]  # Items and what is settled of each, in the order of their keys.


class Look(NamedTuple):
    """Matching looks at a bank transaction of a file.

    ``stands`` is what a rule booked of it at this moment and nobody took back as wrong: where the replay only asks, a
    person would have booked it.
    """

    bank_transaction_id: int
    file_id: int
    stands: Settles = ()


class InHand(NamedTuple):
    """A person decides on a bank transaction, or takes a decision back: from now on holds what the person says."""

    bank_transaction_id: int


class Moved(NamedTuple):
    """Something else settles an item, or opens it again."""

    item_id: int
    minor: int


class Came(NamedTuple):
    """An item comes, of which so much is open; unless ``is_made`` by a decision, it may explain what waits."""

    item_id: int
    minor: int
    is_made: bool = False


class Withdrawn(NamedTuple):
    """An item is cancelled: nobody owes it any more, and nothing names it."""

    item_id: int
    minor: int


class Said(NamedTuple):
    """An item says something else from now on, by the fields of `OpenItem`."""

    item_id: int
    facts: Mapping[str, Any]


class Learned(NamedTuple):
    """From now on this is known of a payer's account."""

    iban: str
    known: tuple[KnownIban, ...]


class Waits(NamedTuple):
    """From now on people are asked about so much of a bank transaction, or (None) about nothing of it."""

    bank_transaction_id: int
    credit: Credit | None


class Usual(NamedTuple):
    """From now on this is how a customer usually pays."""

    customer_id: int
    habits: tuple[Habit, ...]


class Advises(NamedTuple):
    """A remittance advice comes and is linked to a bank transaction."""

    bank_transaction_id: int
    advised: Advised


class Ruled(NamedTuple):
    """The policy changes, or (unless None) the rules of the company are these; what waits is looked at again."""

    rules: tuple[UserRule, ...] | None = None


Act: TypeAlias = Look | InHand | Moved | Came | Withdrawn | Said | Learned | Usual | Waits | Advises | Ruled


class Step(NamedTuple):
    """An act with its moment and the key of the row that tells of it."""

    at: dt.datetime
    key: int
    act: Act

    @property
    def may_explain_more(self) -> bool:
        """Whether matching looks again at what waits, because of this."""
        return isinstance(self.act, Ruled) or (isinstance(self.act, Came) and not self.act.is_made)
