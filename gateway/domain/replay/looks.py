"""When matching looked at which bank transactions: the runs of the past, as far as what they left tells of them.

A run looks at what one file brought, in the order in which the bank booked it, whatever becomes of each.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.domain.replay.past import Past, PastDecision, PastQuestion
from gateway.domain.replay.steps import Look, Settles, Step
from gateway.domain.replay.timeline import Standing


class _Seen(NamedTuple):
    """Matching looked at a bank transaction; the row with this key tells."""

    at: dt.datetime
    key: int
    stands: Settles = ()


def look_steps(past: Past, standing: Standing) -> Iterator[Step]:
    """Yield the looks; those at one file at one moment were one run, so they share its first key."""
    looks = list(_looks(past, standing))
    first_keys: dict[tuple[dt.datetime, int], int] = {}
    for seen, look in looks:
        run = seen.at, look.file_id
        first_keys[run] = min(first_keys.get(run, seen.key), seen.key)
    for seen, look in looks:
        yield Step(seen.at, first_keys[seen.at, look.file_id], look)


def _looks(past: Past, standing: Standing) -> Iterator[tuple[_Seen, Look]]:
    """Yield the looks at each bank transaction.

    No row tells when one was set aside at once: it was when the one before it in its file was decided, else the first.
    """
    booked = _first_booked(past)
    told = {key: _told(booked.get(key), past.questions.get(key, ()), standing) for key in past.transactions}
    ran_at: dict[int, dt.datetime] = {}  # By file.
    for key, seen in told.items():
        if seen:
            ran_at.setdefault(past.transactions[key].file_id, seen[0].at)
    for key, transaction in past.transactions.items():
        file_id = transaction.file_id
        seen = told[key] or [_Seen(ran_at.get(file_id, transaction.stored_at), key)]
        ran_at[file_id] = seen[0].at
        for one in seen:
            yield one, Look(key, file_id, one.stands)


def _first_booked(past: Past) -> dict[int, PastDecision]:
    booked: dict[int, PastDecision] = {}
    for one in past.decisions:
        if one.is_by_rule:
            booked.setdefault(one.bank_transaction_id, one)
    return booked


def _told(rule: PastDecision | None, asked: Sequence[PastQuestion], standing: Standing) -> list[_Seen]:
    """Return the looks of which rows tell: one that asked, and one at which a rule booked or set aside."""
    seen: list[_Seen] = []
    if asked and not asked[0].is_undone and (rule is None or asked[0].asked_at < rule.recorded_at):
        seen.append(_Seen(asked[0].asked_at, asked[0].key))
    if rule:
        stands = () if rule.was_wrong else standing.by_rule[rule.bank_transaction_id]
        return [*seen, _Seen(rule.recorded_at, rule.id, stands)]
    set_aside = [_Seen(one.set_aside_at, one.key) for one in asked if one.set_aside_at and not one.is_by_person]
    return seen + set_aside[:1]
