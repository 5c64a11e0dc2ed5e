"""How fast and how small the MT940 reader is: against the library mt-940 and a bare walk over the lines of the file.

``python -m bench.mt940 [ENTRIES] [ROUNDS]``. Every measurement is a process of its own, rounds are interleaved, and
only ratios inside one run are meant to travel. CPU time counts from the start of the process, imports included.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.camt import Cost, peak_mb
from bench.data_mt940 import write_mt940

ENTRIES, ROUNDS, TIMES_LONGER = 100_000, 3, 10


def read(path: Path) -> int:
    """Read a file with our reader; return how many entries it has."""
    from parsers import mt940

    return sum(len(part) for part in mt940.read(path).parts if isinstance(part, list))


def walk(path: Path) -> int:
    """Walk over the lines and take nothing."""
    with path.open(encoding="latin-1") as file:
        return sum(line.startswith(":61:") for line in file)


def peer(path: Path) -> int:
    """Read a file with the library mt-940."""
    import mt940

    with path.open("rb") as file:
        return sum(len(statement) for statement in mt940.parse_statements(file, options=mt940.Options.all()))


WAYS: dict[str, Callable[[Path], int]] = {"read": read, "walk": walk, "peer": peer}


def measure(way: str, path: Path, entries: int) -> Cost:
    """Return what one way needs for a file, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "bench.mt940", way, str(path)], capture_output=True, text=True, check=True
    )
    count, cpu_s, peak = result.stdout.split()
    if int(count) != entries:
        raise RuntimeError(f"{way} found {count} entries, not {entries}")
    return Cost(float(cpu_s), float(peak))


def main(entries: int = ENTRIES, rounds: int = ROUNDS) -> dict[str, float]:
    """Measure, print and return the figures."""
    with TemporaryDirectory() as folder:
        short, long = Path(folder) / "short.sta", Path(folder) / "long.sta"
        size = write_mt940(short, entries)
        write_mt940(long, entries * TIMES_LONGER)
        print(f"MT940 of {entries} entries, {size / 1e6:.0f} MB, {rounds} rounds")
        costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way, found in costs.items():
                found.append(measure(way, short, entries))
        long_mb = measure("read", long, entries * TIMES_LONGER).peak_mb
    for way, found in costs.items():
        print(f"  {way:6} {median(cost.cpu_s for cost in found):7.2f} s CPU  {found[0].peak_mb:7.1f} MB")
    pairs = list(zip(costs["read"], costs["walk"], costs["peer"], strict=True))
    short_mb = max(cost.peak_mb for cost in costs["read"])
    figures = {
        "times faster than mt-940": median(theirs.cpu_s / ours.cpu_s for ours, _, theirs in pairs),
        "CPU against a bare walk over the lines": median(ours.cpu_s / bare.cpu_s for ours, bare, _ in pairs),
        "peak memory in MB": short_mb,
        f"memory of a file {TIMES_LONGER} times as long": long_mb / short_mb,
    }
    for name, figure in figures.items():
        print(f"  {name}: {figure:.2f}")
    return figures


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] in WAYS:
        print(WAYS[sys.argv[1]](Path(sys.argv[2])), time.process_time(), peak_mb())
    else:
        main(*map(int, sys.argv[1:]))
