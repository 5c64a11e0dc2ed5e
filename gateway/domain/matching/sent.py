"""The debits that we sent, by what a statement repeats of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.states import CollectionState

NO_ID = frozenset({"", "NOTPROVIDED", "NONREF"})
WAITING = CollectionState.SUBMITTED


class SentDebit(NamedTuple):
    """One debit, as matching sees it. Amounts of items are signed as the item.

    ``paid`` says what its money settled and did not take back since, ``kept_minor`` what of it is kept on account.
    ``has_money``: a bank transaction brought it, maybe although it had been rejected.
    """

    id: int
    customer_id: int
    state: CollectionState
    end_to_end_id: str
    mandate_reference: str
    amount_minor: int
    currency: str
    collection_date: dt.date
    batch_id: int | None
    asked: tuple[tuple[int, int], ...]
    has_money: bool = False
    settled_date: dt.date | None = None
    paid: tuple[tuple[int, int], ...] = ()
    kept_minor: int = 0

    @property
    def may_come_back(self) -> bool:
        """Whether a debit on our account may take it back."""
        return self.has_money and self.state is not CollectionState.RETURNED


class SentBatch(NamedTuple):
    """One block that the bank may book as one sum."""

    id: int
    payment_information_id: str
    message_id: str
    collection_date: dt.date
    debit_count: int


class SentDebits:
    """Debits and blocks by what a statement repeats of them; it knows what was taken in this pass."""

    __slots__ = (
        "_by_batch",
        "_by_id",
        "_by_mandate",
        "_by_reference",
        "_taken",
        "batches",
        "end_to_end_ids",
        "is_used",
    )

    def __init__(
        self, debits: Iterable[SentDebit] = (), batches: Iterable[SentBatch] = (), *, is_used: bool = False
    ) -> None:
        """Index debits and blocks; ``is_used`` tells whether the company sent any debit, these or others."""
        self._by_id = {debit.end_to_end_id: debit for debit in debits}
        self._by_mandate: dict[str, list[SentDebit]] = defaultdict(list)
        self._by_batch: dict[int, list[SentDebit]] = defaultdict(list)
        self._by_reference: dict[str, list[SentBatch]] = defaultdict(list)
        self._taken: set[int] = set()
        self.end_to_end_ids = frozenset(self._by_id)
        self.batches = tuple(batches)
        self.is_used = is_used or bool(self._by_id)
        for debit in self._by_id.values():
            self._by_mandate[debit.mandate_reference.upper()].append(debit)
            if debit.batch_id is not None:
                self._by_batch[debit.batch_id].append(debit)
        for batch in self.batches:
            for word in {batch.payment_information_id, batch.message_id}:
                self._by_reference[word].append(batch)

    def with_id(self, end_to_end_id: str | None) -> SentDebit | None:
        """Return the debit with an end-to-end id."""
        return self._by_id.get(end_to_end_id) if end_to_end_id and end_to_end_id not in NO_ID else None

    def of_mandate(self, reference: str | None) -> Sequence[SentDebit]:
        """Return the debits of a mandate, however its reference is written."""
        return self._by_mandate.get(reference.upper(), ()) if reference else ()

    def of_batch(self, batch: SentBatch) -> Sequence[SentDebit]:
        """Return the debits of a block."""
        return self._by_batch.get(batch.id, ())

    def batches_named(self, references: Iterable[str]) -> list[SentBatch]:
        """Return the blocks that one of some references names, the surest name first."""
        found = [batch for word in references for batch in self._by_reference.get(word, ())]
        exact = [batch for batch in found if batch.payment_information_id in references]
        return list(dict.fromkeys(exact or found))

    def is_waiting(self, debit: SentDebit) -> bool:
        """Tell whether the money of a debit is still awaited."""
        return debit.state is WAITING and debit.id not in self._taken

    def may_come_back(self, debit: SentDebit) -> bool:
        """Tell whether a debit may still be taken back."""
        return debit.may_come_back and debit.id not in self._taken

    def take(self, ids: Iterable[int]) -> None:
        """Remember that something of this pass settled or took back some debits."""
        self._taken.update(ids)
