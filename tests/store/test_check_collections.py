"""Every rule of collections finds the row that breaks it, and says nothing of a run that went its way."""

import pytest

from gateway.store.collections import Collection
from support.templates import CopyOf
from support.treasury import Treasury, approved_run, make_treasury

BREAKS = {
    "nothing": ("UPDATE collection SET bank_status = 'ACCP'", []),
    "an item asks for more than its lines": (
        "UPDATE open_item SET collecting_minor = 9000 WHERE number = 'FA-1'",
        ["says 9000 are asked for, live collections ask for 10000 (INV-11)"],
    ),
    "a collection of another amount": (
        "UPDATE collection SET amount_minor = 9000 WHERE amount_minor = 10000",
        ["asks for 9000, its lines for 10000 (INV-11)", "its rows say 3 of 59000 (INV-13)"],
    ),
    "a collection in no file": (
        "UPDATE collection SET batch_id = NULL WHERE amount_minor = 10000",
        ["is batched, but in no file (INV-11)", "its rows say 2 of 50000 (INV-13)"],
    ),
    "a collection that moved without a word": (
        "UPDATE collection SET state = 'submitted' WHERE amount_minor = 10000",
        ["is submitted, but never moved there (INV-17)", "which is approved (INV-11, INV-17)"],
    ),
    "a run of another sum": (
        "UPDATE collection_run SET sum_minor = 1",
        ["its blocks say 3 of 60000 (INV-13)", "is approved without the approval", "is not for what run"],
    ),
    "a run with another hash": (
        "UPDATE collection_run SET sha256 = 'other'",
        ["is approved without the approval of another person (INV-18)", "is not for what run"],
    ),
    "a run whose maker approved it": (
        "UPDATE collection_run SET made_by_id = (SELECT user_id FROM run_approval)",
        ["is approved without the approval of another person (INV-18)", "is its maker's own (INV-18)"],
    ),
    "a run that left by itself": (
        "UPDATE collection_run SET state = 'submitted'",
        ["no attempt to send it succeeded (INV-15)", "is batched in run", "is batched in run", "is batched in run",
         "is submitted, but it moved to approved (INV-17)"],
    ),
}  # fmt: skip


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    return await copy_of(make_treasury)


@pytest.mark.parametrize("name", BREAKS)
async def test_each_broken_rule_names_its_row(treasury: Treasury, name: str) -> None:
    change, words = BREAKS[name]
    await approved_run(treasury)
    assert await treasury.broken() == []

    await treasury.execute(change)

    found = await treasury.broken()
    assert len(found) == len(words), found
    for word in words:
        assert any(word in sentence for sentence in found), found


async def test_a_whole_life_breaks_no_rule(treasury: Treasury) -> None:
    run = await approved_run(treasury)
    await treasury.begin(run.id)
    await treasury.end(run.id)

    assert len(await treasury.rows(Collection)) == 3
    assert await treasury.broken() == []
