"""Log in with name and password: a new session, or the same refusal for everyone.

The hash takes a fifth of a second and must not hold up other writers, so this service opens its own units of work:
the attempt is counted and committed before the password is looked at, the session is opened after it was right.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from gateway.domain.login_name import folded_login
from gateway.services.passwords import Passwords
from gateway.services.secret_values import hashed, new_secret
from gateway.store import sessions, users_queries
from gateway.store.database import Database, retried
from gateway.store.users import Session, User
from gateway.store.work import SYSTEM, Actor, Work
from schemas.errors import GatewayError


@dataclass(frozen=True, slots=True)
class LogInRules:
    """How often one may guess, and how long a session lasts."""

    account_attempts_max: int = 10
    address_attempts_max: int = 100
    window: dt.timedelta = dt.timedelta(minutes=15)
    idle: dt.timedelta = dt.timedelta(minutes=30)
    longest: dt.timedelta = dt.timedelta(hours=12)


class LogInRefused(GatewayError):
    """The name or the password is not right."""

    code = "log_in_refused"


class TooManyAttempts(GatewayError):
    """There were too many attempts."""

    code = "too_many_attempts"

    def __init__(self, wait: dt.timedelta) -> None:
        self.wait_s = max(1, int(wait.total_seconds()))
        super().__init__(f"there were too many attempts; try again in {-(-self.wait_s // 60)} minutes")


async def log_in(
    database: Database,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    address: str,
    old_session: str,
    now: dt.datetime,
    rules: LogInRules,
) -> str:
    """Return the value of a new session. Raises LogInRefused (also for unknown names) or TooManyAttempts."""
    account, place = subject_of("account", folded_login(login)), subject_of("address", address)
    await count_attempts(
        database,
        {account: rules.account_attempts_max, place: rules.address_attempts_max},
        now=now,
        rules=rules,
    )
    async with database.read() as session:
        user = await users_queries.user_by_login(session, folded_login(login))
    known_hash = user.password_hash if user is not None and user.is_active else ""
    if not await passwords.is_right(known_hash, password) or user is None:
        raise LogInRefused
    known = user
    return await retried(lambda: _open_session(database, known, account, place, old_session, now, rules))


async def _open_session(
    database: Database, known: User, account: str, place: str, old_session: str, now: dt.datetime, rules: LogInRules
) -> str:
    """Open a session, unless the user's access was changed while his password was compared."""
    async with database.begin(actor=actor_of(known), now=now, ids=10) as work:
        user = await users_queries.user_by_id(work.session, known.id)
        if user is None or not user.is_active or user.password_hash != known.password_hash:
            raise LogInRefused
        await sessions.forget_attempts(work.session, account)
        await sessions.take_back_attempt(work.session, place)
        await sessions.forget_old(work.session, seen_before=now - rules.idle, made_before=now - rules.longest)
        work.say("log_in", f"user:{user.id}")
        return await renew_session(work, user_id=user.id, old_session=old_session, is_verified=False)


async def count_attempts(database: Database, allowed: dict[str, int], *, now: dt.datetime, rules: LogInRules) -> None:
    """Count an attempt of each subject before it is tried, so that many at once count too. Raises TooManyAttempts."""

    async def count() -> list[dt.datetime]:
        async with database.begin(actor=SYSTEM, now=now, ids=1) as work:
            found = [(await sessions.count_attempt(work, subject, window=rules.window), allowed[subject])
                     for subject in sorted(allowed)]  # fmt: skip
        return [began_at for (count, began_at), most in found if count > most]

    exceeded = await retried(count)
    if exceeded:
        raise TooManyAttempts(max(exceeded) + rules.window - now)


async def renew_session(
    work: Work, *, user_id: int, old_session: str, is_verified: bool, company_id: int | None = None
) -> str:
    """End the old session of this browser and open a new one under a new value, which is returned."""
    value = new_secret()
    await sessions.end_session(work.session, hashed(old_session))
    work.add(
        Session(
            id=work.new_id(),
            value_hash=hashed(value),
            user_id=user_id,
            company_id=company_id,
            second_factor_at=work.now if is_verified else None,
            created_at=work.now,
            seen_at=work.now,
        )
    )
    return value


def subject_of(kind: str, text: str) -> str:
    """Return under which name attempts are counted: a hash, so the table names nobody."""
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def actor_of(user: User) -> Actor:
    """Return a user as the one who acts."""
    return Actor("user", user.id, user.name)


async def log_out(work: Work, *, user_id: int) -> None:
    """End all sessions of a user, on every device."""
    count = await sessions.end_sessions(work.session, user_id)
    work.say("log_out", f"user:{user_id}", sessions=count)
