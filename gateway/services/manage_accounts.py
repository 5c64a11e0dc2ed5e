"""Manage the bank accounts of ours: add, change, close.

Which statements waited for a new account is asked with ``held_for_account``; whoever adds it imports them again.
"""

import re
from typing import TypedDict, Unpack

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from gateway.domain.account import account_currency, home_currency
from gateway.store import accounts
from gateway.store.accounts import BankAccount, HeldStatement
from gateway.store.work import Work
from schemas.errors import GatewayError, NotFound
from schemas.identifiers import Bic, Iban, InvalidIban, mask_account
from schemas.money import parse_currency
from schemas.statement import account_key

_IBAN_START = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10}")


class AccountIsClosed(GatewayError):
    """The account is closed already."""

    code = "account_is_closed"


class AccountIsEmpty(GatewayError):
    """The account number has neither letters nor digits."""

    code = "account_is_empty"


class AccountChanges(TypedDict, total=False):
    """What may change of an account; what is left out stays."""

    name: str
    bic: str
    currency: str
    also_written: tuple[str, ...]
    notification_decides: bool
    report_decides: bool


async def add_account(
    work: Work, *, account: str, name: str = "", currency: str | None = None, bic: str = "", as_written: bool = False
) -> BankAccount:
    """Add an account of ours, given by IBAN or in its national form. Its BIC is looked up where it is known.

    A text that begins like an IBAN must be one, unless ``as_written`` says that a bank really writes it so. Where
    neither ``currency`` nor the letters behind the number say a currency, its statements may be in any.
    Raises AccountIsEmpty, InvalidIban, InvalidBic, InvalidCurrency, or AccountExists when an account of this
    installation is written alike.
    """
    iban = _iban_of(account, as_written=as_written)
    bic = Bic.parse(bic) if bic else _bic_of(iban)
    row = BankAccount(
        id=work.new_id(),
        company_id=work.company_id,
        name=name.strip() or mask_account(account),
        iban=iban,
        account=iban or account.strip(),
        bic=bic or None,
        currency=parse_currency(currency or home_currency(account)),
        any_currency=not (currency or account_currency(account)),
        also_written=[],
        created_at=work.now,
    )
    work.add(row)
    await accounts.write_keys(work)
    work.reach("account_keys_written")
    work.say("add_account", f"bank_account:{row.id}")
    return row


async def waiting_statements(work: Work, *, account: BankAccount) -> list[HeldStatement]:
    """Return the statements of the company that waited for this account, oldest first."""
    keys = await accounts.keys_of(work.session, account_id=account.id)
    currency = None if account.any_currency else account.currency
    return await accounts.held_for_account(work.session, company_id=work.company_id, keys=keys, currency=currency)


async def change_account(work: Work, *, account_id: int, **changes: Unpack[AccountChanges]) -> BankAccount:
    """Change what an account is called, how else it is written and what decides its entries.

    Its IBAN never changes: close it and add another. Raises NotFound, InvalidBic, InvalidCurrency or AccountExists.
    """
    row = await _account(work, account_id)
    if "bic" in changes:
        row.bic = Bic.parse(changes["bic"]) if changes["bic"] else None
    if "also_written" in changes:
        row.also_written = [_written(text) for text in changes["also_written"]]
    if "currency" in changes:
        row.currency, row.any_currency = parse_currency(changes["currency"]), False
    row.name = changes.get("name", row.name).strip() or row.name
    row.notification_decides = changes.get("notification_decides", row.notification_decides)
    row.report_decides = changes.get("report_decides", row.report_decides)
    work.session.add(row)
    await accounts.write_keys(work)
    work.reach("account_keys_written")
    work.say("change_account", f"bank_account:{row.id}")
    return row


async def close_account(work: Work, *, account_id: int, reason: str = "") -> BankAccount:
    """Close an account. It is still found, because its last statements may come later.

    Raises NotFound or AccountIsClosed.
    """
    row = await _account(work, account_id)
    if row.closed_at is not None:
        raise AccountIsClosed(f"{mask_account(row.account)} was closed on {row.closed_at.date()}")
    row.closed_at = work.now
    work.session.add(row)
    work.say("close_account", f"bank_account:{row.id}", reason=reason)
    return row


async def reopen_account(work: Work, *, account_id: int, reason: str = "") -> BankAccount:
    """Open a closed account again. Raises NotFound."""
    row = await _account(work, account_id)
    row.closed_at = None
    work.session.add(row)
    work.say("reopen_account", f"bank_account:{row.id}", reason=reason)
    return row


async def _account(work: Work, account_id: int) -> BankAccount:
    row = await accounts.get_account(work.session, company_id=work.company_id, account_id=account_id)
    if row is None:
        raise NotFound(f"there is no bank account {account_id}")
    return row


def _written(text: str) -> str:
    if not account_key(text):
        raise AccountIsEmpty(f"{text!r} has neither letters nor digits")
    return text.strip()


def _iban_of(text: str, *, as_written: bool) -> Iban | None:
    """Return the IBAN of a text; None if it is another form. Raises InvalidIban when it is a mistyped IBAN."""
    key = account_key(_written(text))
    try:
        return Iban.parse(key)
    except InvalidIban:
        if not as_written and _IBAN_START.match(key) and "/" not in text:
            raise
        return None


def _bic_of(iban: Iban | None) -> str:
    try:
        return str(IBAN(iban).bic or "") if iban else ""
    except SchwiftyException:
        return ""
