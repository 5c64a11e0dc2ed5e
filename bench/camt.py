"""How fast and how small the camt reader is: against a bare walk of the same file, and against a peer.

``python -m bench.camt [ENTRIES] [ROUNDS]``; how it is measured: `readers`.
"""

import sys
from pathlib import Path

from bench.data import write_camt053
from bench.readers import Contest, compare, run

_NTRY = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}Ntry"


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


CONTEST = Contest(
    "bench.camt", "camt.053", "ofxstatement-iso20022", write_camt053, {"read": read, "walk": walk, "peer": peer}
)


def main() -> None:
    """Measure and print the figures."""
    compare(CONTEST)


if __name__ == "__main__":
    run(CONTEST, sys.argv[1:])
