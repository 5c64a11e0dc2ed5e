"""The second reader of MT940 and MT942: the library mt-940 reads the same file, and a difference is a warning.

It never decides: our own reader does. Where the library is known to be wrong, or gives up, it has no opinion. This is
the only module that knows the library.
"""

import datetime as dt
import io
import logging
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schemas.money import amount_text, minor_digits
from schemas.statement import StatementEnd, StatementPart, StatementStart

if TYPE_CHECKING:
    import mt940

SECOND_OPINION_BYTES_MAX = 1 << 20
_TEXTS_FOR_ENTRY_MAX = 2  # The library joins the texts of an entry in quadratic time.
_TEXTS_SPARE = 100
_WARNINGS_MAX = 20
# Lines that the library misreads: it cuts amounts behind 15 characters and at a point, and where the type does not
# follow the amount at once it takes this line and the next for one.
_MISREAD = re.compile(rb":61:[0-9 ]{6,10}[A-Z]{1,3} ?(?:[0-9,]{16}|[0-9,]++(?![A-Z]))")

# What the library cannot read it logs in full, remittance text and names included.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


class Figures(NamedTuple):
    """What both readers must agree on in one statement: count and signed sum of entries, and their value dates."""

    entry_count: int
    sum_minor: int
    value_dates: Counter[dt.date | None]


class Summary:
    """Collects the figures of a file from its parts while they are read, with the line where each statement begins."""

    def __init__(self) -> None:
        self.statements: list[tuple[int, str, Figures]] = []

    def add(self, part: StatementPart) -> None:
        """Take the next part of the file."""
        if isinstance(part, StatementStart):
            self.statements.append((part.line or 0, part.currency or "EUR", Figures(0, 0, Counter())))
        elif not isinstance(part, StatementEnd):
            line, currency, figures = self.statements[-1]
            figures.value_dates.update(entry.value_date for entry in part)
            total = figures.sum_minor + sum(entry.amount_minor for entry in part)
            figures = figures._replace(entry_count=figures.entry_count + len(part), sum_minor=total)
            self.statements[-1] = line, currency, figures


def second_opinion(path: Path, first: Summary) -> tuple[str, ...]:
    """Return what the library reads otherwise than we did, one sentence for each statement. Raises nothing."""
    data = path.read_bytes()
    if _MISREAD.search(data) or data.count(b":86:") > _TEXTS_FOR_ENTRY_MAX * data.count(b":61:") + _TEXTS_SPARE:
        return ()
    try:
        seconds = [_figures(statement) for statement in _read(data)]
    except Exception:  # Whatever it stumbles over is not our result; a third-party reader may raise anything.
        return ()
    if len(seconds) != len(first.statements):
        return (f"a second reader finds {len(seconds)} statements, we find {len(first.statements)}",)
    differences = (
        _difference(line, currency, figures, second)
        for (line, currency, figures), second in zip(first.statements, seconds, strict=True)
        if figures != second
    )
    return tuple(islice(differences, _WARNINGS_MAX))


def _read(data: bytes) -> "list[mt940.models.Transactions]":
    import mt940  # Here, because loading it takes longer than reading many a file.

    # A file object, because the library opens text that is the name of a file. It knows no CR line ends.
    file = io.BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return mt940.parse_statements(file, options=mt940.Options.all())


def _figures(statement: "mt940.models.Transactions") -> Figures:
    entries = [transaction.data for transaction in statement.transactions]
    return Figures(
        len(entries),
        sum(_minor(entry["amount"]) for entry in entries),
        Counter(dt.date(entry["date"].year, entry["date"].month, entry["date"].day) for entry in entries),
    )


def _minor(amount: "mt940.models.Amount") -> int:
    return int(amount.amount.scaleb(minor_digits(amount.currency or "EUR")))


def _difference(line: int, currency: str, ours: Figures, theirs: Figures) -> str:
    if ours.entry_count != theirs.entry_count:
        told = f"{theirs.entry_count} entries where we find {ours.entry_count}"
    elif ours.sum_minor != theirs.sum_minor:
        sums = (amount_text(minor, currency) for minor in (theirs.sum_minor, ours.sum_minor))
        told = "the sum {} where we find {}".format(*sums)
    else:
        told = "other value dates"
    return f"line {line}: in the statement that begins here a second reader finds {told}"
