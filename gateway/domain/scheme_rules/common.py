"""Rules that hold wherever an element may stand: nothing empty, nothing forbidden, ids and characters of SEPA."""

from typing import Any

from gateway.domain.scheme_rules.rule import GUIDES, Group, Scope, error, warning
from gateway.domain.scheme_rules.texts import id_fault, outside_fault, slash_fault
from schemas.identifiers import EndToEndId, InvalidLei, Lei, MandateReference
from schemas.order_facts import NO_ODDITIES, BlockFacts, InstructionFacts, MandateFacts, OrderFacts, PartyFacts

_NO_MANDATE = MandateFacts()
_PROVEN = MandateReference("-")  # Stands for an id that is not there and need not be.
_PROOFS = frozenset((EndToEndId, MandateReference))  # Of such a type is only what was parsed: no need to look again.


def parties_of(facts: Any) -> tuple[PartyFacts | None, ...]:
    """Return the parties that facts hold."""
    if isinstance(facts, InstructionFacts):
        return facts.counterparty, facts.ultimate_counterparty, facts.ultimate_party
    if isinstance(facts, BlockFacts):
        return facts.party, facts.ultimate_party
    return (facts.initiating_party,)


def _id_texts(facts: OrderFacts | BlockFacts | InstructionFacts) -> tuple[tuple[str, str | None], ...]:
    """Return the ids that facts hold, with their names. Of a collection, those that it may leave out only if there."""
    if isinstance(facts, BlockFacts):
        return (("payment information id", facts.payment_information_id),)
    if isinstance(facts, OrderFacts):
        return (("message id", facts.message_id),)
    mandate = facts.mandate or _NO_MANDATE
    return (
        ("end-to-end id", facts.end_to_end_id),
        ("instruction id", facts.instruction_id or _PROVEN),
        ("mandate reference", mandate.reference or _PROVEN),
        ("original mandate reference", mandate.original_reference or _PROVEN),
    )


def _ids(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    for name, text in _id_texts(facts):
        if text.__class__ not in _PROOFS:
            found = id_fault(name, text)
            if found:
                return found
    return ""


def _slashes(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    for name, text in _id_texts(facts):
        if text.__class__ not in _PROOFS:
            found = slash_fault(name, text)
            if found:
                return found
    return ""


def _characters(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    texts = [text for party in parties_of(facts) if party is not None for text in _party_texts(party)]
    if isinstance(facts, InstructionFacts):
        texts += facts.unstructured
        texts += [reference.reference for reference in facts.structured]
    return outside_fault(texts)


def _party_texts(party: PartyFacts) -> tuple[str | None, ...]:
    address = party.address
    if address is None:
        return party.name, party.identification
    return party.name, party.identification, *address[:5], *address.lines, *address.others


def _empty(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    return ", ".join(facts.odd.empty)


def _repeated(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    return ", ".join(facts.odd.repeated)


def _forbidden(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    return ", ".join(facts.odd.forbidden)


def _unused(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    return ", ".join(facts.odd.unused)


def _leis(facts: OrderFacts | BlockFacts | InstructionFacts, _: Scope) -> str:
    for party in parties_of(facts):
        if party is not None and party.lei is not None:
            try:
                Lei.parse(party.lei)
            except InvalidLei as fault:
                return str(fault)
    return ""


def _has_odd(facts: Any, _: Scope) -> bool:
    return facts.odd is not NO_ODDITIES


def has_party_details(facts: Any, _: Scope) -> bool:
    """Tell whether a party has more than a name, or an ultimate party is there."""
    if isinstance(facts, InstructionFacts):
        party = facts.counterparty
        if facts.ultimate_party is None and facts.ultimate_counterparty is None:
            return party is not None and (party.address is not None or party.lei is not None)
    return True


GROUPS: tuple[Group, ...] = (
    Group((
        error("identifier", "an id of 1 to 35 characters of A-Z a-z 0-9 / - ? : ( ) . , ' + and blank", GUIDES, _ids),
        warning("identifier_slashes", "no slash at either end of an id, nor two together", "EPC230-15", _slashes),
        warning(
            "character_set", "only A-Z a-z 0-9 / - ? : ( ) . , ' + and blank, unless the bank agreed to more",
            "EPC217-08", _characters,
        ),
    )),
    Group((
        error("no_empty_elements", "no element without content", GUIDES, _empty),
        error("no_repeated_elements", "each of these elements once", GUIDES, _repeated),
        error("forbidden_elements", "no element that the schema has and the scheme does not", GUIDES, _forbidden),
        warning("unused_elements", "only elements that SEPA uses; banks ignore others or refuse them", GUIDES, _unused),
    ), _has_odd),
    Group(
        (error("legal_entity_identifier", "20 characters with right check digits", "ISO 17442", _leis),),
        has_party_details,
    ),
)  # fmt: skip
