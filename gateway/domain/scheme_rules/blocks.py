"""Rules of a payment block: what its collections or transfers share."""

from gateway.domain import calendar
from gateway.domain.scheme_rules import addresses, common
from gateway.domain.scheme_rules.creditors import BLOCK_RULES as CREDITOR_RULES
from gateway.domain.scheme_rules.rule import GUIDES, RULEBOOK, Group, Rule, Scope, error
from gateway.domain.scheme_rules.sides import BLOCK_RULES as SIDE_RULES
from gateway.domain.scheme_rules.types import BLOCK_RULES as TYPE_RULES
from schemas.order_facts import BlockFacts, OrderKind

_METHODS = {OrderKind.COLLECTIONS: "DD", OrderKind.TRANSFERS: "TRF"}


def _method(block: BlockFacts, scope: Scope) -> str:
    return "" if block.method == _METHODS[scope.kind] else block.method or "nothing"


def _date(block: BlockFacts, scope: Scope) -> str:
    if scope.date is not None and (scope.is_collections is False or block.date == scope.date.isoformat()):
        return ""
    return block.date or "nothing"


def _bank_day(_: BlockFacts, scope: Scope) -> str:
    if not scope.is_collections or scope.date is None or calendar.is_bank_day(scope.date):
        return ""
    return f"{scope.date} ({scope.date:%A})"


def _not_passed(_: BlockFacts, scope: Scope) -> str:
    if scope.date is None:
        return ""
    is_late = scope.date <= scope.today if scope.is_collections else scope.date < scope.today
    return f"{scope.date}, judged on {scope.today}" if is_late else ""


# Judged when the block ends.
BLOCK_COUNT = error("block_count", "the number of collections or transfers in the block", GUIDES)
BLOCK_SUM = error("block_sum", "the sum of the amounts in the block", GUIDES)
HOLDS_INSTRUCTIONS = error("holds_collections", "at least one collection or transfer in each block", "ISO 20022")
IDS_UNIQUE = error("block_id_unique", "an id of its own for each payment block", GUIDES)

_RULES: tuple[Rule, ...] = (
    error("payment_method", "DD in a pain.008, TRF in a pain.001", GUIDES, _method),
    error("date", "a plain date such as 2026-12-01", "ISO 20022", _date),
    error("date_is_bank_day", "a day on which T2 is open", RULEBOOK, _bank_day),
    error("date_not_passed", "a day that the bank can still keep", RULEBOOK, _not_passed),
    *TYPE_RULES,
    *SIDE_RULES,
    *CREDITOR_RULES,
)
GROUPS: tuple[Group, ...] = (Group(_RULES), *addresses.GROUPS, *common.GROUPS)
