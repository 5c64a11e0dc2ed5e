"""What our writers write, our reader reads back, the rules of the schemes approve, and the pretended bank takes."""

import datetime as dt
from pathlib import Path

import pytest

from gateway.domain.scheme_rules import check_collections, check_order, check_transfers
from gateway.fake_bank import FakeBank, Outcome
from generators.camt055 import write_cancellations
from generators.charset import fold
from generators.pain001 import write_credit_transfers
from generators.pain007 import write_reversals
from generators.pain008 import write_direct_debits
from parsers.orders import format_of, read_collections, read_order, read_transfers, schema_faults
from schemas.bank_profile import (
    AddressMode,
    BankProfile,
    CancellationVersion,
    CharacterSet,
    CreditTransferVersion,
    DirectDebitVersion,
)
from schemas.cancellation import Cancellation, CancellationBlock, CancellationMessage, CancellationReason
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.direct_debit import NO_ADDRESS, Amendment, BatchKey, DirectDebit
from schemas.identifiers import (
    Bic,
    CreditorIdentifier,
    EndToEndId,
    Iban,
    MandateReference,
    MessageId,
    OwnId,
    PaymentInformationId,
)
from schemas.parties import PaymentParty, PostalAddress
from schemas.reversal import Reversal, ReversalBlock, ReversalMessage, ReversalReason
from support.orders import (
    DEBIT,
    IBANS,
    KEY,
    NOON,
    PROFILE,
    TRANSFER,
    block_of,
    joined,
    message_of,
    transfer_block_of,
    transfer_message_of,
)

TODAY = NOON.date()
PARIS = PostalAddress("FR", "Paris", "75001", "Rue Haute", "1")
SWISS = Iban.parse("CH9300762011623852957")
DEBITS = (
    DEBIT,
    DEBIT._replace(debtor=PaymentParty("Zoë Müller & Söhne GmbH", PARIS, "CUSTOMER-7"), ultimate_debtor="Weiß AG"),
    DEBIT._replace(remittance="", creditor_reference="RF18539007547034", purpose="GDDS", instruction_id="I-3"),
    DEBIT._replace(debtor_iban=IBANS[2], debtor_bic=Bic("GEBABEBB"), amount_minor=1, remittance="ü" * 200),
    DEBIT._replace(
        mandate=DEBIT.mandate._replace(
            reference=MandateReference("M-5"),
            amendment=Amendment(
                MandateReference("M-4"), CreditorIdentifier("FR72ZZZ123456"), "Old name", is_new_account=True
            ),
        ),
        amount_minor=99_999_999_999,
    ),
)
COLLECTIONS = tuple(
    each._replace(
        end_to_end_id=EndToEndId(f"E2E-{number}"),
        mandate=each.mandate._replace(reference=MandateReference(f"M-{number}")),
    )
    for number, each in enumerate(DEBITS)
)
BATCHES = (
    KEY,
    KEY._replace(local_instrument=LocalInstrument.B2B, is_batch_booked=False, category_purpose="SUPP"),
    KEY._replace(sequence_type=SequenceType.ONE_OFF, ultimate_creditor="Müller Holding", is_batch_booked=None),
    KEY._replace(creditor=PaymentParty("Example Company", PARIS), creditor_bic=Bic("COBADEFFXXX")),
)
PROFILES = [
    PROFILE._replace(direct_debit_version=version, character_set=characters, address_mode=mode)
    for version in DirectDebitVersion
    for characters, mode in zip(CharacterSet, AddressMode, strict=True)
]


def stored(folder: Path, data: bytes) -> Path:
    path = folder / "order.xml"
    path.write_bytes(data)
    return path


def as_written(collection: DirectDebit, profile: BankProfile) -> DirectDebit:
    """Return a collection as a file for a bank says it."""

    def folded(text: str, limit: int) -> str:
        return fold(text, profile.character_set, limit)

    address = NO_ADDRESS if profile.address_mode is AddressMode.NONE else collection.debtor.address
    return collection._replace(
        debtor=collection.debtor._replace(name=folded(collection.debtor.name, 70), address=address),
        ultimate_debtor=folded(collection.ultimate_debtor, 70),
        remittance=folded(collection.remittance, 140),
    )


@pytest.mark.parametrize("key", BATCHES, ids=["core", "b2b", "one-off", "with address and bank"])
@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_collections_are_read_back_approved_and_taken(tmp_path: Path, profile: BankProfile, key: BatchKey) -> None:
    data = joined(write_direct_debits(message_of(block_of(*COLLECTIONS, key=key)), profile))
    path = stored(tmp_path, data)
    bank = FakeBank()

    bank.take_order(data, NOON)
    findings = list(check_order(read_order(path), today=TODAY))

    read = read_collections(path)
    (block,) = read.blocks
    assert list(block.collections) == [as_written(each, profile) for each in COLLECTIONS]
    assert block.key._replace(creditor=key.creditor) == key._replace(
        ultimate_creditor=fold(key.ultimate_creditor, profile.character_set, 70)
    )
    assert read.created_at == NOON.replace(microsecond=0)
    assert {found.rule.name for found in findings} <= (
        {"character_set"} if profile.character_set is CharacterSet.LATIN else set()
    )
    assert schema_faults(path, format_of(path)) == []
    assert {outcome for outcome, _ in bank.state.outcomes().values()} == {Outcome.ACCEPTED}
    assert len(bank.state.held) == len(COLLECTIONS)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(DEBIT, id="nothing"),
        pytest.param(DEBIT._replace(debtor_iban=SWISS), id="Swiss without bank and address"),
        pytest.param(DEBIT._replace(debtor_iban=SWISS, debtor_bic=Bic("UBSWCHZH")), id="Swiss without address"),
        pytest.param(
            DEBIT._replace(mandate=DEBIT.mandate._replace(signature_date=dt.date(2027, 1, 1))), id="signed later"
        ),
        pytest.param(
            DEBIT._replace(mandate=DEBIT.mandate._replace(reference=MandateReference("M 1"))), id="blank in a reference"
        ),
        pytest.param(DEBIT._replace(creditor_reference="RF17539007547034", remittance=""), id="wrong check digits"),
    ],
)
def test_the_rules_say_of_a_collection_what_they_say_of_its_file(tmp_path: Path, wrong: DirectDebit) -> None:
    path = stored(tmp_path, joined(write_direct_debits(message_of(block_of(wrong)), PROFILE)))

    before = [found.rule for found in check_collections([wrong], KEY, today=TODAY)]

    assert before == [found.rule for found in check_order(read_order(path), today=TODAY)]


@pytest.mark.parametrize("version", CreditTransferVersion)
def test_transfers_are_read_back_and_approved(tmp_path: Path, version: CreditTransferVersion) -> None:
    transfers = (
        TRANSFER,
        TRANSFER._replace(end_to_end_id=EndToEndId("R-2"), creditor_bic=Bic("GEBABEBB"), creditor_iban=IBANS[2]),
    )
    block = transfer_block_of(*transfers)
    profile = PROFILE._replace(credit_transfer_version=version)
    path = stored(tmp_path, joined(write_credit_transfers(transfer_message_of(block), profile)))

    (read,) = read_transfers(path).blocks

    assert list(read.transfers) == list(transfers)
    assert (read.execution_date, read.sum_minor) == (block.execution_date, block.sum_minor)
    assert list(check_order(read_order(path), today=TODAY)) == []
    assert list(check_transfers(transfers, block, today=TODAY)) == []


def test_the_pretended_bank_takes_our_reversals() -> None:
    kept, undone = (
        DEBIT._replace(
            end_to_end_id=EndToEndId(f"E2E-{number}"),
            amount_minor=number * 100,
            mandate=DEBIT.mandate._replace(reference=MandateReference(f"M-{number}")),
        )
        for number in (1, 2)
    )
    bank = FakeBank()
    bank.take_order(joined(write_direct_debits(message_of(block_of(kept, undone)), PROFILE)), NOON)
    bank.close_day(KEY.collection_date)
    reversal = Reversal(OwnId("RV-1"), undone, ReversalReason.DUPLICATE)
    block = ReversalBlock(PaymentInformationId("PMT-1"), KEY, 1, 200, (reversal,))
    message = ReversalMessage(
        MessageId("RVS-1"), NOON, "Example Company", MessageId("MSG-1"), DirectDebitVersion.V08, (block,), 1, 200
    )

    bank.take_order(joined(write_reversals(message, PROFILE)), NOON + dt.timedelta(days=11))
    bank.close_day(dt.date(2026, 12, 10))

    assert bank.state.outcomes() == {"E2E-1": (Outcome.SETTLED, ""), "E2E-2": (Outcome.REVERSED, "")}
    assert sum(bank.state.balances().values()) == 100


DUPLICATE = CancellationReason.DUPLICATE
ONE = Cancellation(OwnId("C-1"), EndToEndId("E2E-1"), 300, KEY.collection_date, DUPLICATE)
CANCELLATION = CancellationMessage(
    MessageId("CXL-1"), NOON, "Example Company", None, MessageId("MSG-1"), DirectDebitVersion.V08, 1, 300
)
FIRST = PaymentInformationId("PMT-1")


@pytest.mark.parametrize(
    ("message", "cancelled"),
    [
        pytest.param(CANCELLATION._replace(blocks=(CancellationBlock(FIRST, 1, 300, (ONE,)),)), {"E2E-1"}, id="one"),
        pytest.param(
            CANCELLATION._replace(
                blocks=(CancellationBlock(FIRST, 2, 600, (), DUPLICATE),), cancellation_count=2, sum_minor=600
            ),
            {"E2E-1", "E2E-2"},
            id="a block",
        ),
        pytest.param(
            CANCELLATION._replace(whole_reason=DUPLICATE, cancellation_count=3, sum_minor=900),
            {"E2E-1", "E2E-2", "E2E-3"},
            id="the message",
        ),
    ],
)
@pytest.mark.parametrize("version", CancellationVersion)
def test_the_pretended_bank_takes_our_cancellations(
    message: CancellationMessage, cancelled: set[str], version: CancellationVersion
) -> None:
    debits = [
        DEBIT._replace(
            end_to_end_id=EndToEndId(f"E2E-{number}"),
            amount_minor=300,
            mandate=DEBIT.mandate._replace(reference=MandateReference(f"M-{number}")),
        )
        for number in (1, 2, 3)
    ]
    order = message_of(block_of(*debits[:2]), block_of(debits[2], number=2))
    bank = FakeBank()
    bank.take_order(joined(write_direct_debits(order, PROFILE)), NOON)

    bank.take_order(joined(write_cancellations(message, PROFILE._replace(cancellation_version=version))), NOON)
    bank.close_day(dt.date(2026, 12, 10))

    outcomes = bank.state.outcomes()
    assert {key for key, (outcome, _) in outcomes.items() if outcome is Outcome.CANCELLED} == cancelled
    assert sum(bank.state.balances().values()) == 300 * (3 - len(cancelled))
