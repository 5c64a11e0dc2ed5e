"""Balances, totals and days of a camt statement, and its own arithmetic."""

import datetime as dt

import pytest

from support.camt_files import (
    OWN_IBAN,
    amount,
    balance,
    camt053,
    document,
    encoded,
    entry,
    read,
    refuse,
    statement,
)

DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


@pytest.mark.parametrize(
    ("balances", "opening", "closing", "balanced"),
    [
        pytest.param(balance("OPBD", "50.00") + balance("CLBD", "150.00"), 5000, 15000, True, id="booked"),
        pytest.param(balance("PRCD", "50.00") + balance("CLBD", "150.00"), 5000, 15000, True, id="previous closing"),
        pytest.param(
            balance("PRCD", "7.00") + balance("OPBD", "50.00") + balance("CLBD", "150.00"),
            5000,
            15000,
            True,
            id="opening before previous closing",
        ),
        pytest.param(
            balance("OPBD", "50.00", sign="DBIT") + balance("CLBD", "50.00"), -5000, 5000, True, id="negative"
        ),
        pytest.param(
            balance("OPBD", "50.00") + balance("OPBD", "60.00") + balance("CLBD", "60.00") + balance("CLBD", "150.00"),
            5000,
            15000,
            True,
            id="first opening and last closing",
        ),
        pytest.param(balance("OPBD", "50.00") + balance("CLBD", "149.99"), 5000, 14999, False, id="does not add up"),
        pytest.param(balance("OPBD", "50.00"), 5000, None, None, id="no closing"),
        pytest.param(balance("CLBD", "50.00"), None, 5000, None, id="no opening"),
        pytest.param(balance("OPAV", "50.00") + balance("CLAV", "1.00"), 5000, 100, None, id="available is shown only"),
        pytest.param(balance("OPBD", "50.00") + balance("ITBD", "1.00"), 5000, 100, None, id="interim is shown only"),
        pytest.param(
            balance("OPBD", "50.00") + balance("CLBD", "150.00") + balance("XXXX", ".5"),
            5000,
            15000,
            True,
            id="others are not read",
        ),
        pytest.param(
            balance("OPBD", "50.00").replace("<CdOrPrtry>", "").replace("</CdOrPrtry>", "") + balance("CLBD", "150.00"),
            5000,
            15000,
            True,
            id="type as in .01",
        ),
    ],
)
def test_booked_balances_are_checked(
    balances: str, opening: int | None, closing: int | None, balanced: bool | None
) -> None:
    (end,) = read(encoded(document(statement(entry(), balances=balances)))).ends

    assert (end.opening_minor, end.closing_minor, end.balanced) == (opening, closing, balanced)
    assert bool(end.warnings) is (balanced is False)


def test_balances_may_stand_behind_the_entries() -> None:
    tail = balance("OPBD", "1.00") + balance("CLBD", "101.00")

    (end,) = read(encoded(document(statement(entry(), balances="", tail=tail)))).ends

    assert (end.opening_minor, end.closing_minor, end.balanced) == (100, 10100, True)


def test_a_sum_that_is_wrong_is_told_in_full() -> None:
    balances = balance("OPBD", "100.00") + balance("CLBD", "105.00")

    (warning,) = read(encoded(document(statement(entry(), balances=balances)))).warnings

    assert warning == (
        "statement 7 of DE89 **** **** 3000: opening 100.00 plus entries 100.00 is 200.00, the file says 105.00 EUR"
    )


def test_one_page_of_several_may_carry_the_balances_of_all() -> None:
    head = "<Id>S</Id><StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    balances = balance("OPBD", "0.00") + balance("CLBD", "300.00")

    reading = read(encoded(document(statement(entry(), head=head, balances=balances))))

    assert reading.ends[0].balanced is False
    assert "of this page alone" in reading.warnings[0]


def test_a_statement_without_balances_is_told_of() -> None:
    assert "has no balances" in read(encoded(document(statement(entry(), balances="")))).warnings[0]


def test_a_balance_without_sign_is_read_as_credit_and_told_of() -> None:
    balances = balance("OPBD", "0.00").replace("<CdtDbtInd>CRDT</CdtDbtInd>", "") + balance("CLBD", "100.00")

    reading = read(encoded(document(statement(entry(), balances=balances))))

    assert reading.ends[0].balanced is True
    assert "balance OPBD is not marked" in reading.warnings[0]


@pytest.mark.parametrize(
    "balances",
    [
        balance("OPBD", "x"),
        balance("CLBD", "1.00", sign="PLUS"),
        balance("CLBD", "1.00", day="2026-02-31"),
        balance("OPBD", "1").replace('<Amt Ccy="EUR">1</Amt>', ""),
    ],
)
def test_a_booked_balance_that_is_not_clear_is_refused(balances: str) -> None:
    refused = refuse(encoded(document("\n" + statement(entry(), balances=balances))))

    assert refused.code in ("invalid_amount", "invalid_sign", "invalid_date")
    assert refused.line == 3


def test_balances_in_two_currencies_do_not_add_up() -> None:
    balances = balance("OPBD", "0.00") + balance("CLBD", "100.00", currency="CHF")

    reading = read(encoded(document(statement(entry(), balances=balances))))

    assert reading.ends[0].balanced is False
    assert "the balances are in EUR and CHF" in reading.warnings[0]


def test_an_entry_in_another_currency_is_told_of_once() -> None:
    foreign = entry(amount=amount("100.00", "USD"))

    reading = read(camt053([entry(), foreign, foreign]))

    assert reading.warnings == [
        "statement 7 of DE89 **** **** 3000: line 2: an entry in USD stands on an account in EUR (and 1 more)"
    ]


@pytest.mark.parametrize(
    ("balances", "currency"),
    [(balance("OPBD", "1.00", currency="CHF"), "CHF"), ("", None)],
)
def test_the_currency_of_the_account_may_come_from_its_balance(balances: str, currency: str | None) -> None:
    account = f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id></Acct>"

    reading = read(encoded(document(statement(account=account, balances=balances))))

    assert (reading.starts[0].currency, reading.ends[0].currency) == (currency, currency)


@pytest.mark.parametrize(
    ("balances", "entries", "days"),
    [
        pytest.param(
            balance("OPBD", "1.00", day="2026-03-01") + balance("CLBD", "1.00", day="2026-03-05"),
            [],
            (dt.date(2026, 3, 1), dt.date(2026, 3, 5)),
            id="of the balances",
        ),
        pytest.param(
            balance("PRCD", "1.00", day="2026-02-28"),
            [entry(booking=f"<BookgDt><Dt>2026-03-0{day}</Dt></BookgDt>") for day in (3, 2, 4)],
            (dt.date(2026, 3, 2), dt.date(2026, 3, 4)),
            id="of the entries",
        ),
        pytest.param("", [], (None, None), id="of nothing"),
    ],
)
def test_the_days_of_a_statement_are_found(balances: str, entries: list[str], days: tuple[object, object]) -> None:
    (end,) = read(encoded(document(statement(*entries, balances=balances)))).ends

    assert (end.from_date, end.to_date) == days


@pytest.mark.parametrize(
    ("summary", "warnings"),
    [
        pytest.param("<TtlNtries><NbOfNtries>3</NbOfNtries><Sum>250.00</Sum></TtlNtries>", [], id="all"),
        pytest.param("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>150</Sum></TtlNtries>", [], id="booked only"),
        pytest.param("<TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>200</Sum></TtlCdtNtries>", [], id="credits"),
        pytest.param("<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>50</Sum></TtlDbtNtries>", [], id="debits"),
        pytest.param("<TtlNtries><Sum>many</Sum></TtlNtries>", [], id="no number"),
        pytest.param(
            "<TtlNtries><NbOfNtries>4</NbOfNtries></TtlNtries>",
            ["the bank counts 4 entries, the file has 3"],
            id="another count",
        ),
        pytest.param(
            "<TtlDbtNtries><Sum>51.00</Sum></TtlDbtNtries>",
            ["the bank's sum of debits is 51.00, that of the file 50.00"],
            id="another sum",
        ),
    ],
)
def test_the_totals_of_the_bank_are_compared(summary: str, warnings: list[str]) -> None:
    balances = balance("OPBD", "0.00") + balance("CLBD", "50.00") + f"<TxsSummry>{summary}</TxsSummry>"
    debit = entry(amount=amount("50.00"), sign=DEBIT)

    reading = read(encoded(document(statement(entry(), debit, entry(status="<Sts>PDNG</Sts>"), balances=balances))))

    assert [warning.partition(": ")[2] for warning in reading.warnings] == warnings


def test_an_entry_of_zero_counts_with_either_side() -> None:
    summary = "<TxsSummry><TtlDbtNtries><NbOfNtries>1</NbOfNtries></TtlDbtNtries></TxsSummry>"
    balances = balance("OPBD", "0.00") + balance("CLBD", "0.00") + summary

    reading = read(encoded(document(statement(entry(amount=amount("0.00"), sign=DEBIT), balances=balances))))

    assert reading.warnings == []


def test_totals_of_several_pages_are_not_compared_with_one() -> None:
    head = "<Id>S</Id><StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>"
    summary = "<TxsSummry><TtlNtries><NbOfNtries>9</NbOfNtries></TtlNtries></TxsSummry>"

    reading = read(encoded(document(statement(entry(), head=head, tail=summary))))

    assert reading.warnings == []


HUGE = amount("999999999999999.99")  # The largest amount that is read at all.


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([entry(amount=HUGE)] * 11, id="all one way"),
        pytest.param([entry(amount=HUGE), entry(amount=HUGE, sign=DEBIT)] * 6, id="both ways"),
        pytest.param([entry(more=f"<Chrgs>{HUGE}</Chrgs>" * 11)], id="charges"),
    ],
)
def test_more_than_an_account_can_hold_is_refused(entries: list[str]) -> None:
    error = refuse(camt053(entries))

    assert (error.code, error.line) == ("invalid_amount", 2)
    assert "add up to more than any account can hold" in str(error)


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id></Acct>" * 2, id="IBAN"),
        pytest.param("<Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>" * 2, id="number"),
        pytest.param(f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy><Ccy>USD</Ccy></Acct>", id="currency"),
    ],
)
def test_a_statement_of_two_accounts_is_refused(account: str) -> None:
    assert refuse(encoded(document(statement(entry(), account=account)))).code == "ambiguous"


def test_a_balance_that_is_refused_names_its_line() -> None:
    balances = "\n" + balance("CLBD", "1<!-- -->00.00")

    assert refuse(encoded(document(statement(entry(), balances=balances)))).line == 3
