"""Rules of one collection or transfer: ids, amount, remittance; and which of all rules hold for each kind."""

import re

from gateway.domain.scheme_rules import addresses, common, creditors, mandates, sides, types
from gateway.domain.scheme_rules.rule import CORE_GUIDE, GUIDES, RULEBOOK, Group, Rule, Scope, error, warning
from gateway.domain.scheme_rules.texts import ID_MAX, REMITTANCE_MAX, is_amount, shown
from schemas.check_digits import mod97
from schemas.order_facts import InstructionFacts

_UUID = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")
_CREDITOR_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")


def _own_id(instruction: InstructionFacts, _: Scope) -> str:
    return sides.NOT_PROVIDED if instruction.end_to_end_id == sides.NOT_PROVIDED else ""


def _uetr(instruction: InstructionFacts, _: Scope) -> str:
    return "" if instruction.uetr is None or _UUID.fullmatch(instruction.uetr) else shown(instruction.uetr)


def _currency(instruction: InstructionFacts, _: Scope) -> str:
    return "" if instruction.currency == "EUR" else instruction.currency or "nothing"


def _amount(instruction: InstructionFacts, _: Scope) -> str:
    return "" if is_amount(instruction.amount) else instruction.amount or "nothing"


def _one_text(instruction: InstructionFacts, _: Scope) -> str:
    if len(instruction.unstructured) > 1:
        return f"{len(instruction.unstructured)} texts"
    return f"{len(instruction.structured)} structured ones" if len(instruction.structured) > 1 else ""


def _one_form(instruction: InstructionFacts, _: Scope) -> str:
    return "both" if instruction.unstructured and instruction.structured else ""


def _length(instruction: InstructionFacts, _: Scope) -> str:
    for text in instruction.unstructured:
        if len(text) > REMITTANCE_MAX:
            return f"{len(text)} characters"
    for reference in instruction.structured:
        if reference.length > REMITTANCE_MAX:
            return f"{reference.length} characters in a structured reference"
    return ""


def _structured(instruction: InstructionFacts, _: Scope) -> str:
    for found in instruction.structured:
        if found.type_code != "SCOR":
            return f"type {found.type_code or found.own_type or 'not given'}"
        if found.reference is None or len(found.reference) > ID_MAX:
            return shown(found.reference) if found.reference else "no reference"
    return ""


def _reference_digits(instruction: InstructionFacts, _: Scope) -> str:
    for found in instruction.structured:
        text = (found.reference or "").upper()
        if _CREDITOR_REFERENCE.fullmatch(text) and mod97(text[4:] + text[:4]) != 1:
            return shown(text)
    return ""


# Judged over the whole file.
IDS_UNIQUE = error("end_to_end_id_unique", "an end-to-end id of its own for each", GUIDES)
INSTRUCTION_IDS_UNIQUE = error("instruction_id_unique", "an instruction id of its own for each", GUIDES)
MANDATE_USED_ONCE = error("mandate_used_once", "one collection for a one-off mandate, or as the last one", RULEBOOK)


def _has_remittance(instruction: InstructionFacts, _: Scope) -> object:
    return instruction.unstructured or instruction.structured


def _has_structured(instruction: InstructionFacts, _: Scope) -> object:
    return instruction.structured


def _has_uetr(instruction: InstructionFacts, _: Scope) -> bool:
    return instruction.uetr is not None


_BOTH: tuple[Rule, ...] = (
    error("currency", "EUR", GUIDES, _currency),
    error("amount", "0.01 to 999999999.99 with at most two decimals", GUIDES, _amount),
    types.BEARER,
    *sides.INSTRUCTION_RULES,
)
_REMITTANCE: tuple[Rule, ...] = (
    error("one_remittance", "one remittance information", GUIDES, _one_text),
    warning("remittance_form", "text or a structured reference, not both", GUIDES, _one_form),
    error("remittance_length", f"at most {REMITTANCE_MAX} characters", GUIDES, _length),
)
_STRUCTURED: tuple[Rule, ...] = (
    error("structured_reference", "a creditor reference (SCOR) of at most 35 characters", GUIDES, _structured),
    warning("creditor_reference_digits", "an RF reference with right check digits", "ISO 11649", _reference_digits),
)
_UETR = error("unique_transaction_reference", "a UUID of version 4 in small letters", "ISO 20022", _uetr)
_OWN_ID = warning("own_end_to_end_id", "an id that finds the collection when it comes back", CORE_GUIDE, _own_id)
_GROUPS: tuple[Group, ...] = (
    Group(_REMITTANCE, _has_remittance),
    Group(_STRUCTURED, _has_structured),
    Group((_UETR,), _has_uetr),
    *types.GROUPS,
    *sides.GROUPS,
    *addresses.GROUPS,
    *common.GROUPS,
)
TRANSFER_GROUPS: tuple[Group, ...] = (Group(_BOTH), *_GROUPS)
COLLECTION_GROUPS: tuple[Group, ...] = (
    Group((_OWN_ID, *_BOTH, creditors.PLACE, *mandates.RULES)),
    *_GROUPS,
    *creditors.GROUPS,
    *mandates.GROUPS,
)
