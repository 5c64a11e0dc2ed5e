"""What happens to mandates and creditors in a simulated year, and the weekly round of the person who looks after them."""

from gateway.services import amend_mandates, decide_changes, manage_creditors, manage_mandates
from gateway.services.amend_mandates import NewAccount
from gateway.services.expire_mandates import expire_mandates
from gateway.services.manage_creditors import CreditorRecord
from gateway.store.mandates import Mandate, mandates
from gateway.store.protected_changes import ProtectedChange, protected_changes
from schemas.codes.lists import LocalInstrument
from schemas.states import MandateState, ProposalState
from schemas.tables import MandateType
from support.simulation_world import Customer, World, creditor_identifier, sign


async def change_something(world: World) -> None:
    """Let something happen to a mandate or a creditor, as it does in a company."""
    dice = world.dice
    found = await world.treasury.rows(Mandate, mandates.c.state == MandateState.ACTIVE)
    if not found:
        return
    row = dice.choice(found)
    one = next(one for one in world.customers if one.key == row.party_id)
    chance = dice.random()
    if chance < 0.35:
        await _move_account(world, row, one)
    elif chance < 0.55:
        world.numbers += 1
        async with world.treasury.work() as work:
            await amend_mandates.change_reference(work, mandate_id=row.id, reference=f"NEW-{world.numbers}")
    elif chance < 0.65:
        await _rename_creditor(world)
    elif chance < 0.75:
        await _move_creditor(world)
    elif chance < 0.9:
        await _move_mandate(world, row, MandateState.SUSPENDED)
    else:
        await _move_mandate(world, row, MandateState.REVOKED)


async def _move_account(world: World, row: Mandate, one: Customer) -> None:
    one.iban = world.new_iban()
    async with world.treasury.work() as work:
        await amend_mandates.propose_account(work, account=NewAccount(row.id, one.iban), reason="letter")
    await _accept(world)


async def _rename_creditor(world: World) -> None:
    creditor_id = world.dice.choice(world.creditor_ids)
    world.numbers += 1
    async with world.treasury.work() as work:
        record = CreditorRecord(f"Beispiel Handel {world.numbers} AG")
        await manage_creditors.change_creditor(work, creditor_id=creditor_id, record=record)


async def _move_creditor(world: World) -> None:
    creditor_id = world.dice.choice(world.creditor_ids)
    world.numbers += 1
    async with world.treasury.work() as work:
        identifier = creditor_identifier(1_000 + world.numbers)
        await manage_creditors.propose_identifier(work, creditor_id=creditor_id, identifier=identifier)
    await _accept(world)


async def _move_mandate(world: World, row: Mandate, state: MandateState) -> None:
    async with world.treasury.work() as work:
        await manage_mandates.move_mandate(work, mandate_id=row.id, to_state=state, reason="the customer said so")


async def _accept(world: World) -> None:
    """Let Anna accept what waits for a second person."""
    waiting = await world.treasury.rows(ProtectedChange, protected_changes.c.state == ProposalState.OPEN)
    if waiting:
        async with world.treasury.work("anna") as work:
            await decide_changes.accept_changes(work, ids=[row.id for row in waiting])


async def look_after_mandates(world: World) -> None:
    """Let old mandates expire, confirm, wake and replace what needs it: a round every second week."""
    treasury = world.treasury
    await expire_mandates(treasury.database, now=treasury.now)
    rows = await treasury.rows(Mandate)
    for row in rows:
        if row.state is MandateState.SUSPENDED:
            await _move_mandate(world, row, MandateState.ACTIVE)
        if row.state in (MandateState.SUSPENDED, MandateState.ACTIVE) and _lacks_confirmation(row):
            async with treasury.work() as work:
                await manage_mandates.confirm_to_bank(work, mandate_id=row.id, confirmed_date=world.today)
    for one in world.customers:
        mine = [row for row in rows if row.party_id == one.key]
        is_used = all(row.type == MandateType.ONE_OFF and row.last_collected_date for row in mine)
        if is_used or all(row.state not in (MandateState.ACTIVE, MandateState.SUSPENDED) for row in mine):
            await sign(world, one, world.today)


def _lacks_confirmation(row: Mandate) -> bool:
    return row.scheme == LocalInstrument.B2B and row.b2b_confirmed_date is None
