"""Thirty ways to get money out without a second person. None works, on either database (reliability section 7)."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from gateway.domain.access import Right, RightNotForMachines, check_token_rights
from gateway.services.approve_run import (
    ApprovedAlready,
    MakerIsNotChecker,
    NotWhatYouSaw,
    RunHasTrouble,
    SeenRun,
)
from gateway.services.discard_run import MayHaveLeft, keep_collections
from gateway.services.freeze_run import Maker
from gateway.services.log_in import TooManyAttempts
from gateway.services.manage_mandates import move_mandate
from gateway.services.read_run import BytesDiffer
from gateway.services.submit_run import AttemptOpen, NotApproved, send_to_folder
from gateway.services.use_second_factor import WrongCode
from gateway.store.collection_runs import RunApproval
from gateway.store.collections import Collection
from gateway.store.creditors import CollectionPolicy
from gateway.store.database import Database
from gateway.store.journal import Journal
from gateway.store.work import Actor
from schemas.errors import Conflict, GatewayError, NotAllowed, NotFound
from schemas.states import MandateState, Role, RunState, SubmissionState
from support.templates import CopyOf
from support.treasury import Treasury, make_treasury, told_invoice


async def with_a_frozen_run(database: Database, folder: Path) -> Treasury:
    made = await make_treasury(database, folder)
    await made.hire("max", Role.CLERK, Role.APPROVER)
    await made.freeze()
    return made


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    """A company with a run of three debits that Clara froze."""
    return await copy_of(with_a_frozen_run)


async def not_approved(treasury: Treasury) -> bool:
    """Tell whether the last run waits still, with no approval, and cannot leave."""
    run = await treasury.run()
    with pytest.raises(NotApproved):
        await treasury.begin(run.id)
    return run.state is RunState.FROZEN and await treasury.rows(RunApproval) == []


async def test_the_maker_cannot_approve_his_own_run(treasury: Treasury) -> None:
    await treasury.discard((await treasury.run()).id)
    await treasury.freeze("max")

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("max")

    assert await not_approved(treasury)


async def test_the_maker_cannot_approve_it_in_a_second_session_either(treasury: Treasury) -> None:
    await treasury.discard((await treasury.run()).id)
    await treasury.freeze("max")
    other_session = treasury.caller("max")

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("max", caller=other_session)

    assert await not_approved(treasury)


async def test_the_maker_who_becomes_an_approver_stays_the_maker(treasury: Treasury) -> None:
    clara = treasury.users["clara"]
    await treasury.execute(
        "INSERT INTO user_role (user_id, company_id, role) VALUES (:user, :company, 'approver')",
        user=clara.id,
        company=treasury.company_id,
    )

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("clara")

    assert await not_approved(treasury)


async def test_the_owner_of_a_token_is_the_maker_of_what_it_freezes(treasury: Treasury) -> None:
    await treasury.discard((await treasury.run()).id)
    token = Maker(Actor("token", 99, "ERP"), treasury.users["max"].id)
    from gateway.services.freeze_run import freeze_runs
    from support.treasury import UNTIL

    await freeze_runs(treasury.place, company_id=treasury.company_id, until_date=UNTIL, maker=token)

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("max")
    assert await not_approved(treasury)


async def test_a_machine_never_approves(treasury: Treasury) -> None:
    machine = treasury.caller("anna")
    object.__setattr__(machine, "actor", Actor("token", treasury.users["anna"].id, "ERP"))

    with pytest.raises(NotAllowed):
        await treasury.approve("anna", caller=machine)

    assert await not_approved(treasury)


def test_no_token_can_be_given_the_right_to_approve() -> None:
    with pytest.raises(RightNotForMachines):
        check_token_rights([Right.APPROVE])


async def test_an_approver_who_lost_his_role_a_moment_ago_is_none(treasury: Treasury) -> None:
    page_that_is_open_still = treasury.caller("anna")
    await treasury.execute("DELETE FROM user_role WHERE user_id = :user", user=treasury.users["anna"].id)

    with pytest.raises(NotAllowed):
        await treasury.approve("anna", caller=page_that_is_open_still)

    assert await not_approved(treasury)


async def test_an_approver_of_another_company_is_none_here(treasury: Treasury) -> None:
    await treasury.execute("DELETE FROM user_role WHERE user_id = :user", user=treasury.users["otto"].id)

    with pytest.raises(NotAllowed):
        await treasury.approve("otto")

    assert await not_approved(treasury)


async def test_a_run_of_another_company_is_not_there(treasury: Treasury) -> None:
    with pytest.raises(NotFound):
        await treasury.approve("anna", caller=treasury.caller("anna", company_id=treasury.company_id + 1))

    assert await not_approved(treasury)


async def test_a_wrong_code_approves_nothing(treasury: Treasury) -> None:
    with pytest.raises(WrongCode):
        await treasury.approve("anna", code="000000")

    assert await not_approved(treasury)


async def test_the_code_of_somebody_else_approves_nothing(treasury: Treasury) -> None:
    with pytest.raises(WrongCode):
        await treasury.approve("anna", code=treasury.code("otto"))

    assert await not_approved(treasury)


async def test_a_code_that_was_seen_over_the_shoulder_works_once(treasury: Treasury) -> None:
    code = treasury.code("anna")
    with pytest.raises(RunHasTrouble):
        await _with_a_payment(treasury, code)
    assert await treasury.approve("anna", code=code), "what was refused used nothing up"

    await treasury.discard((await treasury.run()).id)
    await treasury.freeze()
    with pytest.raises(WrongCode):
        await treasury.approve("anna", code=code)
    assert (await treasury.run()).state is RunState.FROZEN


async def _with_a_payment(treasury: Treasury, code: str) -> None:
    """Try to approve while an item is paid; take the payment back."""
    await treasury.execute("UPDATE open_item SET settled_minor = 1 WHERE number = 'FA-1'")
    try:
        await treasury.approve("anna", code=code)
    finally:
        await treasury.execute("UPDATE open_item SET settled_minor = 0 WHERE number = 'FA-1'")


async def test_an_old_code_approves_nothing(treasury: Treasury) -> None:
    old = treasury.code("anna")
    treasury.now += dt.timedelta(minutes=5)

    with pytest.raises(WrongCode):
        await treasury.approve("anna", code=old)

    assert await not_approved(treasury)


async def test_codes_are_not_guessed_for_long(treasury: Treasury) -> None:
    for guess in range(treasury.rules.account_attempts_max):
        with pytest.raises(WrongCode):
            await treasury.approve("anna", code=f"{guess:06d}")

    with pytest.raises(TooManyAttempts):
        await treasury.approve("anna")

    assert await not_approved(treasury)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param({"sha256": "0" * 64}, id="the hash of another file"),
        pytest.param({"sum_minor": 1}, id="a smaller sum"),
        pytest.param({"collection_count": 1}, id="fewer collections"),
    ],
)
async def test_what_was_shown_differently_is_not_approved(treasury: Treasury, shown: dict[str, Any]) -> None:
    run = await treasury.run()
    seen = SeenRun(run.sha256, run.sum_minor, run.collection_count)._replace(**shown)

    with pytest.raises(NotWhatYouSaw):
        await treasury.approve("anna", seen=seen)

    assert await not_approved(treasury)


async def test_a_form_that_is_sent_again_approves_once(treasury: Treasury) -> None:
    run = await treasury.run()
    assert await treasury.approve("anna")

    with pytest.raises(NotWhatYouSaw):
        await treasury.approve("anna", run_id=run.id)

    assert len(await treasury.rows(RunApproval)) == 1


async def test_one_person_is_not_two(treasury: Treasury) -> None:
    await set_limit(treasury, 10_000)
    assert not await treasury.approve("anna")

    with pytest.raises(ApprovedAlready):
        await treasury.approve("anna")

    run = await treasury.run()
    assert run.state is RunState.FROZEN
    with pytest.raises(NotApproved):
        await treasury.begin(run.id)
    assert await treasury.approve("otto")


async def set_limit(treasury: Treasury, amount_minor: int) -> None:
    async with treasury.work("anna") as work:
        work.add(
            CollectionPolicy(
                id=work.new_id(), company_id=treasury.company_id, position=1, actor=work.actor.word, reason="",
                record={"second_approval_minor": amount_minor}, recorded_at=work.now, journal_id=work.journal_id,
            )
        )  # fmt: skip
        work.say("set_collection_policy", "company")


async def test_two_approvals_at_the_same_moment_by_one_person_count_once(treasury: Treasury) -> None:
    await set_limit(treasury, 10_000)
    first, second = treasury.code("anna"), treasury.code("anna")

    tried = [treasury.approve("anna", code=first), treasury.approve("anna", code=second)]
    answers = await asyncio.gather(*tried, return_exceptions=True)

    assert sum(answer is False for answer in answers) <= 1
    assert len(await treasury.rows(RunApproval)) <= 1
    assert (await treasury.run()).state is RunState.FROZEN


async def test_a_discarded_run_is_not_approved(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.discard(run.id)

    with pytest.raises(NotWhatYouSaw):
        await treasury.approve("anna", run_id=run.id)

    assert (await treasury.run(run.id)).state is RunState.DISCARDED


async def test_approve_and_discard_at_the_same_moment_leave_one_of_both(treasury: Treasury) -> None:
    run = await treasury.run()

    await asyncio.gather(treasury.approve("anna"), treasury.discard(run.id), return_exceptions=True)

    after = await treasury.run(run.id)
    assert after.state is RunState.DISCARDED, "discarded before or after it was approved, it never leaves"
    with pytest.raises(GatewayError):
        await treasury.begin(run.id)
    assert await treasury.broken() == []


async def test_bytes_swapped_on_the_disk_are_not_approved_and_raise_an_alarm(treasury: Treasury) -> None:
    swap_bytes(treasury, (await treasury.run()).sha256)

    with pytest.raises(BytesDiffer):
        await treasury.approve("anna")

    assert "alarm_bytes_differ" in [row.verb for row in await treasury.rows(Journal)]
    assert await treasury.rows(RunApproval) == []


def swap_bytes(treasury: Treasury, sha256: str) -> None:
    path = treasury.place.originals.path_of(sha256)
    path.write_bytes(path.read_bytes().replace(b"DE89370400440532013000", b"DE02120300000000202051"))


async def test_bytes_swapped_after_the_approval_do_not_leave(treasury: Treasury, tmp_path: Path) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    swap_bytes(treasury, run.sha256)

    with pytest.raises(BytesDiffer):
        await treasury.begin(run.id)
    with pytest.raises(BytesDiffer):
        await send_to_folder(
            treasury.place,
            company_id=treasury.company_id,
            run_id=run.id,
            actor=treasury.actor("clara"),
            folder=tmp_path,
        )

    assert not (tmp_path / run.file_name).exists()


async def test_a_file_that_is_gone_does_not_leave_as_another(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    treasury.place.originals.path_of(run.sha256).unlink()

    with pytest.raises(BytesDiffer):
        await treasury.begin(run.id)


async def test_another_hash_written_into_the_run_makes_its_approval_void(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    other = treasury.place.originals.keep_made(lambda file: Forged(file.write(b"<Document/>")))
    await treasury.execute("UPDATE collection_run SET sha256 = :other", other=other.sha256)

    with pytest.raises(NotApproved):
        await treasury.begin(run.id)

    assert any("INV-18" in sentence for sentence in await treasury.broken())


class Forged:
    """Bytes that nobody approved."""

    sha256 = "0f12d42f74b4afdbbf5a4ac8a50b5e2e8bc2ed01b8a9e4d0d4fd0ee9f5ae1ad8"

    def __init__(self, _written: int) -> None:
        import hashlib

        self.sha256 = hashlib.sha256(b"<Document/>").hexdigest()


async def test_an_approval_cannot_be_written_over(treasury: Treasury) -> None:
    await treasury.approve("anna")

    with pytest.raises(DBAPIError):
        await treasury.execute("UPDATE run_approval SET user_id = :user", user=treasury.users["otto"].id)
    with pytest.raises(DBAPIError):
        await treasury.execute("DELETE FROM run_approval")


async def test_an_approval_slipped_into_the_database_is_found_by_the_journal(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.execute(
        "INSERT INTO run_approval (id, company_id, run_id, user_id, sha256, sum_minor, collection_count, first_date,"
        " last_date, actor, recorded_at, journal_id) SELECT 99000, company_id, id, :anna, sha256, sum_minor,"
        " collection_count, first_date, last_date, 'user:1', created_at, 1 FROM collection_run",
        anna=treasury.users["anna"].id,
    )

    with pytest.raises(NotApproved):
        await treasury.begin(run.id)
    assert any("journal" in sentence for sentence in await treasury.broken())


async def test_a_line_of_an_approved_run_cannot_be_changed(treasury: Treasury) -> None:
    await treasury.approve("anna")

    with pytest.raises(DBAPIError):
        await treasury.execute("UPDATE collection_line SET amount_minor = amount_minor + 1")
    with pytest.raises(DBAPIError):
        await treasury.execute("UPDATE collection_batch SET bank_account_id = bank_account_id + 1")


async def test_an_item_paid_after_the_approval_stops_the_file(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    await treasury.execute("UPDATE open_item SET settled_minor = amount_minor WHERE number = 'FA-2'")

    with pytest.raises(RunHasTrouble) as caught:
        await treasury.begin(run.id)

    assert [one.reason for one in caught.value.troubles] == ["paid"]


async def test_an_account_changed_after_the_approval_stops_the_file(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    await treasury.execute(
        "UPDATE mandate SET iban = 'DE02120300000000202051', version = version + 1 WHERE reference = 'M-2'"
    )

    with pytest.raises(RunHasTrouble) as caught:
        await treasury.begin(run.id)

    assert [one.reason for one in caught.value.troubles] == ["mandate_changed"]


async def test_a_mandate_that_ended_cannot_be_kept_with_a_reason(treasury: Treasury) -> None:
    run = await treasury.run()
    mandate_id = next(one.mandate_id for one in await treasury.rows(Collection) if one.amount_minor == 10_000)
    async with treasury.work() as work:
        await move_mandate(work, mandate_id=mandate_id, to_state=MandateState.REVOKED, reason="letter of the debtor")
    found = (await treasury.rows(Collection))[0]

    with pytest.raises(Conflict):
        async with treasury.work() as work:
            await keep_collections(work, run_id=run.id, collection_ids=[found.id], reason="collect it all the same")
    with pytest.raises(RunHasTrouble):
        await treasury.approve("anna")


async def test_whoever_keeps_a_collection_in_a_run_does_not_approve_it(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.execute("UPDATE open_item SET settled_minor = 10 WHERE number = 'FA-1'")
    kept = (await treasury.rows(Collection))[0]
    async with treasury.work("anna") as work:
        await keep_collections(work, run_id=run.id, collection_ids=[kept.id], reason="he asked for it")

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("anna")

    assert await treasury.approve("otto")


async def test_an_approver_who_keeps_a_collection_afterwards_makes_his_approval_void(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    await treasury.execute("UPDATE open_item SET settled_minor = 10 WHERE number = 'FA-1'")
    kept = (await treasury.rows(Collection))[0]
    async with treasury.work("anna") as work:
        await keep_collections(work, run_id=run.id, collection_ids=[kept.id], reason="he asked for it")

    with pytest.raises(NotApproved):
        await treasury.begin(run.id)


async def test_a_sent_file_is_not_sent_again_under_another_attempt(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    await treasury.begin(run.id)
    await treasury.end(run.id)

    with pytest.raises(NotApproved):
        await treasury.begin(run.id)
    with pytest.raises(MayHaveLeft):
        await treasury.discard(run.id)


async def test_two_attempts_at_the_same_moment_are_one(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")

    answers = await asyncio.gather(treasury.begin(run.id), treasury.begin(run.id), return_exceptions=True)

    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, AttemptOpen) for answer in answers) == 1


async def test_freezing_twice_at_the_same_moment_asks_for_nothing_twice(treasury: Treasury) -> None:
    await treasury.discard((await treasury.run()).id)

    await asyncio.gather(treasury.freeze("clara"), treasury.freeze("max"), return_exceptions=True)

    item = await treasury.item("FA-3")
    assert item.collecting_minor == item.amount_minor
    assert await treasury.broken() == []


async def test_a_new_invoice_does_not_slip_into_an_approved_run(treasury: Treasury) -> None:
    before = await approved_once(treasury)
    await treasury.add_invoices(told_invoice("FA-9", 5_000))
    await treasury.freeze()

    after = await treasury.run(before.id)

    assert (after.sha256, after.sum_minor) == (before.sha256, before.sum_minor)
    assert (await treasury.run()).id != before.id


async def approved_once(treasury: Treasury) -> Any:
    await treasury.approve("anna")
    return await treasury.run()


async def test_not_sent_needs_a_proof(treasury: Treasury) -> None:
    run = await treasury.run()
    await treasury.approve("anna")
    await treasury.begin(run.id)

    with pytest.raises(GatewayError):
        await treasury.end(run.id, SubmissionState.NOT_SENT, "")

    with pytest.raises(AttemptOpen):
        await treasury.begin(run.id)
