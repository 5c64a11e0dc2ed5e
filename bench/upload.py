"""An upload of a large statement against as many open invoices, to stored, matched and committed.

Measured against a bare lxml walk over the entries of the same file in the same run, while another client asks for
/healthz every 10 ms. Runs on SQLite, and on PostgreSQL where the test tools can start one.
"""

import asyncio
import re
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
import psutil

from bench.server import databases, fill, ready, run, serving
from bench.upload_data import write_data
from bench.walk import walk_seconds

DATA = Path(__file__).parent / "data"
_PORT = 8973


def main(entries: int = 100_000, rounds: int = 3) -> None:
    """Print the ratios for both databases."""
    folder = DATA / f"upload-{entries}"
    write_data(folder, entries)
    for name, url in databases():
        with tempfile.TemporaryDirectory() as place:
            fill(Path(place), url, folder)
            ratios = []
            for _ in range(1 if url else rounds):
                ratios.append(_measure(Path(place), url, folder / "statement.xml", name))
                if not url and len(ratios) < rounds:
                    _reset(Path(place), url, folder)
            print(f"upload {name}: median {statistics.median(ratios):.2f} times the bare walk (at most 4, aim 2.5)")


def _reset(place: Path, url: str, folder: Path) -> None:
    for path in sorted(place.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    fill(place, url, folder)


def _measure(place: Path, url: str, statement: Path, name: str) -> float:
    token = run(place, url, "tokens", "add", "bench", "--right", "all")
    before = walk_seconds(statement)
    with serving(place, url, port=_PORT) as server:
        seconds, delays, worker_mb, answer = asyncio.run(
            _upload(f"http://127.0.0.1:{_PORT}", token, statement, server.pid)
        )
    walk = (before + walk_seconds(statement)) / 2
    delays.sort()
    p99, worst = delays[int(len(delays) * 0.99)] * 1000, delays[-1] * 1000
    print(
        f"  {name}: upload {seconds:.2f} s, walk {walk:.2f} s, ratio {seconds / walk:.2f}; GET meanwhile p99 "
        f"{p99:.1f} ms, worst {worst:.1f} ms ({len(delays)} asked); worker at most {worker_mb} MB; {answer}"
    )
    return seconds / walk


async def _upload(base: str, token: str, statement: Path, pid: int) -> tuple[float, list[float], int, str]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=900)) as session:
        await ready(session, base)
        await _warm(session, base, token)
        delays: list[float] = []
        peak = [0]
        watching = [asyncio.create_task(_probe(base, delays)), asyncio.create_task(_watch(pid, peak))]
        started = time.perf_counter()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        with statement.open("rb") as file:
            async with session.post(f"{base}/api/v1/statements", data=file, headers=headers) as response:
                text = await response.text()
        status = response.status
        while status == 202:
            await asyncio.sleep(0.05)
            key = re.search(r'"id":"(\d+)"', text)
            async with session.get(f"{base}/api/v1/files/{key[1] if key else 0}", headers=headers) as response:
                text = await response.text()
            status = 202 if '"state":"received"' in text else 201
        seconds = time.perf_counter() - started
        for task in watching:
            task.cancel()
        return seconds, delays, peak[0], f"HTTP {status}, {text[:80]}"


async def _warm(session: aiohttp.ClientSession, base: str, token: str) -> None:
    """Let the worker process start, as it has in a gateway that runs for a while."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(f"{base}/api/v1/statements", data=b"no statement", headers=headers) as response:
        await response.read()


async def _probe(base: str, delays: list[float]) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            started = time.perf_counter()
            async with session.get(f"{base}/healthz") as response:
                await response.read()
            delays.append(time.perf_counter() - started)
            await asyncio.sleep(0.01)


async def _watch(pid: int, peak: list[int]) -> None:
    """Follow the memory of the largest worker process."""
    parent = psutil.Process(pid)
    while True:
        for child in parent.children(recursive=True):
            try:
                peak[0] = max(peak[0], child.memory_info().rss // 2**20)
            except psutil.NoSuchProcess:
                continue
        await asyncio.sleep(0.2)
