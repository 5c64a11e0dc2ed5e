"""Templates of letters: read once at start and passed on as values."""

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "templates"


def load_templates() -> Mapping[str, str]:
    """Return the source of each letter by its name, such as ``mandate``."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.typ"))}
