"""The first start: one company, and the first administrator or a link with which he makes himself one."""

import datetime as dt

from gateway.services.invite_user import LinkUnknown, add_user, company_names, link_owner, make_link, use_link
from gateway.services.passwords import Passwords
from gateway.store import companies, users_queries
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.users import User
from gateway.store.work import SYSTEM, Work
from schemas.states import Language, Role

# The smallest set-up is two people: an administrator who also makes, and an approver.
FIRST_ROLES = (Role.ADMINISTRATOR, Role.CLERK)


async def ensure_company(database: Database, *, code: str, name: str, language: Language, now: dt.datetime) -> None:
    """Add a company when there is none yet."""
    async with database.read() as session:
        if await companies.all_companies(session):
            return
    async with database.begin(actor=SYSTEM, now=now, ids=10) as work:
        if await companies.all_companies(work.session):
            return
        company = Company(id=work.new_id(), code=code, name=name, language=language, created_at=now)
        work.add(company)
        work.say("add_company", f"company:{company.id}")


async def ensure_first_administrator(
    database: Database, passwords: Passwords, *, login: str, password: str, now: dt.datetime
) -> bool:
    """Add the first administrator when there are no users; tells whether it did. Raises WeakPassword, InvalidLogin."""
    async with database.read() as session:
        if await users_queries.has_users(session):
            return False
    passwords.check(password, names=[login, *await company_names(database)])
    password_hash = await passwords.hash(password)
    async with database.begin(actor=SYSTEM, now=now, ids=20) as work:
        if await users_queries.has_users(work.session):
            return False
        await _add_first(work, login=login, name=login, password_hash=password_hash)
    return True


async def first_administrator_link(database: Database, *, now: dt.datetime) -> str | None:
    """Return the value of a one-time link for the first administrator, None when there are users."""
    async with database.begin(actor=SYSTEM, now=now, ids=10) as work:
        if await users_queries.has_users(work.session):
            return None
        work.say("make_first_link", "users")
        return await make_link(work, user_id=None)


async def make_first_administrator(
    database: Database, passwords: Passwords, *, value: str, login: str, name: str, password: str, now: dt.datetime
) -> None:
    """Use the one-time link of the first start. Raises LinkUnknown, WeakPassword, InvalidLogin or NameMissing."""
    if await link_owner(database, value=value, now=now) is not None:
        raise LinkUnknown
    passwords.check(password, names=[login, name, *await company_names(database)])
    password_hash = await passwords.hash(password)
    async with database.begin(actor=SYSTEM, now=now, ids=20) as work:
        await use_link(work, value)
        if await users_queries.has_users(work.session):
            raise LinkUnknown
        await _add_first(work, login=login, name=name, password_hash=password_hash)


async def _add_first(work: Work, *, login: str, name: str, password_hash: str) -> User:
    user = await add_user(work, login=login, name=name, password_hash=password_hash)
    for company in await companies.all_companies(work.session):
        await users_queries.replace_roles(work.session, user_id=user.id, company_id=company.id, roles=FIRST_ROLES)
    return user
