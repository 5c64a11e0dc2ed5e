"""A run from the plan to the bank, on both databases: nothing is asked for twice, nothing is lost."""

import datetime as dt
import re
from pathlib import Path

import pytest

from gateway.services.discard_run import MayHaveLeft, take_out
from gateway.services.freeze_run import NothingToCollect
from gateway.services.submit_run import AttemptOpen, OtherFileThere, resolve_broken_off, send_to_folder
from gateway.store import due_items
from gateway.store.collection_runs import CollectionBatch, RunSubmission
from gateway.store.collections import Collection
from gateway.store.mandates import Mandate
from gateway.store.parties import Party
from gateway.store.runs_in_work import troubles_of
from schemas.states import CollectionState, RunState, SubmissionState
from support.templates import CopyOf
from support.treasury import DUE, Treasury, approved_run, make_treasury, told_invoice


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    return await copy_of(make_treasury)


async def test_what_is_due_is_frozen_into_a_file_whose_bytes_say_what_the_rows_say(treasury: Treasury) -> None:
    frozen = await treasury.freeze()

    run = await treasury.run(frozen.run_ids[0])
    data = treasury.place.originals.path_of(run.sha256).read_text()
    collections = await treasury.rows(Collection)
    assert (run.state, run.collection_count, run.sum_minor) == (RunState.FROZEN, 3, 60_000)
    assert run.latest_submission_at is not None
    assert run.latest_submission_at.isoformat() == "2026-12-14T09:00:00+00:00"
    assert re.findall(r"<EndToEndId>(.*?)<", data) == [one.end_to_end_id for one in collections]
    assert re.findall(r"<InstdAmt.*?>(.*?)<", data) == ["100.00", "200.00", "300.00"]
    assert f"<MsgId>{run.message_id}<" in data
    assert [one.payment_information_id for one in await treasury.rows(CollectionBatch)] == [f"{run.message_id}-B1"]
    assert {one.state for one in collections} == {CollectionState.BATCHED}
    item = await treasury.item("FA-2")
    assert (item.collecting_minor, item.in_flight_date) == (20_000, DUE)
    assert await treasury.broken() == []


async def test_mandates_of_many_customers_are_read_as_those_of_few(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    await treasury.execute("UPDATE mandate SET last_collected_date = '2026-01-05', b2b_confirmed_date = '2026-01-02'")
    found = []
    for most in (due_items.PIECE, 0):
        monkeypatch.setattr(due_items, "PIECE", most)
        async with treasury.database.read() as session:
            found.append(
                await due_items.mandates_of(
                    session, company_id=treasury.company_id, party_ids=[row.id for row in await treasury.rows(Party)],
                    default_identifier="DE98ZZZ09999999999", with_use=True,
                )
            )  # fmt: skip

    assert found[0] == found[1]
    assert len(found[0]) > 1
    assert {type(one.last_collected_date) for several in found[1].values() for one in several} == {dt.date}


async def test_freezing_says_how_far_it_is_while_it_stores(treasury: Treasury) -> None:
    told: list[tuple[str, int, int]] = []

    await treasury.freeze(progress=lambda *one: told.append(one))

    assert [done for stage, done, _ in told if stage == "storing"] == [0, 0, 1, 2]
    assert {total for stage, _, total in told if stage != "planning"} == {3}


async def test_the_first_of_many_debits_in_trouble_are_named_and_all_are_counted(treasury: Treasury) -> None:
    frozen = await treasury.freeze()
    await treasury.execute("UPDATE mandate SET version = version + 1")
    await treasury.execute("UPDATE open_item SET disputed_minor = 1 WHERE number = 'FA-2'")

    async with treasury.database.read() as session:
        found = await troubles_of(session, company_id=treasury.company_id, run_id=frozen.run_ids[0], limit=2)

    assert found.total == 3
    assert [one.reason for one in found.rows] == ["mandate_changed", "mandate_changed"]


async def test_what_is_in_a_run_is_not_asked_for_again(treasury: Treasury) -> None:
    await treasury.freeze()

    with pytest.raises(NothingToCollect):
        await treasury.freeze()


async def test_the_bank_has_the_file_when_a_person_says_so_with_proof(treasury: Treasury) -> None:
    run = await approved_run(treasury)

    await treasury.begin(run.id)
    with pytest.raises(AttemptOpen):
        await treasury.begin(run.id)
    with pytest.raises(MayHaveLeft):
        await treasury.discard(run.id)
    await treasury.end(run.id)

    run = await treasury.run(run.id)
    assert run.state is RunState.SUBMITTED
    assert {one.state for one in await treasury.rows(Collection)} == {CollectionState.SUBMITTED}
    assert {one.last_collected_date for one in await treasury.rows(Mandate)} == {DUE}
    assert await treasury.broken() == []


async def test_a_file_that_was_not_sent_is_sent_again_with_the_same_bytes(treasury: Treasury) -> None:
    run = await approved_run(treasury)
    await treasury.begin(run.id)
    await treasury.end(run.id, SubmissionState.UNKNOWN, "the page of the bank hung")
    with pytest.raises(AttemptOpen):
        await treasury.begin(run.id)
    await treasury.end(run.id, SubmissionState.NOT_SENT, "the bank knows no such file")

    await treasury.begin(run.id)

    attempts = await treasury.rows(RunSubmission)
    assert [attempt.state for attempt in attempts] == [SubmissionState.NOT_SENT, SubmissionState.SENDING]
    assert {attempt.sha256 for attempt in attempts} == {run.sha256}


async def test_a_discarded_run_frees_its_items_for_new_collections_with_new_ids(treasury: Treasury) -> None:
    first = await treasury.freeze()
    await treasury.discard(first.run_ids[0])
    assert (await treasury.item("FA-1")).collecting_minor == 0
    assert (await treasury.item("FA-1")).in_flight_date is None

    await treasury.freeze()

    collections = await treasury.rows(Collection)
    assert [one.state for one in collections] == [CollectionState.CANCELLED] * 3 + [CollectionState.BATCHED] * 3
    assert len({one.end_to_end_id for one in collections}) == 6
    assert await treasury.broken() == []


async def test_a_collection_is_taken_out_and_the_rest_is_a_new_file(treasury: Treasury) -> None:
    run = await approved_run(treasury)
    out = next(one for one in await treasury.rows(Collection) if one.amount_minor == 20_000)

    again = await take_out(
        treasury.place, company_id=treasury.company_id, run_id=run.id, collection_ids=[out.id],
        maker=treasury.maker(), reason="customer paid by hand",
    )  # fmt: skip

    fresh = await treasury.run(again.run_ids[0])
    assert (await treasury.run(run.id)).state is RunState.DISCARDED
    assert (fresh.state, fresh.collection_count, fresh.sum_minor) == (RunState.FROZEN, 2, 40_000)
    assert fresh.sha256 != run.sha256
    assert (await treasury.item("FA-2")).collecting_minor == 0


async def test_a_run_with_one_bad_collection_freezes_without_it_and_says_so(treasury: Treasury) -> None:
    await treasury.execute("UPDATE mandate SET reference = :bad WHERE reference = 'M-2'", bad="M_2#")

    frozen = await treasury.freeze()

    run = await treasury.run(frozen.run_ids[0])
    assert run.collection_count == 2
    assert [one["reason"] for one in run.left_out] == ["breaks_rule"]
    assert (await treasury.item("FA-2")).collecting_minor == 0
    assert await treasury.broken() == []


async def test_files_go_to_a_folder_once_and_never_over_another(treasury: Treasury, tmp_path: Path) -> None:
    folder = tmp_path / "to the bank"
    folder.mkdir()
    run = await approved_run(treasury)
    (folder / run.file_name).write_bytes(b"another file")
    place = {"company_id": treasury.company_id, "run_id": run.id, "actor": treasury.actor("clara"), "folder": folder}

    with pytest.raises(OtherFileThere):
        await send_to_folder(treasury.place, **place)
    (folder / run.file_name).unlink()
    target = await send_to_folder(treasury.place, **place)

    assert treasury.place.originals.hash_of(target) == run.sha256
    assert [path.name for path in folder.iterdir()] == [run.file_name]
    assert (await treasury.run(run.id)).state is RunState.SUBMITTED


async def test_what_broke_off_while_it_was_sent_is_unknown_after_the_start(treasury: Treasury) -> None:
    run = await approved_run(treasury)
    await treasury.begin(run.id)
    await treasury.execute("UPDATE run_submission SET channel = 'folder'")

    assert await resolve_broken_off(treasury.place) == 1

    assert [attempt.state for attempt in await treasury.rows(RunSubmission)] == [SubmissionState.UNKNOWN]


async def test_credit_notes_and_instalments_are_lines_of_the_debit(treasury: Treasury) -> None:
    await treasury.add_invoices(told_invoice("GS-1", -3_000), told_invoice("FA-9", 50_000, customer="C2"))
    item = await treasury.item("FA-9")
    await treasury.execute(
        "INSERT INTO instalment (id, company_id, open_item_id, position, due_date, amount_minor)"
        " VALUES (9000, :company, :item, 1, '2026-12-15', 20000), (9001, :company, :item, 2, '2027-02-15', 30000)",
        company=treasury.company_id, item=item.id,
    )  # fmt: skip

    await treasury.freeze()

    assert [one.amount_minor for one in await treasury.rows(Collection)] == [7_000, 40_000, 30_000]
    assert (await treasury.item("GS-1")).collecting_minor == -3_000
    assert (await treasury.item("FA-9")).collecting_minor == 20_000
    assert await treasury.broken() == []
