"""What we write is read back as the values that it was written from, and breaks no rule of the schemes."""

import datetime as dt
from pathlib import Path

import pytest

from gateway.domain.scheme_rules import check_order
from generators.pain001 import write_credit_transfers
from generators.pain008 import write_direct_debits
from parsers.orders import read_collections, read_order, read_transfers
from schemas.bank_profile import AddressMode, CreditTransferVersion, DirectDebitVersion
from schemas.direct_debit import Amendment, DirectDebitMessage
from schemas.identifiers import Bic, CreditorIdentifier, EndToEndId, MandateReference
from schemas.parties import PaymentParty, PostalAddress
from support.orders import (
    DEBIT,
    IBANS,
    KEY,
    PROFILE,
    TRANSFER,
    block_of,
    joined,
    message_of,
    transfer_block_of,
    transfer_message_of,
)

DAY_BEFORE = dt.date(2026, 11, 21)
SECOND = dt.datetime(2026, 11, 21, 11, 30, 15, tzinfo=dt.UTC)
ADDRESS = PostalAddress("FR", "Lyon", "69001", "Rue Neuve", "12")
FULL = DEBIT._replace(
    end_to_end_id=EndToEndId("E2E-2"),
    mandate=DEBIT.mandate._replace(
        reference=MandateReference("M-2"),
        amendment=Amendment(MandateReference("OLD-2"), CreditorIdentifier("FR72ZZZ123456"), "Before", True),
    ),
    debtor=PaymentParty("Jean Exemple", ADDRESS, "K-77"),
    debtor_bic=Bic("PSSTFRPPXXX"),
    ultimate_debtor="Mutter GmbH",
    remittance="",
    creditor_reference="RF18539007547034",
    purpose="RENT",
    instruction_id="I-2",
)
OTHER_KEY = KEY._replace(
    creditor_iban=IBANS[2],
    creditor_bic=Bic("COBADEFFXXX"),
    ultimate_creditor="Tochter GmbH",
    category_purpose="SUPP",
    is_batch_booked=None,
)
BELGIAN = DEBIT._replace(end_to_end_id=EndToEndId("E2E-3"), remittance="", creditor_reference="123456789002")


def message() -> DirectDebitMessage:
    return message_of(block_of(DEBIT, FULL), block_of(BELGIAN, number=2, key=OTHER_KEY))._replace(
        created_at=SECOND, initiating_party_id="SENDER-1"
    )


def test_collections_come_back_as_they_were_given(tmp_path: Path) -> None:
    path = tmp_path / "order.xml"
    path.write_bytes(joined(write_direct_debits(message(), PROFILE)))

    assert read_collections(path) == message()


def test_refunds_come_back_as_they_were_given(tmp_path: Path) -> None:
    transfer = TRANSFER._replace(creditor=FULL.debtor, creditor_bic=Bic("PSSTFRPPXXX"), purpose="REFU")
    refunds = transfer_message_of(transfer_block_of(TRANSFER, transfer))._replace(created_at=SECOND)
    path = tmp_path / "order.xml"
    path.write_bytes(joined(write_credit_transfers(refunds, PROFILE)))

    assert read_transfers(path) == refunds


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        *((DirectDebitVersion.V08, mode) for mode in AddressMode),
        (DirectDebitVersion.V02, AddressMode.NONE),  # Banks refuse structured addresses in the old version.
    ],
)
def test_collections_break_no_rule_of_the_schemes(
    version: DirectDebitVersion, mode: AddressMode, tmp_path: Path
) -> None:
    profile = PROFILE._replace(direct_debit_version=version, address_mode=mode)
    path = tmp_path / "order.xml"
    path.write_bytes(joined(write_direct_debits(message(), profile)))

    assert list(check_order(read_order(path), today=DAY_BEFORE)) == []


@pytest.mark.parametrize("version", CreditTransferVersion)
def test_refunds_break_no_rule_of_the_schemes(version: CreditTransferVersion, tmp_path: Path) -> None:
    path = tmp_path / "order.xml"
    refunds = transfer_message_of(transfer_block_of(TRANSFER))
    path.write_bytes(joined(write_credit_transfers(refunds, PROFILE._replace(credit_transfer_version=version))))

    assert list(check_order(read_order(path), today=DAY_BEFORE)) == []
