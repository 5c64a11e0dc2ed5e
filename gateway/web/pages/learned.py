"""What was learned from decisions of people: whose account pays for whom, and how customers usually pay.

Each stands with how often it was right and wrong and the payments that taught it; it is switched off or forgotten here.
"""

from enum import StrEnum

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.habits import is_proven
from gateway.services import learn_habits, manage_customers
from gateway.services.learn_habits import NoSuchHabit
from gateway.services.load_candidates import load_policy
from gateway.store import learned_lists, parties, transaction_history
from gateway.store.database import ReadSession
from gateway.store.learned_lists import LearnedAccount, Teacher
from gateway.store.parties import Party
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from schemas.errors import NotFound
from schemas.identifiers import Iban
from schemas.states import IbanSource

PATH = "/settings/learned"


class NoSuchAccount(NotFound):
    """There is no such account that people taught, or it was forgotten."""


class Which(StrEnum):
    """Which part of the memory a chip of the list shows."""

    ACCOUNTS = "accounts"
    HABITS = "habits"


class LearnedQuery(PageQuery):
    """Which part of the memory is listed: of all customers, or of one."""

    which: Which = Which.ACCOUNTS
    customer: int | None = None


async def show_learned(call: Call) -> web.StreamResponse:
    """Show the list."""
    query = call.query(LearnedQuery)
    find = learned_lists.list_accounts if query.which is Which.ACCOUNTS else learned_lists.list_habits
    async with call.gateway.database.read() as session:
        return call.page(
            "learned/list.html",
            query=query,
            found=await find(session, company_id=call.company_id, customer_id=query.customer, cursor=query.cursor),
            customer=await _customer(session, call, query.customer),
            policy=await load_policy(session, call.company_id),
            is_proven=is_proven,
        )


async def _customer(session: ReadSession, call: Call, key: int | None) -> Party | None:
    if key is None:
        return None
    return await parties.get_customer(session, company_id=call.company_id, customer_id=key)


async def show_habit(call: Call) -> web.StreamResponse:
    """Show one habit with the payments that taught it."""
    habit_id = call.key()
    async with call.gateway.database.read() as session:
        one = await learned_lists.get_habit(session, company_id=call.company_id, habit_id=habit_id)
        if one is None:
            raise NoSuchHabit(f"there is no habit {habit_id}")
        teachers = await learned_lists.teachers_of_habit(session, company_id=call.company_id, habit_id=habit_id)
        policy = await load_policy(session, call.company_id)
        names = await _names(session, teachers)
    return call.page("learned/habit.html", one=one, teachers=teachers, names=names, policy=policy, is_proven=is_proven)


async def _names(session: ReadSession, teachers: list[Teacher]) -> dict[str, str]:
    return await transaction_history.names_of(session, [teacher.by for teacher in teachers])


async def change_habit(call: Call) -> web.StreamResponse:
    """Switch a habit off or on, or forget it."""
    what = (await call.form()).get("what", "")
    async with call.begin(ids=10) as work:
        if what == "forget":
            await learn_habits.forget_habit(work, habit_id=call.key())
        else:
            await learn_habits.switch_habit(work, habit_id=call.key(), is_off=what == "off")
    match_soon(call)
    if what == "forget":
        return call.redirect(f"{PATH}?which=habits", say=call._("Forgotten."))
    say = call._("It is switched off.") if what == "off" else call._("It is switched on.")
    return call.redirect(f"{PATH}/habits/{call.key()}", say=say)


async def show_account(call: Call) -> web.StreamResponse:
    """Show one account with the payments that taught it."""
    async with call.gateway.database.read() as session:
        one = await _account(session, call)
        teachers = await learned_lists.teachers_of_account(session, company_id=call.company_id, row=one.row)
        names = await _names(session, teachers)
        others = await parties.known_ibans_of(session, company_id=call.company_id, ibans=[one.row.iban])
        ids = {other.customer_id for other in others} - {one.customer.id}
        also = await parties.names_of(session, company_id=call.company_id, ids=ids)
    return call.page("learned/account.html", one=one, teachers=teachers, names=names, also=also)


async def _account(session: ReadSession, call: Call) -> LearnedAccount:
    account_id = call.key()
    one = await learned_lists.get_account(session, company_id=call.company_id, account_id=account_id)
    if one is None:
        raise NoSuchAccount(f"there is no account {account_id} that people taught")
    return one


async def change_account(call: Call) -> web.StreamResponse:
    """Say that an account pays for several customers, or forget it."""
    what = (await call.form()).get("what", "")
    async with call.gateway.database.read() as session:
        row = (await _account(session, call)).row
    async with call.begin(ids=10) as work:
        if what == "collector":
            await manage_customers.mark_collector(work, customer_id=row.party_id, iban=Iban.parse(row.iban))
        else:
            source = IbanSource(row.source)
            await manage_customers.forget_iban(work, customer_id=row.party_id, iban=row.iban, source=source)
    match_soon(call)
    say = call._("Saved.") if what == "collector" else call._("Forgotten.")
    return call.redirect(PATH if what == "forget" else f"{PATH}/accounts/{row.id}", say=say)


ROUTES = (
    page("GET", PATH, Right.SEE, show_learned),
    page("GET", f"{PATH}/habits/{{id}}", Right.SEE, show_habit),
    page("POST", f"{PATH}/habits/{{id}}", Right.WORK, change_habit),
    page("GET", f"{PATH}/accounts/{{id}}", Right.SEE, show_account),
    page("POST", f"{PATH}/accounts/{{id}}", Right.WORK, change_account),
)
