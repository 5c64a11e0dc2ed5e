"""The master data of the demo as rows, each a column of the CSV files that the gateway imports (design section 5)."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple


class CustomerRow(NamedTuple):
    """A row of customers.csv."""

    number: str
    name: str
    street: str
    postcode: str
    town: str
    country: str
    email: str
    phone: str
    language: str
    iban: str
    parent_number: str
    payment_method: str
    bic: str


class InvoiceRow(NamedTuple):
    """A row of invoices.csv; dates are ISO, amounts have a decimal point, those of credit notes a minus."""

    number: str
    customer_number: str
    issue_date: str
    due_date: str
    currency: str
    amount: str
    creditor_reference: str
    discount_percent: str
    discount_until: str
    text: str
    kind: str
    original_number: str
    payment_method: str
    order_reference: str


class MandateRow(NamedTuple):
    """A row of mandates.csv."""

    reference: str
    customer_number: str
    scheme: str
    type: str
    signature_date: str
    iban: str
    bic: str
    debtor_name: str
    last_collected_date: str
    creditor_identifier: str


Row = CustomerRow | InvoiceRow | MandateRow


def to_csv(rows: Iterable[Row], kind: type[Row]) -> bytes:
    """Return the rows as CSV with a header line (UTF-8, comma)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kind._fields)
    writer.writerows(rows)
    return text.getvalue().encode()
