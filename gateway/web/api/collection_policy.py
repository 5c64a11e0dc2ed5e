"""The API of how we collect. It is read only: whoever changes it has a second factor, no machine."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.policy import collect_policy, record_of
from gateway.store import creditors
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.payloads.policy import CollectionPolicyShape


async def read_collection_policy(call: Call) -> web.StreamResponse:
    """Read the rules that hold now."""
    async with call.gateway.database.read() as session:
        versions = await creditors.collection_policy_versions(session, call.company_id, limit=1)
    last = versions[0] if versions else None
    shape = CollectionPolicyShape(
        version=last.position if last else 0,
        changed_at=last.recorded_at if last else None,
        **record_of(collect_policy(last.record if last else {})),
    )
    return call.answer(shape)


ROUTES = (
    api(
        "GET", "/collection-policy", Right.SEE, read_collection_policy, gives=CollectionPolicyShape,
        summary="Read how the company collects, and what becomes of debits that come back",
    ),
)  # fmt: skip
