"""The text of a PDF, line by line as it is laid out, within limits. A picture of a text has none."""

import logging
import time
from pathlib import Path

from schemas.errors import FileRefused

PAGES_MAX = 100
BYTES_MAX = 20_000_000
_CHARACTERS_MAX = 2_000_000
_CONTENT_MAX = 4_000_000  # Bytes that draw one page, unpacked.
_SECONDS_MAX = 30


def pdf_lines(path: Path) -> list[str]:
    """Return the lines of all pages. Raises FileRefused for what is encrypted, damaged, too large or has no text."""
    from pypdf import PdfReader  # Here, because few files are PDFs and its library is large.

    if path.stat().st_size > BYTES_MAX:
        raise FileRefused(f"the PDF has more than {BYTES_MAX:,} bytes, which is the limit", code="too_large")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # It writes what it finds odd; we refuse or read.
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise FileRefused("the PDF is encrypted; save it without a password", code="encrypted")
            lines = _lines(reader)
    except FileRefused:
        raise
    except Exception as damage:  # Its parts may be anything, and so may be what the library says of them.
        raise FileRefused(f"the PDF cannot be read: {type(damage).__name__}", code="damaged") from damage
    if not any(line.strip() for line in lines):
        raise FileRefused("the PDF has no text, perhaps it is a scan; a file with text was expected", code="no_text")
    return lines


def _lines(reader: "object") -> list[str]:
    pages = reader.pages  # type: ignore[attr-defined]
    if len(pages) > PAGES_MAX:
        raise FileRefused(f"the PDF has more than {PAGES_MAX} pages, which is the limit", code="too_large")
    lines: list[str] = []
    until, size = time.monotonic() + _SECONDS_MAX, 0
    for page in pages:
        content = page.get_contents()
        if content is not None and len(content.get_data()) > _CONTENT_MAX:
            raise FileRefused("a page of the PDF holds more than a list needs", code="too_large")
        text = page.extract_text(extraction_mode="layout")
        size += len(text)
        if size > _CHARACTERS_MAX or time.monotonic() > until:
            raise FileRefused("the PDF holds more than a list needs", code="too_large")
        lines += text.splitlines()
    return lines
