"""A first transfer signs a draft of a mandate, where the company takes it for that."""

import pytest

from gateway.domain.mandate import MandateEntry
from gateway.services.manage_mandates import add_mandate
from gateway.store.creditors import CollectionPolicy
from gateway.store.mandates import Mandate
from gateway.store.parties import Party
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import Iban
from schemas.states import MandateState
from schemas.tables import MandateType
from support.bank import DAY, camt, payment
from support.gateways import Bench
from support.master_data import customer, german_iban, imported, invoice

PAYER, OTHER = german_iban(7), german_iban(8)
CREDITOR = "DE98ZZZ09999999999"


@pytest.mark.parametrize(
    ("takes_it", "payer", "text", "state"),
    [
        pytest.param(True, PAYER, "FA-1001", MandateState.ACTIVE, id="its account"),
        pytest.param(True, OTHER, "FA-1001", MandateState.DRAFT, id="another account"),
        pytest.param(True, PAYER, "something", MandateState.DRAFT, id="not matched"),
        pytest.param(False, PAYER, "FA-1001", MandateState.DRAFT, id="not wanted"),
    ],
)
async def test_a_matched_transfer_signs_a_draft(
    bench: Bench, takes_it: bool, payer: Iban, text: str, state: MandateState
) -> None:
    await imported(bench.database, bench.company_id, customer("C1", "Alpha"))
    await imported(bench.database, bench.company_id, invoice("FA-1001", 10_000))
    await _draft(bench, takes_it=takes_it)

    await bench.upload(camt(payment(10_000, text, name="Somebody", iban=str(payer), reference="R1")))

    [row] = await bench.rows(Mandate)
    assert (row.state, row.signature_date) == (state, DAY if state is MandateState.ACTIVE else None)
    assert await bench.broken() == []


async def _draft(bench: Bench, *, takes_it: bool) -> None:
    """Enter a mandate that nobody signed, and set whether a transfer signs it."""
    async with bench.begin() as work:
        policy = CollectionPolicy(
            id=work.new_id(), company_id=bench.company_id, position=1, record={"confirms_by_transfer": takes_it},
            recorded_at=work.now, actor="user:7", reason="", journal_id=work.journal_id,
        )  # fmt: skip
        work.add(policy)
        [party] = await bench.rows(Party)
        entry = MandateEntry(LocalInstrument.CORE, MandateType.RECURRENT, PAYER, debtor_name="Alpha")
        await add_mandate(work, customer_id=party.id, entry=entry, creditor_identifier=CREDITOR)
