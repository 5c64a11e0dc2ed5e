"""Judges an order: each part by its own rules, and the whole by what needs more than one place to know.

Memory grows by eight bytes for each id only, so a million collections can be judged while they are read.
"""

import datetime as dt
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from gateway.domain.scheme_rules import blocks, headers, instructions
from gateway.domain.scheme_rules.rule import Applies, Check, Finding, Group, Rule, Scope
from gateway.domain.scheme_rules.sides import NOT_PROVIDED, is_outside_eea
from gateway.domain.scheme_rules.texts import date_of, exact, exact_text, shown
from schemas.codes.lists import SequenceType
from schemas.order_facts import BlockFacts, InstructionFacts, OrderFacts, OrderKind, OrderPart

_Judged: TypeAlias = OrderFacts | BlockFacts | InstructionFacts
_RECENT_MAX = 1 << 17
_LAST = frozenset((SequenceType.ONE_OFF, SequenceType.FINAL))
# Each group's own checks beside it, as this is the innermost loop.
_Checks: TypeAlias = tuple[tuple[Applies | None, tuple[tuple[Check, Rule], ...]], ...]


def _checks(groups: tuple[Group, ...]) -> _Checks:
    return tuple(
        (applies, tuple((rule.check, rule) for rule in rules if rule.check is not None)) for rules, applies in groups
    )


_HEADER, _BLOCK = _checks(headers.GROUPS), _checks(blocks.GROUPS)
_INSTRUCTION = {
    OrderKind.COLLECTIONS: _checks(instructions.COLLECTION_GROUPS),
    OrderKind.TRANSFERS: _checks(instructions.TRANSFER_GROUPS),
}
_WHOLE = (
    headers.MESSAGE_COUNT,
    headers.MESSAGE_SUM,
    headers.MESSAGE_SUM_THERE,
    headers.HOLDS_BLOCKS,
    headers.SCHEMES_APART,
    blocks.BLOCK_COUNT,
    blocks.BLOCK_SUM,
    blocks.HOLDS_INSTRUCTIONS,
    blocks.IDS_UNIQUE,
    instructions.IDS_UNIQUE,
    instructions.INSTRUCTION_IDS_UNIQUE,
    instructions.MANDATE_USED_ONCE,
)
_GROUPED = (*headers.GROUPS, *blocks.GROUPS, *instructions.COLLECTION_GROUPS)
ALL_RULES: tuple[Rule, ...] = tuple(
    {rule.name: rule for rule in (*chain.from_iterable(group.rules for group in _GROUPED), *_WHOLE)}.values()
)


def check_order(parts: Iterable[OrderPart], *, today: dt.date) -> Iterator[Finding]:
    """Yield what breaks a rule of the scheme in an order, as it is met. Dates are judged as of ``today``."""
    judge = _Judge(today)
    for part in parts:
        yield from judge.take(part)
    yield from judge.end()


def scope_of(block: BlockFacts, kind: OrderKind, today: dt.date) -> Scope:
    """Return what the rules of single collections need to know of their block."""
    text = block.date if kind is OrderKind.COLLECTIONS or block.date is None else block.date[:10]
    return Scope(kind, today, block, date_of(text), is_outside_eea(block.account, block.agent))


def check_instruction(instruction: InstructionFacts, scope: Scope) -> list[Finding]:
    """Return what breaks a rule in one collection or transfer, judged by itself."""
    return _check(_INSTRUCTION[scope.kind], instruction, scope)


def _check(checks: _Checks, facts: _Judged, scope: Scope) -> list[Finding]:
    findings = []
    for applies, pairs in checks:
        if applies is None or applies(facts, scope):
            for check, rule in pairs:
                found = check(facts, scope)
                if found:
                    end_to_end_id = facts.end_to_end_id if isinstance(facts, InstructionFacts) else None
                    findings.append(Finding(rule, found, facts.line, end_to_end_id))
    return findings


class _Totals:
    """Counts and sums. The sum is unknown as soon as one amount is none."""

    def __init__(self) -> None:
        self.count = 0
        self.sum: int | None = 0

    def add(self, amount: int | None) -> None:
        self.count += 1
        self.sum = None if amount is None or self.sum is None else self.sum + amount

    def findings(self, facts: OrderFacts | BlockFacts, count_rule: Rule, sum_rule: Rule) -> Iterator[Finding]:
        if facts.stated_count is not None and facts.stated_count.strip() != str(self.count):
            yield Finding(count_rule, f"{facts.stated_count} is written, {self.count} are there", facts.line)
        if facts.stated_sum is not None and self.sum is not None and exact(facts.stated_sum.strip()) != self.sum:
            yield Finding(
                sum_rule, f"{facts.stated_sum} is written, the amounts are {exact_text(self.sum)}", facts.line
            )


class _Ids:
    """Knows the ids of one kind again, in eight bytes each: their hashes, sorted in runs once they are many.

    Two ids of a million have the same hash once in 30 million files.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._recent: set[int] = set()
        self._runs: list[array[int]] = []

    def take(self, text: str | None, line: int | None, end_to_end_id: str | None = None) -> Iterator[Finding]:
        if text is None or text == NOT_PROVIDED:
            return
        number = hash(text)
        if number in self._recent or any(_holds(run, number) for run in self._runs):
            yield Finding(self._rule, f"{shown(text)} a second time", line, end_to_end_id)
        self._recent.add(number)
        if len(self._recent) >= _RECENT_MAX:
            self._runs.append(array("q", sorted(self._recent)))
            self._recent.clear()


def _holds(run: "array[int]", number: int) -> bool:
    place = bisect_left(run, number)
    return place < len(run) and run[place] == number


class _Judge:
    """Takes the parts of an order one after the other."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._header = OrderFacts(OrderKind.COLLECTIONS, "")
        self._scope = Scope(OrderKind.COLLECTIONS, today)
        self._file, self._in_block = _Totals(), _Totals()
        self._block: BlockFacts | None = None
        self._schemes: set[str] = set()
        self._block_ids = _Ids(blocks.IDS_UNIQUE)
        self._ids = _Ids(instructions.IDS_UNIQUE)
        self._instruction_ids = _Ids(instructions.INSTRUCTION_IDS_UNIQUE)
        self._last_mandates = _Ids(instructions.MANDATE_USED_ONCE)

    def take(self, part: OrderPart) -> Iterator[Finding]:
        if isinstance(part, InstructionFacts):
            yield from check_instruction(part, self._scope)
            yield from self._across(part)
        elif isinstance(part, BlockFacts):
            yield from self._end_block()
            self._block, self._in_block = part, _Totals()
            self._scope = scope_of(part, self._header.kind, self._today)
            yield from _check(_BLOCK, part, self._scope)
            yield from self._block_ids.take(part.payment_information_id, part.line)
        else:
            self._header = part
            self._scope = Scope(part.kind, self._today)
            yield from _check(_HEADER, part, self._scope)

    def end(self) -> Iterator[Finding]:
        yield from self._end_block()
        header = self._header
        if self._block is None:
            yield Finding(headers.HOLDS_BLOCKS, "none", header.line)
        if header.stated_count is None:
            yield Finding(headers.MESSAGE_COUNT, "nothing", header.line)
        if header.stated_sum is None:
            yield Finding(headers.MESSAGE_SUM_THERE, "none", header.line)
        yield from self._file.findings(header, headers.MESSAGE_COUNT, headers.MESSAGE_SUM)
        if len(self._schemes) > 1:
            yield Finding(headers.SCHEMES_APART, " and ".join(sorted(self._schemes)), header.line)

    def _across(self, part: InstructionFacts) -> Iterator[Finding]:
        amount = exact(part.amount)
        self._file.add(amount)
        self._in_block.add(amount)
        yield from self._ids.take(part.end_to_end_id, part.line, part.end_to_end_id)
        if part.instruction_id is not None:
            yield from self._instruction_ids.take(part.instruction_id, part.line, part.end_to_end_id)
        kind = part.type or self._scope.block.type
        if kind is not None and self._scope.is_collections:
            if kind.local_instrument is not None:
                self._schemes.add(kind.local_instrument)
            if kind.sequence_type in _LAST and part.mandate is not None and part.mandate.reference is not None:
                yield from self._last_mandates.take(part.mandate.reference.upper(), part.line, part.end_to_end_id)

    def _end_block(self) -> Iterator[Finding]:
        if self._block is None:
            return
        if not self._in_block.count:
            yield Finding(blocks.HOLDS_INSTRUCTIONS, "none", self._block.line)
        yield from self._in_block.findings(self._block, blocks.BLOCK_COUNT, blocks.BLOCK_SUM)
