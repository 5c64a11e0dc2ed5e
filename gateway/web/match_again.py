"""Match again what waits, because what could explain it came. It goes on after the call was answered."""

import asyncio

from gateway.web import background
from gateway.web.context import Call

PAUSE_S = 1.0  # Tests do not wait so long.
_asked: set[tuple[int, int]] = set()  # Gateways and companies whose matching was asked for and has not begun.


def match_soon(call: Call) -> None:
    """Match what waits in the company: invoices or customers came. Calls shortly after each other share it."""
    asked = (id(call.gateway), call.company_id)
    if asked not in _asked:
        _asked.add(asked)
        background.start(_match(call, asked), name="match")


async def _match(call: Call, asked: tuple[int, int]) -> None:
    try:
        await asyncio.sleep(PAUSE_S)
    finally:
        _asked.discard(asked)
    await call.gateway.workers.match(asked[1])
