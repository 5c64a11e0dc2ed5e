"""Rules of the header: versions, encoding, when and by whom the order was made."""

import re

from gateway.domain.scheme_rules.common import GROUPS as COMMON
from gateway.domain.scheme_rules.rule import GUIDES, Group, Rule, Scope, error, warning
from gateway.domain.scheme_rules.texts import NAME_MAX, length_fault
from schemas.order_facts import OrderFacts

_CURRENT = frozenset(("pain.008.001.02", "pain.008.001.08", "pain.001.001.03", "pain.001.001.09"))
_ENDED = re.compile(r"pain\.00[18]\.00[23]\.[0-9]{2}|.*\.ch\.[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)


def _ended(header: OrderFacts, _: Scope) -> str:
    return header.format if _ENDED.fullmatch(header.format) else ""


def _other_version(header: OrderFacts, scope: Scope) -> str:
    return header.format if header.format not in _CURRENT and not _ended(header, scope) else ""


def _byte_order_mark(header: OrderFacts, _: Scope) -> str:
    return "the file begins with one" if header.has_byte_order_mark else ""


def _encoding(header: OrderFacts, _: Scope) -> str:
    return "" if header.encoding in ("utf-8", "ascii") else header.encoding


def _created(header: OrderFacts, _: Scope) -> str:
    return "" if header.created_at and _MOMENT.fullmatch(header.created_at) else header.created_at or "nothing"


def _fractions(header: OrderFacts, _: Scope) -> str:
    return header.created_at if header.created_at and "." in header.created_at else ""


def _initiating_party(header: OrderFacts, _: Scope) -> str:
    party = header.initiating_party
    if party is None or party.name is None:
        return "no name"
    return length_fault("a name", party.name, NAME_MAX)


# Judged over the whole file.
MESSAGE_COUNT = error("message_count", "the number of collections or transfers in the whole file", GUIDES)
MESSAGE_SUM = error("message_sum", "the sum of all amounts in the file", GUIDES)
MESSAGE_SUM_THERE = warning("message_sum_there", "a control sum in the header, which banks want in practice", GUIDES)
HOLDS_BLOCKS = error("holds_blocks", "at least one payment block", GUIDES)
SCHEMES_APART = warning(
    "schemes_apart", "CORE and B2B in files of their own, as many banks demand", "practice of banks"
)

_RULES: tuple[Rule, ...] = (
    error("version_ended", "a version that SEPA banks still take, such as pain.008.001.08", "DK Anlage 3", _ended),
    warning("version_of_guidelines", "a version of the EPC guidelines, or the one before it", GUIDES, _other_version),
    error("no_byte_order_mark", "no byte order mark before the XML", "practice of banks", _byte_order_mark),
    error("encoding", "UTF-8", GUIDES, _encoding),
    error("creation_time", "when it was made, such as 2026-11-21T09:30:00Z", "ISO 20022", _created),
    warning("creation_time_whole", "whole seconds; some banks refuse fractions", "practice of banks", _fractions),
    error("initiating_party", f"the name of who sends it, at most {NAME_MAX} characters", GUIDES, _initiating_party),
)
GROUPS: tuple[Group, ...] = (Group(_RULES), *COMMON)
