"""Rules of the two sides: names, accounts and banks (sepa-rules 2.2, 2.3, 3.1)."""

import re

from gateway.domain.scheme_rules.rule import CORE_GUIDE, GUIDES, RULEBOOK, Group, Rule, Scope, error
from gateway.domain.scheme_rules.texts import NAME_MAX, iban_fault, length_fault
from schemas.countries import is_eea, is_sepa
from schemas.order_facts import AccountFacts, AgentFacts, BlockFacts, InstructionFacts, PartyFacts

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
NOT_PROVIDED = "NOTPROVIDED"


def _name_fault(party: PartyFacts | None) -> str:
    return "no name" if party is None or party.name is None else length_fault("a name", party.name, NAME_MAX)


def _account_fault(account: AccountFacts | None, *, is_euro: bool = True) -> str:
    if account is None or account.iban is None:
        return "no IBAN"
    if is_euro and account.currency not in (None, "EUR"):
        return f"an account in {account.currency}"
    return iban_fault(account.iban)


def _agent_fault(agent: AgentFacts | None) -> str:
    if agent is None:
        return "nothing"
    if agent.bic is not None:
        return "" if _BIC.fullmatch(agent.bic) else f"BIC {agent.bic[:40]!r}"
    return "" if agent.other == NOT_PROVIDED else agent.other or "nothing"


def is_outside_eea(account: AccountFacts | None, agent: AgentFacts | None) -> bool:
    """Tell whether a bank is outside the EEA, by its account numbers or its BIC (Jersey has British IBANs)."""
    iban, bic = account.iban if account else None, agent.bic if agent else None
    return bool((iban and not is_eea(iban[:2])) or (bic and not is_eea(bic[4:6])))


def _party_name(block: BlockFacts, _: Scope) -> str:
    return _name_fault(block.party)


def _party_account(block: BlockFacts, scope: Scope) -> str:
    return _account_fault(block.account, is_euro=scope.is_collections)  # A payer may have another currency.


def _party_agent(block: BlockFacts, _: Scope) -> str:
    return _agent_fault(block.agent)


def _ultimate_name_of_block(block: BlockFacts, _: Scope) -> str:
    return length_fault("a name", block.ultimate_party.name, NAME_MAX) if block.ultimate_party else ""


def _name(instruction: InstructionFacts, _: Scope) -> str:
    return _name_fault(instruction.counterparty)


def _account(instruction: InstructionFacts, _: Scope) -> str:
    return _account_fault(instruction.counterparty_account)


def _agent(instruction: InstructionFacts, scope: Scope) -> str:
    if instruction.counterparty_agent is None and not scope.is_collections:
        return ""
    return _agent_fault(instruction.counterparty_agent)


def _in_sepa(instruction: InstructionFacts, scope: Scope) -> str:
    account = instruction.counterparty_account
    country = account.iban[:2] if account and account.iban else ""
    return f"an account of {country}" if country and not is_sepa(country, scope.date or scope.today) else ""


def _bic_outside(instruction: InstructionFacts, _: Scope) -> str:
    account, agent = instruction.counterparty_account, instruction.counterparty_agent
    if agent is not None and agent.bic is not None:
        return ""
    return "no BIC" if is_outside_eea(account, agent) else ""


def _address_outside(instruction: InstructionFacts, scope: Scope) -> str:
    """The debtor's address, or for a transfer the payer's: the EEA may not demand it, everyone else does."""
    debtor = instruction.counterparty if scope.is_collections else scope.block.party
    if debtor is not None and debtor.address is not None:
        return ""
    return "no address"


def _ultimate_names(instruction: InstructionFacts, _: Scope) -> str:
    for party in (instruction.ultimate_party, instruction.ultimate_counterparty):
        if party is not None and party.name is not None and len(party.name) > NAME_MAX:
            return length_fault("a name", party.name, NAME_MAX)
    return ""


def _ultimate_place(instruction: InstructionFacts, scope: Scope) -> str:
    both = instruction.ultimate_party is not None and scope.block.ultimate_party is not None
    return "in the block and here" if both else ""


_NAME = f"a name of at most {NAME_MAX} characters"
_IBAN = "an IBAN with right length and check digits, in euro"
_AGENT = "a BIC of 8 or 11 characters, or NOTPROVIDED"
BLOCK_RULES: tuple[Rule, ...] = (
    error("party_name", _NAME, GUIDES, _party_name),
    error("party_account", _IBAN, "ISO 13616", _party_account),
    error("party_bank", _AGENT, GUIDES, _party_agent),
    error("ultimate_name", _NAME, GUIDES, _ultimate_name_of_block),
)
INSTRUCTION_RULES: tuple[Rule, ...] = (
    error("counterparty_name", _NAME, GUIDES, _name),
    error("counterparty_account", _IBAN, "ISO 13616", _account),
    error("counterparty_bank", _AGENT, GUIDES, _agent),
)
_OUTSIDE: tuple[Rule, ...] = (
    error("account_in_sepa", "an account of a SEPA country", "EPC409-09", _in_sepa),
    error("bic_outside_eea", "the BIC of a bank outside the EEA", "EPC409-09", _bic_outside),
    error("address_outside_eea", "the address of the payer, as a bank is outside the EEA", RULEBOOK, _address_outside),
)
_ULTIMATE: tuple[Rule, ...] = (
    error("ultimate_name", _NAME, GUIDES, _ultimate_names),
    error("ultimate_in_one_place", "the ultimate party in the block or here", CORE_GUIDE, _ultimate_place),
)


def _has_ultimate(instruction: InstructionFacts, _: Scope) -> bool:
    return instruction.ultimate_party is not None or instruction.ultimate_counterparty is not None


def _has_side_outside(instruction: InstructionFacts, scope: Scope) -> bool:
    return scope.is_party_outside_eea or is_outside_eea(
        instruction.counterparty_account, instruction.counterparty_agent
    )


GROUPS = (Group(_OUTSIDE, _has_side_outside), Group(_ULTIMATE, _has_ultimate))
