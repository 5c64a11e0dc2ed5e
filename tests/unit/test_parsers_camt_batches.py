"""Batches: kept whole, split where their details add up, merged where they do not."""

import pytest

from schemas.statement import Batch
from support.camt_files import (
    amount,
    camt053,
    details,
    entry,
    read,
)

DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


def test_a_batch_without_details_is_kept_whole() -> None:
    batch = "<Btch><MsgId>M-9</MsgId><PmtInfId>P-9</PmtInfId><NbOfTxs>20</NbOfTxs></Btch>"

    reading = read(camt053([entry(details=details(batch=batch))]))

    assert reading.entry.batch == Batch("M-9", "P-9", 20)
    assert (reading.transaction.amount_minor, reading.transaction.payment_information_id) == (10000, "P-9")
    assert reading.transaction.message_id == "M-9"


def test_several_batches_of_one_entry_are_counted_together() -> None:
    both = details(batch="<Btch><MsgId>M</MsgId><PmtInfId>A</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>") + details(
        batch="<Btch><MsgId>M</MsgId><PmtInfId>B</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"
    )

    assert read(camt053([entry(details=both)])).entry.batch == Batch("M", None, 5)


def test_a_count_that_is_no_number_is_told_of() -> None:
    reading = read(camt053([entry(details=details(batch="<Btch><NbOfTxs>many</NbOfTxs></Btch>"))]))

    assert reading.entry.batch == Batch(None, None, None)
    assert "a batch has a number of transactions that is no number" in reading.warnings[0]


def test_a_count_that_no_batch_has_is_told_of_and_left_out() -> None:
    counted = "<Btch><NbOfTxs>{}</NbOfTxs></Btch>"
    endless = read(camt053([entry(details=details(batch=counted.format("9" * 15)))]))
    many = read(camt053([entry(details=details(batch=counted.format("9" * 9) * 2))]))

    assert (endless.entry.batch, many.entry.batch) == (Batch(None, None, None), Batch(None, None, None))
    assert "a batch has a number of transactions that is no number" in endless.warnings[0]


@pytest.mark.parametrize(
    ("contents", "amounts"),
    [
        pytest.param([amount("60.00"), amount("40.00")], [6000, 4000], id="same sign"),
        pytest.param([amount("130.00"), amount("30.00") + DEBIT], [13000, -3000], id="mixed signs"),
        pytest.param(
            [f"<AmtDtls><TxAmt>{amount('60.00')}</TxAmt></AmtDtls>", amount("40.00")], [6000, 4000], id="amount of .02"
        ),
        pytest.param(
            [
                amount("66.00", "USD") + f"<AmtDtls><TxAmt>{amount('60.00')}</TxAmt></AmtDtls>",
                f"<AmtDtls><CntrValAmt>{amount('40.00')}</CntrValAmt></AmtDtls>",
            ],
            [6000, 4000],
            id="the amount in the currency of the entry",
        ),
        pytest.param([amount("100.00"), amount("0.00")], [10000, 0], id="one of zero"),
    ],
)
def test_details_that_add_up_are_transactions(contents: list[str], amounts: list[int]) -> None:
    reading = read(camt053([entry(details=details(*contents))]))

    assert [found.amount_minor for found in reading.entry.transactions] == amounts
    assert reading.warnings == []


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        pytest.param([amount("60.00"), amount("39.99")], "add up to 99.99 EUR; the entry is kept whole", id="one cent"),
        pytest.param([amount("60.00") + DEBIT, amount("40.00") + DEBIT], "add up to -100.00", id="other sign"),
        pytest.param([amount("60.00"), ""], "(1 of 2 without an amount)", id="one without amount"),
        pytest.param([amount("60.00", "USD"), amount("40.00")], "(1 of 2 without an amount)", id="other currency"),
    ],
)
def test_details_that_do_not_add_up_leave_the_entry_whole(contents: list[str], message: str) -> None:
    reading = read(camt053([entry(details=details(*contents))]))

    assert reading.transaction.amount_minor == 10000
    assert message in reading.warnings[0]


def test_details_without_amounts_are_merged_without_a_word() -> None:
    contents = [
        f"<Refs><EndToEndId>E</EndToEndId></Refs><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>RE 1</Ustrd><Strd><CdtrRefInf><Ref>RF{name}</Ref></CdtrRefInf></Strd></RmtInf>"
        for name in ("Ada", "Bob")
    ]

    reading = read(camt053([entry(reference="<AcctSvcrRef>R</AcctSvcrRef>", details=details(*contents))]))

    found = reading.transaction
    assert (found.end_to_end_id, found.counterparty_name, found.bank_reference) == ("E", None, "R")
    assert (found.creditor_reference, found.remittance) == (None, "RE 1 RFAda RFBob")
    assert reading.warnings == []


def test_a_return_among_details_that_do_not_add_up_makes_the_entry_a_return() -> None:
    returned = amount("1.00") + "<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>"

    assert read(camt053([entry(details=details(amount("1.00"), returned))])).transaction.return_reason == "MD06"


def test_details_and_batch_stand_directly_in_the_entry_in_version_01() -> None:
    inside = (
        "<Btch><PmtInfId>P</PmtInfId></Btch>"
        f"<TxDtls>{amount('60.00')}<RmtInf><Strd><RfrdDocInf><RfrdDocNb>RE 1</RfrdDocNb></RfrdDocInf><CdtrRefInf>"
        f"<CdtrRef>RF1</CdtrRef></CdtrRefInf></Strd></RmtInf></TxDtls><TxDtls>{amount('40.00')}<RtrInf><RtrRsn>"
        "<Cd>AC04</Cd></RtrRsn></RtrInf></TxDtls>"
    )

    for may_cut in ("", "<!-- by the walk -->"):
        first, second = read(camt053([entry(more=may_cut + inside)])).entry.transactions

        assert (first.amount_minor, first.creditor_reference, first.remittance) == (6000, "RF1", "RE 1")
        assert (second.amount_minor, second.return_reason, second.payment_information_id) == (4000, "AC04", "P")
