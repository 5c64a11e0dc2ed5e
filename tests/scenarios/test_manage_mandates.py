"""Mandates from entry to their end: what is stored, what a second person decides, what banks are told later."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.lifecycle import ImpossibleMove
from gateway.domain.mandate import InvalidMandate, MandateEntry, MandateObstacle, is_collectable
from gateway.domain.mandate_amendment import amendments_to_carry
from gateway.services import amend_mandates, manage_creditors, manage_mandates, manage_tokens
from gateway.services.amend_mandates import NewAccount
from gateway.services.decide_changes import ChangeDecided, OwnProposal, accept_changes, refuse_changes
from gateway.services.expire_mandates import expire_mandates
from gateway.services.manage_company import change_company
from gateway.services.manage_creditors import CreditorExists, CreditorRecord
from gateway.services.manage_mandates import MandateEnded, MandateExists, NoCreditor, NoSuchMandate
from gateway.store import mandate_papers, mandates, parties, protected_changes
from gateway.store.check import broken_invariants
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.journal import Journal
from gateway.store.mandates import Mandate
from gateway.store.work import Actor
from schemas.codes.lists import LocalInstrument
from schemas.direct_debit import NO_AMENDMENT, Amendment
from schemas.errors import NotFound
from schemas.identifiers import Bic, Iban
from schemas.states import IbanSource, MandateState, ProtectedKind
from schemas.tables import MandateType
from support.master_data import CLERK, NOW, add_company, customer, german_iban, imported, mandate

TODAY = NOW.date()
ANNA = Actor("user", 8, "Anna Lambert")
CREDITOR, OTHER_CREDITOR = "DE98ZZZ09999999999", "NL79ZZZ999999990000"
SIGNED = dt.date(2026, 11, 1)
ENTRY = MandateEntry(LocalInstrument.CORE, MandateType.RECURRENT, german_iban(1), "Anna Muster", signature_date=SIGNED)


class Register:
    """The mandates of one company, with a customer C1."""

    def __init__(self, database: Database, company_id: int, customer_id: int) -> None:
        self.database, self.company_id, self.customer_id = database, company_id, customer_id

    def begin(self, actor: Actor = CLERK, now: dt.datetime = NOW) -> Any:
        return self.database.begin(actor=actor, now=now, company_id=self.company_id)

    async def add(self, entry: MandateEntry = ENTRY, **more: str) -> Mandate:
        async with self.begin() as work:
            row = await manage_mandates.add_mandate(work, customer_id=self.customer_id, entry=entry, **more)
        return await self.read(row.id)

    async def add_used(self, entry: MandateEntry = ENTRY, **more: str) -> Mandate:
        row = await self.add(entry, **more)
        async with self.begin() as work:
            stored = await work.session.get(Mandate, row.id)
            stored.last_collected_date = dt.date(2026, 11, 10)
            work.session.add(stored)
        return await self.read(row.id)

    async def read(self, mandate_id: int) -> Mandate:
        async with self.database.read() as session:
            found = await mandates.get_mandate(session, company_id=self.company_id, mandate_id=mandate_id)
        assert found is not None
        return found

    async def waiting(self) -> list[protected_changes.ProtectedChange]:
        async with self.database.read() as session:
            return await protected_changes.waiting_changes(session, company_id=self.company_id)

    async def to_carry(self, mandate_id: int) -> Amendment:
        async with self.database.read() as session:
            found = await mandate_papers.amendments_of(session, company_id=self.company_id, mandate_ids=[mandate_id])
        return amendments_to_carry(found[mandate_id])

    async def broken(self) -> list[str]:
        async with self.database.read() as session:
            return [sentence async for sentence in broken_invariants(session)]


@pytest.fixture
async def register(database: Database) -> Register:
    company_id = await add_company(database, creditor_identifier=CREDITOR)
    await imported(database, company_id, customer("C1", "Alpha"))
    async with database.read() as session:
        ids = await parties.ids_by_number(session, company_id=company_id, numbers=["C1"])
    return Register(database, company_id, ids["C1"])


async def test_a_signed_mandate_is_active_at_once_and_proves_its_payer(register: Register) -> None:
    row = await register.add()

    async with register.database.read() as session:
        moves = await mandates.moves_of(session, mandate_id=row.id)
        known = await parties.load_known_ibans(session, register.company_id)
    assert (row.state, row.reference, row.creditor_identifier) == (MandateState.ACTIVE, "C1-1", CREDITOR)
    assert [(one.from_state, one.to_state, one.actor, one.reason) for one in moves] == [
        ("draft", "active", "user:7", "signed")
    ]
    assert [(one.iban, one.source) for one in known] == [(german_iban(1), IbanSource.MANDATE)]
    assert is_collectable(row, TODAY) is None
    assert await register.broken() == []


async def test_a_draft_waits_for_its_signature(register: Register) -> None:
    row = await register.add(ENTRY._replace(signature_date=None))
    assert (row.state, is_collectable(row, TODAY)) == (MandateState.DRAFT, MandateObstacle.NOT_SIGNED)
    with pytest.raises(InvalidMandate, match="when it was signed"):
        async with register.begin() as work:
            await manage_mandates.move_mandate(work, mandate_id=row.id, to_state=MandateState.ACTIVE, reason="")

    async with register.begin() as work:
        await manage_mandates.sign_mandate(work, mandate_id=row.id, signature_date=TODAY, place="Bonn")

    signed = await register.read(row.id)
    assert (signed.state, signed.signature_date, signed.signature_place) == (MandateState.ACTIVE, TODAY, "Bonn")
    with pytest.raises(ImpossibleMove):
        async with register.begin() as work:
            await manage_mandates.sign_mandate(work, mandate_id=row.id, signature_date=TODAY)


async def test_a_first_transfer_may_confirm_a_draft_once(register: Register) -> None:
    row = await register.add(ENTRY._replace(signature_date=None))

    async with register.begin() as work:
        first = await manage_mandates.confirm_by_transfer(work, mandate_id=row.id, booking_date=TODAY)
    async with register.begin() as work:
        second = await manage_mandates.confirm_by_transfer(work, mandate_id=row.id, booking_date=TODAY)

    assert (first, second) == (True, False)
    assert (await register.read(row.id)).state is MandateState.ACTIVE


async def test_references_by_rule_go_on_where_others_are_taken(register: Register) -> None:
    first = await register.add(reference="c1-2")
    second, third = await register.add(), await register.add()

    assert [row.reference for row in (first, second, third)] == ["c1-2", "C1-3", "C1-4"]


@pytest.mark.parametrize(
    ("reference", "creditor", "is_free"),
    [
        pytest.param("m-1", CREDITOR, False, id="other letters"),
        pytest.param("M-1", "DE98ABC09999999999", False, id="another business code"),
        pytest.param("M-1", OTHER_CREDITOR, True, id="another creditor"),
    ],
)
async def test_a_reference_is_once_per_creditor(
    register: Register, reference: str, creditor: str, is_free: bool
) -> None:
    await register.add(reference="M-1")

    if is_free:
        assert (await register.add(reference=reference, creditor_identifier=creditor)).reference == reference
    else:
        with pytest.raises(MandateExists):
            await register.add(reference=reference, creditor_identifier=creditor)


async def test_a_mandate_needs_a_creditor_and_a_customer(register: Register) -> None:
    async with register.begin() as work:
        company = await work.session.get(Company, register.company_id)
        company.creditor_identifier = ""
        work.session.add(company)

    with pytest.raises(NoCreditor):
        await register.add()
    register.customer_id = 999
    with pytest.raises(NotFound, match="customer"):
        await register.add()


async def test_a_signed_mandate_keeps_its_terms_and_a_draft_does_not(register: Register) -> None:
    row, draft = await register.add(), await register.add(ENTRY._replace(signature_date=None))
    other = ENTRY._replace(
        scheme=LocalInstrument.B2B, type=MandateType.ONE_OFF, iban=german_iban(2), debtor_town="Bonn"
    )

    async with register.begin() as work:
        assert await manage_mandates.change_mandate(work, mandate_id=draft.id, entry=other)
    with pytest.raises(InvalidMandate) as refused:
        async with register.begin() as work:
            await manage_mandates.change_mandate(work, mandate_id=row.id, entry=other._replace(signature_date=None))
    async with register.begin() as work:
        changed = await manage_mandates.change_mandate(
            work, mandate_id=row.id, entry=ENTRY._replace(debtor_town="Bonn")
        )
        again = await manage_mandates.change_mandate(work, mandate_id=row.id, entry=ENTRY._replace(debtor_town="Bonn"))

    assert sorted(refused.value.faults) == ["iban", "scheme", "signature_date", "type"]
    assert (changed, again) == (True, False)
    assert (await register.read(draft.id)).iban == german_iban(2)
    assert (await register.read(row.id)).debtor_town == "Bonn"


async def test_what_ended_stays_as_it_is(register: Register) -> None:
    row = await register.add()
    async with register.begin() as work:
        await manage_mandates.move_mandate(work, mandate_id=row.id, to_state=MandateState.REVOKED, reason="Kündigung")

    with pytest.raises(MandateEnded):
        async with register.begin() as work:
            await manage_mandates.change_mandate(work, mandate_id=row.id, entry=ENTRY)
    with pytest.raises(NoSuchMandate):
        async with register.begin() as work:
            await manage_mandates.change_mandate(work, mandate_id=12345, entry=ENTRY)


async def test_a_business_debit_waits_for_the_debtors_bank(register: Register) -> None:
    row = await register.add(ENTRY._replace(scheme=LocalInstrument.B2B))
    assert is_collectable(row, TODAY) is MandateObstacle.NOT_CONFIRMED

    async with register.begin() as work:
        await manage_mandates.confirm_to_bank(work, mandate_id=row.id, confirmed_date=TODAY)

    assert is_collectable(await register.read(row.id), TODAY) is None


async def test_another_account_waits_for_another_person_and_then_rests_a_day(register: Register) -> None:
    row = await register.add_used()
    async with register.begin() as work:
        account = NewAccount(row.id, german_iban(2))
        assert await amend_mandates.propose_account(work, account=account, reason="Kunde wechselt die Bank")
    [change] = await register.waiting()
    before = await register.read(row.id)

    async with register.begin(ANNA) as work:
        assert await accept_changes(work, ids=[change.id]) == 1

    after = await register.read(row.id)
    assert (before.iban, after.iban) == (german_iban(1), german_iban(2))
    assert is_collectable(after, TODAY) is MandateObstacle.RESTS
    assert is_collectable(after, TODAY + dt.timedelta(1)) is None
    assert await register.to_carry(row.id) == Amendment(is_new_account=True)
    async with register.database.read() as session:
        said = (await session.execute(select(Journal.reason, Journal.counts))).all()  # type: ignore[call-overload]
        known = await parties.load_known_ibans(session, register.company_id)
    assert german_iban(2) not in str(said)
    assert [one.iban for one in known] == [german_iban(2)]
    assert await register.broken() == []


@pytest.mark.parametrize("who", ["himself", "his token", "a machine", "the gateway"])
async def test_nobody_accepts_what_he_proposed(register: Register, who: str) -> None:
    row = await register.add_used()
    proposer = CLERK
    if who == "his token":
        proposer = await his_token(register)
    async with register.begin(proposer) as work:
        await amend_mandates.propose_account(work, account=NewAccount(row.id, german_iban(2)))
    [change] = await register.waiting()
    decider = {"a machine": Actor("token", 5, "ERP"), "the gateway": Actor("system", None, "Gateway")}.get(who, CLERK)

    with pytest.raises(OwnProposal):
        async with register.begin(decider) as work:
            await accept_changes(work, ids=[change.id])

    assert (await register.read(row.id)).iban == german_iban(1)


async def his_token(register: Register) -> Actor:
    """Return a machine whose token the clerk made."""
    from gateway.domain.access import Right
    from gateway.store.sessions import tokens_of

    async with register.begin() as work:
        await manage_tokens.make_token(work, name="ERP", rights=[Right.WORK])
    async with register.database.read() as session:
        [token] = await tokens_of(session, register.company_id)
    return Actor("token", token.id, "ERP")


async def test_a_refused_change_changes_nothing_and_is_decided_once(register: Register) -> None:
    row = await register.add_used()
    async with register.begin() as work:
        await amend_mandates.propose_account(work, account=NewAccount(row.id, german_iban(2)))
    [change] = await register.waiting()

    async with register.begin(ANNA) as work:
        await refuse_changes(work, ids=[change.id], reason="Unterschrift fehlt")

    assert (await register.read(row.id)).iban == german_iban(1)
    for ids in ([change.id], []):
        with pytest.raises(ChangeDecided):
            async with register.begin(ANNA) as work:
                await accept_changes(work, ids=ids)


async def test_other_accounts_of_an_import_wait_as_one_set(register: Register) -> None:
    rows = [mandate(f"M-{place}", iban=german_iban(place)) for place in range(3)]
    await imported(register.database, register.company_id, *rows)
    moved = [row._replace(iban=german_iban(10 + place)) for place, row in enumerate(rows)]

    for _ in range(2):  # The same table again proposes nothing new.
        await imported(register.database, register.company_id, *moved[:2], rows[2])
    waiting = await register.waiting()
    later = moved[0]._replace(iban=german_iban(20))
    await imported(register.database, register.company_id, later)
    replaced = await register.waiting()
    async with register.begin(ANNA) as work:
        await accept_changes(work, ids=[change.id for change in replaced])

    assert len(waiting) == 2
    assert len({change.batch_id for change in waiting}) == 1
    assert [change.record["iban"] for change in replaced] == [german_iban(11), german_iban(20)]
    async with register.database.read() as session:
        found = await mandates.list_mandates(session, company_id=register.company_id)
    assert [row.iban for row in found.rows] == [german_iban(20), german_iban(11), german_iban(2)]


async def test_a_new_reference_is_carried_until_it_settles(register: Register) -> None:
    row = await register.add_used(reference="OLD-1")
    async with register.begin() as work:
        await amend_mandates.change_reference(work, mandate_id=row.id, reference="NEW-1")
        await amend_mandates.change_reference(work, mandate_id=row.id, reference="NEW-2")

    assert (await register.to_carry(row.id)).original_reference == "OLD-1"
    async with register.begin() as work:
        await amend_mandates.change_reference(work, mandate_id=row.id, reference="OLD-1")
    assert await register.to_carry(row.id) == NO_AMENDMENT


async def test_no_bank_is_told_of_a_mandate_that_it_does_not_know(register: Register) -> None:
    row = await register.add(reference="OLD-1")
    async with register.begin() as work:
        await amend_mandates.change_reference(work, mandate_id=row.id, reference="NEW-1")

    assert await register.to_carry(row.id) == NO_AMENDMENT


async def test_creditors_are_told_apart_without_their_business_code(register: Register) -> None:
    async with register.begin() as work:
        first = await manage_creditors.add_creditor(work, identifier=CREDITOR, record=CreditorRecord("Alt GmbH"))
    with pytest.raises(CreditorExists):
        async with register.begin() as work:
            await manage_creditors.add_creditor(
                work, identifier="DE98ABC09999999999", record=CreditorRecord("Alt GmbH")
            )
    row = await register.add_used()

    async with register.begin() as work:
        await manage_creditors.change_creditor(work, creditor_id=first.id, record=CreditorRecord("Neu GmbH"))
        await manage_creditors.propose_identifier(work, creditor_id=first.id, identifier=OTHER_CREDITOR)
    [change] = await register.waiting()
    assert (await register.read(row.id)).creditor_identifier == CREDITOR
    async with register.begin(ANNA) as work:
        await accept_changes(work, ids=[change.id])

    assert change.kind is ProtectedKind.CREDITOR_IDENTIFIER
    assert (await register.read(row.id)).creditor_identifier == OTHER_CREDITOR
    assert await register.to_carry(row.id) == Amendment(
        original_creditor_identifier=CREDITOR,  # type: ignore[arg-type]
        original_creditor_name="Alt GmbH",
    )
    assert (await register.add()).creditor_identifier == OTHER_CREDITOR


async def test_the_companys_identifier_becomes_a_creditor(register: Register) -> None:
    async with register.begin() as work:
        await change_company(work, name="Firma", creditor_identifier=OTHER_CREDITOR)
    async with register.begin() as work:
        await change_company(work, name="Firma", creditor_identifier=CREDITOR)
    async with register.begin() as work:
        await change_company(work, name="Firma", creditor_identifier=OTHER_CREDITOR)

    assert (await register.add()).creditor_identifier == OTHER_CREDITOR


async def test_mandates_unused_for_36_months_expire_once(register: Register) -> None:
    old = ENTRY._replace(signature_date=dt.date(2023, 11, 20))
    kept = ENTRY._replace(signature_date=dt.date(2023, 11, 21))
    gone, stays = await register.add(old), await register.add(kept)

    counts = [await expire_mandates(register.database, now=NOW) for _ in range(2)]

    assert counts == [1, 0]
    assert (await register.read(gone.id)).state is MandateState.EXPIRED
    assert (await register.read(stays.id)).state is MandateState.ACTIVE
    assert await register.broken() == []


async def test_a_swiss_account_needs_its_bank_and_the_address(register: Register) -> None:
    swiss = Iban.parse("CH9300762011623852957")
    row = await register.add_used()
    with pytest.raises(InvalidMandate) as refused:
        async with register.begin() as work:
            await amend_mandates.propose_account(work, account=NewAccount(row.id, swiss, Bic("POFICHBEXXX")))

    assert sorted(refused.value.faults) == ["debtor_country", "debtor_town"]
