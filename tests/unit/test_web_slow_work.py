"""Work that outlasts a request is begun once, taken once, and never left running without an end."""

import asyncio

import pytest

from gateway.web.slow_work import SlowWork

KEPT_S = 60.0


class Steps:
    """Work that goes on until it is let go, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = asyncio.Event()

    async def work(self) -> int:
        self.begun += 1
        await self.gate.wait()
        return self.begun


async def test_what_takes_long_is_taken_by_a_later_request() -> None:
    slow, steps = SlowWork(soon_s=0.01), Steps()

    slow.begin("plan", steps.work, kept_s=KEPT_S)
    first = await slow.take("plan")
    steps.gate.set()
    second = await slow.take("plan")

    assert (first, second, slow.is_known("plan")) == (None, 1, False)


async def test_the_same_work_is_not_begun_twice_while_it_goes_on() -> None:
    slow, steps = SlowWork(soon_s=0.01), Steps()

    for _ in range(3):
        slow.begin("plan", steps.work, kept_s=KEPT_S)
        await slow.take("plan")
    steps.gate.set()
    await slow.take("plan")
    slow.begin("plan", steps.work, kept_s=KEPT_S)

    assert await slow.take("plan") == 2


async def test_what_went_wrong_is_told_to_whoever_takes_it() -> None:
    async def fail() -> None:
        raise ValueError("no")

    slow = SlowWork()
    slow.begin("plan", fail, kept_s=KEPT_S)

    with pytest.raises(ValueError, match="no"):
        await slow.take("plan")
    assert not slow.is_known("plan")


async def test_what_nobody_takes_is_forgotten() -> None:
    slow, steps = SlowWork(soon_s=0.01), Steps()
    steps.gate.set()

    slow.begin("plan", steps.work, kept_s=0.01)
    await asyncio.sleep(0.1)

    assert not slow.is_known("plan")


async def test_the_end_of_the_process_ends_what_goes_on() -> None:
    slow, steps = SlowWork(soon_s=0.01), Steps()
    slow.begin("plan", steps.work, kept_s=KEPT_S)

    await slow.end()

    assert not slow.is_known("plan")
