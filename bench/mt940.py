"""How fast and how small the MT940 reader is: against the library mt-940 and a bare walk over the lines of the file.

``python -m bench.mt940 [ENTRIES] [ROUNDS]``; how it is measured: `readers`.
"""

import sys
from pathlib import Path

from bench.data_mt940 import write_mt940
from bench.readers import Contest, compare, run


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


CONTEST = Contest("bench.mt940", "MT940", "mt-940", write_mt940, {"read": read, "walk": walk, "peer": peer})


def main() -> None:
    """Measure and print the figures."""
    compare(CONTEST)


if __name__ == "__main__":
    run(CONTEST, sys.argv[1:])
