"""Queries over people: who they are, their roles, their links, what waits to be decided about them."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.access import AccessChangeState
from gateway.store.columns import table_of
from gateway.store.companies import Company
from gateway.store.users import AccessChange, OneTimeLink, RecoveryCode, User, UserRole
from schemas.states import Language, Role

_users, _roles, _companies = table_of(User), table_of(UserRole), table_of(Company)
_links, _codes, _changes = table_of(OneTimeLink), table_of(RecoveryCode), table_of(AccessChange)


class RoleInCompany(NamedTuple):
    """A role of a user, with the company where he has it."""

    role: Role
    company_id: int
    code: str
    name: str


async def has_users(session: AsyncSession) -> bool:
    """Tell whether anybody can log in, or was ever invited."""
    return (await session.execute(select(_users.c.id).limit(1))).first() is not None


async def user_by_login(session: AsyncSession, login: str) -> User | None:
    """Return the user with this log-in name, in the form in which it is stored."""
    return (await session.execute(select(User).where(_users.c.login == login))).scalar_one_or_none()


async def user_by_id(session: AsyncSession, user_id: int) -> User | None:
    """Return a user."""
    return (await session.execute(select(User).where(_users.c.id == user_id))).scalar_one_or_none()


async def roles_of(session: AsyncSession, user_id: int) -> Sequence[RoleInCompany]:
    """Return the roles of a user over all companies, companies in order of their code."""
    query = (
        select(_roles.c.role, _companies.c.id, _companies.c.code, _companies.c.name)
        .join(_companies, _companies.c.id == _roles.c.company_id)
        .where(_roles.c.user_id == user_id)
        .order_by(_companies.c.code, _roles.c.role)
    )
    return [RoleInCompany(*row) for row in await session.execute(query)]


async def users_of(session: AsyncSession, company_id: int) -> Sequence[tuple[User, tuple[Role, ...]]]:
    """Return who has a role in a company, or was proposed for one, with the roles there, in order of names."""
    members = select(_roles.c.user_id).where(_roles.c.company_id == company_id)
    proposed = select(_changes.c.user_id).where(_changes.c.company_id == company_id)
    query = (
        select(User)
        .where(or_(_users.c.id.in_(members), _users.c.id.in_(proposed)))
        .order_by(func.lower(_users.c.name), _users.c.id)
    )
    users = (await session.execute(query)).scalars().all()
    held = await session.execute(
        select(_roles.c.user_id, _roles.c.role)
        .where(_roles.c.company_id == company_id)
        .order_by(_roles.c.user_id, _roles.c.role)
    )
    roles: dict[int, tuple[Role, ...]] = {}
    for user_id, role in held:
        roles[user_id] = (*roles.get(user_id, ()), role)
    return [(user, roles.get(user.id, ())) for user in users]


async def enrolled_administrators(session: AsyncSession, company_id: int) -> Sequence[int]:
    """Return the administrators of a company who can act: active, with a second factor."""
    query = (
        select(_users.c.id)
        .join(_roles, _roles.c.user_id == _users.c.id)
        .where(
            _roles.c.company_id == company_id,
            _roles.c.role == Role.ADMINISTRATOR,
            _users.c.is_active,
            _users.c.totp_enrolled_at.is_not(None),
        )
        .order_by(_users.c.id)
    )
    return (await session.execute(query)).scalars().all()


async def replace_roles(session: AsyncSession, *, user_id: int, company_id: int, roles: Sequence[Role]) -> None:
    """Give a user exactly these roles in a company."""
    await session.execute(delete(_roles).where(_roles.c.user_id == user_id, _roles.c.company_id == company_id))
    rows = [{"user_id": user_id, "company_id": company_id, "role": role} for role in roles]
    if rows:
        await session.execute(insert(_roles), rows)


async def lock_access(session: AsyncSession, *, company_id: int, user_id: int) -> None:
    """Let changes of access of a company or a user wait for each other (on SQLite there is one writer anyway)."""
    await session.execute(select(_companies.c.id).where(_companies.c.id == company_id).with_for_update())
    await session.execute(select(_users.c.id).where(_users.c.id == user_id).with_for_update())


async def set_password(session: AsyncSession, *, user_id: int, password_hash: str) -> None:
    """Store a new password of a user."""
    await session.execute(update(_users).where(_users.c.id == user_id).values(password_hash=password_hash))


async def forget_access(session: AsyncSession, user_id: int) -> None:
    """Forget the password, the second factor and the recovery codes of a user."""
    await session.execute(
        update(_users)
        .where(_users.c.id == user_id)
        .values(password_hash="", totp_salt=None, totp_enrolled_at=None, totp_last_step=None)
    )
    await session.execute(delete(_codes).where(_codes.c.user_id == user_id))


async def enrol(session: AsyncSession, *, user_id: int, salt: str, step: int, now: dt.datetime) -> None:
    """Store the second factor of a user; the code that proved it is used up."""
    await session.execute(
        update(_users).where(_users.c.id == user_id).values(totp_salt=salt, totp_enrolled_at=now, totp_last_step=step)
    )
    await session.execute(delete(_codes).where(_codes.c.user_id == user_id))


async def use_step(session: AsyncSession, *, user_id: int, step: int) -> bool:
    """Use up the one-time code of a step; false when it, or a later one, was used before."""
    fresh = or_(_users.c.totp_last_step.is_(None), _users.c.totp_last_step < step)
    result = await session.execute(
        update(_users).where(_users.c.id == user_id, fresh).values(totp_last_step=step).returning(_users.c.id)
    )
    return result.first() is not None


async def use_recovery_code(session: AsyncSession, *, user_id: int, code_hash: str, now: dt.datetime) -> bool:
    """Use up a recovery code; false when there is none like it that was not used."""
    unused = and_(_codes.c.user_id == user_id, _codes.c.code_hash == code_hash, _codes.c.used_at.is_(None))
    result = await session.execute(update(_codes).where(unused).values(used_at=now).returning(_codes.c.id))
    return result.first() is not None


async def recovery_codes_left(session: AsyncSession, user_id: int) -> int:
    """Return how many recovery codes of a user still work."""
    query = select(func.count()).where(_codes.c.user_id == user_id, _codes.c.used_at.is_(None))
    return (await session.execute(query)).scalar_one()


async def forget_links(session: AsyncSession, user_id: int | None) -> None:
    """Delete the links of a user that were not used; of nobody: those for the first administrator."""
    owner = _links.c.user_id.is_(None) if user_id is None else _links.c.user_id == user_id
    await session.execute(delete(_links).where(owner, _links.c.used_at.is_(None)))


async def link_by_hash(session: AsyncSession, value_hash: str, *, now: dt.datetime) -> OneTimeLink | None:
    """Return a link that still works."""
    works = and_(_links.c.value_hash == value_hash, _links.c.used_at.is_(None), _links.c.expires_at > now)
    return (await session.execute(select(OneTimeLink).where(works))).scalar_one_or_none()


async def use_link(session: AsyncSession, link_id: int, *, now: dt.datetime) -> bool:
    """Use up a link; false when somebody was faster."""
    result = await session.execute(
        update(_links)
        .where(_links.c.id == link_id, _links.c.used_at.is_(None))
        .values(used_at=now)
        .returning(_links.c.id)
    )
    return result.first() is not None


async def changes_of(session: AsyncSession, company_id: int, *, limit: int = 20) -> Sequence[AccessChange]:
    """Return the changes of access in a company: those that wait first, then the latest."""
    query = (
        select(AccessChange)
        .where(_changes.c.company_id == company_id)
        .order_by((_changes.c.state != AccessChangeState.OPEN), _changes.c.proposed_at.desc(), _changes.c.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def change_by_id(session: AsyncSession, company_id: int, change_id: int) -> AccessChange | None:
    """Return a change of access of a company."""
    query = select(AccessChange).where(_changes.c.company_id == company_id, _changes.c.id == change_id)
    return (await session.execute(query)).scalar_one_or_none()


async def close_change(
    session: AsyncSession, change_id: int, *, state: AccessChangeState, decided_by: int, now: dt.datetime
) -> bool:
    """Decide an open change; false when it was decided before."""
    result = await session.execute(
        update(_changes)
        .where(_changes.c.id == change_id, _changes.c.state == AccessChangeState.OPEN)
        .values(state=state, decided_by=decided_by, decided_at=now)
        .returning(_changes.c.id)
    )
    return result.first() is not None


async def close_older_changes(session: AsyncSession, *, user_id: int, company_id: int) -> None:
    """Refuse what still waits about a user in a company, because something newer was asked."""
    waiting = and_(_changes.c.user_id == user_id, _changes.c.company_id == company_id)
    await session.execute(
        update(_changes)
        .where(waiting, _changes.c.state == AccessChangeState.OPEN)
        .values(state=AccessChangeState.REFUSED)
    )


async def set_preferences(session: AsyncSession, *, user_id: int, language: Language | None, theme: str) -> None:
    """Store the language and the theme that a user chose."""
    await session.execute(update(_users).where(_users.c.id == user_id).values(language=language, theme=theme))
