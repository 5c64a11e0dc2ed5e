"""Counts of the long tests: small in every run, full under ``make prove``, which writes what it saw to docs."""

import os
from pathlib import Path

IS_PROVING = os.environ.get("PROVE") == "1"
IS_WHOLE = IS_PROVING or bool(os.environ.get("CI"))  # Elsewhere a part of what is slow: that which finds most.
PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures.md"
_HEAD = """# Figures

## Counts

Written by `make prove`: what the long tests counted in their last full run. Every run prints its seeds.

| what | counted | seed |
|---|---|---|
"""


def count(full: int, small: int) -> int:
    """Return how often a long test repeats: the full count under ``make prove``, else the small one."""
    return full if IS_PROVING else small


def note(what: str, counted: str, seed: int | str = "") -> None:
    """Note a figure; under ``make prove`` it replaces the line of the same name in docs/figures.md."""
    line = f"| {what} | {counted} | {seed} |\n"
    print(line.strip())
    if not IS_PROVING:
        return
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else _HEAD
    kept = [one for one in text.splitlines(keepends=True) if not one.startswith(f"| {what} |")]
    PAGE.write_text("".join(kept) + line, encoding="utf-8")
