"""Who calls: the person behind a session, the machine behind a token, or nobody."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.domain.access import Right, needs_second_factor, rights_of
from gateway.services.log_in import LogInRules, actor_of
from gateway.services.secret_values import hashed
from gateway.store import sessions, users_queries
from gateway.store.database import Database
from gateway.store.users import Session, User
from gateway.store.users_queries import RoleInCompany
from gateway.store.work import SYSTEM, Actor
from schemas.states import Language, Role

_NOTED_EVERY = dt.timedelta(minutes=1)  # Being in use is written down once a minute, not with each request.
_HALF = frozenset({Right.PUBLIC, Right.SIGN_IN})


class CompanyName(NamedTuple):
    """A company as a person chooses it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, for which company, with which rights there."""

    actor: Actor
    rights: frozenset[Right]
    company: CompanyName | None = None
    companies: tuple[CompanyName, ...] = ()
    roles: tuple[Role, ...] = ()
    login: str = ""
    language: Language | None = None
    theme: str = ""
    session_id: int | None = None
    must_verify: bool = False  # The second factor of this session is still missing.
    must_enrol: bool = False  # A role asks for a second factor that is not set up yet.
    has_second_factor: bool = False
    is_noted: bool = True  # Its use was written down a moment ago; otherwise call note_use.

    @property
    def is_known(self) -> bool:
        """Whether somebody is logged in, or a token was shown."""
        return self.actor.id is not None

    @property
    def user_id(self) -> int:
        """The key of the person who is logged in."""
        if self.actor.id is None or self.actor.kind != "user":
            raise RuntimeError("nobody is logged in")
        return self.actor.id


NOBODY = Caller(actor=Actor("nobody", None, ""), rights=frozenset({Right.PUBLIC}))


async def caller_of_session(database: Database, value: str, *, now: dt.datetime, rules: LogInRules) -> Caller:
    """Return who logged in with this session, NOBODY when it has ended. Only reads."""
    async with database.read() as session:
        found = await sessions.session_with_user(session, hashed(value))
        if found is None or _has_ended(found[0], now, rules):
            return NOBODY
        row, user = found
        roles = await users_queries.roles_of(session, user.id)
    return _person(row, user, roles, is_noted=now - row.seen_at <= _NOTED_EVERY)


def _has_ended(row: Session, now: dt.datetime, rules: LogInRules) -> bool:
    return now - row.seen_at > rules.idle or now - row.created_at > rules.longest


def _person(row: Session, user: User, held: Sequence[RoleInCompany], *, is_noted: bool) -> Caller:
    companies = tuple(dict.fromkeys(CompanyName(role.company_id, role.code, role.name) for role in held))
    company = next((one for one in companies if one.id == row.company_id), companies[0] if companies else None)
    roles = tuple(role.role for role in held if company is not None and role.company_id == company.id)
    is_enrolled = user.totp_enrolled_at is not None
    must_verify = is_enrolled and row.second_factor_at is None
    must_enrol = not is_enrolled and needs_second_factor(role.role for role in held)
    return Caller(
        actor=actor_of(user),
        rights=_HALF if must_verify or must_enrol else rights_of(roles),
        company=company,
        companies=companies,
        roles=roles,
        login=user.login,
        language=user.language,
        theme=user.theme,
        session_id=row.id,
        must_verify=must_verify,
        must_enrol=must_enrol,
        has_second_factor=is_enrolled,
        is_noted=is_noted,
    )


async def caller_of_token(database: Database, value: str, *, now: dt.datetime) -> Caller:
    """Return the machine behind a token, NOBODY when the token does not work. Only reads."""
    async with database.read() as session:
        found = await sessions.token_by_hash(session, hashed(value))
    if found is None:
        return NOBODY
    token, company = found
    name = CompanyName(company.id, company.code, company.name)
    return Caller(
        actor=Actor("token", token.id, token.name),
        rights=frozenset({Right.PUBLIC, *map(Right, token.rights)}),
        company=name,
        companies=(name,),
        is_noted=token.last_used_at is not None and now - token.last_used_at <= _NOTED_EVERY,
    )


async def note_use(database: Database, caller: Caller, *, now: dt.datetime) -> None:
    """Write down that a session or token is in use. It may wait for other writers, so no request waits for it."""
    async with database.begin(actor=SYSTEM, now=now, ids=1) as work:
        if caller.session_id is not None:
            await sessions.touch(work.session, caller.session_id, now=now)
        elif caller.actor.id is not None:
            await sessions.note_use(work.session, caller.actor.id, now=now)
