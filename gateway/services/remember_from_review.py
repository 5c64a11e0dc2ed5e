"""What a clerk teaches beside a question: whose account it is, and that texts like this are never customers' money.

Each is shown as a sentence before it is kept. Nothing here is stronger than a reference in a text.
"""

import re
from collections.abc import Sequence

from gateway.domain.party import DECISIONS_MIN, search_key
from gateway.services import manage_customers
from gateway.services.resolve_review import NoSuchReviewItem, ignore
from gateway.store import parties, reviews
from gateway.store.bank_transactions import BankTransaction
from gateway.store.work import Work
from schemas.errors import GatewayError, NotFound
from schemas.identifiers import Iban
from schemas.states import IbanSource, IgnoreCategory

_NOT_LETTERS = re.compile(r"[\W\d_]+")


class NoAccountToRemember(GatewayError):
    """The bank sent no IBAN of the other side, so there is no account to remember."""

    code = "no_account"


async def remember_account(work: Work, *, review_item_id: int, customer_id: int) -> None:
    """Keep that the account behind a question is a customer's: it counts as decided often enough to be confirmed.

    Raises NoSuchReviewItem, NotFound (customer), NoAccountToRemember or InvalidIban.
    """
    iban = await _account(work, review_item_id)
    if await parties.get_customer(work.session, company_id=work.company_id, customer_id=customer_id) is None:
        raise NotFound(f"there is no customer {customer_id}")
    await parties.add_payer_iban(
        work, customer_id=customer_id, iban=iban, source=IbanSource.DECISION, decisions=DECISIONS_MIN
    )
    work.say("remember_payer", f"party:{customer_id}", reason=f"review_item:{review_item_id}")


async def remember_collector(work: Work, *, review_item_id: int, customer_id: int) -> None:
    """Keep that the account behind a question pays for several customers, this one among them.

    Raises NoSuchReviewItem, NotFound (customer), NoAccountToRemember or InvalidIban.
    """
    iban = await _account(work, review_item_id)
    await manage_customers.mark_collector(work, customer_id=customer_id, iban=iban)


async def set_aside_alike(
    work: Work, *, review_item_ids: Sequence[int], category: IgnoreCategory, account_word: str
) -> None:
    """Set several questions aside under one category. Raises NoSuchReviewItem or DecidedAlready; then nothing is."""
    for review_item_id in review_item_ids:
        await ignore(work, review_item_id=review_item_id, category=category, account_word=account_word)


def text_key(text: str) -> str:
    """Return what texts that are alike share: their words, without numbers, dates, case and accents."""
    return _NOT_LETTERS.sub(" ", search_key(text)).strip()


async def _account(work: Work, review_item_id: int) -> Iban:
    item = await reviews.get(work.session, company_id=work.company_id, review_item_id=review_item_id)
    if item is None:
        raise NoSuchReviewItem(f"there is no question {review_item_id}")
    transaction = await work.session.get(BankTransaction, item.bank_transaction_id)
    if transaction is None or not transaction.counterparty_iban:
        raise NoAccountToRemember
    return Iban.parse(transaction.counterparty_iban)
