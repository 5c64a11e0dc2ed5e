"""How customers usually paid, from the start of a replay on, as the decisions of people showed it until then."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gateway.domain.matching.model import Habit
from gateway.domain.replay.past import Past, PastHabit, PastLesson
from gateway.domain.replay.steps import Step, Usual


class HabitsThen(NamedTuple):
    """The habits at the start, and the steps from there."""

    known: list[Habit]
    steps: list[Step]


def habits_then(past: Past) -> HabitsThen:
    """Return how customers paid when the period began, and the steps from there."""
    turns = [turn for one in _with_lessons(past) for turn in _turns(*one)]
    now: dict[int, dict[int, Habit]] = defaultdict(dict)
    known: list[Habit] = []
    steps: list[Step] = []
    for at, key, one, habit in sorted(turns, key=lambda turn: turn[:2]):
        if not steps and at >= past.begin:
            known = _all(now)
        if habit is None:
            now[one.customer_id].pop(one.key, None)
        else:
            now[one.customer_id][one.key] = habit
        if at >= past.begin:
            of_customer = tuple(now[one.customer_id][key] for key in sorted(now[one.customer_id]))
            steps.append(Step(at, key, Usual(one.customer_id, of_customer)))
    return HabitsThen(known if steps else _all(now), steps)


def _all(now: dict[int, dict[int, Habit]]) -> list[Habit]:
    return [habits[key] for habits in now.values() for key in sorted(habits)]


def _with_lessons(past: Past) -> Iterator[tuple[PastHabit, list[PastLesson]]]:
    lessons: dict[int, list[PastLesson]] = defaultdict(list)
    for lesson in past.lessons:
        lessons[lesson.habit_key].append(lesson)
    for habit in past.habits:
        yield habit, lessons[habit.key]


def _turns(one: PastHabit, lessons: Iterable[PastLesson]) -> Iterator[tuple[dt.datetime, int, PastHabit, Habit | None]]:
    """Yield what a habit is from each moment on; None: it is not known, or switched off."""
    events = [(lesson.recorded_at, lesson.key, lesson, True) for lesson in lessons]
    events += [(lesson.taken_back_at, lesson.key, lesson, False) for lesson in lessons if lesson.taken_back_at]
    live: dict[int, PastLesson] = {}
    for at, key, lesson, begins in sorted(events, key=lambda event: event[:2]):
        if begins:
            live[key] = lesson
        else:
            live.pop(key, None)
        is_off = one.off_at is not None and one.off_at <= at
        habit = _habit(one, list(live.values()))
        yield at, key, one, habit if habit.lately and not is_off else None
    if one.off_at is not None:
        yield one.off_at, one.key, one, None


def _habit(one: PastHabit, lessons: list[PastLesson]) -> Habit:
    wrong_at = max((lesson.recorded_at for lesson in lessons if not lesson.is_right), default=None)
    right = [lesson for lesson in lessons if lesson.is_right]
    lately = [lesson for lesson in right if wrong_at is None or lesson.recorded_at > wrong_at]
    return Habit(one.customer_id, one.kind, one.basis_points, len(right), len(lessons) - len(right), len(lately))
