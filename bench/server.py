"""A gateway for a measurement: its commands, its databases, and its server while something is asked of it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import psutil
from sqlalchemy import text

from bench.upload_data import OUR_IBAN
from gateway.store.database import Database

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


class Used(NamedTuple):
    """What a command needed: CPU time, also of a server of the database, and memory at most."""

    seconds: float
    peak_mb: int


def timed_run(place: Path, url: str, *arguments: str) -> Used:
    """Run a command of the gateway and return what it needed, its start included."""
    spending = Spending(url)
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", *arguments, "--data", str(place)],
        stdout=subprocess.DEVNULL, env=_environment(url),
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: exit code {process.returncode}")
    return Used(spending.seconds(), used.ru_maxrss // 1024)


class Spending:
    """The CPU time, from now on, of a process (ours if none is named) and of the server of a database."""

    def __init__(self, url: str, pid: int | None = None) -> None:
        self._pid = pid or os.getpid()
        self._folder = asyncio.run(_folder_of(url)) if url else ""
        self._before = self._total()

    def seconds(self) -> float:
        """Return the CPU time since it was begun."""
        return self._total() - self._before

    def _total(self) -> float:
        own = psutil.Process(self._pid)
        found = [own, *own.children(recursive=True)] if self._pid != os.getpid() else [own]
        for process in psutil.process_iter(["name", "cwd"]) if self._folder else ():
            if process.info["name"] == "postgres" and process.info["cwd"] == self._folder:
                found.append(process)
        return sum(_cpu_of(process) for process in found)


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    # What ended meanwhile is in the sums of whoever waited for it.
    return float(times.user + times.system + times.children_user + times.children_system)


async def _folder_of(url: str) -> str:
    """Return the folder of a server of PostgreSQL, which tells its processes from those of others."""
    database = Database(url)
    async with database.read() as session:
        folder = (await session.execute(text("SHOW data_directory"))).scalar_one()
    await database.close()
    return str(folder)


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
