"""Rules of the payment type (sepa-rules 1.7, 3.1): service level, scheme, sequence, purpose, who bears charges.

It may stand in the block or with each collection; what is said in neither place is missing at the collection.
"""

import re

from gateway.domain.scheme_rules.rule import CORE_GUIDE, GUIDES, RULEBOOK, Group, Rule, Scope, error, warning
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.order_facts import BlockFacts, InstructionFacts, TypeFacts

_SCHEMES = frozenset(code.value for code in LocalInstrument)
_SEQUENCES = frozenset(code.value for code in SequenceType)
_CODE = re.compile(r"[A-Z]{4}")
_NOTHING_SAID = TypeFacts()


def _type(facts: BlockFacts | InstructionFacts) -> TypeFacts | None:
    """Return the type that is to be judged here; a block may leave it to its collections."""
    return facts.type or (None if isinstance(facts, BlockFacts) else _NOTHING_SAID)


def _service_level(facts: BlockFacts | InstructionFacts, _: Scope) -> str:
    kind = _type(facts)
    if kind is None:
        return ""
    levels = (*kind.service_levels, *kind.own_service_levels)
    is_sepa = kind.service_levels == ("SEPA",) and not kind.own_service_levels
    return "" if is_sepa else " ".join(levels) or "nothing"


def _scheme(facts: BlockFacts | InstructionFacts, scope: Scope) -> str:
    kind = _type(facts)
    if kind is None:
        return ""
    found = kind.local_instrument or kind.own_local_instrument
    if not scope.is_collections:
        return "" if found in (None, "INST") else str(found)
    return "" if kind.local_instrument in _SCHEMES else found or "nothing"


def _sequence(facts: BlockFacts | InstructionFacts, scope: Scope) -> str:
    kind = _type(facts)
    if kind is None:
        return ""
    if not scope.is_collections:
        return kind.sequence_type or ""
    return "" if kind.sequence_type in _SEQUENCES else kind.sequence_type or "nothing"


def _category(facts: BlockFacts | InstructionFacts, _: Scope) -> str:
    kind = _type(facts)
    if kind is None:
        return ""
    if kind.own_category_purpose is not None:
        return kind.own_category_purpose
    return "" if kind.category_purpose is None or _CODE.fullmatch(kind.category_purpose) else kind.category_purpose


def _bearer(block: BlockFacts, _: Scope) -> str:
    return "" if block.charge_bearer in (None, "SLEV") else block.charge_bearer or ""


def _bearer_here(instruction: InstructionFacts, scope: Scope) -> str:
    said = instruction.charge_bearer or scope.block.charge_bearer
    if said is None:
        return "nothing" if scope.is_collections else ""
    return "" if instruction.charge_bearer in (None, "SLEV") else instruction.charge_bearer or ""


def _both(instruction: InstructionFacts, scope: Scope) -> str:
    return "in the block and here" if instruction.type is not None and scope.block.type is not None else ""


def _purpose(instruction: InstructionFacts, _: Scope) -> str:
    if instruction.own_purpose is not None:
        return instruction.own_purpose
    return "" if instruction.purpose is None or _CODE.fullmatch(instruction.purpose) else instruction.purpose


_CODES = "a code of four letters from the ISO list, none of one's own"
_TYPES = (
    error("service_level", "SEPA, exactly once", GUIDES, _service_level),
    error("local_instrument", "CORE or B2B (COR1 ended in 2016); a transfer has none, or INST", GUIDES, _scheme),
    error("sequence_type", "FRST, RCUR, FNAL or OOFF for collections only", RULEBOOK, _sequence),
    error("category_purpose", _CODES, GUIDES, _category),
)
_SLEV = "SLEV: each side pays the charges of its own bank"
BLOCK_RULES: tuple[Rule, ...] = (*_TYPES, error("charge_bearer", _SLEV, GUIDES, _bearer))
BEARER = error("charge_bearer", _SLEV, GUIDES, _bearer_here)
_TWO_PLACES = warning("type_in_one_place", "the payment type in the block or with the collection", CORE_GUIDE, _both)


def _is_judged_here(instruction: InstructionFacts, scope: Scope) -> bool:
    return instruction.type is not None or scope.block.type is None


def _has_purpose(instruction: InstructionFacts, _: Scope) -> bool:
    return instruction.purpose is not None or instruction.own_purpose is not None


GROUPS = (
    Group((*_TYPES, _TWO_PLACES), _is_judged_here),
    Group((error("purpose", _CODES, GUIDES, _purpose),), _has_purpose),
)
