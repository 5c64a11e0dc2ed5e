"""Simulated years against the pretended bank: at the end every cent is where the bank says, nothing was asked twice."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from support.databases import KINDS, Databases, databases_of
from support.figures import IS_PROVING, IS_WHOLE, count, note
from support.simulation import YEAR, live_in

SEEDS = {"sqlite": count(full=200, small=2), "postgresql": count(full=20, small=1)}
DAYS = count(full=YEAR, small=60)
FIRST = int(os.environ.get("SEED", "1"))  # SEED=17 begins with the year of that seed.

pytestmark = pytest.mark.prove


@pytest.fixture(params=KINDS if IS_WHOLE else KINDS[:1])
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases: of each kind in CI and in a whole run, of SQLite elsewhere."""
    return databases_of(request)


def test_at_the_end_of_a_year_every_cent_is_where_the_bank_says(
    databases: Databases, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    kind = request.node.callspec.params["databases"]
    seeds = range(FIRST, FIRST + SEEDS[kind])

    broken = [words for words in _lived(databases, tmp_path, seeds) if words]

    assert not broken, "\n".join(broken)
    named = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
    note(
        f"simulated years, {named}",
        f"{len(seeds)} years of {DAYS} days: every collection, invoice and account as the bank says; check clean",
        f"{seeds[0]} to {seeds[-1]}",
    )


def _lived(databases: Databases, folder: Path, seeds: range) -> Iterator[str]:
    """Yield what broke in the year of each seed; under ``make prove`` several years go on at once."""
    places = []
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        places.append((databases.fresh_database(place), place, seed, DAYS))
    if not IS_PROVING:
        yield from (live_in(*place) for place in places)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for done, words in enumerate(pool.map(live_in, *zip(*places, strict=True)), 1):
            print(f"seed {seeds[done - 1]}: {words or 'sound'}", flush=True)
            yield words
