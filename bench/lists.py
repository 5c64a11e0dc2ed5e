"""The review queue and the invoice list with 100 000 open invoices and 20 000 review items behind them."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from bench.upload import _databases, _prepare, _ready, _run
from bench.upload_data import write_data

DATA = Path(__file__).parent / "data"
_PAGES = (
    "/api/v1/review-items?limit=50",
    "/api/v1/review-items?limit=50&sort=age",
    "/api/v1/invoices?limit=50",
    "/api/v1/invoices?limit=50&state=open",
    "/api/v1/invoices?limit=50&search=RG-2026-0077",
)


def main(invoices: int = 100_000, questions: int = 20_000) -> None:
    """Print the median and the worst of twenty answers of each list, on both databases."""
    folder = DATA / f"lists-{questions}"
    write_data(folder, questions)
    large = DATA / f"upload-{invoices}"
    write_data(large, invoices)
    statement = folder / "unknown.xml"
    if not statement.exists():
        text = (folder / "statement.xml").read_text()
        statement.write_text(
            text.replace("RG-2026-", "XX ").replace("<Ref>RF", "<Ref>XF").replace("Rechnung", "Zahlung")
        )
    for name, url in _databases():
        with tempfile.TemporaryDirectory() as place:
            _prepare(Path(place), url, large)
            _run(Path(place), url, "import", str(statement))
            asyncio.run(_ask(Path(place), url, name))


async def _ask(place: Path, url: str, name: str) -> None:
    token = _run(place, url, "tokens", "add", "bench", "--right", "all")
    environment = dict(os.environ) | ({"GATEWAY_DATABASE_URL": url} if url else {})
    server = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--port", "8974", "--data", str(place)],
        env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            await _ready(session, "http://127.0.0.1:8974")
            for page in _PAGES:
                times = [await _one(session, f"http://127.0.0.1:8974{page}") for _ in range(20)]
                print(
                    f"  {name} {page}: median {statistics.median(times) * 1000:.0f} ms, "
                    f"worst {max(times) * 1000:.0f} ms (at most 500)"
                )
    finally:
        server.terminate()
        server.wait()


async def _one(session: aiohttp.ClientSession, url: str) -> float:
    started = time.perf_counter()
    async with session.get(url) as response:
        await response.read()
        if response.status != 200:
            raise SystemExit(f"{url}: HTTP {response.status}")
    return time.perf_counter() - started
