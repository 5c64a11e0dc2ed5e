"""How fast and how small the camt reader is: against a bare walk of the same file, and against a peer.

``python -m bench.camt [ENTRIES] [ROUNDS]``. Every measurement is a process of its own, rounds are interleaved, and only
ratios inside one run are meant to travel. CPU time counts from the start of the process, imports included.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.data import write_camt053

ENTRIES, ROUNDS, TIMES_LONGER = 100_000, 3, 10
_NTRY = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}Ntry"


class Cost(NamedTuple):
    """What one process needed."""

    cpu_s: float
    peak_mb: float


def read(path: Path) -> int:
    """Read a file with our reader; return how many entries it has."""
    from parsers import camt

    return sum(len(part) for part in camt.read(path).parts if isinstance(part, list))


def walk(path: Path) -> int:
    """Walk over the entries with lxml and take nothing: the measure of all."""
    from lxml import etree

    count = 0
    for _, element in etree.iterparse(path, events=("end",), tag=_NTRY, resolve_entities=False, no_network=True):
        count += 1
        element.clear(keep_tail=False)
        parent = element.getparent()
        while element.getprevious() is not None:
            del parent[0]
    return count


def peer(path: Path) -> int:
    """Read a file with ofxstatement-iso20022, the fastest public reader that we know."""
    from ofxstatement.plugins.iso20022 import Iso20022Plugin
    from ofxstatement.ui import UI

    return len(Iso20022Plugin(UI(), {}).get_parser(str(path)).parse().lines)


WAYS: dict[str, Callable[[Path], int]] = {"read": read, "walk": walk, "peer": peer}


def measure(way: str, path: Path, entries: int) -> Cost:
    """Return what one way needs for a file, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "bench.camt", way, str(path)], capture_output=True, text=True, check=True
    )
    count, cpu_s, peak_mb = result.stdout.split()
    if int(count) != entries:
        raise RuntimeError(f"{way} found {count} entries, not {entries}")
    return Cost(float(cpu_s), float(peak_mb))


def peak_mb() -> float:
    """Return the peak of this process's memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(entries: int = ENTRIES, rounds: int = ROUNDS) -> dict[str, float]:
    """Measure, print and return the figures."""
    with TemporaryDirectory() as folder:
        short, long = Path(folder) / "short.xml", Path(folder) / "long.xml"
        size = write_camt053(short, entries)
        write_camt053(long, entries * TIMES_LONGER)
        print(f"camt.053 of {entries} entries, {size / 1e6:.0f} MB, {rounds} rounds")
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
        "CPU against a bare walk": median(ours.cpu_s / bare.cpu_s for ours, bare, _ in pairs),
        "times faster than ofxstatement-iso20022": median(theirs.cpu_s / ours.cpu_s for ours, _, theirs in pairs),
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
