"""Writes the expected results of the golden files anew: ``python -m tests.support.rewrite_golden``.

The difference is reviewed like code.
"""

import json
from pathlib import Path

from parsers.inspect import inspect_file

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = ".expected.json"


def golden_files() -> list[Path]:
    """Return the bank files of all golden pairs; folders are named after formats."""
    return sorted(path for path in GOLDEN.glob("*/*") if path.is_file() and not path.name.endswith(EXPECTED))


def expected_of(path: Path) -> Path:
    """Return where the expected result of a golden file stands."""
    return path.with_suffix(EXPECTED)


def inspected(path: Path) -> str:
    """Return what a file says, printed for reading."""
    pieces: list[str] = []
    inspect_file(path, pieces.append, name=path.name)
    return json.dumps(json.loads("".join(pieces)), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for file in golden_files():
        expected_of(file).write_text(inspected(file), encoding="utf-8", newline="\n")
