"""Sign drafts of mandates by a first transfer: if the company takes it for the debtor's word.

Off until an administrator switches it on. A booking that is taken back later does not take back the signature: the
money did come from this account.
"""

from collections.abc import Sequence

from gateway.domain.matching.model import Explanation
from gateway.services.manage_mandates import confirm_by_transfer
from gateway.store import mandates
from gateway.store.bank_transactions import Unexplained
from gateway.store.creditors import collection_policy_of
from gateway.store.work import Work


async def confirm_drafts(work: Work, booked: Sequence[tuple[Unexplained, Explanation]]) -> None:
    """Sign drafts whose customer made a matched transfer from their account, as of its booking date."""
    paid = {
        (explanation.customer_id, one.credit.iban): one.credit.booking_date
        for one, explanation in reversed(booked)
        if one.credit.amount_minor > 0 and one.credit.iban and explanation.customer_id and not explanation.collections
    }
    if not paid or not (await collection_policy_of(work.session, work.company_id)).get("confirms_by_transfer"):
        return
    people = {customer_id for customer_id, _ in paid if customer_id}
    for mandate_id, party_id, iban in await mandates.drafts_of(
        work.session, company_id=work.company_id, party_ids=people
    ):
        booking_date = paid.get((party_id, iban))
        if booking_date is not None:
            await confirm_by_transfer(work, mandate_id=mandate_id, booking_date=booking_date)
