"""Rows of the tables that people bring: customers, invoices, mandates, collections, and how their file is to be read.

The values are checked by the reader; nobody checks them again. Amounts are integer minor units, positive for what a
customer owes us. Whether a row fits what is stored is not known here.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple, Self, TypeAlias

from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError
from schemas.identifiers import Bic, CreditorIdentifier, Iban, MandateReference
from schemas.states import MandateState, OpenItemKind, PaymentMethod


class TableKind(StrEnum):
    """What the rows of a table are."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    MANDATES = "mandates"
    COLLECTIONS = "collections"


class DateForm(StrEnum):
    """In which order a date is written. A date that begins with its year is understood in each of them."""

    YEAR_FIRST = "ymd"  # 2026-12-31, 20261231
    DAY_FIRST = "dmy"  # 31.12.2026, 31/12/2026
    MONTH_FIRST = "mdy"  # 12/31/2026


class MandateType(StrEnum):
    """How often a mandate may be used."""

    RECURRENT = "recurrent"
    ONE_OFF = "one_off"


class CustomerRow(NamedTuple):
    """One customer. ``row`` is its line in the file."""

    row: int
    number: str
    name: str
    street: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None  # ISO 3166, two letters.
    email: str | None = None
    phone: str | None = None
    language: str | None = None  # ISO 639, two letters.
    iban: Iban | None = None
    parent_number: str | None = None
    payment_method: PaymentMethod | None = None
    legal_id: str | None = None
    vat_number: str | None = None
    ledger_account: str | None = None
    bic: Bic | None = None


class InvoiceRow(NamedTuple):
    """One invoice, or one credit note with a negative amount. Discounts are integer basis points (2 % is 200)."""

    row: int
    number: str
    customer_number: str
    currency: str
    amount_minor: int
    kind: OpenItemKind
    issue_date: dt.date | None = None
    due_date: dt.date | None = None
    creditor_reference: str | None = None
    discount_basis_points: int | None = None
    discount_until_date: dt.date | None = None
    text: str | None = None
    open_minor: int | None = None  # Open in the source system, signed like amount_minor.
    original_number: str | None = None
    payment_method: PaymentMethod | None = None
    order_reference: str | None = None
    tax_minor: int | None = None  # Signed like amount_minor.
    discount2_basis_points: int | None = None
    discount2_until_date: dt.date | None = None
    notified_date: dt.date | None = None


class MandateRow(NamedTuple):
    """One mandate."""

    row: int
    reference: MandateReference
    customer_number: str
    scheme: LocalInstrument
    type: MandateType
    signature_date: dt.date
    iban: Iban
    bic: Bic | None = None
    debtor_name: str | None = None
    last_collected_date: dt.date | None = None
    creditor_identifier: CreditorIdentifier | None = None
    status: MandateState | None = None
    b2b_confirmed_date: dt.date | None = None
    debtor_street: str | None = None
    debtor_postcode: str | None = None
    debtor_town: str | None = None
    debtor_country: str | None = None
    ultimate_debtor: str | None = None
    signature_place: str | None = None


class CollectionRow(NamedTuple):
    """One line of a collection; rows with one end-to-end id are lines of one collection."""

    row: int
    end_to_end_id: str
    invoice_number: str
    mandate_reference: MandateReference
    amount_minor: int
    currency: str
    collection_date: dt.date
    customer_number: str | None = None
    batch_reference: str | None = None


Row: TypeAlias = CustomerRow | InvoiceRow | MandateRow | CollectionRow


class RowError(NamedTuple):
    """Why a row cannot be read: what stands in its column, and what was expected. Accounts are masked."""

    row: int
    column: str  # Header of the column; empty where the whole row is meant.
    found: str
    expected: str

    def __str__(self) -> str:
        place = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.found!r}, expected {self.expected}"


class PreviewRow(NamedTuple):
    """One row as it stands in the file, and what was understood or why it was not."""

    number: int
    cells: tuple[str, ...]
    understood: Row | None
    errors: tuple[RowError, ...]


class Preview(NamedTuple):
    """The beginning of a table, read with a mapping."""

    headers: tuple[str, ...]
    ignored: tuple[str, ...]  # Headers that no field takes.
    rows: tuple[PreviewRow, ...]


class Choice(NamedTuple):
    """One possible answer, and what it would make of an example from the file."""

    value: str
    example: str


class Question(NamedTuple):
    """What the file does not say. ``about`` is decimal_mark, date_form, sheet, column:FIELD or constant:FIELD."""

    about: str
    choices: tuple[Choice, ...]


class MappingUndecided(GatewayError):
    """A person must say how this table is to be read."""

    code = "mapping_undecided"

    def __init__(self, questions: tuple[Question, ...]) -> None:
        asked = "; ".join(
            f"{question.about}: {' or '.join(choice.value for choice in question.choices) or 'no column fits'}"
            for question in questions
        )
        super().__init__(f"the table does not say how it is to be read: {asked}")
        self.questions = questions


class InvalidMapping(GatewayError):
    """The saved mapping cannot be used."""

    code = "invalid_mapping"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a table file is to be read; saved as JSON and used again for the next file of the same shape.

    ``columns`` are pairs of field and header, ``constants`` pairs of field and the value for all rows.
    Raises InvalidMapping.
    """

    kind: TableKind
    columns: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, str], ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal_mark: str = "."
    date_form: DateForm = DateForm.YEAR_FIRST
    sheet: str | None = None

    def __post_init__(self) -> None:
        if self.decimal_mark not in (".", ","):
            raise InvalidMapping(f"decimal mark {self.decimal_mark!r} is neither point nor comma")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise InvalidMapping(f"delimiter {self.delimiter!r} is not one character")
        if self.encoding not in ENCODINGS:
            raise InvalidMapping(f"encoding {self.encoding!r} is none of {', '.join(ENCODINGS)}")
        fields = [field for field, _ in (*self.columns, *self.constants)]
        if len(set(fields)) < len(fields):
            raise InvalidMapping("a field is mapped twice")

    def to_json(self) -> str:
        """Return the mapping as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the mapping of a JSON text. Raises InvalidMapping."""
        try:
            values = json.loads(text)
            return cls(
                **{
                    **values,
                    "kind": TableKind(values["kind"]),
                    "date_form": DateForm(values["date_form"]),
                    "columns": _pairs(values["columns"]),
                    "constants": _pairs(values["constants"]),
                }
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise InvalidMapping(f"the saved mapping cannot be read: {wrong}") from wrong


ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


def _pairs(values: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(values, list):
        raise TypeError("pairs of texts were expected")
    pairs = tuple(tuple(pair) for pair in values)
    return tuple((str(field), str(value)) for field, value in pairs)
