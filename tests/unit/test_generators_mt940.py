"""What the MT940 writer makes keeps the format's limits and is read back as it was given, by two readers."""

from collections.abc import Iterator

import mt940 as second_reader
import pytest
from hypothesis import given, settings

from generators.mt940 import Dialect, write_mt940
from generators.mt940_text import fold
from generators.statements import Statement, UnwritableStatement
from parsers import mt940
from schemas.statement import BankEntry, BankTransaction, Batch, StatementKind
from support.statement_values import DAY, entry_of, read_back, single_entries, statement_of, words

TEXTS = words("abcdefghijklmnopqrstuvwxyz0123456789 -/.,:'()", most=30)
GERMAN_CODES = ("166", "177", "159", "109")

CREDIT = BankTransaction(5_000, "EUR", counterparty_name="Bäckerei Süß", remittance="RE-2026-00417")
CHARGED = BankTransaction(-7_497, "EUR", return_reason="AC04", original_amount_minor=7_197, charges_minor=300)


def write(*statements: Statement, dialect: Dialect = Dialect.GERMAN, entries_per_page: int | None = None) -> bytes:
    return b"".join(write_mt940(statements, dialect=dialect, entries_per_page=entries_per_page))


def read_entries(data: bytes) -> list[BankEntry]:
    return [entry for statement in read_back([data], mt940.read)[0] for entry in statement.entries]


@settings(max_examples=80, deadline=None)
@given(entry=single_entries(TEXTS, GERMAN_CODES))
def test_a_german_entry_is_read_back_as_it_was_written(entry: BankEntry) -> None:
    written = statement_of(entry)

    [read], stream = read_back([write(written)], mt940.read)

    assert read.entries == [entry]
    assert read.end == written.end
    assert (read.start.account, read.start.number, read.start.page) == (written.start.account, "00211", 1)
    assert stream.warnings == []


@settings(max_examples=80, deadline=None)
@given(entry=single_entries(TEXTS, GERMAN_CODES))
def test_no_line_is_longer_than_the_format_allows(entry: BankEntry) -> None:
    data = write(statement_of(entry))

    lines = data.decode("ascii").split("\r\n")
    assert all(len(line.removeprefix(":86:")) <= 65 for line in lines)
    assert [line for line in lines if line.startswith("-")] == ["-"]


@pytest.mark.parametrize("dialect", Dialect)
def test_the_second_reader_finds_the_same_entries(dialect: Dialect) -> None:
    entries = [entry_of(CREDIT), entry_of(BankTransaction(-250, "EUR"), text="KONTOENTGELT"), entry_of(CHARGED)]

    found = second_reader.parse(write(statement_of(*entries), dialect=dialect).decode("ascii"))

    assert [int(entry.data["amount"].amount * 100) for entry in found] == [5_000, -250, -7_497]
    assert int(found.data["final_closing_balance"].amount.amount * 100) == 100_000 + 5_000 - 250 - 7_497


def test_a_dutch_entry_tells_its_payment_in_slash_codes() -> None:
    payment = BankTransaction(
        -1_210,
        "EUR",
        end_to_end_id="E2E-1",
        mandate_reference="M-1",
        creditor_identifier="NL98ZZZ999999990000",
        counterparty_name="Drukkerij Rietdijkstra B.V.",
        counterparty_iban="NL91ABNA0417164300",
        counterparty_bic="ABNANL2A",
        remittance="Factuur 88",
    )

    data = write(statement_of(entry_of(payment)), dialect=Dialect.DUTCH).replace(b"\r\n", b"")

    assert (
        b":86:/TRTP/SEPA INCASSO ALGEMEEN DOORLOPEND/IBAN/NL91ABNA0417164300/BIC/ABNANL2A"
        b"/NAME/Drukkerij Rietdijkstra B.V./MARF/M-1/CSID/NL98ZZZ999999990000/REMI/Factuur 88/EREF/E2E-1:62F:"
    ) in data


def test_a_dutch_entry_without_details_has_its_text() -> None:
    data = write(statement_of(entry_of(BankTransaction(-250, "EUR"), text="Kosten")), dialect=Dialect.DUTCH)

    assert b":86:Kosten\r\n" in data


def test_an_entry_without_any_text_has_no_field_for_it() -> None:
    data = write(statement_of(entry_of(BankTransaction(-250, "EUR"), text="")), dialect=Dialect.DUTCH)

    assert b":86:" not in data


def test_more_entries_than_a_page_holds_are_continued_on_the_next() -> None:
    entries = [entry_of(CREDIT, reference=f"REF{serial}") for serial in range(5)]

    statements, _ = read_back([write(statement_of(*entries), entries_per_page=2)], mt940.read)

    assert [statement.start.page for statement in statements] == [1, 2, 3]
    assert [statement.end.last_page for statement in statements] == [False, False, True]
    assert [statement.end.balanced for statement in statements] == [True, True, True]
    assert [len(list(statement.entries)) for statement in statements] == [2, 2, 1]


def test_a_page_that_is_given_as_such_is_marked_as_one() -> None:
    statement = statement_of(entry_of(CREDIT))
    middle = statement._replace(start=statement.start._replace(page=2), end=statement.end._replace(last_page=False))

    data = write(middle)

    assert b":28C:00211/00002\r\n:60M:" in data
    assert b":62M:" in data


@pytest.mark.parametrize(
    ("amount_minor", "mark"), [pytest.param(-500, b"RC", id="credit"), pytest.param(500, b"RD", id="debit")]
)
def test_a_reversal_is_marked_by_what_it_takes_back(amount_minor: int, mark: bytes) -> None:
    entry = entry_of(BankTransaction(amount_minor, "EUR"), is_reversal=True)

    data = write(statement_of(entry))

    assert b":61:2611201120" + mark + b"R5,00" in data
    assert read_entries(data)[0].amount_minor == amount_minor


def test_the_original_amount_and_the_charges_of_a_return_are_told() -> None:
    entry = entry_of(CHARGED, bank_transaction_code="PMNT-IDDT-UPDD")

    [read] = read_entries(write(statement_of(entry)))

    payment = read.transactions[0]
    assert (payment.original_amount_minor, payment.charges_minor, payment.charges_included) == (7_197, 300, True)
    assert (payment.return_reason, read.bank_transaction_code) == ("AC04", "109")


def test_a_batch_is_booked_as_one_sum_with_its_reference() -> None:
    batch = Batch("MSG-1", "PMT-1", 2)
    entry = entry_of(CREDIT, CREDIT, batch=batch, bank_transaction_code="192")

    [read] = read_entries(write(statement_of(entry)))

    assert [payment.amount_minor for payment in read.transactions] == [10_000]
    assert read.batch == Batch(None, "PMT-1", None)


def test_in_a_direct_debit_the_ordering_party_is_the_side_of_the_creditor() -> None:
    payment = BankTransaction(-100, "EUR", ultimate_creditor="Vertrieb GmbH", remittance="Beleg 1")

    data = write(statement_of(entry_of(payment, bank_transaction_code="105")))

    assert b"ABWA+Vertrieb GmbH" in data
    assert read_entries(data)[0].transactions[0].ultimate_creditor == "Vertrieb GmbH"


def test_a_long_name_takes_two_fields_and_a_longer_one_is_cut() -> None:
    names = ["Gesellschaft für Bürobedarf und Möbel mbH", "Donaudampfschifffahrtsgesellschaftskapitaenswitwenkasse AG"]

    read = read_entries(write(statement_of(*(entry_of(CREDIT._replace(counterparty_name=name)) for name in names))))

    assert [entry.transactions[0].counterparty_name for entry in read] == [
        "Gesellschaft fuer Buerobedarf und Moebel mbH",
        "Donaudampfschifffahrtsgesellschaftskapitaenswitwenkass",
    ]


def test_a_text_that_does_not_fit_is_cut_behind_the_identifiers() -> None:
    entry = entry_of(CREDIT._replace(remittance="x" * 500, end_to_end_id="E" * 35))

    payment = read_entries(write(statement_of(entry)))[0].transactions[0]

    assert payment.end_to_end_id == "E" * 35
    assert payment.remittance == "x" * (12 * 27 - len("SVWZ+"))


def test_a_line_of_the_text_never_looks_like_a_field() -> None:
    text = "a" * 49 + " :61:2611201120C1,00NTRFX - :62F:C261120EUR0,00"

    [read] = read_entries(write(statement_of(entry_of(CREDIT._replace(counterparty_name=None, remittance=text)))))

    assert read.transactions[0].remittance == text


def test_letters_that_swift_has_not_are_spelled_out() -> None:
    assert fold("Größe & Café_Ørsted? 10 € → Ware") == "Groesse + Cafe-Orsted. 10 EUR . Ware"


def test_the_text_of_a_statement_follows_its_balance() -> None:
    statement = statement_of(entry_of(CREDIT))
    statement = statement._replace(end=statement.end._replace(text="Bitte beachten"))

    [read], _ = read_back([write(statement)], mt940.read)

    assert read.end.text == "Bitte beachten"


def test_an_entry_may_lack_one_of_its_dates_and_its_reference() -> None:
    entry = entry_of(CREDIT, booking_date=None, reference=None)

    data = write(statement_of(entry, entry_of(CREDIT, value_date=None)))

    assert b":61:261120CR50,00NTRFNONREF\r\n" in data
    assert b":61:2611201120CR50,00NTRFNONREF//REF1\r\n" in data


def test_entries_are_asked_for_one_by_one() -> None:
    asked: list[int] = []

    def entries() -> Iterator[BankEntry]:
        for serial in range(3):
            asked.append(serial)
            yield entry_of(CREDIT)

    chunks = write_mt940([statement_of()._replace(entries=entries())])

    next(chunks), next(chunks)

    assert asked == [0]


def test_an_amount_without_decimals_keeps_its_comma() -> None:
    statement = statement_of(entry_of(BankTransaction(500, "JPY", instructed_minor=4, instructed_currency="USD")))
    statement = statement._replace(end=statement.end._replace(currency="JPY"))

    data = write(statement)

    assert b"CY500,NTRF" in data
    assert b"/OCMT/USD0,04/" in data


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(entry_of(CREDIT, status="PDNG"), "booked entries only", id="pending"),
        pytest.param(entry_of(CREDIT, reference="R" * 17), "more than 16", id="long reference"),
        pytest.param(entry_of(CREDIT, booking_date=None, value_date=None), "needs a date", id="no date"),
        pytest.param(entry_of(CREDIT._replace(amount_minor=10**15)), "more than 15", id="large amount"),
        pytest.param(entry_of(CHARGED._replace(return_reason="AM05")), "no number for the return", id="rare reason"),
        pytest.param(
            entry_of(CREDIT._replace(instructed_minor=10**13, exchange_rate="1.083412345", charges_minor=100)),
            "need more than 34",
            id="many side amounts",
        ),
    ],
)
def test_what_mt940_cannot_say_is_refused(entry: BankEntry, message: str) -> None:
    with pytest.raises(UnwritableStatement, match=message):
        write(statement_of(entry))


def test_a_statement_without_balance_is_refused() -> None:
    statement = statement_of(kind=StatementKind.REPORT)

    with pytest.raises(UnwritableStatement, match="both balances"):
        write(statement._replace(end=statement.end._replace(opening_minor=None)))


def test_a_statement_that_is_not_numbered_says_so() -> None:
    statement = statement_of()

    data = write(statement._replace(start=statement.start._replace(number=None, id=None)))

    assert data.startswith(b":20:STARTUMS\r\n:25:DE89370400440532013000\r\n:28C:00000/00001\r\n")
    assert f":60F:C{DAY:%y%m%d}EUR1000,00".encode() in data
