"""The text of a PDF, line by line as it is laid out, within limits. A picture of a text has none.

What a file may cost in memory is bounded here and in pypdf; its time by who calls.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import FileRefused

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PAGES_MAX = 100
BYTES_MAX = 10_000_000
_CHARACTERS_MAX = 2_000_000
_CONTENT_MAX = 1_000_000  # Bytes that draw one page, unpacked.


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
        kind = type(damage).__name__
        raise FileRefused(
            f"the PDF cannot be read ({kind}); ask for it again, or for its list as CSV or XLSX", code="damaged"
        ) from damage
    if not any(line.strip() for line in lines):
        raise FileRefused("the PDF has no text, perhaps it is a scan; a file with text was expected", code="no_text")
    return lines


def _lines(reader: "PdfReader") -> list[str]:
    if len(reader.pages) > PAGES_MAX:
        raise FileRefused(f"the PDF has more than {PAGES_MAX} pages, which is the limit", code="too_large")
    lines: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages, 1):
        text = _text(number, page)
        size += len(text)
        if size > _CHARACTERS_MAX:
            raise FileRefused(f"up to page {number} the PDF holds more text than a list needs", code="too_large")
        lines += text.splitlines()
    return lines


def _text(number: int, page: "PageObject") -> str:
    try:
        content = page.get_contents()
        if content is None or len(content.get_data()) <= _CONTENT_MAX:
            return page.extract_text(extraction_mode="layout")
    except Exception as damage:  # As above.
        kind = type(damage).__name__
        raise FileRefused(
            f"page {number} of the PDF cannot be read ({kind}); ask for it again, or for its list as CSV or XLSX",
            code="damaged",
        ) from damage
    raise FileRefused(f"page {number} of the PDF holds more than a list needs", code="too_large")
