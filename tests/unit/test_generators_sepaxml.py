"""What the package sepaxml can say, our files say as well: element by element, in the same order.

Tolerated differences: the ids and the moment that sepaxml makes up itself, the bank of the payee that it has to name,
and characters outside the SEPA set, which it does not fold.
"""

import datetime as dt
from typing import Any

import pytest
from sepaxml import SepaDD, SepaTransfer

from generators.pain001 import write_credit_transfers
from generators.pain008 import write_direct_debits
from schemas.bank_profile import AddressMode, CreditTransferVersion, DirectDebitVersion
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.direct_debit import BatchKey, DirectDebit
from schemas.identifiers import Bic, EndToEndId, Iban, MandateReference
from schemas.parties import PaymentParty, PostalAddress
from support.orders import (
    CREDITOR_IDENTIFIER,
    DAY,
    DEBIT,
    IBANS,
    KEY,
    PROFILE,
    TRANSFER,
    block_of,
    joined,
    message_of,
    pairs,
    transfer_block_of,
    transfer_message_of,
)

MADE_UP = ("/MsgId", "/CreDtTm", "/PmtInfId")
ADDRESS = PostalAddress("FR", "Lyon", "69001", "Rue Neuve", "12", ("Escalier 2",))
THEIR_ADDRESS = {
    "street_name": "Rue Neuve",
    "building_number": "12",
    "postcode": "69001",
    "town": "Lyon",
    "country": "FR",
    "lines": ["Escalier 2"],
}
BANK = Bic("PSSTFRPPXXX")
COLLECTIONS = (
    DEBIT._replace(debtor_bic=BANK, amount_minor=5),
    DEBIT._replace(
        end_to_end_id=EndToEndId("E2E-2"),
        amount_minor=99_999_999_999,
        mandate=DEBIT.mandate._replace(reference=MandateReference("M 2/x"), signature_date=dt.date(2009, 11, 1)),
        debtor=PaymentParty("J. Doe (junior)", ADDRESS),
        debtor_iban=Iban("DE89370400440532013000"),
        debtor_bic=BANK,
        remittance="x" * 140,
    ),
)
NEW_DAY = DAY + dt.timedelta(days=7)


def their_payment(collection: DirectDebit, key: BatchKey) -> dict[str, Any]:
    payment: dict[str, Any] = {
        "name": collection.debtor.name,
        "IBAN": str(collection.debtor_iban),
        "amount": collection.amount_minor,
        "type": str(key.sequence_type),
        "collection_date": key.collection_date,
        "mandate_id": str(collection.mandate.reference),
        "mandate_date": collection.mandate.signature_date,
        "description": collection.remittance,
        "endtoend_id": str(collection.end_to_end_id),
    }
    if collection.debtor_bic:
        payment["BIC"] = str(collection.debtor_bic)
    if not collection.debtor.address.is_empty:
        payment["address"] = THEIR_ADDRESS
    return payment


@pytest.mark.parametrize("is_batch_booked", [True, False], ids=["one booking", "single bookings"])
@pytest.mark.parametrize("scheme", LocalInstrument)
@pytest.mark.parametrize(
    ("version", "has_bic"),
    [
        pytest.param(DirectDebitVersion.V08, True, id="08"),
        pytest.param(DirectDebitVersion.V08, False, id="08 without BIC"),
        pytest.param(DirectDebitVersion.V02, True, id="02, where sepaxml demands a BIC"),
    ],
)
def test_collections_are_said_as_sepaxml_says_them(
    version: DirectDebitVersion, has_bic: bool, scheme: LocalInstrument, is_batch_booked: bool
) -> None:
    bic = BANK if has_bic else None
    collections = [each._replace(debtor_bic=bic) for each in COLLECTIONS]
    key = KEY._replace(local_instrument=scheme, creditor_bic=bic, is_batch_booked=is_batch_booked)
    later = key._replace(collection_date=NEW_DAY, sequence_type=SequenceType.FIRST)
    own = {
        "name": "Example Company",
        "IBAN": str(IBANS[0]),
        "batch": is_batch_booked,
        "creditor_id": str(CREDITOR_IDENTIFIER),
        "currency": "EUR",
        "instrument": str(scheme),
    } | ({"BIC": str(bic)} if bic else {})
    theirs = SepaDD(own, schema=str(version), clean=True)
    planned = [(each, this) for this in (key, later) for each in collections]
    for each, this in planned:
        theirs.add_payment(their_payment(each, this))

    blocks = (
        [block_of(*collections, key=key), block_of(*collections, number=2, key=later)]
        if is_batch_booked
        else [block_of(each, number=place, key=this) for place, (each, this) in enumerate(planned)]
    )
    profile = PROFILE._replace(direct_debit_version=version, address_mode=AddressMode.HYBRID)
    message = message_of(*blocks)._replace(initiating_party_id=CREDITOR_IDENTIFIER)
    ours = joined(write_direct_debits(message, profile))

    assert pairs(ours, *MADE_UP) == pairs(theirs.export(validate=False), *MADE_UP)


@pytest.mark.parametrize("version", CreditTransferVersion)
def test_refunds_are_said_as_sepaxml_says_them(version: CreditTransferVersion) -> None:
    own = {"name": "Example Company", "IBAN": str(IBANS[0]), "BIC": str(BANK), "batch": True, "currency": "EUR"}
    theirs = SepaTransfer(own, schema=str(version), clean=True)
    transfer = TRANSFER._replace(creditor_bic=BANK)
    for number in (1, 2):
        theirs.add_payment(
            {
                "name": transfer.creditor.name,
                "IBAN": str(transfer.creditor_iban),
                "BIC": str(BANK),
                "amount": transfer.amount_minor,
                "execution_date": DAY,
                "description": transfer.remittance,
                "endtoend_id": f"R-{number}",
            }
        )

    block = transfer_block_of(transfer, transfer._replace(end_to_end_id=EndToEndId("R-2")))
    profile = PROFILE._replace(credit_transfer_version=version)
    ours = joined(write_credit_transfers(transfer_message_of(block._replace(debtor_bic=BANK)), profile))

    assert pairs(ours, *MADE_UP) == pairs(theirs.export(validate=False), *MADE_UP)
