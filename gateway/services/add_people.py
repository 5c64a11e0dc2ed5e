"""People and machines added from the command line, by whoever has the machine itself."""

import datetime as dt
from collections.abc import Iterable, Sequence

from gateway.domain.access import Right, check_roles
from gateway.domain.login_name import parse_login
from gateway.services import change_access, invite_user, manage_tokens
from gateway.services.passwords import Passwords
from gateway.store import companies
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from schemas.errors import GatewayError, NotFound
from schemas.states import Role


class CompanyNotNamed(GatewayError):
    """There are several companies; name one by its code."""

    code = "company_not_named"


async def company_named(database: Database, code: str) -> Company:
    """Return the company with a code, the only one without. Raises NotFound or CompanyNotNamed."""
    async with database.read() as session:
        known = await companies.all_companies(session)
    found = [company for company in known if company.code == code] if code else list(known)
    if code and not found:
        raise NotFound(f"there is no company {code!r}; there are {', '.join(company.code for company in known)}")
    if len(found) != 1:
        raise CompanyNotNamed(f"name one of the companies {', '.join(company.code for company in known)}")
    return found[0]


async def add_person(
    database: Database,
    passwords: Passwords,
    *,
    login: str,
    name: str,
    roles: Sequence[Role],
    password: str,
    company_code: str,
    now: dt.datetime,
) -> str:
    """Add a user with roles in a company; returns the value of his link, or nothing when a password was given.

    Raises InvalidLogin, LoginTaken, RolesExclude, WeakPassword, NotFound or CompanyNotNamed.
    """
    check_roles(roles)
    company, folded = await company_named(database, company_code), parse_login(login)
    password_hash = ""
    if password:
        passwords.check(password, names=[folded, name, *await invite_user.company_names(database)])
        password_hash = await passwords.hash(password)
    async with database.begin(actor=SYSTEM, now=now, company_id=company.id, ids=20) as work:
        user = await invite_user.add_user(work, login=login, name=name, password_hash=password_hash)
        await change_access.set_roles(work, user_id=user.id, roles=roles)
        return "" if password else await invite_user.make_link(work, user_id=user.id)


async def add_token(
    database: Database, *, name: str, rights: Iterable[Right], company_code: str, now: dt.datetime
) -> str:
    """Return the value of a new token. Raises what ``make_token`` raises, NotFound or CompanyNotNamed."""
    company = await company_named(database, company_code)
    async with database.begin(actor=SYSTEM, now=now, company_id=company.id, ids=10) as work:
        return await manage_tokens.make_token(work, name=name, rights=rights)
