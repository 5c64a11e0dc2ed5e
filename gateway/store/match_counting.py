"""Counting bank transactions into figures: which months changed, what became of each row, and writing the sums.

A bank transaction raises its version with each move, so a month whose number and sum of versions are known did not
change. What is only announced, divided, cancelled by the bank or not matched yet does not count.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, delete, exists, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.meter import evidence_of
from gateway.store.allocations import decisions
from gateway.store.bank_transactions import bank_transactions
from gateway.store.bulk import insert_rows
from gateway.store.columns import table_of
from gateway.store.journal import Move
from gateway.store.match_figures import figure_months, figures
from gateway.store.match_rate import WRONG
from gateway.store.reviews import review_items
from gateway.store.statements import files, statements
from gateway.store.work import Work
from schemas.states import BankTransactionState, MatchEvidence, MatchOutcome

_S, _O = BankTransactionState, MatchOutcome
_moves = table_of(Move)
_NOT_COUNTED = (_S.NEW, _S.SPLIT, _S.CANCELLED_BY_BANK)
_FIGURE = (
    "id", "company_id", "bank_account_id", "booking_date", "format", "currency", "outcome", "why", "evidence",
    "is_payment", "line_count", "amount_minor",
)  # fmt: skip
_MONTH = ("id", "company_id", "bank_account_id", "first_date", "line_count", "version_sum")
_SIGNS = 3  # The strongest evidence is among the first signs of a proof.


class Month(NamedTuple):
    """A month of an account, by its first day."""

    bank_account_id: int
    first_date: dt.date

    @property
    def last_date(self) -> dt.date:
        """The last day of the month."""
        return (self.first_date.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


class Stand(NamedTuple):
    """How many bank transactions a month has, and the sum of their versions: it grows with each change."""

    line_count: int
    version_sum: int


Fate = tuple[dt.date, str, str, MatchOutcome, str, MatchEvidence, bool]  # As in a figure, from its day on.
Sums = Mapping[Fate, tuple[int, int]]


class Counted(NamedTuple):
    """A month that was counted: how it stood just before (None: nothing is in it any more), and its figures."""

    stand: Stand | None
    sums: Sums


async def stands_now(session: AsyncSession, company_id: int) -> dict[Month, Stand]:
    """Return how each month of each account stands. Every row is looked at."""
    t = bank_transactions.c
    query = (
        select(t.bank_account_id, t.booking_date, func.count(), func.sum(t.version))
        .where(t.company_id == company_id)
        .group_by(t.bank_account_id, t.booking_date)
    )
    found: dict[Month, list[int]] = defaultdict(lambda: [0, 0])
    for account_id, day, count, versions in await session.execute(query):
        stand = found[Month(account_id, day.replace(day=1))]
        stand[0] += count
        stand[1] += int(versions)
    return {month: Stand(*stand) for month, stand in found.items()}


async def stands_counted(session: AsyncSession, company_id: int) -> dict[Month, Stand]:
    """Return how each month stood when it was counted."""
    m = figure_months.c
    query = select(m.bank_account_id, m.first_date, m.line_count, m.version_sum).where(m.company_id == company_id)
    return {Month(row[0], row[1]): Stand(row[2], row[3]) for row in await session.execute(query)}


async def count_month(session: AsyncSession, month: Month) -> Sums:
    """Return what became of the bank transactions of a month: how many, and their sum without its sign."""
    found: dict[Fate, list[int]] = defaultdict(lambda: [0, 0])
    for query in (_decided(session, month), _undone(session, month), _not_set_aside(month)):
        facts = query.subquery()
        *fate, amount = facts.c
        for row in await session.execute(select(*fate, func.count(), func.sum(amount)).group_by(*fate)):
            day, form, currency, outcome, why, is_payment, *signs, count, total = row
            sums = found[day, form, currency, MatchOutcome(outcome), why, evidence_of(why, signs), bool(is_payment)]
            sums[0] += count
            sums[1] += int(total)
    return {fate: (count, amount) for fate, (count, amount) in found.items()}


def _decided(session: AsyncSession, month: Month) -> Select[Any]:
    """What each row is now: booked or set aside by a rule, or a person was asked."""
    t, d, r = bank_transactions.c, decisions.c, review_items.c
    asked = r.bank_transaction_id == t.id
    first_reason = select(r.reason).where(asked).order_by(r.opened_at, r.id).limit(1).scalar_subquery()
    is_by_rule = d.id.is_not(None)
    is_set_aside = and_(t.state == _S.IGNORED, t.ignored_by != "user")
    outcome = case(
        (and_(is_by_rule, exists().where(asked)), literal(_O.BOOKED_LATER.value, Text)),
        (is_by_rule, _O.BOOKED.value),
        (is_set_aside, _O.SET_ASIDE.value),
        else_=_O.ASKED.value,
    )
    why = case((is_by_rule, d.rule), (is_set_aside, t.ignored_by), else_=func.coalesce(cast(first_reason, Text), ""))
    live = and_(d.bank_transaction_id == t.id, d.booked_by == "rule", d.undone_at.is_(None))
    query = _rows_of(month, outcome, why, and_(t.amount_minor > 0, t.state != _S.IGNORED), _signs(session))
    return query.outerjoin(decisions, live)


def _undone(session: AsyncSession, month: Month) -> Select[Any]:
    """What rules had booked and a person took back."""
    t, d = bank_transactions.c, decisions.c
    taken_back = and_(d.bank_transaction_id == t.id, d.booked_by == "rule", d.undone_at.is_not(None))
    query = _rows_of(month, _wrong(d.undo_reason), d.rule, t.amount_minor > 0, _signs(session))
    return query.join(decisions, taken_back)


def _not_set_aside(month: Month) -> Select[Any]:
    """What rules had set aside and a person took back: nobody had set it aside by hand before."""
    t, m, by_hand = bank_transactions.c, _moves.c, _moves.alias("by_hand")
    is_one = and_(m.subject_table == "bank_transaction", m.subject_id == t.id, m.from_state == _S.IGNORED.value)
    person = exists().where(
        by_hand.c.subject_table == "bank_transaction",
        by_hand.c.subject_id == t.id,
        by_hand.c.to_state == _S.IGNORED.value,
        by_hand.c.position < m.position,
    )
    query = _rows_of(month, _wrong(m.reason), literal(_O.SET_ASIDE.value, Text), t.amount_minor > 0, _no_signs())
    return query.join(_moves, is_one).where(~person)


def _wrong(reason: ColumnElement[str]) -> ColumnElement[str]:
    return case((reason.startswith(WRONG), literal(_O.WRONG.value, Text)), else_=_O.TAKEN_BACK.value)


def _rows_of(
    month: Month,
    outcome: ColumnElement[str],
    why: ColumnElement[str],
    is_payment: ColumnElement[bool],
    signs: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    """Return the rows of a month that count, with what is said of each and the amount without its sign."""
    t = bank_transactions
    said = (outcome.label("outcome"), why.label("why"), is_payment.label("is_payment"))
    return (
        select(
            t.c.booking_date, files.c.format, t.c.currency, *said, *signs, func.abs(t.c.amount_minor).label("amount")
        )
        .select_from(t)
        .join(statements, statements.c.id == t.c.statement_id)
        .join(files, files.c.id == statements.c.file_id)
        .where(
            t.c.bank_account_id == month.bank_account_id,
            t.c.booking_date.between(month.first_date, month.last_date),
            t.c.is_provisional.is_(False),
            t.c.state.not_in(_NOT_COUNTED),
        )
    )


def _signs(session: AsyncSession) -> list[ColumnElement[Any]]:
    """Return the codes of the first signs of the explanation that was booked (`domain/matching/record.py`)."""
    proof = decisions.c.proof
    if session.get_bind().dialect.name == "sqlite":
        codes = [func.json_extract(proof, f"$[0][4][{place}][0]") for place in range(_SIGNS)]
    else:
        json = cast(proof, JSON)
        codes = [func.json_extract_path_text(json, "0", "4", str(place), "0") for place in range(_SIGNS)]
    return [code.label(f"sign_{place}") for place, code in enumerate(codes)]


def _no_signs() -> list[ColumnElement[Any]]:
    return [cast(null(), Text).label(f"sign_{place}") for place in range(_SIGNS)]


async def replace_months(work: Work, counted: Mapping[Month, Counted], before: Mapping[Month, Stand]) -> int:
    """Write the figures of some months in place of those before; return how many months were written.

    A month that somebody else counted since it was looked at (``before``) is left as he counted it.
    """
    known = await stands_counted(work.session, work.company_id)
    kept = {month: one for month, one in counted.items() if known.get(month) == before.get(month)}
    for month in kept:
        account, first = month
        for table, date in ((figures, figures.c.booking_date), (figure_months, figure_months.c.first_date)):
            days = date.between(first, month.last_date)
            mine = (table.c.company_id == work.company_id, table.c.bank_account_id == account)
            await work.session.execute(delete(table).where(*mine, days))
    company_id, keys = work.company_id, iter(work.new_ids(ids_needed(kept.values())))
    months = [(next(keys), company_id, *month, *one.stand) for month, one in kept.items() if one.stand]
    rows = [
        (next(keys), company_id, month.bank_account_id, *fate, *sums)
        for month, one in kept.items()
        for fate, sums in one.sums.items()
    ]
    await insert_rows(work, figure_months, _MONTH, months)
    await insert_rows(work, figures, _FIGURE, rows)
    return len(kept)


def ids_needed(counted: Iterable[Counted]) -> int:
    """Return how many keys it takes to write the figures of some months."""
    return sum([1 + len(one.sums) for one in counted])
