"""What the camt writer makes is valid, is read back as it was given, and streams."""

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from lxml import etree

from generators.camt053 import BankStyle, CamtVersion, write_camt
from generators.statements import Statement, UnwritableStatement
from parsers import camt
from schemas.statement import BankEntry, BankTransaction, Batch, StatementKind
from support.statement_values import (
    ACCOUNT,
    NOON,
    batch_entries,
    entry_of,
    read_back,
    single_entries,
    statement_of,
    words,
    xsd_of,
)

TEXTS = words("abcdefghijklmnopqrstuvwxyzÄÖÜß &<>\"'é/-", most=60)
CODES = ("PMNT-RCDT-ESCT", "PMNT-ICDT-ESCT", "PMNT-ICDT-RRTN", "PMNT-IDDT-UPDD")

PAYMENT = BankTransaction(
    5_000,
    "EUR",
    end_to_end_id="E2E-1",
    mandate_reference="M-1",
    creditor_identifier="DE98ZZZ09999999999",
    counterparty_name="Bäcker & Söhne",
    counterparty_iban="FR1420041010050500013M02606",
    counterparty_bic="PSSTFRPPXXX",
    ultimate_debtor="Mutter <GmbH>",
    ultimate_creditor="Tochter GmbH",
    creditor_reference="RF18539007547034",
    remittance="RE-2026-00417",
    purpose="GDDS",
    charges_minor=150,
    charges_included=True,
)
BELGIAN = BankTransaction(1_200, "EUR", creditor_reference="123456789002")
DOLLARS = BankTransaction(9_000, "EUR", instructed_minor=10_000, instructed_currency="USD", exchange_rate="1.1111")
RETURNED = BankTransaction(
    -7_197, "EUR", counterparty_name="Kunde", return_reason="MD06", original_amount_minor=7_197, end_to_end_id="E9"
)
OWN_REASON = RETURNED._replace(return_reason="Konto aufgeloest")
ENTRIES = (
    entry_of(PAYMENT, charges_minor=150, entry_reference="7"),
    entry_of(BELGIAN),
    entry_of(DOLLARS),
    entry_of(RETURNED, is_reversal=True),
    entry_of(OWN_REASON),
    entry_of(BankTransaction(-250, "EUR"), text=""),
    entry_of(BankTransaction(-99, "EUR"), bank_transaction_code="808"),
    entry_of(PAYMENT, BELGIAN, batch=Batch("MSG-1", "PMT-1", 2)),
    entry_of(BankTransaction(70_000, "EUR"), batch=Batch(None, "PMT-2", None), booking_date=None),
)


def write(*statements: Statement, version: CamtVersion = CamtVersion.V08) -> bytes:
    return b"".join(write_camt(statements, message_id="MSG", created_at=NOON, version=version))


@pytest.mark.parametrize("style", BankStyle)
@pytest.mark.parametrize("version", CamtVersion)
@pytest.mark.parametrize("kind", StatementKind)
def test_every_message_is_valid_against_its_schema(kind: StatementKind, version: CamtVersion, style: BankStyle) -> None:
    statements = [statement_of(*ENTRIES, kind=kind), statement_of(kind=kind)]

    data = b"".join(
        write_camt(
            statements,
            message_id="MSG",
            created_at=NOON,
            kind=kind,
            version=version,
            style=style,
            owner_name="Quellbrunn Bürowelt GmbH",
        )
    )

    document = etree.fromstring(data)
    message = etree.QName(document).namespace.rpartition(":")[2]
    path = xsd_of(message)
    if path is None:
        pytest.skip(f"no schema of {message} on this machine")
    schema = etree.XMLSchema(etree.parse(path))
    assert schema.validate(document), schema.error_log


@settings(max_examples=60, deadline=None)
@given(entry=single_entries(TEXTS, CODES) | batch_entries(TEXTS, CODES))
def test_an_entry_is_read_back_as_it_was_written(entry: BankEntry) -> None:
    written = statement_of(entry)

    [read], stream = read_back([write(written)], camt.read)

    assert read.entries == [_as_read(entry)]
    assert read.end == written.end
    assert read.start == written.start._replace(message_id="MSG")
    assert stream.warnings == []


def _as_read(entry: BankEntry) -> BankEntry:
    """Return the entry as readers tell it: what came back was instructed with its original amount."""
    payments = tuple(
        payment._replace(instructed_minor=payment.original_amount_minor, instructed_currency=payment.currency)
        if payment.return_reason
        else payment
        for payment in entry.transactions
    )
    return entry._replace(transactions=payments)


@pytest.mark.parametrize("kind", StatementKind)
def test_the_old_version_says_the_same(kind: StatementKind) -> None:
    statement = statement_of(*ENTRIES[1:6], kind=kind)

    old, new = (
        read_back(write_camt([statement], message_id="M", created_at=NOON, kind=kind, version=version), camt.read)[0]
        for version in CamtVersion
    )

    assert list(old[0].entries) == list(new[0].entries)
    assert old[0].end == new[0].end
    assert old[0].start == new[0].start


def test_a_text_longer_than_its_element_is_continued_in_the_next_one() -> None:
    text = "Rechnungen " + " ".join(f"RE-2026-{serial:05d}" for serial in range(417, 447))
    entry = entry_of(BankTransaction(100, "EUR", remittance=text))

    [read], _ = read_back([write(statement_of(entry))], camt.read)

    assert [payment.remittance for entry in read.entries for payment in entry.transactions] == [text]


def test_an_account_without_iban_is_kept_as_it_is() -> None:
    statement = statement_of(entry_of(BankTransaction(100, "EUR")))
    statement = statement._replace(start=statement.start._replace(account="37040044/0532013000"))

    [read], _ = read_back([write(statement)], camt.read)

    assert read.start.account == "37040044/0532013000"


def test_pages_copies_and_texts_of_a_statement_are_kept() -> None:
    statement = statement_of(entry_of(BankTransaction(100, "EUR")))
    statement = statement._replace(
        start=statement.start._replace(page=2, copy=True),
        end=statement.end._replace(last_page=False, text="Bitte beachten"),
    )

    [read], _ = read_back([write(statement)], camt.read)

    assert (read.start.page, read.start.copy, read.end.last_page) == (2, True, False)
    assert read.end.text == "Bitte beachten"


def test_a_statement_may_lack_what_not_every_bank_tells() -> None:
    statement = statement_of(entry_of(BankTransaction(100, "EUR"), value_date=None))
    statement = statement._replace(
        start=statement.start._replace(page=None, number=None, servicer_bic=None),
        end=statement.end._replace(opening_minor=None, from_date=None),
    )

    [read], _ = read_back([write(statement)], camt.read)

    assert read.end.opening_minor is None
    assert read.end.closing_minor == 100_100


def test_entries_are_asked_for_one_by_one() -> None:
    asked: list[int] = []

    def entries() -> Iterator[BankEntry]:
        for serial in range(3):
            asked.append(serial)
            yield entry_of(BankTransaction(100, "EUR"))

    statement = statement_of()
    chunks = write_camt([statement._replace(entries=entries())], message_id="M", created_at=NOON)

    next(chunks), next(chunks), next(chunks)

    assert asked == [0]


def test_the_same_values_give_the_same_bytes() -> None:
    assert write(statement_of(*ENTRIES)) == write(statement_of(*ENTRIES))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        pytest.param(statement_of(entry_of(PAYMENT._replace(end_to_end_id="X" * 36))), "EndToEndId", id="id too long"),
        pytest.param(statement_of(entry_of(PAYMENT), kind=StatementKind.STATEMENT)._replace(
            start=statement_of().start._replace(id=None)), "needs an id", id="no id"),
        pytest.param(statement_of()._replace(start=statement_of().start._replace(number="5/1")), "count", id="number"),
        pytest.param(statement_of()._replace(end=statement_of().end._replace(opening_minor=None, closing_minor=None)),
                     "needs a balance", id="no balance"),
        pytest.param(statement_of()._replace(end=statement_of().end._replace(to_date=None)),
                     "balance CLBD needs a currency and a date", id="balance without date"),
    ],
)  # fmt: skip
def test_what_camt_cannot_say_is_refused(statement: Statement, message: str) -> None:
    with pytest.raises(UnwritableStatement, match=message):
        write(statement)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(entry_of(PAYMENT, BELGIAN._replace(amount_minor=-100)), "no sign", id="signs mixed"),
        pytest.param(entry_of(PAYMENT, status="FUTR"), "no entry status 'FUTR'", id="later status"),
    ],
)
def test_what_the_old_version_cannot_say_is_refused(entry: BankEntry, message: str) -> None:
    with pytest.raises(UnwritableStatement, match=message):
        write(statement_of(entry), version=CamtVersion.V02)


def test_a_status_of_the_bank_itself_is_written_as_its_own() -> None:
    data = write(statement_of(entry_of(PAYMENT, status="VORGEMERKT")))

    assert b"<Sts><Prtry>VORGEMERKT</Prtry></Sts>" in data


def test_germans_write_their_own_code_beside_the_iso_one() -> None:
    statement = statement_of(entry_of(PAYMENT))

    german, french = (
        b"".join(write_camt([statement], message_id="M", created_at=NOON, style=style)) for style in BankStyle
    )

    assert b"<Cd>NTRF+166+9310</Cd><Issr>DK</Issr>" in german
    assert b"<Cd>PRCD</Cd>" in german
    assert b"<Issr>DK</Issr>" not in french
    assert b"<Cd>OPBD</Cd>" in french


def test_only_where_money_comes_back_our_own_account_is_named() -> None:
    kept, returned = write(statement_of(entry_of(PAYMENT))), write(statement_of(entry_of(RETURNED)))

    assert kept.count(ACCOUNT.encode()) == 1
    assert f"<CdtrAcct><Id><IBAN>{ACCOUNT}</IBAN>".encode() in returned


def test_a_moment_shows_its_offset() -> None:
    summer = dt.datetime(2026, 7, 1, 20, 15, tzinfo=dt.timezone(dt.timedelta(hours=2)))

    data = b"".join(write_camt([statement_of()], message_id="M", created_at=summer))

    assert b"<CreDtTm>2026-07-01T20:15:00+02:00</CreDtTm>" in data
