"""Queries over log-ins: sessions, tokens of machines, and how often somebody guessed wrong."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import case, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.columns import table_of
from gateway.store.companies import Company
from gateway.store.users import ApiToken, LogInFailure, Session, User
from gateway.store.work import Work

_sessions, _users, _tokens = table_of(Session), table_of(User), table_of(ApiToken)
_failures, _companies = table_of(LogInFailure), table_of(Company)


class TokenOfCompany(NamedTuple):
    """A token with the company whose data it opens."""

    token: ApiToken
    company: Company


async def session_with_user(session: AsyncSession, value_hash: str) -> tuple[Session, User] | None:
    """Return a session and its user; whether it is too old is the caller's question."""
    query = (
        select(Session, User)
        .join(_users, _users.c.id == _sessions.c.user_id)
        .where(_sessions.c.value_hash == value_hash, _users.c.is_active)
    )
    found = (await session.execute(query)).first()
    return None if found is None else (found[0], found[1])


async def touch(session: AsyncSession, session_id: int, *, now: dt.datetime) -> None:
    """Say that a session is in use."""
    await session.execute(update(_sessions).where(_sessions.c.id == session_id).values(seen_at=now))


async def choose_company(session: AsyncSession, session_id: int, company_id: int) -> None:
    """Let a session work for another company."""
    await session.execute(update(_sessions).where(_sessions.c.id == session_id).values(company_id=company_id))


async def end_session(session: AsyncSession, value_hash: str) -> None:
    """End one session."""
    await session.execute(delete(_sessions).where(_sessions.c.value_hash == value_hash))


async def end_sessions(session: AsyncSession, user_id: int) -> int:
    """End all sessions of a user; returns how many there were."""
    result = await session.execute(delete(_sessions).where(_sessions.c.user_id == user_id).returning(_sessions.c.id))
    return len(result.all())


async def count_sessions(session: AsyncSession, user_ids: Sequence[int], *, seen_after: dt.datetime) -> dict[int, int]:
    """Return how many sessions of each user are alive."""
    query = (
        select(_sessions.c.user_id, func.count())
        .where(_sessions.c.user_id.in_(user_ids), _sessions.c.seen_at > seen_after)
        .group_by(_sessions.c.user_id)
        .order_by(_sessions.c.user_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def forget_old(session: AsyncSession, *, seen_before: dt.datetime, made_before: dt.datetime) -> None:
    """Delete sessions that ended by age, and counts of wrong guesses from long ago."""
    await session.execute(
        delete(_sessions).where(or_(_sessions.c.seen_at < seen_before, _sessions.c.created_at < made_before))
    )
    await session.execute(delete(_failures).where(_failures.c.window_at < made_before))


async def count_attempt(work: Work, subject: str, *, window: dt.timedelta) -> tuple[int, dt.datetime]:
    """Count one more attempt before it is tried. Returns how many there are in the window, and when it began."""
    is_over = _failures.c.window_at <= work.now - window
    insert = sqlite.insert(_failures) if work.is_sqlite else postgresql.insert(_failures)
    statement = (
        insert.values(subject=subject, count=1, window_at=work.now)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "count": case((is_over, 1), else_=_failures.c.count + 1),
                "window_at": case(
                    (is_over, literal(work.now, _failures.c.window_at.type)), else_=_failures.c.window_at
                ),
            },
        )
        .returning(_failures.c.count, _failures.c.window_at)
    )
    count, began_at = (await work.session.execute(statement)).one()
    return count, began_at


async def forget_attempts(session: AsyncSession, subject: str) -> None:
    """Forget the attempts of somebody who has got in."""
    await session.execute(delete(_failures).where(_failures.c.subject == subject))


async def take_back_attempt(session: AsyncSession, subject: str) -> None:
    """Take one attempt back: it was right, and an address is shared by many."""
    await session.execute(
        update(_failures)
        .where(_failures.c.subject == subject, _failures.c.count > 0)
        .values(count=_failures.c.count - 1)
    )


async def token_by_hash(session: AsyncSession, value_hash: str) -> TokenOfCompany | None:
    """Return a token that was not taken back, with its company."""
    query = (
        select(ApiToken, Company)
        .join(_companies, _companies.c.id == _tokens.c.company_id)
        .where(_tokens.c.value_hash == value_hash, _tokens.c.revoked_at.is_(None))
    )
    found = (await session.execute(query)).first()
    return None if found is None else TokenOfCompany(found[0], found[1])


async def tokens_of(session: AsyncSession, company_id: int) -> Sequence[ApiToken]:
    """Return the tokens of a company: working ones first, then by name."""
    query = (
        select(ApiToken)
        .where(_tokens.c.company_id == company_id)
        .order_by(_tokens.c.revoked_at.is_not(None), _tokens.c.name, _tokens.c.id)
    )
    return (await session.execute(query)).scalars().all()


async def revoke_token(session: AsyncSession, company_id: int, token_id: int, *, now: dt.datetime) -> bool:
    """Take a token back; false when there is none, or it was taken back before."""
    working = (_tokens.c.company_id == company_id) & (_tokens.c.id == token_id) & _tokens.c.revoked_at.is_(None)
    result = await session.execute(update(_tokens).where(working).values(revoked_at=now).returning(_tokens.c.id))
    return result.first() is not None


async def note_use(session: AsyncSession, token_id: int, *, now: dt.datetime) -> None:
    """Say that a token is in use."""
    await session.execute(update(_tokens).where(_tokens.c.id == token_id).values(last_used_at=now))


async def maker_of_token(session: AsyncSession, *, token_id: int) -> str | None:
    """Return who made a token, as the journal names him."""
    query = select(_tokens.c.created_by).where(_tokens.c.id == token_id)
    return (await session.execute(query)).scalar_one_or_none()


async def owner_of_token(session: AsyncSession, token_id: int) -> int | None:
    """Return the key of the user who made a token; None when nobody of the users did."""
    table = table_of(ApiToken)
    who = (await session.execute(select(table.c.created_by).where(table.c.id == token_id))).scalar_one_or_none() or ""
    kind, _, key = who.partition(":")
    return int(key) if kind == "user" and key.isdigit() else None
