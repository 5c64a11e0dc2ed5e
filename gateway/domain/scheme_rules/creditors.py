"""Rules of the creditor identifier (sepa-rules 2.1; EPC262-08): one, right, called SEPA, in one place."""

from gateway.domain.scheme_rules.rule import CORE_GUIDE, Group, Rule, Scope, error
from gateway.domain.scheme_rules.texts import ID_MAX
from schemas.identifiers import CreditorIdentifier, InvalidCreditorIdentifier
from schemas.order_facts import BlockFacts, InstructionFacts, SchemeFacts

LENGTH_MIN = 8


def form_fault(scheme: SchemeFacts | None) -> str:
    """Tell what is wrong with where the identifier stands, beside its digits."""
    if scheme is None or (not scheme.identifiers and scheme.name and not scheme.has_organisation):
        return ""
    if scheme.has_organisation:
        return "an id of an organisation"
    if len(scheme.identifiers) != 1:
        return f"{len(scheme.identifiers)} identifiers"
    return "" if scheme.scheme_names == ("SEPA",) else f"scheme name {' '.join(scheme.scheme_names) or 'not given'}"


def digits_fault(scheme: SchemeFacts | None) -> str:
    """Tell why an identifier is none: 8 to 35 characters, mod 97 is 1 without the business code."""
    for text in scheme.identifiers if scheme is not None else ():
        if not LENGTH_MIN <= len(text) <= ID_MAX:
            return f"{text!r} has {len(text)} characters"
        try:
            CreditorIdentifier.parse(text)
        except InvalidCreditorIdentifier as fault:
            return str(fault)
    return ""


def _block_form(block: BlockFacts, _: Scope) -> str:
    return form_fault(block.creditor_scheme)


def _block_digits(block: BlockFacts, _: Scope) -> str:
    return digits_fault(block.creditor_scheme)


def _place(collection: InstructionFacts, scope: Scope) -> str:
    places = (scope.block.creditor_scheme is not None) + (collection.creditor_scheme is not None)
    return ("neither in the block nor here", "", "in the block and here")[places]


def _form(collection: InstructionFacts, _: Scope) -> str:
    return form_fault(collection.creditor_scheme)


def _digits(collection: InstructionFacts, _: Scope) -> str:
    return digits_fault(collection.creditor_scheme)


_FORM = "one identifier of a private kind, whose scheme is named SEPA"
_DIGITS = "a creditor identifier of 8 to 35 characters with right check digits"
BLOCK_RULES: tuple[Rule, ...] = (
    error("creditor_identifier_form", _FORM, CORE_GUIDE, _block_form),
    error("creditor_identifier", _DIGITS, "EPC262-08", _block_digits),
)
PLACE = error("creditor_identifier_place", "the creditor identifier in one place", CORE_GUIDE, _place)
_HERE: tuple[Rule, ...] = (
    error("creditor_identifier_form", _FORM, CORE_GUIDE, _form),
    error("creditor_identifier", _DIGITS, "EPC262-08", _digits),
)


def _is_here(collection: InstructionFacts, _: Scope) -> bool:
    return collection.creditor_scheme is not None


GROUPS = (Group(_HERE, _is_here),)
