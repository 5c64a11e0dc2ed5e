"""Measures a reader of bank files: against a bare walk of the same file, and against a published package.

Every measurement is a process of its own, rounds are interleaved, and only ratios inside one run are meant to travel.
CPU time counts from the start of the process, imports included.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

ENTRIES, ROUNDS, TIMES_LONGER = 100_000, 3, 10
Way = Callable[[Path], int]  # Goes through a file and returns how many entries it has.


class Cost(NamedTuple):
    """What one process needed."""

    cpu_s: float
    peak_mb: float


class Contest(NamedTuple):
    """A reader, the bare walk and the package beside it, and how their test files are written."""

    module: str  # Of the benchmark, which runs again for each measurement.
    format: str
    peer_name: str
    write: Callable[[Path, int], int]
    ways: dict[str, Way]  # read, walk, peer


def run(contest: Contest, arguments: list[str]) -> None:
    """Measure all, or be one measurement: ``[ENTRIES] [ROUNDS]``, or ``WAY FILE``."""
    if arguments and arguments[0] in contest.ways:
        print(contest.ways[arguments[0]](Path(arguments[1])), time.process_time(), peak_mb())
    else:
        compare(contest, *map(int, arguments))


def compare(contest: Contest, entries: int = ENTRIES, rounds: int = ROUNDS) -> dict[str, float]:
    """Measure, print and return the figures."""
    with TemporaryDirectory() as folder:
        short, long = Path(folder) / "short", Path(folder) / "long"
        size = contest.write(short, entries)
        contest.write(long, entries * TIMES_LONGER)
        print(f"{contest.format} of {entries} entries, {size / 1e6:.0f} MB, {rounds} rounds")
        costs: dict[str, list[Cost]] = {way: [] for way in contest.ways}
        for _ in range(rounds):
            for way, found in costs.items():
                found.append(_measure(contest, way, short, entries))
        long_mb = _measure(contest, "read", long, entries * TIMES_LONGER).peak_mb
    for way, found in costs.items():
        print(f"  {way:6} {median(cost.cpu_s for cost in found):7.2f} s CPU  {found[0].peak_mb:7.1f} MB")
    figures = _figures(contest, costs, long_mb)
    for name, figure in figures.items():
        print(f"  {name}: {figure:.2f}")
    return figures


def _figures(contest: Contest, costs: dict[str, list[Cost]], long_mb: float) -> dict[str, float]:
    rounds = list(zip(costs["read"], costs["walk"], costs["peer"], strict=True))
    short_mb = max(cost.peak_mb for cost in costs["read"])
    return {
        "CPU against a bare walk": median(ours.cpu_s / bare.cpu_s for ours, bare, _ in rounds),
        f"times faster than {contest.peer_name}": median(theirs.cpu_s / ours.cpu_s for ours, _, theirs in rounds),
        "peak memory in MB": short_mb,
        f"memory of a file {TIMES_LONGER} times as long": long_mb / short_mb,
    }


def _measure(contest: Contest, way: str, path: Path, entries: int) -> Cost:
    """Return what one way needs for a file, in a process of its own."""
    command = [sys.executable, "-m", contest.module, way, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    count, cpu_s, peak_mb = result.stdout.split()
    if int(count) != entries:
        raise RuntimeError(f"{way} found {count} entries, not {entries}")
    return Cost(float(cpu_s), float(peak_mb))


def peak_mb() -> float:
    """Return the peak of this process's memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
