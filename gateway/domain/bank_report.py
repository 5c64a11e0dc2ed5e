"""What a status report (pain.002) says of each debit that we sent. It never says anything about cash.

A status of a file or block holds for all below it, listed or not; that of a debit overrides both (sepa-rules 4.2).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.codes.status import StatusEffect, status_effect
from schemas.status_report import PaymentStatus, StatusReason, StatusReport, TransactionStatus

NOT_PROVIDED = frozenset({"", "NOTPROVIDED", "NONREF"})
# A report that was overtaken by a later one does not take the status back.
_ORDER = ("RCVD", "PDNG", "ACTC", "PART", "ACCP", "ACWC", "ACSP", "ACSC", "ACCC", "RJCT")
_ACCEPTED = frozenset({StatusEffect.ACCEPTED_TECHNICAL, StatusEffect.ACCEPTED, StatusEffect.CHANGED})
_SAYS_NOTHING = frozenset({StatusEffect.NONE, StatusEffect.PARTIAL})  # Of what stands below it.


class Sent(NamedTuple):
    """A debit that we sent, by what a bank repeats of it."""

    collection_id: int
    end_to_end_id: str
    payment_information_id: str


class Said(NamedTuple):
    """What a report says of one debit. ``is_listed``: the report names it, and not only the block above it."""

    collection_id: int
    status: str
    reason: str
    originator: str
    words: str
    is_listed: bool

    @property
    def is_rejected(self) -> bool:
        """Whether the bank will not collect it."""
        return status_effect(self.status) is StatusEffect.REJECTED

    @property
    def is_accepted(self) -> bool:
        """Whether the bank took it so far."""
        return status_effect(self.status) in _ACCEPTED


class Answers(NamedTuple):
    """What a report says of our debits, each once, and the end-to-end ids in it that are none of ours."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]


class _Level(NamedTuple):
    """A status with its reasons."""

    status: str
    reasons: Sequence[StatusReason]


def read_answers(report: StatusReport, sent: Iterable[Sent], others: Iterable[Sent] = ()) -> Answers:
    """Return what a report says of the debits of its message, and of ``others`` that it names by their ids.

    A block whose id is not given, or is none of ours, says something of the debits listed in it only.
    """
    known = list(sent)
    by_id = {one.end_to_end_id: one for one in (*others, *known)}
    group = _Level(report.group_status or "", report.group_reasons)
    said: dict[int, Said] = {}
    unknown: list[str] = []
    for level, listed in _listed(report, group):
        one = by_id.get(listed.end_to_end_id or "") or by_id.get(listed.instruction_id or "")
        if one is None:
            unknown.append(listed.end_to_end_id or listed.instruction_id or "")
        elif level.status:
            said[one.collection_id] = _said(one, level, is_listed=True)
    blocks = {block.payment_information_id: _below(group, block) for block in report.payments}
    for one in known:
        level = blocks.get(one.payment_information_id, group)
        if one.collection_id not in said and status_effect(level.status) not in _SAYS_NOTHING:
            said[one.collection_id] = _said(one, level, is_listed=False)
    return Answers(tuple(said.values()), tuple(dict.fromkeys(unknown)))


def _listed(report: StatusReport, group: _Level) -> Iterator[tuple[_Level, TransactionStatus]]:
    for block in report.payments:
        above = _below(group, block)
        for one in block.transactions:
            if one.status is None:
                yield _Level(above.status, one.reasons or above.reasons), one
            else:
                yield _Level(one.status, one.reasons), one


def _below(group: _Level, block: PaymentStatus) -> _Level:
    if block.status is None:
        return group._replace(reasons=block.reasons or group.reasons)
    return _Level(block.status, block.reasons)


def _said(one: Sent, level: _Level, *, is_listed: bool) -> Said:
    first = level.reasons[0] if level.reasons else StatusReason(None, None, "")
    words = " ".join(reason.text for reason in level.reasons if reason.text)
    return Said(one.collection_id, level.status, first.code or "", first.originator or "", words, is_listed)


def later_status(before: str, status: str) -> str:
    """Return which of two statuses counts: the further one, whatever the order in which they arrived."""
    return max(before, status, key=lambda code: _ORDER.index(code) if code in _ORDER else -1)


def listed_ids(report: StatusReport) -> list[str]:
    """Return the end-to-end ids (and instruction ids) that a report names, each once."""
    ids = [one for block in report.payments for row in block.transactions for one in (row[0], row[1])]
    return [key for key in dict.fromkeys(ids) if key and key not in NOT_PROVIDED]
