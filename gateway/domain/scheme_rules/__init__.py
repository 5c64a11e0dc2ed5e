"""The rules of the SEPA schemes for orders that customers send: EPC guidelines, rulebooks, and habits of banks.

Rules are data with a small function each, over facts as they are written (`schemas.order_facts`). What is known from
memory only is a warning. Rules that need a bank's own books (mandate history, limits, cut-off) are not here.
"""

from gateway.domain.scheme_rules.engine import ALL_RULES, check_instruction, check_order
from gateway.domain.scheme_rules.ours import (
    Fold,
    as_it_is,
    check_collections,
    check_transfers,
    facts_of_collection,
    facts_of_key,
)
from gateway.domain.scheme_rules.rule import Finding, Rule, Severity

__all__ = [
    "ALL_RULES",
    "Finding",
    "Fold",
    "Rule",
    "Severity",
    "as_it_is",
    "check_collections",
    "check_instruction",
    "check_order",
    "check_transfers",
    "facts_of_collection",
    "facts_of_key",
]
