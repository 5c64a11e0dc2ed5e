"""Invite people: a user without a password, and a link with which he sets it once."""

import datetime as dt

from gateway.domain.login_name import parse_login
from gateway.services.log_in import actor_of
from gateway.services.passwords import Passwords
from gateway.services.secret_values import hashed, new_secret
from gateway.store import companies, sessions, users_queries
from gateway.store.database import Database
from gateway.store.users import OneTimeLink, User
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound

LINK_DAYS = 7


class LoginTaken(Conflict):
    """Somebody has this log-in name already."""

    code = "login_taken"


class NameMissing(GatewayError):
    """A user needs a name of 1 to 100 characters."""

    code = "name_missing"


class LinkUnknown(NotFound):
    """This link does not work any more; ask an administrator for a new one."""

    code = "link_unknown"


async def add_user(work: Work, *, login: str, name: str, password_hash: str = "") -> User:
    """Add a user without any role. Raises InvalidLogin, NameMissing or LoginTaken."""
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= 100:
        raise NameMissing
    folded = parse_login(login)
    if await users_queries.user_by_login(work.session, folded) is not None:
        raise LoginTaken(f"{folded} is taken already")
    user = User(id=work.new_id(), login=folded, name=shown, password_hash=password_hash, created_at=work.now)
    work.add(user)
    await work.flush()
    work.say("add_user", f"user:{user.id}")
    return user


async def make_link(work: Work, *, user_id: int | None) -> str:
    """Return the value of a new link for a user (or for the first administrator); older ones stop working."""
    value = new_secret()
    await users_queries.forget_links(work.session, user_id)
    expires_at = work.now + dt.timedelta(days=LINK_DAYS)
    work.add(OneTimeLink(id=work.new_id(), value_hash=hashed(value), user_id=user_id, expires_at=expires_at))
    return value


async def renew_invitation(work: Work, *, user_id: int) -> str:
    """Return a new link for a user who has not set a password yet. Raises Conflict when he has."""
    user = await users_queries.user_by_id(work.session, user_id)
    if user is None:
        raise NotFound("there is no such user")
    if user.password_hash:
        raise Conflict("the user has a password already; reset the access instead")
    work.say("renew_invitation", f"user:{user_id}")
    return await make_link(work, user_id=user_id)


async def link_owner(database: Database, *, value: str, now: dt.datetime) -> User | None:
    """Return whose link this is; nobody's: it makes the first administrator. Raises LinkUnknown."""
    async with database.read() as session:
        link = await users_queries.link_by_hash(session, hashed(value), now=now)
        if link is None:
            raise LinkUnknown
        if link.user_id is None:
            return None
        user = await users_queries.user_by_id(session, link.user_id)
    if user is None or not user.is_active:
        raise LinkUnknown
    return user


async def set_password(
    database: Database, passwords: Passwords, *, value: str, password: str, now: dt.datetime
) -> None:
    """Set the password of the user whose link this is; the link is used up. Raises LinkUnknown or WeakPassword."""
    user = await link_owner(database, value=value, now=now)
    if user is None:
        raise LinkUnknown
    passwords.check(password, names=[user.login, user.name, *await company_names(database)])
    password_hash = await passwords.hash(password)  # Takes long: outside of the unit of work.
    async with database.begin(actor=actor_of(user), now=now, ids=10) as work:
        await use_link(work, value)
        await users_queries.set_password(work.session, user_id=user.id, password_hash=password_hash)
        ended = await sessions.end_sessions(work.session, user.id)
        work.say("set_password", f"user:{user.id}", sessions=ended)


async def use_link(work: Work, value: str) -> None:
    """Use up a link. Raises LinkUnknown when it does not work, or somebody was faster."""
    link = await users_queries.link_by_hash(work.session, hashed(value), now=work.now)
    if link is None or not await users_queries.use_link(work.session, link.id, now=work.now):
        raise LinkUnknown


async def company_names(database: Database) -> list[str]:
    """Return the names of all companies: none of them is a good password."""
    async with database.read() as session:
        return [company.name for company in await companies.all_companies(session)]
