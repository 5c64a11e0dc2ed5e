"""Simulated years against the pretended bank: at the end every cent is where the bank says, nothing was asked twice."""

import gc
import multiprocessing
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from support.databases import KINDS, Databases, databases_of
from support.figures import IS_PROVING, IS_WHOLE, count, note
from support.simulation import YEAR, Year, live_in
from support.simulation_events import EVENTS

SEEDS = {"sqlite": count(full=200, small=2), "postgresql": count(full=20, small=1)}
DAYS = count(full=YEAR, small=60)
FIRST = int(os.environ.get("SEED", "1"))  # SEED=17 begins with the year of that seed, YEARS=3 lives three.
_OFTEN = 10  # How often each kind of event occurs at least in the full count.

pytestmark = pytest.mark.prove


@pytest.fixture(params=KINDS if IS_WHOLE else KINDS[:1])
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases: of each kind in CI and in a whole run, of SQLite elsewhere."""
    return databases_of(request)


def test_at_the_end_of_a_year_every_cent_is_where_the_bank_says(
    databases: Databases, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    kind = request.node.callspec.params["databases"]
    years = int(os.environ.get("YEARS", SEEDS[kind]))
    seeds = range(FIRST, FIRST + years)
    broken: list[str] = []
    events: Counter[str] = Counter()

    for year in _lived(databases, tmp_path, seeds):
        broken += [year.words] if year.words else []
        events += year.events

    assert not broken, "\n".join(broken)
    told = ", ".join(f"{name} {events[name]}" for name in EVENTS)
    if IS_PROVING and years == SEEDS["sqlite"]:
        assert all(events[name] >= _OFTEN for name in EVENTS), told
    named = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
    sound = "every collection, invoice and account as the bank says; check clean"
    note(f"simulated years, {named}", f"{years} years of {DAYS} days: {sound}", f"{seeds[0]} to {seeds[-1]}")
    note(f"events in these years, {named}", told)


def _lived(databases: Databases, folder: Path, seeds: range) -> Iterator[Year]:
    """Yield the year of each seed; under ``make prove`` several go on at once."""
    places = []
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        places.append((databases.fresh_database(place), place, seed, DAYS))
    if not IS_PROVING:
        yield from (live_in(*place) for place in places)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, gc.set_threshold, (20_000,)) as pool:
        for seed, year in zip(seeds, pool.map(live_in, *zip(*places, strict=True)), strict=True):
            print(f"seed {seed}: {year.words or 'sound'}", flush=True)
            shutil.rmtree(folder / str(seed))  # It may lie in memory.
            yield year
