"""Fill the demo with what waits for a second person: another account of a mandate, and money that goes back."""

from gateway.services import amend_mandates, propose_refund
from gateway.services.amend_mandates import NewAccount
from gateway.services.import_statement import Gate
from gateway.services.propose_refund import RefundWanted, refundable_minor
from gateway.store import item_lists, mandates, parties
from gateway.store.item_lists import ItemFilter
from gateway.store.open_items import OpenItem, get_item
from gateway.store.work import Actor, Work
from schemas.identifiers import Bic, Iban
from schemas.states import MandateState, OpenItemKind

_NEW_IBAN = Iban.parse("DE02 1203 0000 0000 2020 51")


async def propose_for_demo(gate: Gate, *, company_id: int, maker: Actor) -> None:
    """Let a clerk propose another account for a mandate and the refund of a credit."""
    async with gate.database.begin(actor=maker, now=gate.now(), company_id=company_id, ids=100) as work:
        active = await mandates.list_mandates(work.session, company_id=company_id, states=(MandateState.ACTIVE,))
        account = NewAccount(active.rows[-1].id, _NEW_IBAN)
        await amend_mandates.propose_account(work, account=account, reason="Schreiben des Kunden, neue Hausbank")
        kinds = (OpenItemKind.ON_ACCOUNT, OpenItemKind.CREDIT_NOTE)
        credits_ = await item_lists.list_items(work.session, company_id=company_id, wanted=ItemFilter(kinds=kinds))
        for line in credits_.rows:
            item = await get_item(work.session, company_id=company_id, item_id=line.id)
            if item is not None and await _refunded(work, item):
                return


async def _refunded(work: Work, item: OpenItem) -> bool:
    """Propose the refund of an item whose customer's account is known; tell whether that could be done."""
    known = await parties.ibans_of_customers(work.session, company_id=work.company_id, customer_ids=[item.party_id])
    left, accounts = refundable_minor(item), known[item.party_id]
    if not (left and accounts):
        return False
    account = accounts[0]
    wanted = RefundWanted(item.id, left, Iban(account.iban), Bic(account.bic) if account.bic else None)
    await propose_refund.propose_refund(work, wanted, reason="Der Kunde bittet um Auszahlung")
    return True
