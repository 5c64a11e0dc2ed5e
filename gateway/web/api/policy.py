"""The API of what matching may book by itself. It is read only: whoever changes it has a second factor, no machine."""

import dataclasses

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.model import Policy
from gateway.store import companies
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.payloads.policy import PolicyShape


async def read_policy(call: Call) -> web.StreamResponse:
    """Read the rules that hold now."""
    async with call.gateway.database.read() as session:
        company = await companies.company_by_id(session, call.company_id)
        versions = await companies.policy_versions(session, call.company_id, limit=1)
    if company is None:
        raise NotFound("there is no such company")
    last = versions[0] if versions else None
    shape = PolicyShape(
        version=last.position if last else 0,
        currency=company.currency,
        changed_at=last.recorded_at if last else None,
        **dataclasses.asdict(Policy(**last.record) if last else Policy()),
    )
    return call.answer(shape)


ROUTES = (
    api("GET", "/policy", Right.SEE, read_policy, summary="Read what matching may book by itself", gives=PolicyShape),
)
