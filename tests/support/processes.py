"""The gateway as processes of its own, for tests that kill them."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

COMMAND = (sys.executable, "-m", "gateway")


def run(*arguments: str, data: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command of the gateway to its end."""
    return subprocess.run(
        [*COMMAND, *arguments, "--data", str(data)],
        capture_output=True, text=True, env=environment(url), timeout=300, check=False,
    )  # fmt: skip


def start(arguments: Sequence[str], *, data: Path, url: str = "") -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments, "--data", str(data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(url), start_new_session=True,
    )  # fmt: skip


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it started, as a loss of power would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def environment(url: str) -> dict[str, str]:
    """Return the environment of a process; ``url`` names the database, else the one in the data folder is used."""
    values = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return values | ({"GATEWAY_DATABASE_URL": url} if url else {})
