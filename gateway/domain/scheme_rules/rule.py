"""What a rule is, and what it finds. A rule is data with one small function over facts, so it can be read aloud."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from schemas.order_facts import BlockFacts, OrderKind

# The customer-to-bank guidelines of direct debits, and with those of transfers; the rulebooks of Core and B2B.
CORE_GUIDE = "EPC130-08"
GUIDES = "EPC130-08, EPC132-08"
RULEBOOK = "EPC016-06, EPC222-07"


class Severity(StrEnum):
    """Whether a bank must refuse what a rule finds, or only may."""

    ERROR = "error"
    WARNING = "warning"


class Scope(NamedTuple):
    """What stands around the facts that are judged. ``date`` is that of collection or execution, if it is one."""

    kind: OrderKind
    today: dt.date
    block: BlockFacts = BlockFacts()
    date: dt.date | None = None
    is_party_outside_eea: bool = False  # The bank of the one who orders.

    @property
    def is_collections(self) -> bool:
        """Whether collections are judged, not transfers."""
        return self.kind is OrderKind.COLLECTIONS


Check: TypeAlias = Callable[[Any, Scope], str]  # Returns what was found, or nothing where the facts keep the rule.


Applies: TypeAlias = Callable[[Any, Scope], object]


class Rule(NamedTuple):
    """One demand of the scheme. Without a check it needs more than one place to judge, and the engine does it."""

    name: str
    demand: str  # What is expected, as a sentence.
    source: str
    severity: Severity
    check: Check | None = None


class Group(NamedTuple):
    """Rules that have something to judge only where ``applies`` says so, so that most collections pass them by."""

    rules: tuple[Rule, ...]
    applies: Applies | None = None


class Finding(NamedTuple):
    """One place that breaks a rule. ``line`` is the line of the file, counted from 1."""

    rule: Rule
    found: str
    line: int | None = None
    end_to_end_id: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether a bank must refuse this."""
        return self.rule.severity is Severity.ERROR


def error(name: str, demand: str, source: str, check: Check | None = None) -> Rule:
    """Return a rule that a bank enforces."""
    return Rule(name, demand, source, Severity.ERROR, check)


def warning(name: str, demand: str, source: str, check: Check | None = None) -> Rule:
    """Return a rule that some banks enforce, or that we know from memory only."""
    return Rule(name, demand, source, Severity.WARNING, check)
