"""The limit that readers are measured against: a bare lxml walk over the entries of a file, in a process of its own."""

import subprocess
import sys
import time
from pathlib import Path

_WALK = """
import sys
from lxml import etree
count = 0
for _, entry in etree.iterparse(sys.argv[1], events=("end",), tag="{*}Ntry", resolve_entities=False, no_network=True):
    count += 1
    entry.clear(keep_tail=False)
    parent = entry.getparent()
    while entry.getprevious() is not None:
        del parent[0]
print(count)
"""


def walk_seconds(path: Path) -> float:
    """Return how long the walk takes, process start included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", _WALK, str(path)], check=True, capture_output=True)
    return time.perf_counter() - started
