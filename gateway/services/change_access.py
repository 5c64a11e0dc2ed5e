"""Roles and resets: what one administrator may do alone, and what a second one has to accept.

As soon as a company has a second administrator who can act, each change of roles and each reset waits for another
administrator. Adding the first people needs nobody else.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.access import AccessChangeKind, AccessChangeState, check_roles
from gateway.services.invite_user import make_link
from gateway.store import sessions, users_queries
from gateway.store.users import AccessChange, User
from gateway.store.work import Work
from schemas.errors import Conflict, NotAllowed, NotFound
from schemas.states import Role


class LastAdministrator(Conflict):
    """A company needs an administrator who can act; make another one first."""

    code = "last_administrator"


class SecondPersonNeeded(NotAllowed):
    """Another administrator has to decide this, not the one who asked for it."""

    code = "second_person_needed"


class ChangeDecided(Conflict):
    """This was decided already."""

    code = "change_decided"


class ForeignUser(NotAllowed):
    """The user also works for a company that you do not manage; its administrator has to do this."""

    code = "foreign_user"


async def set_roles(work: Work, *, user_id: int, roles: Sequence[Role]) -> AccessChangeState:
    """Give a user exactly these roles in the company, or ask another administrator to accept it.

    Raises RolesExclude, LastAdministrator or NotFound.
    """
    change = await _ask(work, user_id=user_id, kind=AccessChangeKind.ROLES, roles=roles)
    if change.state is AccessChangeState.ACCEPTED:
        await _apply(work, change)
    return change.state


async def reset_access(work: Work, *, user_id: int) -> str:
    """Forget a user's password and second factor; returns the value of a new link, or nothing while it waits.

    Raises LastAdministrator, ForeignUser or NotFound.
    """
    change = await _ask(work, user_id=user_id, kind=AccessChangeKind.RESET, roles=())
    return await _apply(work, change) if change.state is AccessChangeState.ACCEPTED else ""


class Decided(NamedTuple):
    """About whom it was, and after a reset the value of the new link."""

    user: User | None
    link: str


async def decide_change(work: Work, *, change_id: int, is_accepted: bool) -> Decided:
    """Accept or refuse what another administrator asked for.

    Raises SecondPersonNeeded, ChangeDecided, NotFound and what the change itself can raise.
    """
    change = await users_queries.change_by_id(work.session, work.company_id, change_id)
    if change is None:
        raise NotFound("there is no such change")
    await users_queries.lock_access(work.session, company_id=work.company_id, user_id=change.user_id)
    if work.actor.kind != "user" or work.actor.id is None or work.actor.id == change.proposed_by:
        raise SecondPersonNeeded
    state = AccessChangeState.ACCEPTED if is_accepted else AccessChangeState.REFUSED
    closed = await users_queries.close_change(
        work.session, change_id, state=state, decided_by=work.actor.id, now=work.now
    )
    if not closed:
        raise ChangeDecided
    if not is_accepted:
        work.say("refuse_access_change", f"user:{change.user_id}", reason=change.kind.value)
        return Decided(None, "")
    await _check(work, change.user_id, change.kind, _roles(change))
    return Decided(await users_queries.user_by_id(work.session, change.user_id), await _apply(work, change))


async def _ask(work: Work, *, user_id: int, kind: AccessChangeKind, roles: Sequence[Role]) -> AccessChange:
    await users_queries.lock_access(work.session, company_id=work.company_id, user_id=user_id)
    await _check(work, user_id, kind, roles)
    await users_queries.close_older_changes(work.session, user_id=user_id, company_id=work.company_id)
    is_waiting = work.actor.kind == "user" and await _has_second_administrator(work)
    change = AccessChange(
        id=work.new_id(),
        company_id=work.company_id,
        user_id=user_id,
        kind=kind,
        roles=[role.value for role in sorted(set(roles))],
        state=AccessChangeState.OPEN if is_waiting else AccessChangeState.ACCEPTED,
        proposed_by=work.actor.id if work.actor.kind == "user" else None,
        proposed_at=work.now,
    )
    work.add(change)
    if is_waiting:
        work.say("ask_access_change", f"user:{user_id}", reason=_said(change))
    return change


async def _has_second_administrator(work: Work) -> bool:
    able = await users_queries.enrolled_administrators(work.session, work.company_id)
    return any(user_id != work.actor.id for user_id in able)


async def _check(work: Work, user_id: int, kind: AccessChangeKind, roles: Sequence[Role]) -> None:
    """Check that the change may be made as things are now; the state may differ when it is accepted later."""
    if await users_queries.user_by_id(work.session, user_id) is None:
        raise NotFound("there is no such user")
    held = await users_queries.roles_of(work.session, user_id)
    elsewhere = [role for role in held if role.company_id != work.company_id]
    check_roles([*roles, *(role.role for role in elsewhere)])
    if kind is AccessChangeKind.RESET and elsewhere and work.actor.kind == "user":
        await _check_manages(work, {role.company_id for role in elsewhere})
    able = await users_queries.enrolled_administrators(work.session, work.company_id)
    if list(able) == [user_id] and Role.ADMINISTRATOR not in roles:
        raise LastAdministrator


async def _check_manages(work: Work, company_ids: set[int]) -> None:
    managed = {
        role.company_id
        for role in await users_queries.roles_of(work.session, work.actor.id or 0)
        if role.role is Role.ADMINISTRATOR
    }
    if not company_ids <= managed:
        raise ForeignUser


async def _apply(work: Work, change: AccessChange) -> str:
    ended = await sessions.end_sessions(work.session, change.user_id)
    if change.kind is AccessChangeKind.RESET:
        await users_queries.forget_access(work.session, change.user_id)
        work.say("reset_access", f"user:{change.user_id}", sessions=ended)
        return await make_link(work, user_id=change.user_id)
    await users_queries.replace_roles(
        work.session, user_id=change.user_id, company_id=work.company_id, roles=_roles(change)
    )
    work.say("set_roles", f"user:{change.user_id}", reason=_said(change), sessions=ended)
    return ""


def _roles(change: AccessChange) -> list[Role]:
    return [Role(role) for role in change.roles]


def _said(change: AccessChange) -> str:
    return change.kind.value if change.kind is AccessChangeKind.RESET else ", ".join(change.roles) or "none"
