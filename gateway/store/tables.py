"""All table modules together, for migrations and checks that look at every table."""

from gateway.store import (
    accounts,
    allocations,
    bank_transactions,
    companies,
    ids,
    imports,
    journal,
    mandates,
    open_items,
    parties,
    reviews,
    statements,
    users,
)
from gateway.store.columns import Row

MODULES = (
    accounts,
    allocations,
    bank_transactions,
    companies,
    ids,
    imports,
    journal,
    mandates,
    open_items,
    parties,
    reviews,
    statements,
    users,
)
METADATA = Row.metadata
