"""Statements for tests of writers and readers: small ones by hand, and any others by Hypothesis."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from generators.statements import Statement, make_statement
from schemas.statement import (
    BankEntry,
    BankTransaction,
    Batch,
    EntryStatus,
    StatementEnd,
    StatementKind,
    StatementStart,
    StatementStream,
)
from support.corpus import corpus_dir

ACCOUNT = "DE89370400440532013000"
DAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def entry_of(*payments: BankTransaction, **changes: object) -> BankEntry:
    """Return a booked entry of the payments, with some fields otherwise."""
    entry = BankEntry(
        booking_date=DAY,
        value_date=DAY,
        amount_minor=sum(payment.amount_minor for payment in payments),
        currency=payments[0].currency,
        status=EntryStatus.BOOKED.value,
        is_reversal=False,
        bank_transaction_code="PMNT-RCDT-ESCT" if payments[0].amount_minor > 0 else "PMNT-ICDT-ESCT",
        reference="REF1",
        entry_reference=None,
        text="TEXT",
        charges_minor=None,
        batch=None,
        transactions=payments,
        line=None,
    )
    return entry._replace(**changes)  # type: ignore[arg-type]


def statement_of(*entries: BankEntry, kind: StatementKind = StatementKind.STATEMENT) -> Statement:
    """Return a statement of the entries that adds up."""
    return make_statement(
        account=ACCOUNT,
        number="211",
        statement_id="S211",
        opening_minor=100_000,
        entries=entries,
        from_date=DAY,
        to_date=DAY,
        servicer_bic="COBADEFFXXX",
        kind=kind,
    )


def read_back(
    data: Iterable[bytes], read: Callable[[Path], StatementStream]
) -> tuple[list[Statement], StatementStream]:
    """Return the statements that a reader finds in written bytes, lines left out, and the stream itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        path.write_bytes(b"".join(data))
        stream = read(path)
        statements: list[Statement] = []
        start: StatementStart | None = None
        entries: list[BankEntry] = []
        for part in stream.parts:
            if isinstance(part, StatementStart):
                start, entries = part._replace(line=None), []
            elif isinstance(part, StatementEnd):
                assert start is not None
                statements.append(Statement(start, entries, part))
            else:
                entries += [entry._replace(line=None) for entry in part]
    return statements, stream


def xsd_of(message: str) -> Path | None:
    """Return the published schema of a message where this machine has it."""
    corpus = corpus_dir()
    path = corpus.parent / "xsd" / f"{message}.xsd" if corpus else None
    return path if path and path.is_file() else None


def words(alphabet: str, *, most: int) -> st.SearchStrategy[str]:
    """Return a strategy for texts without blanks at the ends or two in a row."""
    texts = st.text(alphabet, min_size=1, max_size=most)
    return texts.map(lambda text: " ".join(text.split())).filter(bool)


# The digit in front keeps it apart from words that say that there is no id, such as NONREF.
_IDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=7, max_size=15).map(lambda text: f"7{text}")
_DATES = st.dates(dt.date(2020, 1, 1), dt.date(2029, 12, 31))
_AMOUNTS = st.integers(1, 9_999_999_999)


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """Return a strategy for something that may be missing."""
    return st.none() | strategy


@st.composite
def payments_of(draw: st.DrawFn, sign: int, texts: st.SearchStrategy[str], *, may_return: bool) -> BankTransaction:
    """Draw one payment with any of what banks tell of it."""
    minor = draw(_AMOUNTS)
    payment = BankTransaction(
        sign * minor,
        "EUR",
        end_to_end_id=draw(optional(_IDS)),
        mandate_reference=draw(optional(_IDS)),
        creditor_identifier=draw(st.sampled_from([None, "DE98ZZZ09999999999"])),
        counterparty_name=draw(texts.filter(lambda text: len(text) <= 54)),
        counterparty_iban=draw(st.sampled_from([None, "NL91ABNA0417164300"])),
        counterparty_bic=draw(st.sampled_from([None, "ABNANL2A"])),
        ultimate_debtor=draw(optional(texts)),
        ultimate_creditor=draw(optional(texts)),
        remittance=draw(texts),
        purpose=draw(st.sampled_from([None, "GDDS"])),
    )
    if may_return and draw(st.booleans()):
        original = draw(_AMOUNTS)
        reason = draw(st.sampled_from(["AC04", "MD06", "MS03"]))
        return payment._replace(return_reason=reason, original_amount_minor=original)
    if draw(st.booleans()):
        instructed, rate = draw(_AMOUNTS), draw(st.sampled_from([None, "1.0834"]))
        return payment._replace(instructed_minor=instructed, instructed_currency="USD", exchange_rate=rate)
    return payment


@st.composite
def single_entries(draw: st.DrawFn, texts: st.SearchStrategy[str], codes: Sequence[str]) -> BankEntry:
    """Draw an entry of one payment. ``codes``: for money in, out, and what came back in and out."""
    sign = draw(st.sampled_from([1, -1]))
    payment = draw(payments_of(sign, texts, may_return=True))
    reference, booking_date = draw(_IDS), draw(_DATES)
    code = codes[(0 if sign > 0 else 1) + (2 if payment.return_reason else 0)]
    return entry_of(
        payment._replace(bank_reference=reference, bank_transaction_code=code),
        booking_date=booking_date,
        value_date=booking_date + dt.timedelta(draw(st.integers(-30, 30))),
        reference=reference,
        entry_reference=draw(optional(_IDS)),
        bank_transaction_code=code,
    )


@st.composite
def batch_entries(draw: st.DrawFn, texts: st.SearchStrategy[str], codes: Sequence[str]) -> BankEntry:
    """Draw an entry of several payments, their signs mixed, that were booked as one sum."""
    sign = draw(st.sampled_from([1, -1]))
    code = codes[0 if sign > 0 else 1]
    batch = Batch(draw(optional(_IDS)), draw(optional(_IDS)), draw(st.integers(1, 999)))
    signs = [sign, *draw(st.lists(st.sampled_from([1, -1]), min_size=1, max_size=3))]
    payments = [
        draw(payments_of(each, texts, may_return=False))._replace(
            bank_transaction_code=code, message_id=batch.message_id, payment_information_id=batch.payment_information_id
        )
        for each in signs
    ]
    rest = sum(payment.amount_minor for payment in payments[1:])
    # The first is large enough that the sum has its sign.
    payments[0] = payments[0]._replace(amount_minor=sign * (abs(rest) + draw(_AMOUNTS)))
    return entry_of(*payments, bank_transaction_code=code, batch=batch)
