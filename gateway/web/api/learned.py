"""The API of what was learned from decisions of people: list, read, switch off, forget."""

from collections.abc import Iterable

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.habits import is_proven
from gateway.domain.matching.model import Policy
from gateway.services import learn_habits, manage_customers
from gateway.services.learn_habits import NoSuchHabit
from gateway.services.load_candidates import load_policy
from gateway.store import learned_lists
from gateway.store.database import ReadSession
from gateway.store.learned_lists import CustomersHabit, LearnedAccount, Teacher
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import Iban, mask_account
from schemas.payloads.learned import (
    HabitChange,
    HabitDetails,
    HabitList,
    HabitShape,
    LearnedAccountDetails,
    LearnedAccountList,
    LearnedAccountShape,
    LearnedFilter,
    TeacherShape,
)


class NoSuchLearnedAccount(NotFound):
    """There is no such account that people taught, or it was forgotten."""

    code = "no_such_learned_account"


async def list_accounts(call: Call) -> web.StreamResponse:
    """List the accounts that people taught, the latest first."""
    asked = call.query(LearnedFilter)
    async with call.gateway.database.read() as session:
        page = await learned_lists.list_accounts(
            session,
            company_id=call.company_id,
            customer_id=asked.customer_id,
            cursor=asked.cursor or "",
            limit=asked.limit,
        )
    return call.answer(LearnedAccountList(items=[_account(one) for one in page.rows], next_cursor=page.next_cursor))


def _account(one: LearnedAccount) -> LearnedAccountShape:
    return LearnedAccountShape(
        id=str(one.row.id),
        customer_id=str(one.customer.id),
        customer_number=one.customer.number,
        iban=mask_account(one.row.iban),
        source=one.row.source,
        right=one.row.decisions,
        wrong=one.row.wrongs,
        is_confirmed=one.known.is_confirmed,
        recorded_at=one.row.recorded_at,
    )


async def read_account(call: Call) -> web.StreamResponse:
    """Read an account with the payments that taught it."""
    async with call.gateway.database.read() as session:
        one = await _find_account(session, call)
        teachers = await learned_lists.teachers_of_account(session, company_id=call.company_id, row=one.row)
    return call.answer(LearnedAccountDetails(**dict(_account(one)), payments=_payments(teachers)))


async def _find_account(session: ReadSession, call: Call) -> LearnedAccount:
    account_id = call.key()
    one = await learned_lists.get_account(session, company_id=call.company_id, account_id=account_id)
    if one is None:
        raise NoSuchLearnedAccount(f"there is no account {account_id} that people taught")
    return one


def _payments(teachers: Iterable[Teacher]) -> list[TeacherShape]:
    return [
        TeacherShape(
            bank_transaction_id=str(one.bank_transaction_id),
            booking_date=one.booking_date,
            amount_minor=one.amount_minor,
            currency=one.currency,
            is_right=one.is_right,
            decided_by=one.by,
            decided_at=one.at,
        )
        for one in teachers
    ]


async def mark_collector(call: Call) -> web.StreamResponse:
    """Say that an account pays for several customers; from now on it only proposes."""
    async with call.begin() as work:
        row = (await _find_account(work.session, call)).row
        await manage_customers.mark_collector(work, customer_id=row.party_id, iban=Iban.parse(row.iban))
    match_soon(call)
    return await read_account(call)


async def forget_account(call: Call) -> web.StreamResponse:
    """Forget an account; answer what is still known of its customer."""
    async with call.begin() as work:
        row = (await _find_account(work.session, call)).row
        await manage_customers.forget_iban(work, customer_id=row.party_id, iban=row.iban, source=row.source)
    match_soon(call)
    async with call.gateway.database.read() as session:
        left = await learned_lists.list_accounts(session, company_id=call.company_id, customer_id=row.party_id)
    return call.answer(LearnedAccountList(items=[_account(one) for one in left.rows], next_cursor=left.next_cursor))


async def list_habits(call: Call) -> web.StreamResponse:
    """List the habits of customers, the latest first."""
    asked = call.query(LearnedFilter)
    async with call.gateway.database.read() as session:
        page = await learned_lists.list_habits(
            session,
            company_id=call.company_id,
            customer_id=asked.customer_id,
            cursor=asked.cursor or "",
            limit=asked.limit,
        )
        policy = await load_policy(session, call.company_id)
    return call.answer(HabitList(items=[_habit(one, policy) for one in page.rows], next_cursor=page.next_cursor))


def _habit(one: CustomersHabit, policy: Policy) -> HabitShape:
    habit = one.known.habit
    return HabitShape(
        id=str(one.known.id),
        customer_id=str(one.customer.id),
        customer_number=one.customer.number,
        kind=habit.kind,
        basis_points=habit.basis_points,
        right=habit.right,
        wrong=habit.wrong,
        right_since_wrong=habit.lately,
        is_proven=is_proven(habit, policy),
        is_off=one.known.is_off,
        last_at=one.known.last_at,
    )


async def read_habit(call: Call) -> web.StreamResponse:
    """Read a habit with the payments that taught it."""
    habit_id = call.key()
    async with call.gateway.database.read() as session:
        one = await learned_lists.get_habit(session, company_id=call.company_id, habit_id=habit_id)
        if one is None:
            raise NoSuchHabit(f"there is no habit {habit_id}")
        teachers = await learned_lists.teachers_of_habit(session, company_id=call.company_id, habit_id=habit_id)
        policy = await load_policy(session, call.company_id)
    return call.answer(HabitDetails(**dict(_habit(one, policy)), payments=_payments(teachers)))


async def switch_habit(call: Call) -> web.StreamResponse:
    """Switch a habit off or on."""
    body = await call.json(HabitChange)
    async with call.begin() as work:
        await learn_habits.switch_habit(work, habit_id=call.key(), is_off=body.is_off)
    match_soon(call)
    return await read_habit(call)


async def forget_habit(call: Call) -> web.StreamResponse:
    """Forget a habit; answer what is still known of its customer."""
    async with call.begin() as work:
        customer_id = await learn_habits.forget_habit(work, habit_id=call.key())
    match_soon(call)
    async with call.gateway.database.read() as session:
        left = await learned_lists.list_habits(session, company_id=call.company_id, customer_id=customer_id)
        policy = await load_policy(session, call.company_id)
    return call.answer(HabitList(items=[_habit(one, policy) for one in left.rows], next_cursor=left.next_cursor))


ROUTES = (
    api(
        "GET", "/learned-accounts", Right.SEE, list_accounts, summary="List the accounts that people taught",
        query=LearnedFilter, gives=LearnedAccountList,
    ),
    api(
        "GET", "/learned-accounts/{id}", Right.SEE, read_account, gives=LearnedAccountDetails,
        summary="Read an account that people taught, with the payments that taught it",
    ),
    api(
        "POST", "/learned-accounts/{id}/mark-collector", Right.WORK, mark_collector, gives=LearnedAccountDetails,
        summary="Say that an account pays for several customers; it only proposes then",
    ),
    api(
        "POST", "/learned-accounts/{id}/forget", Right.WORK, forget_account, gives=LearnedAccountList,
        summary="Forget an account; answers what is still known of its customer",
    ),
    api(
        "GET", "/learned-habits", Right.SEE, list_habits, summary="List how customers usually pay",
        query=LearnedFilter, gives=HabitList,
    ),
    api(
        "GET", "/learned-habits/{id}", Right.SEE, read_habit, gives=HabitDetails,
        summary="Read a habit of a customer, with the payments that taught it",
    ),
    api(
        "PATCH", "/learned-habits/{id}", Right.WORK, switch_habit, summary="Switch a habit off or on",
        takes=HabitChange, gives=HabitDetails,
    ),
    api(
        "POST", "/learned-habits/{id}/forget", Right.WORK, forget_habit, gives=HabitList,
        summary="Forget a habit; answers what is still known of its customer",
    ),
)  # fmt: skip
