"""Letters as PDF: a typst template filled with plain values. The same input gives the same bytes.

Values travel as JSON, so nothing that a person typed is read as markup. The fonts are those inside the library.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import typst

from schemas.errors import GatewayError


class LetterFailed(GatewayError):
    """The letter cannot be written with this template."""

    code = "letter_failed"


def write_letter(template: str, said: Mapping[str, Any], *, dated: dt.date) -> bytes:
    """Return the PDF of a letter. ``dated`` is the day that the file says it is of. Raises LetterFailed.

    It takes up to a second of processor time, so callers run it in a thread.
    """
    moment = dt.datetime.combine(dated, dt.time(), tzinfo=dt.UTC)
    try:
        written = typst.compile(
            template.encode(),
            format="pdf",
            sys_inputs={"said": json.dumps(said, ensure_ascii=False, sort_keys=True)},
            ignore_system_fonts=True,
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        raise LetterFailed(f"the letter cannot be written: {error}") from error
    if not isinstance(written, bytes):
        raise LetterFailed
    return written
