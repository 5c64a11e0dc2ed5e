"""The reader of orders: what it takes from pain.008 and pain.001, what it refuses, and that memory stays flat."""

import datetime as dt
import tracemalloc
from pathlib import Path

import pytest

from parsers.orders import format_of, has_schema, read_collections, read_order, read_transfers, schema_faults
from schemas.errors import FileRefused
from schemas.identifiers import InvalidIban
from schemas.order_facts import BlockFacts, InstructionFacts, OrderFacts, OrderKind, OrderPart
from schemas.parties import PostalAddress
from support.order_texts import COLLECTION, COLLECTIONS, TRANSFERS, changed, stored


def read(folder: Path, order: str | bytes) -> list[OrderPart]:
    return list(read_order(stored(folder, order)))


def refused(folder: Path, order: str | bytes) -> FileRefused:
    with pytest.raises(FileRefused) as found:
        read(folder, order)
    return found.value


def test_an_order_is_header_then_each_block_before_its_collections(tmp_path: Path) -> None:
    header, block, first, second = read(tmp_path, COLLECTIONS)

    assert isinstance(header, OrderFacts)
    assert (header.kind, header.format, header.message_id) == (OrderKind.COLLECTIONS, "pain.008.001.08", "RUN-1")
    assert isinstance(block, BlockFacts)
    assert (block.payment_information_id, block.date, block.stated_sum) == ("BATCH-1", "2026-12-01", "30.50")
    assert isinstance(first, InstructionFacts)
    assert isinstance(second, InstructionFacts)
    assert (first.line, first.end_to_end_id, first.amount) == (12, "E-1", "10.25")
    assert (second.line, second.end_to_end_id, second.unstructured) == (18, "E-2", ("Invoice 2",))


def test_texts_are_kept_as_they_are_written(tmp_path: Path) -> None:
    *_, first, _ = read(tmp_path, changed(COLLECTIONS, (">10.25<", "> 1O,25 <"), ("Debtor 1", " Debtor\n1")))

    assert isinstance(first, InstructionFacts)
    assert first.amount == " 1O,25 "
    assert first.counterparty is not None
    assert first.counterparty.name == " Debtor\n1"


@pytest.mark.parametrize("kind", ["empty", "repeated", "forbidden", "unused"])
def test_what_is_no_fact_is_told_with_its_path(tmp_path: Path, kind: str) -> None:
    added = {
        "empty": "<Purp><Cd/></Purp>",
        "repeated": "<DbtrAcct><Id><IBAN>X</IBAN></Id></DbtrAcct>",
        "forbidden": "<RgltryRptg><X>1</X></RgltryRptg>",
        "unused": "<RltdRmtInf><X>1</X></RltdRmtInf>",
    }

    *_, first, _ = read(tmp_path, changed(COLLECTIONS, ("<RmtInf>", f"{added[kind]}<RmtInf>")))

    assert isinstance(first, InstructionFacts)
    paths = {"empty": "Purp/Cd", "repeated": "DbtrAcct", "forbidden": "RgltryRptg", "unused": "RltdRmtInf"}
    assert first.odd._asdict() == {name: ((paths[kind],) if name == kind else ()) for name in first.odd._fields}


@pytest.mark.parametrize(
    ("order", "code"),
    [
        pytest.param("<html/>", "not_an_order", id="another file"),
        pytest.param("no XML", "not_an_order", id="no XML"),
        pytest.param(COLLECTIONS.replace("?>", "?><!DOCTYPE Document>"), "doctype", id="DOCTYPE"),
        pytest.param(COLLECTIONS[:-40], "malformed_xml", id="cut"),
        pytest.param(changed(COLLECTIONS, (">10.25<", ">1<!-- -->0.25<")), "invalid_amount", id="comment in an amount"),
        pytest.param(changed(COLLECTIONS, (">E-1<", "><b>E-1</b><")), "invalid_text", id="element in an id"),
        pytest.param(changed(COLLECTIONS, ("</PmtInf>", "<ChrgBr>SLEV</ChrgBr></PmtInf>")), "misplaced", id="behind the collections"),
        pytest.param(changed(COLLECTIONS, ("</PmtInf>", "</PmtInf><GrpHdr/>")), "misplaced", id="second header"),
        pytest.param(changed(COLLECTIONS, ("</PmtInf>", f"</PmtInf>{COLLECTION.format(n=3, amount=1)}")), "misplaced", id="collection outside"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_without_risk_is_refused(tmp_path: Path, order: str, code: str) -> None:
    assert refused(tmp_path, order).code == code


def test_transfers_are_read_in_both_versions(tmp_path: Path) -> None:
    old = changed(
        TRANSFERS, ("001.001.09", "001.001.03"), ("<Dt>2026-12-01</Dt>", "2026-12-01"), ("BICFI", "BIC"), ("/BICFI", "/BIC")
    )  # fmt: skip

    new_message, old_message = (read_transfers(stored(tmp_path, order)) for order in (TRANSFERS, old))

    assert new_message == old_message
    (block,) = new_message.blocks
    assert (block.execution_date, block.sum_minor, block.debtor_bic) == (dt.date(2026, 12, 1), 3050, "COBADEFFXXX")
    assert [transfer.amount_minor for transfer in block.transfers] == [1025, 2025]


def test_values_are_refused_where_a_fact_is_none(tmp_path: Path) -> None:
    with pytest.raises(InvalidIban):
        read_collections(stored(tmp_path, changed(COLLECTIONS, ("M02606", "M02605"))))


def test_the_schema_tells_the_line(tmp_path: Path) -> None:
    path = stored(tmp_path, changed(COLLECTIONS, (">10.25<", ">ten<"), ("<ChrgBr>SLEV</ChrgBr>", "")))

    (fault,) = schema_faults(path, format_of(path))

    assert fault.line == 13
    assert "'ten' is not a valid value" in fault.message


def test_the_schema_never_shows_an_account(tmp_path: Path) -> None:
    path = stored(tmp_path, changed(COLLECTIONS, ("DE89370400440532013000", "de89370400440532013000")))

    (fault,) = schema_faults(path, format_of(path))

    assert "370400440532013000" not in fault.message


def test_a_national_version_has_no_schema_here() -> None:
    assert [has_schema(name) for name in ("pain.008.001.02", "pain.008.003.02", "../x")] == [True, False, False]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param((">E-1<", "> <"), "PmtId/EndToEndId", id="text"),
        pytest.param(("<Dbtr><Nm>Debtor 1</Nm></Dbtr>", "<Dbtr/>"), "Dbtr", id="party"),
        pytest.param(("<PmtId><InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId></PmtId>", "<PmtId/>"), "PmtId", id="ids"),
        pytest.param((">10.25<", "><"), "InstdAmt", id="amount"),
        pytest.param(("<Ustrd>Invoice 1</Ustrd>", "<Ustrd> </Ustrd>"), "RmtInf/Ustrd", id="one of several"),
        pytest.param(("<Ustrd>Invoice 1</Ustrd>", "<Strd/>"), "RmtInf/Strd", id="structured"),
        pytest.param(("</Nm></Dbtr>", "</Nm><Id><PrvtId><Othr><Id>1</Id><Issr/></Othr></PrvtId></Id></Dbtr>"), "Dbtr/Id/PrvtId/Othr/Issr", id="what says nothing"),
        pytest.param(("<RmtInf>", "<RltdRmtInf/><RmtInf>"), "RltdRmtInf", id="what is not used"),
    ],
)  # fmt: skip
def test_empty_elements_are_told_everywhere(tmp_path: Path, change: tuple[str, str], path: str) -> None:
    *_, first, _ = read(tmp_path, changed(COLLECTIONS, change))

    assert isinstance(first, InstructionFacts)
    assert first.odd.empty == (path,)


def test_what_stands_too_often_is_told_a_hundred_times_at_most(tmp_path: Path) -> None:
    *_, first, _ = read(tmp_path, changed(COLLECTIONS, ("<RmtInf>", "<Purp><X>1</X></Purp>" * 150 + "<RmtInf>")))

    assert isinstance(first, InstructionFacts)
    assert len(first.odd.unused) == 100


def test_an_amount_stands_once(tmp_path: Path) -> None:
    *_, first, _ = read(tmp_path, changed(COLLECTIONS, ("<DrctDbtTx>", '<InstdAmt Ccy="EUR">9</InstdAmt><DrctDbtTx>')))

    assert isinstance(first, InstructionFacts)
    assert (first.amount, first.odd.repeated) == ("10.25", ("InstdAmt",))


def test_a_transfer_without_a_date_says_so(tmp_path: Path) -> None:
    _, block, *_ = read(tmp_path, changed(TRANSFERS, ("<Dt>2026-12-01</Dt>", "<Dt/>")))

    assert isinstance(block, BlockFacts)
    assert (block.date, block.odd.empty) == (None, ("ReqdExctnDt/Dt",))


def test_values_keep_the_currency_and_the_address(tmp_path: Path) -> None:
    lived = "<PstlAdr><StrtNm>Rue</StrtNm><TwnNm>Paris</TwnNm><Ctry>FR</Ctry><AdrLine>2e</AdrLine></PstlAdr>"
    message = read_collections(
        stored(tmp_path, changed(COLLECTIONS, ("<Nm>Debtor 1</Nm>", f"<Nm>Debtor 1</Nm>{lived}")))
    )

    (block,) = message.blocks
    assert next(iter(block.collections)).debtor.address == PostalAddress("FR", "Paris", street="Rue", lines=("2e",))
    with pytest.raises(FileRefused, match="CHF"):
        read_collections(stored(tmp_path, changed(COLLECTIONS, ('Ccy="EUR"', 'Ccy="CHF"'))))


def test_a_schema_check_of_what_is_no_xml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as found:
        schema_faults(stored(tmp_path, changed(COLLECTIONS, (">10.25<", ">10.25<<"))), "pain.008.001.08")
    assert (found.value.code, found.value.line) == ("malformed_xml", 13)


def test_the_schema_sees_the_last_element(tmp_path: Path) -> None:
    many = changed(COLLECTIONS, ("</PmtInf></CstmrDrctDbtInitn>", "</PmtInf><SplmtryData/></CstmrDrctDbtInitn>"))

    assert len(schema_faults(stored(tmp_path, many), "pain.008.001.08")) == 1


def test_only_so_many_faults_of_a_schema_are_told(tmp_path: Path) -> None:
    start, end = COLLECTIONS.index("<DrctDbtTxInf>"), COLLECTIONS.index("</PmtInf>")
    many = COLLECTIONS[:start] + COLLECTION.format(n=1, amount="ten") * 50 + COLLECTIONS[end:]

    assert len(schema_faults(stored(tmp_path, many), "pain.008.001.08")) == 20


def test_memory_stays_flat(tmp_path: Path) -> None:
    start = COLLECTIONS.index("<DrctDbtTxInf>")
    many = (
        COLLECTIONS[:start]
        + COLLECTION.format(n=1, amount="1.00") * 5_000
        + COLLECTIONS[COLLECTIONS.index("</PmtInf>") :]
    )
    path = stored(tmp_path, many)
    tracemalloc.start()

    count = sum(1 for _ in read_order(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 5_002
    assert peak < 2_000_000
