"""How customers usually pay, as people's decisions showed: habits, and the decisions that agreed with them or not."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.lessons import Lesson
from gateway.domain.matching.model import Habit
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import of_company, owned, points
from gateway.store.work import Work
from schemas.states import HabitKind


class LearnedHabit(Row, table=True):
    """A habit of a customer. Its strength is counted from the decisions that showed it."""

    __tablename__ = "learned_habit"
    __table_args__ = (
        UniqueConstraint("company_id", "party_id", "kind", "basis_points"),
        of_company(),
        owned(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key(index=True)
    kind: HabitKind = columns.enum(HabitKind)
    basis_points: int = columns.number(default=0)
    off_at: dt.datetime | None = columns.moment(nullable=True)
    forgotten_at: dt.datetime | None = columns.moment(nullable=True)
    recorded_at: dt.datetime = columns.moment()


class HabitLesson(Row, table=True):
    """What a decision about a bank transaction said of a habit, until it is taken back."""

    __tablename__ = "habit_lesson"
    __table_args__ = (
        UniqueConstraint("habit_id", "bank_transaction_id"),
        Index("ix_habit_lesson_transaction", "bank_transaction_id"),
        of_company(),
        points("habit_id", "learned_habit"),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    habit_id: int = columns.key()
    bank_transaction_id: int = columns.key()
    is_right: bool = columns.flag()
    actor: str = columns.text()
    recorded_at: dt.datetime = columns.moment()
    taken_back_at: dt.datetime | None = columns.moment(nullable=True)


class KnownHabit(NamedTuple):
    """A habit with its key; ``is_off`` if a person switched it off, ``last_at`` when a decision last spoke of it."""

    id: int
    habit: Habit
    is_off: bool
    last_at: dt.datetime


learned_habits, habit_lessons = table_of(LearnedHabit), table_of(HabitLesson)
_h, _l = learned_habits.c, habit_lessons.c
_live = _l.taken_back_at.is_(None)


async def load_habits(session: AsyncSession, company_id: int) -> list[Habit]:
    """Return the habits of the company's customers that are switched on, and were right at least once."""
    known = await _counted(session, _h.company_id == company_id, _h.off_at.is_(None))
    return [one.habit for one in known if one.habit.lately]


async def habits_of(session: AsyncSession, *, company_id: int, customer_id: int) -> list[KnownHabit]:
    """Return the habits of a customer that were not forgotten, oldest first; also those that are switched off."""
    return await _counted(session, _h.company_id == company_id, _h.party_id == customer_id)


async def habits_by_id(session: AsyncSession, *, company_id: int, ids: Iterable[int]) -> list[KnownHabit]:
    """Return some habits that were not forgotten, oldest first."""
    found: list[KnownHabit] = []
    for piece in in_pieces(ids):
        found += await _counted(session, _h.company_id == company_id, among(session, _h.id, piece))
    return found


async def _counted(session: AsyncSession, *which: ColumnElement[bool]) -> list[KnownHabit]:
    """Return habits with how often they were right, wrong, and right since they were last wrong."""
    wrong = (
        select(_l.habit_id, func.max(_l.recorded_at).label("at"))
        .join(learned_habits, _h.id == _l.habit_id)
        .where(_live, _l.is_right.is_(False), *which)
        .group_by(_l.habit_id)
        .subquery()
    )
    is_late = or_(wrong.c.at.is_(None), _l.recorded_at > wrong.c.at)
    counts = (
        func.sum(case((_l.is_right.is_(True), 1), else_=0)),
        func.sum(case((_l.is_right.is_(False), 1), else_=0)),
        func.sum(case((and_(_l.is_right.is_(True), is_late), 1), else_=0)),
        func.max(_l.recorded_at),
    )
    names = (_h.id, _h.party_id, _h.kind, _h.basis_points, _h.off_at)
    query = (
        select(*names, *counts)
        .join(habit_lessons, and_(_l.habit_id == _h.id, _live))
        .outerjoin(wrong, wrong.c.habit_id == _h.id)
        .where(_h.forgotten_at.is_(None), *which)
        .group_by(*names)
        .order_by(_h.id)
    )
    return [_known(row) for row in await session.execute(query)]


def _known(row: Sequence[Any]) -> KnownHabit:
    key, customer_id, kind, points_, off_at, right, wrong, lately, last_at = row
    habit = Habit(customer_id, HabitKind(kind), points_, int(right), int(wrong), int(lately))
    return KnownHabit(key, habit, off_at is not None, last_at)


async def add_lesson(work: Work, *, customer_id: int, bank_transaction_id: int, lesson: Lesson) -> None:
    """Keep what a decision says of a habit; a later one about the same bank transaction takes its place."""
    habit_id = await _habit_id(work, customer_id, lesson)
    now = {"is_right": lesson.is_right, "actor": work.actor.word, "recorded_at": work.now, "taken_back_at": None}
    values = now | {
        "id": work.new_id(), "company_id": work.company_id, "habit_id": habit_id,
        "bank_transaction_id": bank_transaction_id,
    }  # fmt: skip
    insert = (sqlite.insert if work.is_sqlite else postgresql.insert)(habit_lessons).values(**values)
    names = ["habit_id", "bank_transaction_id"]
    await work.session.execute(insert.on_conflict_do_update(index_elements=names, set_=now))


async def _habit_id(work: Work, customer_id: int, lesson: Lesson) -> int:
    """Return the key of a habit, which begins, or begins again, if it must."""
    names = {"company_id": work.company_id, "party_id": customer_id, "kind": lesson.kind,
             "basis_points": lesson.basis_points}  # fmt: skip
    insert = (sqlite.insert if work.is_sqlite else postgresql.insert)(learned_habits)
    insert = insert.values(id=work.new_id(), recorded_at=work.now, **names)
    await work.session.execute(insert.on_conflict_do_update(index_elements=list(names), set_={"forgotten_at": None}))
    query = select(_h.id).where(*[_h[name] == value for name, value in names.items()])
    return int((await work.session.execute(query)).scalar_one())


async def take_back(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Forget what decisions about some bank transactions said, because they are taken back."""
    for piece in in_pieces(bank_transaction_ids):
        wanted = among(work.session, _l.bank_transaction_id, piece)
        await work.session.execute(update(habit_lessons).where(wanted, _live).values(taken_back_at=work.now))


async def switch(work: Work, *, habit_id: int, is_off: bool) -> int | None:
    """Switch a habit off or on; return the key of its customer, or None if there is no such habit."""
    return await _change(work, habit_id, {"off_at": work.now if is_off else None})


async def forget(work: Work, *, habit_id: int) -> int | None:
    """Forget a habit with all that showed it; return the key of its customer, or None if there is no such habit."""
    customer_id = await _change(work, habit_id, {"forgotten_at": work.now, "off_at": None})
    lessons = update(habit_lessons).where(_l.company_id == work.company_id, _l.habit_id == habit_id, _live)
    await work.session.execute(lessons.values(taken_back_at=work.now))
    return customer_id


async def _change(work: Work, habit_id: int, values: dict[str, Any]) -> int | None:
    mine = (_h.company_id == work.company_id, _h.id == habit_id, _h.forgotten_at.is_(None))
    changed = update(learned_habits).where(*mine).values(**values).returning(_h.party_id)
    customer_id: int | None = (await work.session.execute(changed)).scalar_one_or_none()
    return customer_id
