"""A second month of the same customers: what a clerk taught in the first one raises what is booked, and nothing is wrong.

Our own customers are always there; the generated ones only where their generator is, and under ``make prove``.
"""

import asyncio
import os
from pathlib import Path

import pytest

from bench.quality import MIXES, tools_dir
from support.figures import IS_PROVING, count, note
from support.generated_months import Generated
from support.habitual_payers import HabitualPayers
from support.second_month import Months, live

SEEDS = count(full=20, small=1)
OF_EACH_WAY = count(full=8, small=3)
FIRST = int(os.environ.get("SEED", "1"))
GENERATED = range(11, 21)
ENTRIES = 500  # In each generated month.

pytestmark = pytest.mark.prove


def test_habits_and_accounts_that_a_clerk_taught_raise_what_is_booked_and_nothing_is_wrong(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    seeds = range(FIRST, FIRST + SEEDS)

    lived = [
        asyncio.run(live(HabitualPayers(seed, OF_EACH_WAY), tmp_path / str(seed), migrated_sqlite)) for seed in seeds
    ]

    first, taught, forgotten = check_and_note(lived, "payers by habit", f"{seeds[0]} to {seeds[-1]}")
    assert taught > first + 5
    assert taught > forgotten + 10


def check_and_note(lived: list[Months], who: str, seeds: str) -> list[float]:
    """Return the mean shares of the three months; nothing of them may be wrong, and the books are sound."""
    assert [broken for months in lived for broken in months.broken] == []
    assert [wrong for months in lived for score in months.scores for wrong in score.wrong] == []
    shares = [
        sum(score.per_cent for score in scores) / len(lived)
        for scores in zip(*[one.scores for one in lived], strict=True)
    ]
    payments = sum(score.payments for months in lived for score in months.scores[:2])
    told = "{:.2f} % booked in the first month, {:.2f} % in the second; {:.2f} % if all that was learned is forgotten"
    note(f"a second month, {who}", f"{told.format(*shares)}; 0 wrong of {payments} payments", seeds)
    return shares


@pytest.mark.skipif(
    not (IS_PROVING and tools_dir()), reason="NO GENERATED MONTHS: only under make prove, with GATEWAY_QUALITY"
)
@pytest.mark.parametrize("mix", MIXES)
def test_of_generated_months_more_is_booked_once_a_clerk_answered_the_first_and_nothing_is_wrong(
    mix: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    tools = tools_dir()
    assert tools is not None

    lived = [
        asyncio.run(
            live(Generated(tools, tmp_path / f"s{seed}", seed, ENTRIES, mix), tmp_path / str(seed), migrated_sqlite)
        )
        for seed in GENERATED
    ]

    first, taught, forgotten = check_and_note(lived, f"{mix} mix", f"{GENERATED[0]} to {GENERATED[-1]}")
    if mix == "default":  # All that can be booked of it is booked in the first month: there is nothing to learn.
        assert taught > first - 1
        assert taught >= forgotten
    else:
        assert taught > first
        assert taught > forgotten
