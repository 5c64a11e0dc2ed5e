"""Where the corpus of real bank files lies, if this machine has one."""

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def corpus_dir() -> Path | None:
    """Return the folder of the corpus, from GATEWAY_CORPUS or beside the checkout, or None."""
    folder = Path(os.environ.get("GATEWAY_CORPUS", _BESIDE))
    return folder if folder.is_dir() else None
