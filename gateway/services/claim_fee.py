"""Ask a customer for the fee of his returned debit: an item of its own."""

import datetime as dt
from typing import NamedTuple

from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.work import Work
from schemas.states import OpenItemKind

_DUE = dt.timedelta(days=14)


class FeeClaim(NamedTuple):
    """What a customer is asked for (minor units), since when, and the end-to-end id of the debit that came back."""

    party_id: int
    amount_minor: int
    currency: str
    issue_date: dt.date
    end_to_end_id: str


async def claim_fee(work: Work, claim: FeeClaim) -> int:
    """Open the item by which the customer is asked for the fee; return its key."""
    item_id = work.new_id()
    number = f"FEE-{item_id}"
    due_date = claim.issue_date + _DUE
    work.add(
        OpenItem(
            id=item_id,
            company_id=work.company_id,
            kind=OpenItemKind.FEE_CLAIM,
            number=number,
            number_key=number.replace("-", ""),
            party_id=claim.party_id,
            currency=claim.currency,
            amount_minor=claim.amount_minor,
            issue_date=claim.issue_date,
            due_date=due_date,
            original_number=claim.end_to_end_id,
            created_at=work.now,
        ),
        OpenItemVersion(
            id=work.new_id(),
            company_id=work.company_id,
            open_item_id=item_id,
            position=1,
            amount_minor=claim.amount_minor,
            due_date=due_date,
            party_id=claim.party_id,
            record={},
            recorded_at=work.now,
            actor=work.actor.name,
            journal_id=work.journal_id,
        ),
    )
    await work.flush()
    return item_id
