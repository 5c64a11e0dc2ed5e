"""The demo's bank files: a camt.053 for each day of the main account, MT940 by the week for the second one.

Two things go wrong, as they do: one day's file never came, and one MT940 statement lost a booking, so it does not add
up. What the bank would send later to put both right is made as well.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generators.business_codes import business_code
from generators.camt053 import write_camt
from generators.demo_events import DAYS, HELD_DAY, MISSING_DAY, Event
from generators.demo_people import COMPANY_NAME, MAIN_ACCOUNT, SECOND_ACCOUNT, OwnAccount
from generators.mt940 import write_mt940
from generators.statements import Statement, make_statement
from schemas.statement import BankEntry, EntryStatus

_WEEK = DAYS // 2
_FIRST_NUMBER = 201


class File(NamedTuple):
    """A bank file as it would arrive."""

    name: str
    data: bytes


class BankFiles(NamedTuple):
    """What arrived, and what came later to close the gap and to replace the statement that is held."""

    arrived: tuple[File, ...]
    late: tuple[File, ...]


def bank_days(last_date: dt.date) -> list[dt.date]:
    """Return the ten working days up to a date; public holidays are left out of the picture."""
    days = (last_date - dt.timedelta(age) for age in range(2 * DAYS))
    return sorted([day for day in days if day.weekday() < 5][:DAYS])


def make_files(events: Iterable[Event], last_date: dt.date) -> BankFiles:
    """Return the files of all events."""
    days = bank_days(last_date)
    ordered = sorted(events, key=lambda event: event.day)
    main = _statements(MAIN_ACCOUNT, days, ordered)
    second = _statements(SECOND_ACCOUNT, days, ordered)
    camt = [_camt_file(statement) for statement in main]
    as_sent = [*second[:HELD_DAY], _cut(second[HELD_DAY]), *second[HELD_DAY + 1 :]]
    weeks = [_mt940_file(as_sent[:_WEEK]), _mt940_file(as_sent[_WEEK:])]
    arrived = [*camt[:MISSING_DAY], *camt[MISSING_DAY + 1 :], *weeks]
    return BankFiles(tuple(arrived), (camt[MISSING_DAY], _mt940_file([second[HELD_DAY]])))


def _statements(account: OwnAccount, days: Sequence[dt.date], events: Sequence[Event]) -> list[Statement]:
    statements: list[Statement] = []
    opening_minor, previous = account.opening_minor, days[0] - dt.timedelta(1)
    for place, day in enumerate(days):
        todays = [event for event in events if event.day == place and event.account is account]
        is_camt = account is MAIN_ACCOUNT
        statement = make_statement(
            account=account.iban,
            number=str(_FIRST_NUMBER + place),
            statement_id=f"{day:%Y%m%d}-{_FIRST_NUMBER + place}" if is_camt else "STARTUMS",
            opening_minor=opening_minor,
            entries=[_entry(event, day, number) for number, event in enumerate(todays, 1)],
            # MT940 has no first day: its opening balance is dated like the closing one before.
            from_date=day if is_camt else previous,
            to_date=day,
            servicer_bic=account.bic,
        )
        statements.append(statement)
        opening_minor, previous = statement.end.closing_minor or 0, day
    return statements


def _entry(event: Event, day: dt.date, number: int) -> BankEntry:
    return BankEntry(
        booking_date=day,
        value_date=day,
        amount_minor=event.payment.amount_minor,
        currency="EUR",
        status=EntryStatus.BOOKED,
        is_reversal=False,
        bank_transaction_code=event.code,
        reference=f"{day:%y%m%d}{event.account.iban[-4:]}{number:04d}",
        entry_reference=None,
        text=business_code(event.code).text,
        charges_minor=None,
        batch=None,
        transactions=(event.payment,),
        line=None,
    )


def _cut(statement: Statement) -> Statement:
    """Return the statement without its last booking but with its balances: it no longer adds up."""
    return statement._replace(entries=list(statement.entries)[:-1])


def _camt_file(statement: Statement) -> File:
    day = statement.end.to_date
    assert day is not None
    evening = dt.datetime.combine(day, dt.time(20, 15), dt.UTC)
    parts = write_camt([statement], message_id=f"QB{day:%Y%m%d}201500", created_at=evening, owner_name=COMPANY_NAME)
    return File(f"camt053-{day:%Y%m%d}.xml", b"".join(parts))


def _mt940_file(statements: Sequence[Statement]) -> File:
    last_day = statements[-1].end.to_date
    return File(f"mt940-{last_day:%Y%m%d}.sta", b"".join(write_mt940(statements)))
