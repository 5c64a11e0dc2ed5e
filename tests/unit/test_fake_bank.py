"""The pretended bank: what it refuses, what it books, and that its books, its letters and its truth agree."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gateway.domain.calendar import is_bank_day
from gateway.domain.scheme_rules import check_order
from gateway.fake_bank import FakeBank, Habits, Outcome, Transfer, calendar, magic_words, state_from_json, state_to_json
from gateway.fake_bank.fates import COMPENSATION_MINOR, FEE_MINOR, MAGIC, Event, Fate, FeeMode, FeeName, FeeTime
from parsers.detect import open_file, open_statements
from parsers.orders import read_order
from schemas.codes.reason_actions import ReturnKind
from schemas.codes.reasons import REASONS
from schemas.statement import BankEntry, StatementEnd
from schemas.status_report import StatusReport
from support.order_texts import Item, collections_of

TODAY = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
DUE = "2026-12-01"
OTHER = "BE68539007547034"
NEW_NAME = "<OrgnlCdtrSchmeId><Nm>Beispiel GmbH</Nm></OrgnlCdtrSchmeId>"
NEW_ACCOUNT = "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>"


def read_back(data: bytes, name: str) -> StatusReport | list[BankEntry]:
    """Read a letter as the product does."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        if ".pain002" in name:
            report = open_file(path)
            assert isinstance(report, StatusReport)
            assert not report.warnings
            return report
        parts = list(open_statements(path).parts)
    assert all(part.balanced for part in parts if isinstance(part, StatementEnd))
    return [entry for part in parts if isinstance(part, list) for entry in part]


def letters_of(bank: FakeBank) -> tuple[list[StatusReport], list[BankEntry], list[BankEntry]]:
    """Return the reports and the entries of camt and MT940 that a bank sent, as the product reads them."""
    reports: list[StatusReport] = []
    camt: list[BankEntry] = []
    mt940: list[BankEntry] = []
    for name, data in bank.letters():
        read = read_back(data, name)
        if isinstance(read, StatusReport):
            reports.append(read)
        else:
            (camt if "camt" in name else mt940).extend(read)
    return reports, camt, mt940


def reasons_of(reports: list[StatusReport]) -> list[str | None]:
    levels = [reason for report in reports for reason in report.group_reasons]
    levels += [reason for report in reports for block in report.payments for reason in block.reasons]
    levels += [
        reason
        for report in reports
        for block in report.payments
        for one in block.transactions
        for reason in one.reasons
    ]
    return [reason.code for reason in levels]


def sent(
    bank: FakeBank, *items: Item, message: str = "RUN-1", now: dt.datetime = TODAY, **more: str
) -> list[str | None]:
    """Give the bank an order; return the reasons in its answer."""
    bank.take_order(collections_of(*items, message=message, **{"date": DUE, **more}), now)  # type: ignore[arg-type]
    return reasons_of(letters_of(bank)[0])


def test_a_good_order_is_accepted_settled_and_booked_in_one_sum() -> None:
    bank = FakeBank()

    assert sent(bank, Item("E-1", "10.00"), Item("E-2", "20.05")) == []
    bank.close_day(dt.date(2026, 11, 30))
    assert letters_of(bank)[1] == []
    bank.close_day(dt.date(2026, 12, 1))
    _, (entry,), (line,) = letters_of(bank)

    assert (entry.amount_minor, line.amount_minor) == (3005, 3005)
    assert entry.batch is not None
    assert (entry.batch.payment_information_id, entry.batch.transaction_count) == ("B-RUN-1", 2)
    assert [one.end_to_end_id for one in entry.transactions] == ["E-1", "E-2"]
    assert bank.state.balances() == {"DE89370400440532013000": 3005}
    assert set(bank.state.outcomes().values()) == {(Outcome.SETTLED, "")}


@pytest.mark.parametrize(
    ("order", "now", "reason"),
    [
        pytest.param(b"no XML", TODAY, "FF01", id="no XML"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<ChrgBr>SLEV", b"<ChrgBr>FREE"), TODAY, "FF01", id="schema"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<NbOfTxs>1", b"<NbOfTxs>2", 1), TODAY, "AM18", id="count"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<CtrlSum>10.00", b"<CtrlSum>10.01", 1), TODAY, "AM10", id="sum"),
        pytest.param(collections_of(Item("E-1"), date=DUE, scheme="COR1"), TODAY, "FF05", id="dead scheme"),
        pytest.param(collections_of(Item("E-1"), date=DUE, sequence="RPRE"), TODAY, "AG02", id="sequence"),
        pytest.param(collections_of(Item("E-1"), date=DUE, creditor="DE97ZZZ09999999999"), TODAY, "CH11", id="creditor identifier"),
        pytest.param(collections_of(Item("E-1"), date="2026-12-25"), TODAY, "DT03", id="closing day"),
        pytest.param(collections_of(Item("E-1"), date="2026-11-20"), TODAY, "DT01", id="past"),
        pytest.param(collections_of(Item("E-1"), date="2027-06-01"), TODAY, "CH03", id="far ahead"),
        pytest.param(collections_of(Item("E-1"), date=DUE), dt.datetime(2026, 11, 30, 11, 1, tzinfo=dt.UTC), "TM01", id="after the cut-off"),
        pytest.param(collections_of(Item("E-1", iban="FR1420041010050500013M02605"), date=DUE), TODAY, "AC01", id="account"),
        pytest.param(collections_of(Item("E-1", iban="CH9300762011623852957"), date=DUE), TODAY, "RC01", id="Swiss bank without BIC"),
        pytest.param(collections_of(Item("E-1", "0.00"), date=DUE), TODAY, "AM01", id="nothing"),
        pytest.param(collections_of(Item("E-1", signed="2026-11-24"), date=DUE), TODAY, "MD02", id="signed tomorrow"),
        pytest.param(collections_of(Item("E//1"), date=DUE), TODAY, "FF08", id="slashes in an id"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"DE89370400440532013000", b"DE88370400440532013000"), TODAY, "AC01", id="our account"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<CtrlSum>10.00</CtrlSum>\n<PmtTp", b"<CtrlSum>9.00</CtrlSum>\n<PmtTp"), TODAY, "AM10", id="sum of the block"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<Cdtr><Nm>Our Company", b"<Cdtr><Nm>" + b"A" * 71), TODAY, "BE04", id="our name"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b'Ccy="EUR"', b'Ccy="CHF"'), TODAY, "AM03", id="francs"),
        pytest.param(collections_of(Item("E-1", "1000000000.00"), date=DUE), TODAY, "AM02", id="a billion"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"<Nm>Debtor E-1", b"<Nm>" + b"A" * 71), TODAY, "BE07", id="name of the debtor"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"Debtor E-1</Nm>", b"D</Nm><PstlAdr><AdrLine>Paris</AdrLine></PstlAdr>"), TODAY, "RR02", id="address of lines"),
        pytest.param(
            collections_of(Item("E-1", iban="CH9300762011623852957"), date=DUE).replace(
                b"<Othr><Id>NOTPROVIDED</Id></Othr>", b"<BICFI>UBSWCHZHXXX</BICFI>"
            ), TODAY, "BE07", id="Swiss without address",
        ),
        pytest.param(collections_of(Item("E-1", changed=NEW_ACCOUNT), date=DUE).replace(b"<AmdmntInd>true", b"<AmdmntInd>false"), TODAY, "MD02", id="amendment that is not marked"),
        pytest.param(collections_of(Item("E-1"), date=DUE, creditor="DE"), TODAY, "CH11", id="no creditor identifier"),
        pytest.param(collections_of(Item("E-1", signed="2025-03-01+01:00"), date=DUE), TODAY, "MD02", id="date with a zone"),
        pytest.param(collections_of(Item("E-1", "10.001"), date=DUE), TODAY, "AM10", id="three decimals"),
        pytest.param(collections_of(Item("E-1"), date=DUE).replace(b"pain.008.001.08", b"pain.008.001.11"), TODAY, "FF01", id="another version"),
    ],
)  # fmt: skip
def test_what_a_strict_bank_refuses(order: bytes, now: dt.datetime, reason: str) -> None:
    bank = FakeBank()

    bank.take_order(order, now)

    assert reasons_of(letters_of(bank)[0]) == [reason]
    assert {outcome for outcome, _ in bank.state.outcomes().values()} <= {Outcome.REJECTED}


def test_what_arrives_at_the_cut_off_is_in_time() -> None:
    assert sent(FakeBank(), Item("E-1"), now=dt.datetime(2026, 11, 30, 11, 0, tzinfo=dt.UTC)) == []


def test_nothing_is_taken_twice() -> None:
    bank = FakeBank()

    assert sent(bank, Item("E-1")) == []
    assert sent(bank, Item("E-2")) == ["DU01"]
    assert sent(bank, Item("E-2"), message="RUN-2", block="B-RUN-1") == ["DU02"]
    assert sent(bank, Item("E-1"), message="RUN-3") == ["DU04"]
    assert sent(bank, Item("E-2"), message="RUN-4") == []
    assert bank.state.outcomes()["E-1"] == (Outcome.ACCEPTED, "")


@pytest.mark.parametrize(
    ("first", "then", "more", "reason"),
    [
        pytest.param("RCUR", Item("E-2", mandate="m-1"), {}, None, id="the same, in small letters"),
        pytest.param("RCUR", Item("E-2", mandate="M-1", iban=OTHER), {}, "MD02", id="another account, nothing said"),
        pytest.param("RCUR", Item("E-2", mandate="M-1", iban=OTHER, changed=NEW_ACCOUNT), {}, None, id="another account, said"),
        pytest.param("RCUR", Item("E-2", mandate="M-1", changed=NEW_NAME), {}, None, id="another name of the creditor, said"),
        pytest.param("RCUR", Item("E-2", mandate="M-1"), {"creditor": "FR72ZZZ123456"}, "BE05", id="another creditor, nothing said"),
        pytest.param("RCUR", Item("E-2", mandate="M-9", iban=OTHER, changed="<OrgnlMndtId>M-1</OrgnlMndtId>"), {}, "MD02", id="reference said, account not"),
        pytest.param("RCUR", Item("E-2", mandate="M-9", changed="<OrgnlMndtId>M-1</OrgnlMndtId>"), {}, None, id="reference said"),
        pytest.param("OOFF", Item("E-2", mandate="M-1"), {"sequence": "OOFF"}, "MD01", id="one-off a second time"),
        pytest.param("FNAL", Item("E-2", mandate="M-1"), {}, "MD01", id="after the last"),
        pytest.param("RCUR", Item("E-2", mandate="M-1"), {"sequence": "OOFF"}, "AG02", id="one-off on a recurrent mandate"),
    ],
)  # fmt: skip
def test_the_history_of_a_mandate_is_known(first: str, then: Item, more: dict[str, str], reason: str | None) -> None:
    bank = FakeBank()
    assert sent(bank, Item("E-1", mandate="M-1"), sequence=first) == []

    assert sent(bank, then, message="RUN-2", **more) == ([reason] if reason else [])


def test_a_mandate_dies_after_three_years_to_the_day() -> None:
    bank = FakeBank(Habits(days_ahead_max=2000))
    sent(bank, Item("E-1", mandate="M-1"), Item("E-2", mandate="M-2"))

    assert sent(bank, Item("E-3", mandate="M-1"), message="RUN-2", date="2029-11-30") == []
    assert sent(bank, Item("E-4", mandate="M-2"), message="RUN-3", date="2029-12-03") == ["MD01"]


def test_an_amendment_that_was_never_settled_is_wanted_again() -> None:
    bank = FakeBank()
    sent(bank, Item("E-1", mandate="M-1"))
    sent(bank, Item("E-2", "10.78", mandate="M-1", iban=OTHER, changed=NEW_ACCOUNT), message="RUN-2")
    bank.close_day(dt.date(2026, 12, 1))
    later = dt.datetime(2026, 12, 2, 8, 0, tzinfo=dt.UTC)

    again = Item("E-3", mandate="M-1", iban=OTHER)
    assert sent(bank, again, message="RUN-3", date="2026-12-08", now=later) == ["AM04", "MD02"]
    assert (
        sent(
            bank,
            again._replace(end_to_end_id="E-4", changed=NEW_ACCOUNT),
            message="RUN-4",
            date="2026-12-08",
            now=later,
        )
        == []
    )


def test_a_mandate_whose_only_debit_was_never_settled_is_new_to_the_bank() -> None:
    bank = FakeBank()
    sent(bank, Item("E-1", "10.78", mandate="M-1"), sequence="OOFF")
    bank.close_day(dt.date(2026, 12, 1))
    later = dt.datetime(2026, 12, 2, 8, 0, tzinfo=dt.UTC)

    again = {"message": "RUN-2", "date": "2026-12-08", "sequence": "OOFF", "creditor": "FR72ZZZ123456"}
    assert sent(bank, Item("E-2", mandate="M-1"), now=later, **again) == ["AM04"]


def test_what_a_later_debit_said_stays_known_when_an_earlier_one_is_never_settled() -> None:
    bank = FakeBank()
    sent(bank, Item("E-1", mandate="M-1"))
    moved = Item("E-2", "10.78", mandate="M-1", iban=OTHER, changed=NEW_ACCOUNT)
    sent(bank, moved, moved._replace(end_to_end_id="E-3", amount="10.00"), message="RUN-2")
    bank.close_day(dt.date(2026, 12, 1))
    later = dt.datetime(2026, 12, 2, 8, 0, tzinfo=dt.UTC)

    again = {"message": "RUN-3", "date": "2026-12-08"}
    assert sent(bank, Item("E-4", mandate="M-1", iban=OTHER), now=later, **again) == ["AM04"]


def test_every_reason_of_the_table_has_its_cents() -> None:
    returns = {fate.reason for fate in MAGIC.values() if fate.event is Event.RETURN}
    all_reasons = {fate.reason for fate in MAGIC.values()}

    assert returns == {code for code, reason in REASONS.items() if ReturnKind.RETURN in reason.kinds}
    assert {code for code, reason in REASONS.items() if reason.kinds - {ReturnKind.REVERSAL}} <= all_reasons
    assert len(magic_words()) == len(MAGIC)


@pytest.mark.parametrize("cents", sorted(MAGIC))
def test_magic_cents_do_what_their_table_says(cents: int) -> None:
    fate, bank = MAGIC[cents], FakeBank()
    bank.take_order(collections_of(Item("E-1", f"5.{cents:02d}"), Item("E-2", "7.00"), date=DUE, is_batch=False), TODAY)

    bank.close_day(dt.date(2028, 3, 1))
    reports, camt, mt940 = letters_of(bank)

    outcome, reason = bank.state.outcomes()["E-1"]
    ends = {
        Event.REJECT: Outcome.REJECTED, Event.REJECT_LATE: Outcome.REJECTED, Event.REFUSE: Outcome.REFUSED,
        Event.RETURN: Outcome.RETURNED, Event.REFUND: Outcome.REFUNDED, Event.REJECT_BLOCK: Outcome.REJECTED,
        Event.REJECT_FILE: Outcome.REJECTED,
    }  # fmt: skip
    assert (outcome, reason) == (ends.get(fate.event, Outcome.SETTLED), fate.reason)
    assert sum(entry.amount_minor for entry in camt) == sum(bank.state.balances().values())
    assert [entry.amount_minor for entry in mt940] == [entry.amount_minor for entry in camt]
    assert [one.return_reason for line in mt940 for one in line.transactions if line.amount_minor < 0] == [
        one.return_reason for entry in camt for one in entry.transactions if entry.amount_minor < 0
    ]
    back = [entry.transactions[0] for entry in camt if entry.amount_minor < 0 and entry.transactions[0].end_to_end_id]
    if outcome in (Outcome.RETURNED, Outcome.REFUNDED):
        assert [(one.end_to_end_id, one.return_reason) for one in back] == [("E-1", fate.reason)]
        assert not reasons_of(reports)
    else:
        assert back == []
        assert set(reasons_of(reports)) == ({fate.reason} if fate.reason else set())
    count = {Event.LOSE_REPORT: 0, Event.REPEAT_REPORT: 2, Event.REJECT_LATE: 2, Event.REFUSE: 2}
    assert len(reports) == count.get(fate.event, 1)


def test_a_fee_stands_inside_or_apart_and_compensation_on_top() -> None:
    bank = FakeBank()
    bank.take_order(collections_of(Item("E-1", "5.85"), Item("E-2", "5.86"), Item("E-3", "5.82"), date=DUE), TODAY)

    bank.close_day(dt.date(2027, 3, 1))
    _, (credit, inside, apart, fee, refund), lines = letters_of(bank)

    assert credit.amount_minor == 585 + 586 + 582
    assert inside.amount_minor == -(585 + FEE_MINOR)
    assert (inside.transactions[0].original_amount_minor, inside.transactions[0].charges_minor) == (585, FEE_MINOR)
    assert (apart.amount_minor, fee.amount_minor) == (-586, -FEE_MINOR)
    assert refund.amount_minor == -(582 + COMPENSATION_MINOR)
    assert [line.transactions[0].end_to_end_id for line in lines if line.amount_minor < -FEE_MINOR] == [
        "E-1",
        "E-2",
        "E-3",
    ]


@pytest.mark.parametrize(
    ("time", "days"),
    [
        pytest.param(FeeTime.AFTER, [("back", 3), ("fee", 3)], id="after its return"),
        pytest.param(FeeTime.BEFORE, [("fee", 3), ("back", 3)], id="before it"),
        pytest.param(FeeTime.LATER, [("back", 3), ("fee", 8)], id="days later"),
        pytest.param(FeeTime.EARLIER, [("fee", 2), ("back", 3)], id="a day earlier"),
    ],
)
@pytest.mark.parametrize("name", list(FeeName))
def test_a_fee_apart_has_its_time_and_its_name(
    monkeypatch: pytest.MonkeyPatch, time: FeeTime, days: list[tuple[str, int]], name: FeeName
) -> None:
    monkeypatch.setitem(MAGIC, 86, Fate(Event.RETURN, "AM04", 2, FeeMode.APART, fee_time=time, fee_name=name))
    bank = FakeBank()
    bank.take_order(collections_of(Item("E-1234", "5.86"), Item("E-2", "7.00"), date=DUE), TODAY)

    bank.close_day(dt.date(2026, 12, 31))
    _, camt, lines = letters_of(bank)

    fees = [entry for entry in camt if entry.amount_minor == -FEE_MINOR]
    back = next(entry for entry in camt if entry.amount_minor == -586)
    assert [(_kind(entry), entry.booking_date.day) for entry in camt[1:] if entry.booking_date] == days
    assert [entry.amount_minor for entry in lines] == [entry.amount_minor for entry in camt]
    (fee,) = fees
    named = {fee.transactions[0].end_to_end_id, *(fee.text or "").split()}
    is_by_booking = name is FeeName.BOOKING and time in (FeeTime.AFTER, FeeTime.LATER)
    assert (back.reference if is_by_booking else "E-1234") in named
    assert bank.state.held["E-1234"].fee_minor == FEE_MINOR


def _kind(entry: BankEntry) -> str:
    return "fee" if entry.amount_minor == -FEE_MINOR else "back"


def test_a_bank_may_book_its_fees_on_fridays_in_one_sum_that_names_all() -> None:
    bank = FakeBank(Habits(sums_fees=True))
    bank.take_order(collections_of(Item("E-1", "5.86"), Item("E-2", "6.86"), date=DUE), TODAY)

    bank.close_day(dt.date(2026, 12, 31))
    fees = [entry for entry in letters_of(bank)[1] if entry.amount_minor == -2 * FEE_MINOR]

    assert [(entry.text, entry.booking_date) for entry in fees] == [
        ("2 X 3.00 FEE FOR RETURNED DIRECT DEBIT E-1 E-2", dt.date(2026, 12, 4))
    ]
    assert {held.fee_minor for held in bank.state.held.values()} == {FEE_MINOR}


def test_a_gross_bank_credits_late_rejects_and_takes_them_back() -> None:
    amounts = {}
    for is_gross in (False, True):
        bank = FakeBank(Habits(is_gross=is_gross))
        bank.take_order(
            collections_of(Item("E-1", "10.78"), Item("E-2", "20.00"), Item("E-3", "30.00"), date=DUE), TODAY
        )
        bank.close_day(dt.date(2026, 12, 1))
        amounts[is_gross] = [entry.amount_minor for entry in letters_of(bank)[1]]

    assert amounts == {False: [5000], True: [6078, -1078]}


@pytest.mark.parametrize(
    ("root", "outcome", "moment"),
    [
        pytest.param("CstmrPmtRvsl", Outcome.REVERSED, "2026-12-02", id="reversal"),
        pytest.param("CstmrPmtRvsl", Outcome.SETTLED, "2026-12-10", id="reversal too late"),
        pytest.param("CstmrPmtCxlReq", Outcome.CANCELLED, "2026-11-27", id="cancellation"),
        pytest.param("CstmrPmtCxlReq", Outcome.SETTLED, "2026-12-02", id="cancellation too late"),
    ],
)
def test_we_may_take_back(root: str, outcome: Outcome, moment: str) -> None:
    bank = FakeBank()
    bank.take_order(collections_of(Item("E-1"), Item("E-2"), date=DUE), TODAY)
    now = dt.datetime.fromisoformat(f"{moment}T08:00:00+00:00")
    bank.close_day(now.date() - dt.timedelta(days=1))

    bank.take_order(
        f"<Document><{root}><TxInf><OrgnlEndToEndId>E-1</OrgnlEndToEndId></TxInf></{root}></Document>".encode(), now
    )
    bank.close_day(dt.date(2026, 12, 31))

    expected = 2000 if outcome is Outcome.SETTLED else 1000
    assert bank.state.outcomes()["E-1"] == (outcome, "")
    assert bank.state.balances() == {"DE89370400440532013000": expected}
    assert sum(entry.amount_minor for entry in letters_of(bank)[1]) == expected


def test_an_order_after_the_day_was_closed_is_not_forgotten() -> None:
    bank = FakeBank(Habits(cut_off=dt.time(23, 0)))
    bank.close_day(dt.date(2026, 11, 30))

    sent(bank, Item("E-1", "10.78"), now=dt.datetime(2026, 11, 30, 20, 0, tzinfo=dt.UTC))
    bank.close_day(dt.date(2026, 12, 1))

    assert bank.state.outcomes() == {"E-1": (Outcome.REJECTED, "AM04")}
    assert reasons_of(letters_of(bank)[0]) == ["AM04"]


def test_what_the_bank_does_not_know_cannot_be_taken_back() -> None:
    bank = FakeBank()

    bank.take_order(b"<Document><CstmrPmtRvsl><OrgnlEndToEndId>E-9</OrgnlEndToEndId></CstmrPmtRvsl></Document>", TODAY)
    bank.close_day(dt.date(2026, 11, 24))

    assert bank.letters() == []


def test_a_bank_may_be_silent_about_what_it_accepts() -> None:
    bank = FakeBank(Habits(sends_positive=False, accounts=("DE89370400440532013000",)))

    bank.take_order(collections_of(Item("E-1"), date=DUE), TODAY)

    assert bank.letters() == []


def test_what_went_back_cannot_be_reversed_as_well() -> None:
    bank = FakeBank()
    bank.take_order(collections_of(Item("E-1", "5.20"), Item("E-2"), date=DUE), TODAY)
    bank.close_day(dt.date(2026, 12, 2))
    request = b"<Document><CstmrPmtRvsl><OrgnlEndToEndId>E-1</OrgnlEndToEndId></CstmrPmtRvsl></Document>"

    bank.take_order(request, dt.datetime(2026, 12, 2, 8, 0, tzinfo=dt.UTC))
    bank.close_day(dt.date(2026, 12, 31))

    assert bank.state.outcomes()["E-1"] == (Outcome.RETURNED, "AC01")
    assert bank.state.balances() == {"DE89370400440532013000": 1000}


def test_long_texts_of_mt940_are_read_back_whole() -> None:
    item = Item("E-1", "5.20", mandate="M" * 35)
    order = collections_of(item, date=DUE, is_batch=False).replace(b"Invoice E-1", b": -" * 30 + b"END")
    bank = FakeBank()
    bank.take_order(order, TODAY)

    bank.close_day(dt.date(2026, 12, 3))
    _, camt, mt940 = letters_of(bank)

    assert [one.mandate_reference for line in mt940 for one in line.transactions] == ["M" * 35] * 2
    assert [line.amount_minor for line in mt940] == [entry.amount_minor for entry in camt] == [520, -520]


def test_its_calendar_is_that_of_t2() -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(365 * 6)]

    assert [day for day in days if calendar.is_open(day) != is_bank_day(day)] == []


def test_months_end_on_the_last_day_that_there_is() -> None:
    assert calendar.months_later(dt.date(2026, 8, 31), 36) == dt.date(2029, 8, 31)
    assert calendar.months_later(dt.date(2028, 2, 29), 36) == dt.date(2031, 2, 28)
    assert calendar.months_later(dt.date(2026, 11, 30), 1) == dt.date(2026, 12, 30)


@pytest.mark.parametrize("rule", ["currency", "amount", "account", "creditor", "signature", "type"])
def test_bank_and_product_refuse_the_same_though_they_share_no_code(tmp_path: Path, rule: str) -> None:
    broken = {
        "currency": (b'Ccy="EUR"', b'Ccy="CHF"'), "amount": (b">10.00</InstdAmt>", b">0.00</InstdAmt>"),
        "account": (b"M02606", b"M02605"), "creditor": (b"DE98ZZZ", b"DE97ZZZ"),
        "signature": (b"2025-03-01", b"2027-03-01"), "type": (b">RCUR<", b">RPRE<"),
    }[rule]  # fmt: skip
    order = collections_of(Item("E-1"), date=DUE).replace(*broken)
    path = tmp_path / "order.xml"
    path.write_bytes(order)
    bank = FakeBank()

    bank.take_order(order, TODAY)

    assert reasons_of(letters_of(bank)[0]) != []
    assert any(finding.is_error for finding in check_order(read_order(path), today=TODAY.date()))


def simulated(seed: int, *, is_stored: bool = False) -> tuple[FakeBank, list[tuple[str, bytes]]]:
    """Run half a year: 30 mandates, collected every month, by a bank that throws dice."""
    bank = FakeBank(Habits(seed=seed, has_bad_post=True))
    letters: list[tuple[str, bytes]] = []
    for month in range(1, 7):
        due = calendar.open_day(dt.date(2026, month, 20))
        items = [Item(f"E-{month}-{number}", f"{number}.50", mandate=f"M-{number}") for number in range(1, 31)]
        now = dt.datetime(2026, month, 5, 8, 0, tzinfo=dt.UTC)
        bank.take_order(collections_of(*items, message=f"RUN-{month}", date=str(due)), now)
        bank.close_day(dt.date(2026, month, 28))
        if is_stored:
            letters += bank.letters()
            bank = FakeBank(bank.habits, state_from_json(state_to_json(bank.state)))
    bank.close_day(dt.date(2027, 12, 31))
    return bank, letters + bank.letters()


@pytest.mark.parametrize("seed", range(5))
def test_dice_leave_no_cent_unexplained(seed: int) -> None:
    bank, letters = simulated(seed)

    entries = [
        entry for name, data in letters if "camt" in name and "again" not in name for entry in read_back(data, name)
    ]
    held = bank.state.held.values()
    kept = sum(one.amount_minor for one in held if one.outcome is Outcome.SETTLED)
    lost = sum(one.fee_minor + one.compensation_minor for one in held)
    assert not {one.outcome for one in held} & {Outcome.ACCEPTED}
    assert bank.state.balances() == {"DE89370400440532013000": kept - lost}
    assert sum(entry.amount_minor for entry in entries if isinstance(entry, BankEntry)) == kept - lost
    assert len({one.outcome for one in held}) > 2


def test_books_that_were_stored_go_on_as_if_they_had_not_been() -> None:
    assert simulated(3, is_stored=True)[1] == simulated(3)[1]


def test_a_transfer_of_a_customer_is_booked_on_the_next_bank_day() -> None:
    bank = FakeBank()
    bank.take_transfer(Transfer(OTHER, 1_250, "Erika Mustermann", OTHER, "Rechnung FA-1"), dt.date(2026, 12, 5))

    bank.close_day(dt.date(2026, 12, 7))

    _, camt, mt940 = letters_of(bank)
    for (entry,) in (camt, mt940):
        [paid] = entry.transactions
        assert (entry.booking_date, entry.amount_minor) == (dt.date(2026, 12, 7), 1_250)
        assert "Rechnung FA-1" in paid.remittance
    assert bank.state.balances() == {OTHER: 1_250}
