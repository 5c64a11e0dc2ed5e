"""Tokens of machines: keys to the API of one company, with named rights."""

from collections.abc import Iterable

from gateway.domain.access import Right, check_token_rights
from gateway.services.secret_values import hashed, new_secret
from gateway.store import sessions
from gateway.store.users import ApiToken
from gateway.store.work import Work
from schemas.errors import GatewayError, NotFound

PREFIX = "sgw_"  # So that a leaked token is recognized by those who look for such.


class TokenIncomplete(GatewayError):
    """A token needs a name of 1 to 100 characters and at least one right."""

    code = "token_incomplete"


async def make_token(work: Work, *, name: str, rights: Iterable[Right]) -> str:
    """Return the value of a new token, which is shown once. Raises TokenIncomplete or RightNotForMachines."""
    shown, wanted = " ".join(name.split()), sorted(set(rights))
    if not wanted or not 1 <= len(shown) <= 100:
        raise TokenIncomplete
    check_token_rights(wanted)
    value = PREFIX + new_secret()
    token = ApiToken(
        id=work.new_id(),
        company_id=work.company_id,
        name=shown,
        value_hash=hashed(value),
        rights=[right.value for right in wanted],
        created_by=work.actor.word,
        created_at=work.now,
    )
    work.add(token)
    work.say("make_token", f"token:{token.id}", reason=", ".join(token.rights))
    return value


async def revoke_token(work: Work, *, token_id: int) -> None:
    """Take a token back at once. Raises NotFound."""
    if not await sessions.revoke_token(work.session, work.company_id, token_id, now=work.now):
        raise NotFound("there is no such token, or it was taken back already")
    work.say("revoke_token", f"token:{token_id}")
