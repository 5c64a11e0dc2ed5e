"""Log in to a gateway as a person does, with the second factor set up on the way where his role asks for one."""

import base64
import datetime as dt
import re

import aiohttp

from gateway.domain.one_time_code import code_at, step_at


async def sign_in(session: aiohttp.ClientSession, base: str, login: str, password: str) -> None:
    """Log in for the first time. Ends the measurement when that fails."""
    page = await _page(session, f"{base}/log-in")
    page = await _send(session, base, "/log-in", page, login=login, password=password, next="/")
    secret = re.search(r"secret=([A-Z2-7]+)", page)
    if secret:
        seed = base64.b32decode(secret[1] + "=" * (-len(secret[1]) % 8))
        await _send(session, base, "/second-factor", page, code=code_at(seed, step_at(dt.datetime.now(dt.UTC))))


async def _page(session: aiohttp.ClientSession, address: str) -> str:
    async with session.get(address) as answer:
        return await answer.text()


async def _send(session: aiohttp.ClientSession, base: str, path: str, page: str, **form: str) -> str:
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    form["csrf"] = token[1] if token else ""
    async with session.post(base + path, data=form, headers={"Origin": base}) as answer:
        if answer.status != 200 or str(answer.url).endswith("/log-in"):
            raise SystemExit(f"log-in failed: HTTP {answer.status}")
        return await answer.text()
