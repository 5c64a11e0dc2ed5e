"""The second factor: set it up, ask for it, and help with recovery codes when the phone is lost.

The seed is never stored: it is derived from the installation's key and a salt. While somebody sets it up the salt is
made from his session, so that looking at the page changes nothing.
"""

import datetime as dt
from dataclasses import dataclass

from gateway.domain.one_time_code import SEED_BYTES, app_link, matching_step, seed_text
from gateway.services.identify_caller import Caller
from gateway.services.log_in import LogInRules, count_attempts, renew_session, subject_of
from gateway.services.secret_values import hashed, new_recovery_code
from gateway.store import sessions, users_queries
from gateway.store.database import Database
from gateway.store.installation_key import InstallationKey
from gateway.store.users import RecoveryCode, User
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound

ISSUER = "SEPA gateway"
RECOVERY_CODES = 10


class WrongCode(GatewayError):
    """The code is not right, too old, or was used before; wait for the next one."""

    code = "wrong_code"


class AlreadyEnrolled(Conflict):
    """A second factor is set up already."""

    code = "already_enrolled"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What it takes to ask for a second factor."""

    key: InstallationKey
    rules: LogInRules


async def verify_second_factor(
    database: Database,
    key: InstallationKey,
    *,
    caller: Caller,
    code: str,
    old_session: str,
    now: dt.datetime,
    rules: LogInRules,
) -> str:
    """Finish a log-in with a code of the app or a recovery code; returns the value of the renewed session.

    Raises WrongCode or TooManyAttempts.
    """
    await count_code_attempt(database, caller.user_id, now=now, rules=rules)
    async with database.begin(actor=caller.actor, now=now, ids=10) as work:
        await use_code(work, key, user_id=caller.user_id, code=code)
        work.say("verify_second_factor", f"user:{caller.user_id}")
        company_id = caller.company.id if caller.company else None
        return await renew_session(
            work, user_id=caller.user_id, old_session=old_session, is_verified=True, company_id=company_id
        )


async def count_code_attempt(database: Database, user_id: int, *, now: dt.datetime, rules: LogInRules) -> None:
    """Count an attempt with a code before it is tried. Raises TooManyAttempts."""
    subject = subject_of("second_factor", str(user_id))
    await count_attempts(database, {subject: rules.account_attempts_max}, now=now, rules=rules)


async def use_code(work: Work, key: InstallationKey, *, user_id: int, code: str) -> None:
    """Use up a code of the app, or a recovery code; each works once. Raises WrongCode."""
    user = await _user(work, user_id)
    text = "".join(code.split()).upper()
    if not await _fits(work, key, user, text):
        raise WrongCode
    await sessions.forget_attempts(work.session, subject_of("second_factor", str(user_id)))


async def _fits(work: Work, key: InstallationKey, user: User, text: str) -> bool:
    if user.totp_salt is None:
        return False
    step = matching_step(seed_of(key, user.id, user.totp_salt), text, work.now)
    if step is not None:
        return await users_queries.use_step(work.session, user_id=user.id, step=step)
    return await users_queries.use_recovery_code(
        work.session, user_id=user.id, code_hash=_code_hash(text), now=work.now
    )


def offered(key: InstallationKey, *, caller: Caller, session_value: str) -> tuple[str, str]:
    """Return the seed that this session may set up: as text to type, and as a link for an app."""
    seed = seed_of(key, caller.user_id, _salt(session_value))
    return seed_text(seed), app_link(seed, issuer=ISSUER, login=caller.login)


async def enrol(
    database: Database,
    key: InstallationKey,
    *,
    caller: Caller,
    code: str,
    session_value: str,
    now: dt.datetime,
    rules: LogInRules,
) -> tuple[str, list[str]]:
    """Set the offered second factor up once a first code proves it.

    Returns the value of the renewed session and the recovery codes, which are shown once.
    Raises WrongCode, AlreadyEnrolled or TooManyAttempts.
    """
    await count_code_attempt(database, caller.user_id, now=now, rules=rules)
    salt = _salt(session_value)
    step = matching_step(seed_of(key, caller.user_id, salt), "".join(code.split()), now)
    if step is None:
        raise WrongCode
    async with database.begin(actor=caller.actor, now=now, ids=20) as work:
        user = await _user(work, caller.user_id)
        if user.totp_enrolled_at is not None:
            raise AlreadyEnrolled
        await users_queries.enrol(work.session, user_id=user.id, salt=salt, step=step, now=now)
        codes = _new_codes(work, user.id)
        await sessions.end_sessions(work.session, user.id)
        value = await renew_session(
            work,
            user_id=user.id,
            old_session=session_value,
            is_verified=True,
            company_id=caller.company.id if caller.company else None,
        )
        work.say("enrol_second_factor", f"user:{user.id}", recovery_codes=len(codes))
    return value, codes


def seed_of(key: InstallationKey, user_id: int, salt: str) -> bytes:
    """Return the seed of a user's one-time codes."""
    return key.derive("second factor", f"{user_id}|{salt}", SEED_BYTES)


def _salt(session_value: str) -> str:
    return hashed(f"second factor|{session_value}")


def _new_codes(work: Work, user_id: int) -> list[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    work.add(*[RecoveryCode(id=work.new_id(), user_id=user_id, code_hash=_code_hash(code)) for code in codes])
    return codes


def _code_hash(code: str) -> str:
    return hashed(code.replace("-", ""))


async def _user(work: Work, user_id: int) -> User:
    user = await users_queries.user_by_id(work.session, user_id)
    if user is None:
        raise NotFound("the user does not exist any more")
    return user


async def codes_left(database: Database, *, user_id: int) -> int:
    """Return how many recovery codes of a user still work."""
    async with database.read() as session:
        return await users_queries.recovery_codes_left(session, user_id)
