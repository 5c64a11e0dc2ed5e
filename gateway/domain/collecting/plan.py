"""Plan collections: which due items are asked for on which day with which mandate, and what is left out and why."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.calendar import first_reachable, next_bank_day
from gateway.domain.collecting.mandates import choose_mandate
from gateway.domain.collecting.model import (
    Announced,
    CreditorTerms,
    DueItem,
    LeftOut,
    LeftOutReason,
    Line,
    MandateTerms,
    Plan,
    PlannedCollection,
    Seen,
    StoredCollection,
)
from gateway.domain.collecting.netting import Credits, sum_of
from gateway.domain.collecting.notices import was_told
from gateway.domain.collecting.parts import collectable_minor, due_parts
from gateway.domain.collecting.remittance import remittance_text
from gateway.domain.collecting.rules import CollectRules
from gateway.domain.collecting.sequence import sequence_type
from gateway.domain.mandate import is_collectable
from schemas.codes.lists import LocalInstrument
from schemas.tables import MandateType

AMOUNT_MAX = 99_999_999_999  # EPC016-06 AT-06: 999 999 999.99 euro.
_NO_ITEMS: tuple[DueItem, ...] = ()


class DueFacts(NamedTuple):
    """What planning reads: items of some customers, their mandates, who we are, what was told, what is planned."""

    items: Sequence[DueItem]
    mandates: Mapping[int, Sequence[MandateTerms]]  # By customer.
    creditors: Mapping[str, CreditorTerms]  # By the key of the creditor identifier.
    announced: Mapping[int, Sequence[Announced]] = {}  # By mandate.
    stored: Sequence[StoredCollection] = ()
    spoken_for: frozenset[int] = frozenset()  # One-off mandates that a live debit uses already.


class _Terms(NamedTuple):
    """Who collects with a mandate, and the first day that its bank can still reach."""

    creditor: CreditorTerms
    first_date: dt.date


class _Group(NamedTuple):
    """What one debit would ask for, before it is checked."""

    party_id: int
    due_date: dt.date
    items: tuple[DueItem, ...]
    lines: tuple[Line, ...]


def plan_collections(facts: DueFacts, *, rules: CollectRules, until_date: dt.date, now: dt.datetime) -> Plan:
    """Return what can be collected of all that is due until a day, and what cannot, in a fixed order."""
    planner = _Planner(facts, rules, until_date, now)
    planned: list[PlannedCollection] = []
    left_out: list[LeftOut] = []
    for result in planner.results():
        if isinstance(result, LeftOut):
            left_out.append(result)
        else:
            planned.append(result)
    planned.sort(key=lambda one: (one.collection_date, one.party_id, one.lines[0]))
    left_out.sort(key=lambda one: (one.reason, one.due_date, one.party_id))
    seen = {item.id: Seen(item.version, item.collecting_minor) for item in facts.items}
    return Plan(tuple(planned), tuple(left_out), seen)


class _Planner:
    """Plans one customer after the other; what it looked up once it keeps."""

    def __init__(self, facts: DueFacts, rules: CollectRules, until_date: dt.date, now: dt.datetime) -> None:
        self._facts = facts
        self._rules = rules
        self._until = until_date
        self._now = now
        self._next_bank_day = next_bank_day(now.date())
        self._terms: dict[tuple[str, str], _Terms | LeftOutReason] = {}  # By creditor identifier and scheme.
        self._spent = set(facts.spoken_for)  # A one-off mandate is for one debit, in this plan and before it.
        self._announced: dict[int, list[Announced]] = {}  # What no debit of this plan took yet, once it was asked for.

    def results(self) -> Iterator[PlannedCollection | LeftOut]:
        """Yield what becomes of everything that is due."""
        by_party: defaultdict[int, list[DueItem]] = defaultdict(list)
        for item in self._facts.items:
            by_party[item.party_id].append(item)
        for party_id in sorted(by_party):
            yield from self._of_party(party_id, by_party[party_id])
        for stored in self._facts.stored:
            if stored.collection_date <= self._until:
                yield self._of_stored(stored)

    def _of_party(self, party_id: int, items: Sequence[DueItem]) -> Iterator[PlannedCollection | LeftOut]:
        credits = Credits([one for one in items if one.amount_minor < 0] if self._rules.nets_credits else _NO_ITEMS)
        groups: dict[tuple[dt.date, int], tuple[list[DueItem], list[Line]]] = {}
        for item in items:
            if item.amount_minor <= 0:
                continue
            reason = self._obstacle(item)
            if reason is not None:
                yield _left_out(reason, _whole(item))
                continue
            for due_date, amount in due_parts(item, self._until):
                key = (due_date, 0 if self._rules.is_bundled else item.id)
                due_items, lines = groups.setdefault(key, ([], []))
                due_items.append(item)
                lines.append(Line(item.id, amount))
        for key in sorted(groups):
            due_items, lines = groups[key]
            yield self._debit(_Group(party_id, key[0], tuple(due_items), tuple(lines)), credits)

    def _obstacle(self, item: DueItem) -> LeftOutReason | None:
        """Return what stands against an item itself, if some of it is due."""
        if item.due_date > self._until and not item.parts:
            return None
        if item.currency != "EUR":
            return LeftOutReason.OTHER_CURRENCY
        if item.came_back and item.open_minor != item.collecting_minor:
            return LeftOutReason.CAME_BACK
        is_disputed = item.disputed_minor and collectable_minor(item) == 0
        return LeftOutReason.DISPUTED if is_disputed and item.open_minor != item.collecting_minor else None

    def _debit(self, group: _Group, credits: Credits) -> PlannedCollection | LeftOut:
        wanted = next_bank_day(group.due_date)
        probe = max(wanted, self._next_bank_day)
        mandates = self._facts.mandates.get(group.party_id, ())
        if self._spent:
            mandates = [one for one in mandates if one.id not in self._spent] or mandates
        mandate, reason = choose_mandate(mandates, probe)
        if mandate is not None and mandate.id in self._spent:
            reason = LeftOutReason.USED_ALREADY
        if reason is not None or mandate is None:
            return _left_out(reason or LeftOutReason.NO_MANDATE, group, mandate=mandate)
        terms = self._terms_of(mandate)
        if isinstance(terms, LeftOutReason):
            return _left_out(terms, group, mandate=mandate)
        date = max(wanted, terms.first_date)
        # The bank's lead time may lead past the end of the mandate.
        late = None if date == probe else is_collectable(mandate, date)
        if late is not None:
            return _left_out(LeftOutReason(late.value), group, mandate=mandate, date=date)
        asked = sum_of(group.lines)
        taken = credits.take(asked)
        if not taken:
            return self._checked(group, mandate, terms.creditor, date, asked, group.lines)
        return self._checked(group, mandate, terms.creditor, date, asked + sum_of(taken), group.lines + taken)

    def _checked(
        self,
        group: _Group,
        mandate: MandateTerms,
        creditor: CreditorTerms,
        date: dt.date,
        amount: int,
        lines: tuple[Line, ...],
    ) -> PlannedCollection | LeftOut:
        if amount == 0:
            return _left_out(LeftOutReason.CREDIT_COVERS, group, mandate=mandate, date=date)
        if amount > AMOUNT_MAX:
            return _left_out(LeftOutReason.AMOUNT_TOO_LARGE, group, mandate=mandate, date=date)
        agreed = group.items[0].notice_days
        told = was_told(
            items=group.items,
            announced=self._left_announced(mandate.id),
            due_date=group.due_date,
            collection_date=date,
            amount_minor=amount,
            days=self._rules.notice_days if agreed is None else agreed,
            later_days=self._rules.later_days,
        )
        if told.obstacle is not None:
            blocked = group._replace(lines=lines)
            return _left_out(told.obstacle, blocked, mandate=mandate, date=date, until=told.until_date)
        if told.collection_date is not None:
            date = told.collection_date
            ended = is_collectable(mandate, date)
            if ended is not None:
                return _left_out(LeftOutReason(ended.value), group, mandate=mandate, date=date)
        if told.way is not None and told.way in self._announced.get(mandate.id, ()):
            self._announced[mandate.id].remove(told.way)
        if mandate.type == MandateType.ONE_OFF:
            self._spent.add(mandate.id)
        return PlannedCollection(
            group.party_id, mandate, creditor, group.due_date, date,
            sequence_type(mandate, creditor.profile.first_sequence), amount, lines,
            _remittance(group), told.kind, told.sent_date,
        )  # fmt: skip

    def _left_announced(self, mandate_id: int) -> Sequence[Announced]:
        """Return what was announced of a mandate and is not taken by another debit of this plan."""
        told = self._facts.announced.get(mandate_id)
        return self._announced.setdefault(mandate_id, list(told)) if told else ()

    def _of_stored(self, stored: StoredCollection) -> PlannedCollection | LeftOut:
        """Check what a person planned: nothing of its notice, all else."""
        group = _Group(stored.party_id, stored.due_date, _NO_ITEMS, stored.lines)
        mandate = self._mandate(stored)
        if mandate is None:
            return _left_out(LeftOutReason.NO_MANDATE, group)
        terms = self._terms_of(mandate)
        if isinstance(terms, LeftOutReason):
            return _left_out(terms, group, mandate=mandate)
        creditor = terms.creditor
        date = max(next_bank_day(stored.collection_date), terms.first_date)
        obstacle = is_collectable(mandate, date)
        if obstacle is not None:
            return _left_out(LeftOutReason(obstacle.value), group, mandate=mandate, date=date)
        if not stored.is_open:
            return _left_out(LeftOutReason.CHANGED_MEANWHILE, group, mandate=mandate, date=date)
        return PlannedCollection(
            stored.party_id, mandate, creditor, stored.due_date, date,
            sequence_type(mandate, creditor.profile.first_sequence), stored.amount_minor, stored.lines,
            stored.remittance, stored_id=stored.id,
        )  # fmt: skip

    def _mandate(self, stored: StoredCollection) -> MandateTerms | None:
        found = self._facts.mandates.get(stored.party_id, ())
        return next((one for one in found if one.id == stored.mandate_id), None)

    def _terms_of(self, mandate: MandateTerms) -> _Terms | LeftOutReason:
        key = mandate.creditor_identifier, mandate.scheme
        if key not in self._terms:
            self._terms[key] = self._looked_up(*key)
        return self._terms[key]

    def _looked_up(self, identifier: str, scheme: str) -> _Terms | LeftOutReason:
        creditor = self._facts.creditors.get(identifier[:4] + identifier[7:])  # Without the business code.
        if creditor is None:
            return LeftOutReason.NO_CREDITOR
        if not creditor.account_id:
            return LeftOutReason.NO_ACCOUNT
        profile = creditor.profile
        lead = profile.lead_days_b2b if scheme == LocalInstrument.B2B else profile.lead_days_core
        return _Terms(
            creditor, first_reachable(now=self._now, lead_days=lead, cut_off=profile.cut_off, zone=profile.zone)
        )


def _whole(item: DueItem) -> _Group:
    return _Group(item.party_id, item.due_date, (item,), (Line(item.id, item.open_minor - item.collecting_minor),))


def _remittance(group: _Group) -> str:
    items = group.items
    if len(items) == 1:
        return remittance_text([items[0].number], items[0].creditor_reference)
    return remittance_text([item.number for item in items])


def _left_out(
    reason: LeftOutReason,
    group: _Group,
    *,
    mandate: MandateTerms | None = None,
    date: dt.date | None = None,
    until: dt.date | None = None,
) -> LeftOut:
    if reason is LeftOutReason.RESTS and mandate is not None:
        until = mandate.not_before_date
    return LeftOut(
        reason, group.party_id, group.lines, sum_of(group.lines), group.due_date, date,
        mandate.id if mandate else None, until_date=until, remittance=_remittance(group) if group.items else "",
    )  # fmt: skip


def restricted(plan: Plan, item_ids: Iterable[int]) -> Plan:
    """Return the part of a plan that asks for some items only; the rest is not spoken of."""
    wanted = frozenset(item_ids)
    return Plan(
        tuple(one for one in plan.collections if any(line.item_id in wanted for line in one.lines)),
        tuple(one for one in plan.left_out if any(line.item_id in wanted for line in one.lines)),
        plan.seen,
    )
