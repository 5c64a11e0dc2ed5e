"""Faults that are planted are found by a simulated year: the simulation can fail, and says with which seed."""

from collections.abc import Callable
from pathlib import Path
from sqlite3 import IntegrityError
from typing import Any

import pytest

from gateway.domain.matching import decide
from gateway.domain.matching.model import Ignore, Rule
from gateway.services import match_transactions, settle_collections
from gateway.store import collection_answers, collection_writes, due_items
from schemas.direct_debit import NO_AMENDMENT
from schemas.states import CollectionState, IgnoreCategory
from support.databases import SqliteFiles
from support.simulation import live_in

SEEDS, DAYS = range(1, 8), 90  # The first finds them all, until its dice fall otherwise.
Plant = Callable[[pytest.MonkeyPatch], None]


async def _nothing(*_: Any, **__: Any) -> frozenset[int]:
    return frozenset()


def _tells_no_amendment(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(due_items, "amendments_to_carry", lambda rows: NO_AMENDMENT)


def _asks_without_noting_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(collection_writes, "ask_for_items", _nothing)


def _frees_nothing_that_settled(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle_collections.collection_answers, "free_items", _nothing)


def _takes_returns_for_costs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "decide_outgoing", lambda *_: Ignore(Rule.OUTGOING, IgnoreCategory.BANK_FEE))


def _leaves_fees_aside(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(match_transactions, "attach_fees", _nothing)


def _moves_no_returned_debit(patch: pytest.MonkeyPatch) -> None:
    move = collection_answers.move_collections

    async def moves_others(*given: Any, to_state: CollectionState, **more: Any) -> list[int]:
        return [] if to_state is CollectionState.RETURNED else await move(*given, to_state=to_state, **more)

    patch.setattr(collection_answers, "move_collections", moves_others)


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        pytest.param(_asks_without_noting_it, "collecting_within_amount", id="an item in a run is free"),
        pytest.param(_moves_no_returned_debit, "the bank says", id="returns move nothing", marks=pytest.mark.whole),
        pytest.param(_takes_returns_for_costs, "the bank says", id="returns are costs", marks=pytest.mark.whole),
        pytest.param(_leaves_fees_aside, "the bank took 300", id="fees belong to nothing", marks=pytest.mark.whole),
        pytest.param(_frees_nothing_that_settled, "open_item", id="a settled debit asks", marks=pytest.mark.whole),
        pytest.param(_tells_no_amendment, "the bank refused", id="no bank is told of changes", marks=pytest.mark.whole),
    ],
)
def test_a_planted_fault_is_found(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant, found: str
) -> None:
    plant(monkeypatch)

    broken = _first_broken(SqliteFiles(migrated_sqlite), tmp_path)

    assert broken.startswith("seed ")
    assert found in broken


def _first_broken(databases: SqliteFiles, folder: Path) -> str:
    for seed in SEEDS:
        place = folder / str(seed)
        place.mkdir()
        try:
            broken = live_in(databases.fresh_database(place), place, seed, DAYS).words
        except IntegrityError as error:  # The database itself refuses.
            broken = f"seed {seed}: {error}"
        if broken:
            return broken
    return "no seed found it"
