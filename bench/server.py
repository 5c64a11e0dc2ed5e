"""A gateway for a measurement: its commands, its databases, and its server while something is asked of it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench.upload_data import OUR_IBAN

_READY_S = 60


def databases() -> list[tuple[str, str]]:
    """Return the name and the address of an empty database of each kind; that of SQLite lies in the data folder."""
    found = [("SQLite", "")]
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.databases import postgres_or_reason

    server, reason = postgres_or_reason()
    if server is None:
        print(f"NO POSTGRESQL: {reason}")
        return found
    server.__enter__()
    return [*found, ("PostgreSQL", server.fresh_database())]


def run(place: Path, url: str, *arguments: str) -> str:
    """Run a command of the gateway; return what it prints. Ends the measurement when the command fails."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments, "--data", str(place)],
        capture_output=True, text=True, check=False, env=_environment(url),
    )  # fmt: skip
    if done.returncode not in (0, 3):  # 3: something waits for a person.
        raise SystemExit(done.stderr)
    return done.stdout.strip()


def fill(place: Path, url: str, folder: Path) -> None:
    """Bring in our account, and the customers and invoices of a folder."""
    run(place, url, "accounts", "add", OUR_IBAN)
    run(place, url, "import-customers", str(folder / "customers.csv"))
    run(place, url, "import-invoices", str(folder / "invoices.csv"))


@contextmanager
def serving(place: Path, url: str, *options: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a data folder until the measurement is done."""
    server = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", *options, "--port", str(port), "--data", str(place)],
        env=_environment(url), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


async def ready(session: aiohttp.ClientSession, base: str) -> None:
    """Wait until a gateway answers."""
    for _ in range(_READY_S * 10):
        try:
            async with session.get(f"{base}/healthz") as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise SystemExit("the gateway did not start")


def _environment(url: str) -> dict[str, str]:
    return dict(os.environ) | ({"GATEWAY_DATABASE_URL": url} if url else {})
