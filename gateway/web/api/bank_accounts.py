"""The API of the company's own bank accounts: list, add, change, close."""

import asyncio
from typing import cast

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import manage_accounts
from gateway.services.manage_accounts import AccountChanges
from gateway.store import accounts
from gateway.store.accounts import BankAccount, HeldStatement
from gateway.web import background
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import mask_account
from schemas.payloads.bank_accounts import (
    BankAccountAdded,
    BankAccountChange,
    BankAccountFilter,
    BankAccountList,
    BankAccountShape,
    NewBankAccount,
)
from schemas.payloads.common import Reason

_WAIT_S = 60  # As long as an upload waits for its import.


class NoSuchBankAccount(NotFound):
    """There is no such bank account in this company."""

    code = "no_such_bank_account"


async def list_accounts(call: Call) -> web.StreamResponse:
    """List the accounts of the company by name."""
    asked = call.query(BankAccountFilter)
    async with call.gateway.database.read() as session:
        rows = await accounts.list_accounts(session, company_id=call.company_id, with_closed=asked.with_closed)
    return call.answer(BankAccountList(items=[_shape(row) for row in rows]))


def _shape(row: BankAccount) -> BankAccountShape:
    return BankAccountShape(
        id=str(row.id),
        name=row.name,
        account=mask_account(row.account),
        bic=row.bic,
        currency=row.currency,
        also_written=[mask_account(text) for text in row.also_written],
        notification_decides=row.notification_decides,
        report_decides=row.report_decides,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


async def read_account(call: Call) -> web.StreamResponse:
    """Read one account."""
    async with call.gateway.database.read() as session:
        row = await accounts.get_account(session, company_id=call.company_id, account_id=call.key())
    if row is None:
        raise NoSuchBankAccount(f"there is no bank account {call.key()}")
    return call.answer(_shape(row))


async def add_account(call: Call) -> web.StreamResponse:
    """Add an account; statements that waited for it are imported."""
    body = await call.json(NewBankAccount)
    async with call.begin() as work:
        row = await manage_accounts.add_account(
            work,
            account=body.account,
            name=body.name,
            currency=body.currency,
            bic=body.bic,
            as_written=body.as_written,
        )
        waiting = await manage_accounts.waiting_statements(work, account=row)
        added = BankAccountAdded(
            **dict(_shape(row)), waiting_statement_ids=[str(held.statement_id) for held in waiting]
        )
        answer = await call.created(work, added)
    await _import(call, waiting)
    return answer


async def _import(call: Call, waiting: list[HeldStatement]) -> None:
    """Import statements that waited for an account; after a minute this goes on by itself."""
    tasks = [
        background.start(call.gateway.workers.take_statement(held.statement_id, call.actor, ""), name="take_statement")
        for held in waiting
    ]
    if tasks:
        await asyncio.wait(tasks, timeout=_WAIT_S)


async def change_account(call: Call) -> web.StreamResponse:
    """Change an account; statements that waited for another form of its number are imported."""
    body = await call.json(BankAccountChange)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    async with call.begin() as work:
        row = await manage_accounts.change_account(work, account_id=call.key(), **cast(AccountChanges, changes))
        waiting = await manage_accounts.waiting_statements(work, account=row)
    await _import(call, waiting)
    return call.answer(_shape(row))


async def close_account(call: Call) -> web.StreamResponse:
    """Close an account."""
    body = await call.json(Reason)
    async with call.begin() as work:
        row = await manage_accounts.close_account(work, account_id=call.key(), reason=body.reason)
    return call.answer(_shape(row))


async def reopen_account(call: Call) -> web.StreamResponse:
    """Open a closed account again."""
    body = await call.json(Reason)
    async with call.begin() as work:
        row = await manage_accounts.reopen_account(work, account_id=call.key(), reason=body.reason)
    return call.answer(_shape(row))


ROUTES = (
    api(
        "GET", "/bank-accounts", Right.SEE, list_accounts, summary="List the company's bank accounts",
        query=BankAccountFilter, gives=BankAccountList,
    ),
    api(
        "POST", "/bank-accounts", Right.MANAGE_ACCOUNTS, add_account,
        summary="Add a bank account; statements that waited for it are imported", takes=NewBankAccount,
        gives=BankAccountAdded, status=201, creates=True,
    ),
    api("GET", "/bank-accounts/{id}", Right.SEE, read_account, summary="Read a bank account", gives=BankAccountShape),
    api(
        "PATCH", "/bank-accounts/{id}", Right.MANAGE_ACCOUNTS, change_account, summary="Change a bank account",
        takes=BankAccountChange, gives=BankAccountShape,
    ),
    api(
        "POST", "/bank-accounts/{id}/close", Right.MANAGE_ACCOUNTS, close_account, summary="Close a bank account",
        takes=Reason, gives=BankAccountShape,
    ),
    api(
        "POST", "/bank-accounts/{id}/reopen", Right.MANAGE_ACCOUNTS, reopen_account,
        summary="Open a closed bank account again", takes=Reason, gives=BankAccountShape,
    ),
)  # fmt: skip
