"""Idempotency-Key: the same call again gets the same answer, and its effect happens once."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import func, select

from gateway.domain.access import Right
from gateway.store.companies import PolicyVersion
from gateway.store.imports import IdempotencyKey
from gateway.web.context import Call
from gateway.web.idempotency import LEASE
from gateway.web.routing import api, page
from schemas.errors import GatewayError
from support.web import Site, open_site


class Thing(BaseModel):
    """What the test's calls take and give."""

    name: str
    position: int = 0


class Refused(GatewayError):
    """This thing is refused."""

    code = "refused"


class Gate:
    """Lets a test hold a call while it works."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.reached = asyncio.Event()


GATE = Gate()


async def create(call: Call) -> web.StreamResponse:
    body = await call.json(Thing)
    GATE.reached.set()
    await GATE.is_open.wait()
    if body.name == "refused":
        raise Refused
    if body.name == "crash":
        raise RuntimeError
    async with call.begin() as work:
        position = int((await work.session.execute(select(func.count()).select_from(PolicyVersion))).scalar_one()) + 1
        work.add(
            PolicyVersion(
                id=work.new_id(), company_id=work.company_id, position=position, record={}, recorded_at=call.now,
                actor=work.actor.word, reason=body.name, journal_id=work.journal_id,
            )
        )  # fmt: skip
        work.say("add_thing", "thing")
        return await call.created(work, Thing(name=body.name, position=position))


async def repeatable(call: Call) -> web.StreamResponse:
    """A call whose effect may be repeated, and which does not store its answer itself."""
    return call.answer(await call.json(Thing), status=201)


ROUTES = (
    api("POST", "/things", Right.WORK, create, summary="Create", takes=Thing, gives=Thing, status=201, creates=True),
    api("POST", "/others", Right.WORK, repeatable, summary="Create", takes=Thing, status=201, creates=True),
    page("GET", "/log-in", Right.PUBLIC, create),
)


@pytest.fixture
async def things(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    GATE.__init__()  # type: ignore[misc]
    async with open_site(database_url, tmp_path, routes=ROUTES) as site:
        yield site


async def count(site: Site, row: type = PolicyVersion) -> int:
    async with site.gateway.database.read() as session:
        return int((await session.execute(select(func.count()).select_from(row))).scalar_one())


async def test_the_same_call_twice_has_one_effect_and_one_answer(things: Site) -> None:
    machine = await things.machine(Right.WORK)

    first = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})
    second = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})
    other_key = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k2"})

    assert (first.status, first.json()) == (201, {"name": "a", "position": 1})
    assert (second.status, second.text) == (201, first.text)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other_key.json()["position"] == 2
    assert await count(things) == 2


async def test_without_a_key_each_call_counts(things: Site) -> None:
    machine = await things.machine(Right.WORK)

    answers = [await machine.post("/things", {"name": "a"}) for _ in range(2)]

    assert [answer.json()["position"] for answer in answers] == [1, 2]


async def test_the_same_key_with_another_body_is_refused(things: Site) -> None:
    machine = await things.machine(Right.WORK)
    await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})

    body = await machine.post("/things", {"name": "b"}, **{"Idempotency-Key": "k1"})
    query = await machine.post("/things?x=1", {"name": "a"}, **{"Idempotency-Key": "k1"})

    assert [(answer.status, answer.json()["code"]) for answer in (body, query)] == [(422, "idempotency_key_reused")] * 2
    assert await count(things) == 1


async def test_the_same_key_of_another_machine_or_call_is_another_key(things: Site) -> None:
    one, two = await things.machine(Right.WORK), await things.machine(Right.WORK)

    answers = [
        await one.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}),
        await two.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}),
        await one.post("/others", {"name": "a"}, **{"Idempotency-Key": "k1"}),
    ]

    assert [answer.status for answer in answers] == [201] * 3
    assert await count(things) == 2


async def test_a_call_in_progress_is_not_begun_again(things: Site) -> None:
    machine = await things.machine(Right.WORK)
    GATE.is_open.clear()
    first = asyncio.create_task(machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}))
    await GATE.reached.wait()

    second = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})
    GATE.is_open.set()

    assert (second.status, second.json()["code"]) == (409, "in_progress")
    assert (await first).status == 201
    assert await count(things) == 1


async def test_fifty_equal_calls_at_once_have_one_effect(things: Site) -> None:
    machine = await things.machine(Right.WORK)

    answers = await asyncio.gather(
        *[machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}) for _ in range(50)]
    )

    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.text for answer in answers if answer.status == 201} == {'{"name":"a","position":1}'}
    assert await count(things) == 1


@pytest.mark.parametrize(("name", "status"), [("refused", 422), ("crash", 500)])
async def test_a_call_without_effect_may_be_tried_again(things: Site, name: str, status: int) -> None:
    machine = await things.machine(Right.WORK)

    answers = [await machine.post("/things", {"name": name}, **{"Idempotency-Key": "k1"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [status, status]
    assert await count(things, IdempotencyKey) == 0


async def test_a_claim_of_a_dead_process_is_taken_over_after_its_lease(things: Site) -> None:
    from gateway.services.identify_caller import caller_of_token
    from gateway.web.idempotency import Claim

    machine = await things.machine(Right.WORK)
    caller = await caller_of_token(things.gateway.database, machine.token, now=things.clock())
    assert caller.company is not None
    dead = Claim(
        things.gateway.database, actor=caller.actor, company_id=caller.company.id, route="POST /api/v1/things",
        key="k1", now=things.clock(),
    )  # fmt: skip
    await dead.take(b'/api/v1/things\n{"name": "a"}')

    early = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})
    await things.clock.pass_time(seconds=(LEASE + dt.timedelta(seconds=1)).total_seconds())
    late = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"})

    assert (early.status, late.status) == (409, 201)


async def test_the_one_who_lost_his_claim_cannot_commit(things: Site) -> None:
    machine = await things.machine(Right.WORK)
    GATE.is_open.clear()
    first = asyncio.create_task(machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}))
    await GATE.reached.wait()
    await things.clock.pass_time(minutes=11)
    GATE.reached.clear()
    second = asyncio.create_task(machine.post("/things", {"name": "a"}, **{"Idempotency-Key": "k1"}))
    await GATE.reached.wait()
    GATE.is_open.set()

    statuses = sorted([(await first).status, (await second).status])

    assert statuses == [201, 409]
    assert await count(things) == 1


async def test_an_answer_that_was_not_stored_by_the_call_is_stored_after_it(things: Site) -> None:
    machine = await things.machine(Right.WORK)

    answers = [await machine.post("/others", {"name": "a"}, **{"Idempotency-Key": "k1"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize("key", ["", "x" * 201, "ü"])
async def test_a_key_that_is_none_is_refused(things: Site, key: str) -> None:
    machine = await things.machine(Right.WORK)

    answer = await machine.post("/things", {"name": "a"}, **{"Idempotency-Key": key})

    assert answer.status == 400
    assert await count(things) == 0
