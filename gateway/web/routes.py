"""All routes: one line for each module of pages and API. The order does not matter, fixed paths win over patterns."""

from gateway.web.api import advices as api_advices
from gateway.web.api import audit as api_audit
from gateway.web.api import bank_accounts as api_bank_accounts
from gateway.web.api import bank_transactions as api_bank_transactions
from gateway.web.api import collection_policy as api_collection_policy
from gateway.web.api import collections as api_collections
from gateway.web.api import creditors as api_creditors
from gateway.web.api import customers as api_customers
from gateway.web.api import description, exports, item_changes
from gateway.web.api import imports as api_imports
from gateway.web.api import instalments as api_instalments
from gateway.web.api import invoices as api_invoices
from gateway.web.api import learned as api_learned
from gateway.web.api import mandates as api_mandates
from gateway.web.api import match_alarms as api_match_alarms
from gateway.web.api import match_figures as api_match_figures
from gateway.web.api import matching_rules as api_matching_rules
from gateway.web.api import policy as api_policy
from gateway.web.api import refunds as api_refunds
from gateway.web.api import replays as api_replays
from gateway.web.api import reviews as api_reviews
from gateway.web.api import run_requests as api_run_requests
from gateway.web.api import search as api_search
from gateway.web.api import statements as api_statements
from gateway.web.api import unpaid as api_unpaid
from gateway.web.frame import Badge
from gateway.web.pages import (
    account,
    advices,
    audit,
    bank_transactions,
    banks,
    changes,
    collection_approval,
    collection_runs,
    collection_settings,
    collections,
    creditors,
    customers,
    dashboard,
    figures,
    health,
    imports,
    invoice_forms,
    invoices,
    learned,
    log_in,
    mandate_forms,
    mandate_papers,
    mandates,
    notices,
    parts,
    refunds,
    replay,
    review,
    review_decide,
    review_many,
    review_memory,
    review_split,
    rule_forms,
    rules,
    run_requests,
    search,
    settings,
    signing,
    statement,
    statement_files,
    statements,
    unpaid,
    users,
)
from gateway.web.routing import Route

ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    *log_in.ROUTES,
    *account.ROUTES,
    *users.ROUTES,
    *review.ROUTES,
    *review_decide.ROUTES,
    *review_many.ROUTES,
    *review_memory.ROUTES,
    *review_split.ROUTES,
    *bank_transactions.ROUTES,
    *statements.ROUTES,
    *statement.ROUTES,
    *statement_files.ROUTES,
    *advices.ROUTES,
    *invoices.ROUTES,
    *invoice_forms.ROUTES,
    *customers.ROUTES,
    *mandates.ROUTES,
    *mandate_forms.ROUTES,
    *mandate_papers.ROUTES,
    *signing.ROUTES,
    *changes.ROUTES,
    *creditors.ROUTES,
    *banks.ROUTES,
    *collections.ROUTES,
    *notices.ROUTES,
    *collection_runs.ROUTES,
    *collection_approval.ROUTES,
    *refunds.ROUTES,
    *run_requests.ROUTES,
    *settings.ROUTES,
    *learned.ROUTES,
    *replay.ROUTES,
    *collection_settings.ROUTES,
    *rules.ROUTES,
    *rule_forms.ROUTES,
    *audit.ROUTES,
    *imports.ROUTES,
    *unpaid.ROUTES,
    *dashboard.ROUTES,
    *figures.ROUTES,
    *parts.ROUTES,
    *search.ROUTES,
    *api_statements.ROUTES,
    *api_advices.ROUTES,
    *api_bank_transactions.ROUTES,
    *api_reviews.ROUTES,
    *api_collections.ROUTES,
    *api_refunds.ROUTES,
    *api_run_requests.ROUTES,
    *api_customers.ROUTES,
    *api_invoices.ROUTES,
    *api_instalments.ROUTES,
    *item_changes.ROUTES,
    *api_mandates.ROUTES,
    *api_creditors.ROUTES,
    *api_bank_accounts.ROUTES,
    *api_policy.ROUTES,
    *api_matching_rules.ROUTES,
    *api_learned.ROUTES,
    *api_replays.ROUTES,
    *api_match_alarms.ROUTES,
    *api_match_figures.ROUTES,
    *api_collection_policy.ROUTES,
    *api_imports.ROUTES,
    *api_search.ROUTES,
    *api_unpaid.ROUTES,
    *api_audit.ROUTES,
    *exports.ROUTES,
    *description.ROUTES,
)

# What waits behind an entry of the sidebar: path → function that returns a short text, or nothing.
BADGES: dict[str, Badge] = {
    "/review": dashboard.count_review,
    "/statements": dashboard.count_held,
    "/unpaid": unpaid.count_unpaid,
}
