"""Manage mandates, as far as their import needs it: write new ones, change what they say, move their states.

The payer accounts known from mandates are always those of the active ones.
"""

from collections.abc import Sequence

from gateway.domain.lifecycle import MANDATE
from gateway.domain.mandate_import import MandateStep
from gateway.store import mandates
from gateway.store.mandates import Mandate, MandateMove, NewMandate
from gateway.store.work import Work
from schemas.errors import NotFound
from schemas.states import MandateState


async def write_mandates(work: Work, steps: Sequence[MandateStep]) -> list[int]:
    """Write new and changed mandates; return the keys of the new ones.

    Another IBAN of a known mandate stays unwritten.
    """
    new = [step for step in steps if step.mandate is None]
    rows = [_new(step, key) for step, key in zip(new, work.new_ids(len(new)), strict=True)]
    known = [(step.mandate, step) for step in steps if step.mandate is not None]
    await mandates.insert_mandates(work, rows)
    await mandates.update_mandates(work, [(one.id, step.facts) for one, step in known if step.facts != one.facts])
    moves = [MandateMove(one.id, one.state, step.state, "import") for one, step in known if step.state != one.state]
    await mandates.move_mandates(work, moves)
    await mandates.sync_mandate_ibans(work, {step.party_id for step in steps})
    return [row.id for row in rows]


async def move_mandate(work: Work, *, mandate_id: int, to_state: MandateState, reason: str) -> None:
    """Move a mandate along its life cycle. Raises NotFound or ImpossibleMove."""
    mandate: Mandate | None = await mandates.get_mandate(
        work.session, company_id=work.company_id, mandate_id=mandate_id
    )
    if mandate is None:
        raise NotFound(f"there is no mandate {mandate_id}")
    MANDATE.move(mandate.state, to_state)
    await mandates.move_mandates(work, [MandateMove(mandate.id, mandate.state, to_state, reason)])
    await mandates.sync_mandate_ibans(work, [mandate.party_id])
    work.say("move_mandate", f"mandate:{mandate_id}", reason=reason)


def _new(step: MandateStep, key: int) -> NewMandate:
    row = step.row
    return NewMandate(
        id=key,
        party_id=step.party_id,
        reference=row.reference,
        reference_key=row.reference.key,
        scheme=row.scheme.value,
        type=row.type.value,
        iban=row.iban,
        state=step.state,
        facts=step.facts,
    )
