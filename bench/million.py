"""A million entries against 1 300 000 open invoices: the memory of each process, on both databases.

``python -m bench.million [ENTRIES]``. Takes a quarter of an hour for each database; not part of ``make bench``.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psutil

from bench.server import databases, run
from bench.upload_data import OUR_IBAN, write_data

_DATA = Path(__file__).parent / "data"
_ENTRIES = 1_000_000
_MB_MAX = 600
_PIECE = 250_000  # Invoices of one table: a larger file is refused.
_SIZE = {"GATEWAY_FILE_BYTES_MAX": str(4 * 2**30)}


def main(entries: int = _ENTRIES) -> None:
    """Print how long it takes, and the most memory that any process of the gateway takes."""
    invoices = entries * 13 // 10
    folder = _DATA / f"upload-{entries}-{invoices}"
    write_data(folder, entries, invoices)
    os.environ |= _SIZE
    for name, url in databases():
        with tempfile.TemporaryDirectory(dir=_DATA) as place:
            _fill(Path(place), url, folder)
            began = time.monotonic()
            peak = _import(Path(place), url, folder / "statement.xml")
            seconds = time.monotonic() - began
        print(
            f"million {name}: {entries:,} entries against {invoices:,} invoices in {seconds:.0f} s,"
            f" largest process {peak} MB (at most {_MB_MAX})",
            flush=True,
        )


def _fill(place: Path, url: str, folder: Path) -> None:
    run(place, url, "accounts", "add", OUR_IBAN)
    run(place, url, "import-customers", str(folder / "customers.csv"))
    for piece in _pieces(folder / "invoices.csv", place):
        run(place, url, "import-invoices", str(piece))


def _pieces(table: Path, place: Path) -> Iterator[Path]:
    with table.open(encoding="utf-8") as file:
        head = next(file)
        while rows := list(islice(file, _PIECE)):
            piece = place / "piece.csv"
            piece.write_text(head + "".join(rows), encoding="utf-8")
            yield piece
            piece.unlink()


def _import(place: Path, url: str, statement: Path) -> int:
    """Import a statement; return the largest resident memory of any process in MB."""
    environment = dict(os.environ) | ({"GATEWAY_DATABASE_URL": url} if url else {})
    command = [sys.executable, "-m", "gateway", "import", str(statement), "--data", str(place)]
    peak = 0
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            peak = max(peak, *_memory(process.pid))
            time.sleep(0.2)
    if process.returncode not in (0, 3):
        raise SystemExit(f"exit code {process.returncode}")
    return peak


def _memory(pid: int) -> list[int]:
    found = [0]
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            found.append(process.memory_info().rss // 2**20)
    except psutil.NoSuchProcess:
        pass
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
