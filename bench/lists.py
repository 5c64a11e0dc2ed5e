"""The review queue and the invoice list with 100 000 open invoices and 20 000 review items behind them."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from bench.server import databases, fill, ready, run, serving
from bench.upload_data import write_data

DATA = Path(__file__).parent / "data"
_PORT = 8974
_BASE = f"http://127.0.0.1:{_PORT}"
_PAGES = (
    "/api/v1/review-items?limit=50",
    "/api/v1/review-items?limit=50&sort=age",
    "/api/v1/invoices?limit=50",
    "/api/v1/invoices?limit=50&state=open",
    "/api/v1/invoices?limit=50&search=RG-2026-0077",
)


def main(invoices: int = 100_000, questions: int = 20_000) -> None:
    """Print the median and the worst of twenty answers of each list, on both databases."""
    for name, url in databases():
        with tempfile.TemporaryDirectory() as place:
            fill_desk(Path(place), url, invoices, questions)
            asyncio.run(_ask(Path(place), url, name))


def fill_desk(place: Path, url: str, invoices: int, questions: int) -> None:
    """Bring in invoices, and a statement of payments that nothing explains."""
    large, small = DATA / f"upload-{invoices}", DATA / f"lists-{questions}"
    write_data(large, invoices)
    write_data(small, questions)
    statement = small / "unknown.xml"
    if not statement.exists():
        text = (small / "statement.xml").read_text()
        statement.write_text(
            text.replace("RG-2026-", "XX ").replace("<Ref>RF", "<Ref>XF").replace("Rechnung", "Zahlung")
        )
    fill(place, url, large)
    run(place, url, "import", str(statement))


async def _ask(place: Path, url: str, name: str) -> None:
    token = run(place, url, "tokens", "add", "bench", "--right", "all")
    with serving(place, url, port=_PORT):
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            await ready(session, _BASE)
            for page in _PAGES:
                times = [await _one(session, _BASE + page) for _ in range(20)]
                print(
                    f"  {name} {page}: median {statistics.median(times) * 1000:.0f} ms, "
                    f"worst {max(times) * 1000:.0f} ms (at most 500)"
                )


async def _one(session: aiohttp.ClientSession, url: str) -> float:
    started = time.perf_counter()
    async with session.get(url) as response:
        await response.read()
        if response.status != 200:
            raise SystemExit(f"{url}: HTTP {response.status}")
    return time.perf_counter() - started
