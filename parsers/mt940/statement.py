"""From the fields of an MT940 or MT942 file to the normalized statement, page by page.

The order of fields is not enforced beyond what money needs: account, number and opening balance stand before the
first entry, once. What belongs to which booking is decided here; what a text means, in `parsers.flavours`.
"""

import re
from collections.abc import Callable, Iterator

from parsers import flavours
from parsers.flavours.model import Booking, Flavour
from parsers.mt940.amounts import minor_of, read_balance, read_date
from parsers.mt940.fields import PREAMBLE, Field
from parsers.mt940.page import Page, Sums
from parsers.mt940.statement_line import looks_like_statement_line, read_statement_line
from parsers.mt940.usual import read_usual_entry
from schemas.countries import IBAN_STRUCTURES
from schemas.errors import FileRefused
from schemas.money import minor_digits
from schemas.statement import BankEntry, Entries, StatementKind, StatementPart

_OUTPUT_BIC = re.compile(r"\{2:O94[0-9]{11}([A-Z]{6}[A-Z0-9]{2})")  # The sender inside the input reference.
_BIC = re.compile(r"(?:\{1:F01|^0000 01|^)([A-Z]{6}[A-Z0-9]{2})(?:[A-Z0-9]{3,4}[0-9]*)?(?=[\s}]|$)", re.MULTILINE)
_RABOBANK = re.compile(r"^:940:", re.MULTILINE)
_MT942 = re.compile(r"\{2:[IO]942|^:942:", re.MULTILINE)
_UNKNOWN_TAG = re.compile(r"^:(?!94[02]:)([0-9A-Z]{2,3}):", re.MULTILINE)
_MESSAGE_END = re.compile(r"^ ?-", re.MULTILINE)
_FLOOR = re.compile(r"([A-Z]{3})[CD ]?[0-9]{1,15}[,.]?[0-9]* *")
_SUM = re.compile(r"([0-9]{0,5})([A-Z]{3})([0-9]{1,15}),([0-9]{0,2}) *")


class StatementReader:
    """Takes the fields of one file and gives the parts of its statements."""

    def __init__(self) -> None:
        self._parts: list[StatementPart] = []
        self._entries: Entries = []
        self._page: Page | None = None
        self._is_started = False  # Whether the start of the page was given out.
        self._booking: Booking | None = None  # The entry whose text is being collected.
        self._texts: list[str] = []
        self._notes: list[str] = []
        self._usual: tuple[BankEntry, str, str] | None = None  # The entry, if read the usual way, with its fields.
        self._has_cents = False  # Whether the currency of the page has two decimals.
        self._flavour: Flavour | None = None
        self._bic: str | None = None
        self._header = ""  # What stands between two statements: headers of messages.
        self._carried: tuple[str, int] | None = None  # Account and balance at the end of a page that has a next one.
        self._actions: dict[str, Callable[[str, str, int], None]] = {
            PREAMBLE: self._take_preamble,
            "20": self._take_reference,
            "21": self._pass_over,
            "25": self._take_account,
            "25P": self._take_account,
            "28": self._take_number,
            "28C": self._take_number,
            "60": self._take_opening,
            "60F": self._take_opening,
            "60M": self._take_opening,
            "62": self._take_closing,
            "62F": self._take_closing,
            "62M": self._take_closing,
            "64": self._pass_over,
            "65": self._pass_over,
            "86": self._take_text,
            "NS": self._take_notes,
            "13": self._take_report_date,
            "13D": self._take_report_date,
            "34F": self._take_floor,
            "90C": self._take_sum,
            "90D": self._take_sum,
        }

    def read(self, blocks: Iterator[list[Field]]) -> Iterator[StatementPart]:
        """Yield the parts of all statements. Raises FileRefused where the file breaks its format."""
        actions = self._actions
        for fields in blocks:
            for tag, content, text, line in fields:
                if tag == "61":
                    self._take_statement_line(content, text, line)
                else:
                    actions[tag](tag, content, line)
            self._give_out_entries()
            yield from self._parts
            self._parts.clear()
        if self._page is None:
            raise FileRefused("the file has no field :20:, so it holds no statement", code="no_statement")
        self._end_page(self._page)
        yield from self._parts

    def _take_preamble(self, tag: str, content: str, line: int) -> None:
        # Block cuts fall before a field, so only the start of the file has text under no tag.
        self._header = content

    def _take_reference(self, tag: str, content: str, line: int) -> None:
        if self._page is not None:
            self._end_page(self._page)
        self._read_header()
        page = Page(id=content.partition("\n")[0].strip(), line=line, bic=self._bic)
        page.kind = StatementKind.REPORT if _MT942.search(self._header) else None
        self._page = page
        self._first_line(content, line)

    def _take_account(self, tag: str, content: str, line: int) -> None:
        page = self._once(tag, line, bool(self._page and self._page.account))
        page.read_account(self._first_line(content, line))
        self._flavour = flavours.flavour_of(page.bic, page.account)

    def _take_number(self, tag: str, content: str, line: int) -> None:
        page = self._once(tag, line, bool(self._page and self._page.has_number))
        page.read_number(self._first_line(content, line))

    def _take_opening(self, tag: str, content: str, line: int) -> None:
        page = self._once(tag, line, bool(self._page and self._page.opening))
        page.opening = read_balance(tag, self._first_line(content, line), line, page.warn)
        page.currency = page.opening.currency
        page.kind = page.kind or StatementKind.STATEMENT
        if (
            tag == "60M"
            and self._carried
            and self._carried[0] == page.account
            and self._carried[1] != page.opening.minor
        ):
            page.warn(f"{page.label}: this page does not open with the balance that the page before it closes with")

    def _take_closing(self, tag: str, content: str, line: int) -> None:
        page = self._once(tag, line, bool(self._page and self._page.closing))
        self._end_entry()
        page.closing = read_balance(tag, self._first_line(content, line), line, page.warn)
        page.is_last = {"62F": True, "62M": False}.get(tag)
        if page.currency not in ("", page.closing.currency):
            message = f":{tag}: is in {page.closing.currency}, the statement in {page.currency}"
            raise FileRefused(message, code="currency", line=line)

    def _take_statement_line(self, content: str, text: str | None, line: int) -> None:
        if ("\n" in content or not content[:6].isdecimal()) and self._is_remittance(content):
            self._take_as_remittance(content, text, line)
            return
        self._end_entry()
        page = self._started_page(line)
        if page.closing is not None:
            page.warn(f"line {line}: an entry stands behind the closing balance")
        if "\n:" in content:
            self._warn_unknown_tags(content, line)
        if text is not None and self._has_cents:
            entry = read_usual_entry(content, text, page.currency, line)
            if entry:
                self._usual = entry, content, text
                return
        self._booking = read_statement_line(content, page.currency, line, page.warn)
        self._texts = [] if text is None else [text]

    def _take_as_remittance(self, content: str, text: str | None, line: int) -> None:
        page = self._open_page("61", line)
        page.doubtful_line = page.doubtful_line or line
        self._texts.append(f":61:{content}" if text is None else f":61:{content}\n:86:{text}")

    def _reopen_entry(self) -> None:
        """Go back to the fields of an entry that was read the usual way, because more text follows."""
        if self._usual and self._page:
            entry, content, text = self._usual
            self._usual = None
            self._booking = read_statement_line(content, self._page.currency, entry.line or 0, self._page.warn)
            self._texts = [text]

    def _take_text(self, tag: str, content: str, line: int) -> None:
        self._reopen_entry()
        if self._booking is not None:
            self._texts.append(content)
            return
        end = _MESSAGE_END.search(content)
        text = content[: end.start()] if end else content
        self._open_page(tag, line).texts.append(" ".join(text.split()))
        self._header = content[len(text) :]

    def _take_notes(self, tag: str, content: str, line: int) -> None:
        self._reopen_entry()
        if self._booking is not None:
            self._notes.append(content)

    def _take_report_date(self, tag: str, content: str, line: int) -> None:
        page = self._open_page(tag, line)
        try:
            page.report_date = read_date(self._first_line(content, line)[:6])
        except ValueError:
            page.warn(f"line {line}: :{tag}: has no date YYMMDD")

    def _take_floor(self, tag: str, content: str, line: int) -> None:
        page = self._open_page(tag, line)
        match = _FLOOR.fullmatch(self._first_line(content, line))
        if match is None:
            raise FileRefused(":34F: is not of the form currency, D or C, amount", code="invalid_amount", line=line)
        if page.currency not in ("", match[1]):
            raise FileRefused(f":34F: is in {match[1]}, the statement in {page.currency}", code="currency", line=line)
        if self._is_started and page.kind is not StatementKind.REPORT:
            raise FileRefused(":34F: stands behind the entries that it makes intraday ones", code="order", line=line)
        if page.opening:
            page.warn(f"line {line}: an intraday report has no opening balance; it is not read as a statement")
        page.currency = match[1]
        page.kind = StatementKind.REPORT

    def _take_sum(self, tag: str, content: str, line: int) -> None:
        page = self._open_page(tag, line)
        self._end_entry()
        match = _SUM.fullmatch(self._first_line(content, line))
        if match is None:
            page.warn(f"line {line}: :{tag}: is not of the form count, currency, sum")
        else:
            page.declared[tag[2]] = Sums(int(match[1] or 0), minor_of(match[3], match[4], match[2], line))

    def _pass_over(self, tag: str, content: str, line: int) -> None:
        self._open_page(tag, line)
        self._end_entry()
        self._first_line(content, line)

    def _open_page(self, tag: str, line: int) -> Page:
        if self._page is None:
            raise FileRefused(f"field :{tag}: stands before the first :20:", code="missing_field", line=line)
        return self._page

    def _once(self, tag: str, line: int, is_there: bool) -> Page:
        if is_there:
            raise FileRefused(f"field :{tag}: stands twice in one statement", code="repeated_field", line=line)
        return self._open_page(tag, line)

    def _first_line(self, content: str, line: int) -> str:
        first, _, self._header = content.partition("\n")
        if "\n:" in content:
            self._warn_unknown_tags(content, line)
        return first

    def _warn_unknown_tags(self, content: str, line: int) -> None:
        page = self._open_page("", line)
        for match in _UNKNOWN_TAG.finditer(content):
            place = line + content.count("\n", 0, match.start())
            page.warn(f"line {place}: the field :{match[1]}: is not known and was passed over")

    def _read_header(self) -> None:
        match = _OUTPUT_BIC.search(self._header) or _BIC.search(self._header)
        if match and match[1][4:6] in IBAN_STRUCTURES:
            self._bic = match[1]
        elif _RABOBANK.search(self._header):
            self._bic = "RABONL2U"

    def _is_remittance(self, content: str) -> bool:
        """Return whether a ``:61:`` behind an ``:86:`` is a payer's text.

        It is when it does not begin with a date, or when the structured text goes on behind it.
        """
        self._reopen_entry()
        if not self._texts:
            return False
        if not looks_like_statement_line(content):
            return True
        _, _, rest = content.partition("\n")
        return bool(rest) and flavours.continues(self._texts[0], rest)

    def _started_page(self, line: int) -> Page:
        page = self._page
        if page is None or not self._is_started:
            page = self._open_page("61", line)
            self._parts.append(page.start())
            self._is_started = True
            self._has_cents = minor_digits(page.currency) == 2
        return page

    def _end_entry(self) -> None:
        if self._usual:
            entry = self._usual[0]
            self._usual = None
        elif self._booking:
            entry = flavours.read_entry(self._booking, self._texts, self._notes)
            self._booking, self._texts, self._notes = None, [], []
        else:
            return
        self._entries.append(self._flavour.amend(entry) if self._flavour else entry)

    def _give_out_entries(self) -> None:
        if self._entries and self._page:
            self._page.count(self._entries)
            self._parts.append(self._entries)
            self._entries = []

    def _end_page(self, page: Page) -> None:
        self._end_entry()
        self._started_page(page.line)
        self._give_out_entries()
        self._parts.append(page.end())
        self._carried = (page.account, page.closing.minor) if page.closing and page.is_last is False else None
        self._is_started = False
