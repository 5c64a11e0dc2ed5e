"""What an administrator does with users besides their roles, and what a user sets for himself."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.access import AccessChangeState, check_roles
from gateway.services.change_access import set_roles
from gateway.services.invite_user import add_user, make_link
from gateway.store import sessions, users_queries
from gateway.store.database import Database
from gateway.store.users import AccessChange, ApiToken, User
from gateway.store.work import Work
from schemas.errors import NotFound
from schemas.states import Language, Role


class UserLine(NamedTuple):
    """A user as the page of users shows him."""

    user: User
    roles: tuple[Role, ...]
    sessions: int


class Access(NamedTuple):
    """Everybody and everything that may come in to a company."""

    users: Sequence[UserLine]
    changes: Sequence[AccessChange]
    tokens: Sequence[ApiToken]


class Invitation(NamedTuple):
    """A new user, the value of his link, and whether his roles wait for another administrator."""

    user: User
    link: str
    state: AccessChangeState


async def read_access(database: Database, *, company_id: int, seen_after: dt.datetime) -> Access:
    """Return the users, open questions and tokens of a company."""
    async with database.read() as session:
        users = await users_queries.users_of(session, company_id)
        alive = await sessions.count_sessions(session, [user.id for user, _ in users], seen_after=seen_after)
        return Access(
            users=[UserLine(user, roles, alive.get(user.id, 0)) for user, roles in users],
            changes=await users_queries.changes_of(session, company_id),
            tokens=await sessions.tokens_of(session, company_id),
        )


async def invite(work: Work, *, login: str, name: str, roles: Sequence[Role]) -> Invitation:
    """Add a user and ask for his roles. Raises InvalidLogin, NameMissing, LoginTaken or RolesExclude."""
    check_roles(roles)
    user = await add_user(work, login=login, name=name)
    link = await make_link(work, user_id=user.id)
    return Invitation(user, link, await set_roles(work, user_id=user.id, roles=roles))


async def end_sessions(work: Work, *, user_id: int) -> int:
    """End all sessions of a user of the company; returns how many. Raises NotFound."""
    if not any(user.id == user_id for user, _ in await users_queries.users_of(work.session, work.company_id)):
        raise NotFound("there is no such user")
    count = await sessions.end_sessions(work.session, user_id)
    work.say("end_sessions", f"user:{user_id}", sessions=count)
    return count


async def set_preferences(work: Work, *, user_id: int, language: Language | None, theme: str) -> None:
    """Store how a user wants to see the pages."""
    await users_queries.set_preferences(work.session, user_id=user_id, language=language, theme=theme)


async def choose_company(work: Work, *, session_id: int, company_id: int) -> None:
    """Let a session work for another company of its user; that he has a role there is checked with each request."""
    await sessions.choose_company(work.session, session_id, company_id)
