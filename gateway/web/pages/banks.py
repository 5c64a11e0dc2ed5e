"""Bank accounts of the company: the list, adding one, what decides its entries, closing it."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.profiles import profile_of
from gateway.services import manage_accounts
from gateway.services.set_bank_profile import CHOICES, EDITED, set_bank_profile
from gateway.store import accounts
from gateway.web.context import Call
from gateway.web.pages.dashboard import next_step
from gateway.web.routing import page
from schemas.errors import GatewayError
from schemas.money import InvalidCurrency


async def show_accounts(call: Call) -> web.StreamResponse:
    """Show the accounts."""
    return await _answer(call)


async def _answer(
    call: Call, *, fault: str = "", typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        rows = await accounts.list_accounts(session, company_id=call.company_id)
        keys = {row.id: await accounts.keys_of(session, account_id=row.id) for row in rows}
    profiles = call.gateway.profiles
    habits = {row.id: profile_of(profiles, row.bank_profile, row.profile_changes) for row in rows}
    status = 422 if fault or faults else 200
    values = {"accounts": rows, "keys": keys, "fault": fault, "typed": typed or {}, "faults": faults or {}}
    values |= {"habits": habits, "profiles": list(profiles.values()), "choices": CHOICES}
    return call.page("banks/list.html", status=status, **values)


async def add(call: Call) -> web.StreamResponse:
    """Add an account; statements that waited for it import themselves."""
    form = await call.form()
    try:
        async with call.begin() as work:
            row = await manage_accounts.add_account(
                work,
                account=form.get("account", ""),
                name=form.get("name", "").strip()[:100],
                currency=form.get("currency", "").strip().upper() or None,
                as_written="as_written" in form,
            )
            await work.flush()
            waiting = await manage_accounts.waiting_statements(work, account=row)
    except GatewayError as error:
        field = "currency" if isinstance(error, InvalidCurrency) else "account"
        return await _answer(call, typed=form, faults={field: str(error)})
    for held in waiting:
        await call.gateway.workers.take_statement(held.statement_id, call.actor, "")
    say = call._("Added.")
    if waiting:
        say = call.count("Added; %(num)s statement that waited for it is read now.",
                         "Added; %(num)s statements that waited for it are read now.", len(waiting))  # fmt: skip
    return call.redirect(await next_step(call, "/banks"), say=say)


async def change(call: Call) -> web.StreamResponse:
    """Change the name of an account and what decides its entries."""
    form = await call.form()
    try:
        async with call.begin() as work:
            await manage_accounts.change_account(
                work,
                account_id=call.key(),
                name=form.get("name", "").strip()[:100],
                also_written=tuple(form.get("also_written", "").split()),
                notification_decides="notification_decides" in form,
                report_decides="report_decides" in form,
            )
    except GatewayError as error:
        return await _answer(call, fault=str(error))
    return call.redirect("/banks", say=call._("Saved."))


async def close(call: Call) -> web.StreamResponse:
    """Close an account, or open it again."""
    form = await call.form()
    try:
        async with call.begin() as work:
            if form.get("do") == "reopen":
                await manage_accounts.reopen_account(work, account_id=call.key())
            else:
                await manage_accounts.close_account(work, account_id=call.key())
    except GatewayError as error:
        return await _answer(call, fault=str(error))
    return call.redirect("/banks", say=call._("Saved."))


async def set_profile(call: Call) -> web.StreamResponse:
    """Say what the bank of an account wants of the files that we send it."""
    form = await call.form()
    try:
        async with call.begin() as work:
            await set_bank_profile(
                work,
                account_id=call.key(),
                name=form.get("profile", ""),
                wanted={field: form.get(field, "").strip() for field in EDITED if field in form},
                profiles=call.gateway.profiles,
            )
    except GatewayError as error:
        return await _answer(call, fault=str(error))
    return call.redirect("/banks", say=call._("Saved. It counts for files that are frozen from now on."))


ROUTES = (
    page("GET", "/banks", Right.MANAGE_ACCOUNTS, show_accounts),
    page("POST", "/banks", Right.MANAGE_ACCOUNTS, add),
    page("POST", "/banks/{id}", Right.MANAGE_ACCOUNTS, change),
    page("POST", "/banks/{id}/profile", Right.MANAGE_ACCOUNTS, set_profile),
    page("POST", "/banks/{id}/close", Right.MANAGE_ACCOUNTS, close),
)
