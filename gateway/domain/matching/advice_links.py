"""Which credit a remittance advice belongs to: one of its amount and about its date, by who sent it and who paid.

Amount, currency and dates are compared where credits are looked up. The order of anything does not matter.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.domain.matching.names import agree, fold
from schemas.advice import Advice
from schemas.states import AdviceSign, AdviceWait


class Sender(NamedTuple):
    """Who may have sent an advice: accounts and names that it prints, and those of the customers that it points at."""

    ibans: frozenset[str]
    names: frozenset[str]


class Fitting(NamedTuple):
    """A credit that has the amount of an advice, about its date."""

    advice_id: int
    credit_id: int
    iban: str | None
    name: str | None


class Link(NamedTuple):
    """The credit of an advice with what showed it, or why it waits."""

    credit_id: int | None
    sign: AdviceSign | None
    wait: AdviceWait | None


def link_advices(senders: Mapping[int, Sender], fitting: Iterable[Fitting]) -> dict[int, Link]:
    """Return the link of each advice. What two credits, or two advices, fit alike waits for a person."""
    found: defaultdict[int, list[tuple[int, AdviceSign]]] = defaultdict(list)
    for one in fitting:
        found[one.advice_id].append((one.credit_id, _sign(senders[one.advice_id], one)))
    wanted = {advice_id: _wanted(found[advice_id]) for advice_id in senders}
    rivals: defaultdict[int, list[int]] = defaultdict(list)
    for advice_id, link in wanted.items():
        if link.credit_id is not None:
            rivals[link.credit_id].append(advice_id)
    several = Link(None, None, AdviceWait.SEVERAL_ADVICES)
    for advice_ids in rivals.values():
        sure = [one for one in advice_ids if wanted[one].sign is not AdviceSign.AMOUNT]
        kept = sure if len(sure) == 1 else advice_ids if len(advice_ids) == 1 else []
        wanted |= {one: several for one in advice_ids if one not in kept}
    return wanted


def _sign(sender: Sender, credit: Fitting) -> AdviceSign:
    if credit.iban and credit.iban in sender.ibans:
        return AdviceSign.ACCOUNT
    theirs = fold(credit.name) if credit.name else None
    if theirs and any(agree(fold(name), theirs) for name in sender.names):
        return AdviceSign.NAME
    return AdviceSign.AMOUNT


def _wanted(found: list[tuple[int, AdviceSign]]) -> Link:
    if not found:
        return Link(None, None, AdviceWait.NO_CREDIT)
    agreeing = [one for one in found if one[1] is not AdviceSign.AMOUNT] or found
    return Link(*agreeing[0], None) if len(agreeing) == 1 else Link(None, None, AdviceWait.SEVERAL_CREDITS)


def content_key(advice: Advice) -> str:
    """Return what two files share that say the same: SHA-256 over total, date and lines in any order."""
    lines = sorted((line.written, *line[2:]) for line in advice.lines)
    said = (advice.currency, advice.total_minor, advice.payment_date and advice.payment_date.isoformat(), lines)
    return hashlib.sha256(repr(said).encode()).hexdigest()
