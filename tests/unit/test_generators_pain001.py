"""pain.001: each element of a refund where the rules want it, in both versions."""

import io
from typing import Any

import pytest

from generators.pain001 import UnwritableOrder, save_credit_transfers, write_credit_transfers
from schemas.bank_profile import CreditTransferVersion
from schemas.credit_transfer import CreditTransfer, CreditTransferMessage
from schemas.identifiers import Bic, EndToEndId
from schemas.parties import PaymentParty, PostalAddress
from support.orders import PROFILE, TRANSFER, joined, transfer_block_of, transfer_message_of, under

V03 = PROFILE._replace(credit_transfer_version=CreditTransferVersion.V03)


@pytest.mark.parametrize(
    ("profile", "bic_name", "execution"),
    [
        pytest.param(PROFILE, "BICFI", ("ReqdExctnDt/Dt", "2026-12-01"), id="09"),
        pytest.param(V03, "BIC", ("ReqdExctnDt", "2026-12-01"), id="03"),
    ],
)
def test_a_refund_is_written_in_both_versions(profile: Any, bic_name: str, execution: tuple[str, str]) -> None:
    to = PaymentParty("Zoé & Cie", PostalAddress("FR", "Lyon"), "K-77")
    transfer = TRANSFER._replace(creditor=to, creditor_bic=Bic("PSSTFRPPXXX"), purpose="REFU")
    block = transfer_block_of(transfer)._replace(debtor_bic=Bic("COBADEFFXXX"), category_purpose="SUPP")

    data = joined(write_credit_transfers(transfer_message_of(block), profile))

    assert under(data, "PmtInf") == [
        ("PmtInfId", "PMT-1"),
        ("PmtMtd", "TRF"),
        ("BtchBookg", "true"),
        ("NbOfTxs", "1"),
        ("CtrlSum", "12.50"),
        ("PmtTpInf/SvcLvl/Cd", "SEPA"),
        ("PmtTpInf/CtgyPurp/Cd", "SUPP"),
        execution,
        ("Dbtr/Nm", "Example Company"),
        ("DbtrAcct/Id/IBAN", block.debtor_iban),
        (f"DbtrAgt/FinInstnId/{bic_name}", "COBADEFFXXX"),
        ("ChrgBr", "SLEV"),
        ("CdtTrfTxInf/PmtId/EndToEndId", "R-1"),
        ("CdtTrfTxInf/Amt/InstdAmt@Ccy", "EUR"),
        ("CdtTrfTxInf/Amt/InstdAmt", "12.50"),
        (f"CdtTrfTxInf/CdtrAgt/FinInstnId/{bic_name}", "PSSTFRPPXXX"),
        ("CdtTrfTxInf/Cdtr/Nm", "Zoe + Cie"),
        ("CdtTrfTxInf/Cdtr/PstlAdr/TwnNm", "Lyon"),
        ("CdtTrfTxInf/Cdtr/PstlAdr/Ctry", "FR"),
        ("CdtTrfTxInf/Cdtr/Id/PrvtId/Othr/Id", "K-77"),
        ("CdtTrfTxInf/CdtrAcct/Id/IBAN", transfer.creditor_iban),
        ("CdtTrfTxInf/Purp/Cd", "REFU"),
        ("CdtTrfTxInf/RmtInf/Ustrd", "Refund of invoice 2026-0815"),
    ]


def test_banks_that_are_not_given_are_left_out_where_they_may_be() -> None:
    data = joined(write_credit_transfers(transfer_message_of(transfer_block_of(TRANSFER)), PROFILE))

    assert under(data, "DbtrAgt/FinInstnId") == [("Othr/Id", "NOTPROVIDED")]
    assert b"CdtrAgt" not in data


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        pytest.param(TRANSFER._replace(end_to_end_id=EndToEndId("R-Ü")), "EndToEndId", id="identifier"),
        pytest.param(TRANSFER._replace(amount_minor=-1), "InstdAmt", id="amount"),
        pytest.param(TRANSFER._replace(creditor=PaymentParty("")), "Cdtr/Nm", id="nobody"),
        pytest.param(TRANSFER._replace(creditor_bic=Bic("XX")), "BICFI", id="bank"),
    ],
)
def test_what_cannot_be_written_names_the_transfer_and_the_element(wrong: CreditTransfer, element: str) -> None:
    with pytest.raises(UnwritableOrder) as refused:
        joined(write_credit_transfers(transfer_message_of(transfer_block_of(TRANSFER, wrong)), PROFILE))

    assert refused.value.end_to_end_id == wrong.end_to_end_id
    assert refused.value.element.endswith(element)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        pytest.param(
            transfer_message_of(transfer_block_of(TRANSFER)._replace(transfer_count=2)), "block PMT-1", id="block"
        ),
        pytest.param(
            transfer_message_of(transfer_block_of(TRANSFER))._replace(sum_minor=1), "message MSG-1", id="message"
        ),
    ],
)
def test_a_message_that_is_not_what_it_says_is_refused(message: CreditTransferMessage, why: str) -> None:
    with pytest.raises(UnwritableOrder, match=why):
        joined(write_credit_transfers(message, PROFILE))


def test_a_saved_file_is_told_with_count_and_sum() -> None:
    saved = save_credit_transfers(transfer_message_of(transfer_block_of(TRANSFER, TRANSFER)), PROFILE, io.BytesIO())

    assert (saved.order_count, saved.sum_minor) == (2, 2_500)
