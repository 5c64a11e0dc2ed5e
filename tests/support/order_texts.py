"""Invented orders to banks: a good pain.008 and pain.001, and how to make one thing in them wrong."""

from pathlib import Path
from typing import NamedTuple

COLLECTION = """<DrctDbtTxInf><PmtId><InstrId>I-{n}</InstrId><EndToEndId>E-{n}</EndToEndId></PmtId>
<InstdAmt Ccy="EUR">{amount}</InstdAmt>
<DrctDbtTx><MndtRltdInf><MndtId>M-{n}</MndtId><DtOfSgntr>2025-03-01</DtOfSgntr></MndtRltdInf></DrctDbtTx>
<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>
<Dbtr><Nm>Debtor {n}</Nm></Dbtr><DbtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></DbtrAcct>
<RmtInf><Ustrd>Invoice {n}</Ustrd></RmtInf></DrctDbtTxInf>
"""
COLLECTIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"><CstmrDrctDbtInitn>
<GrpHdr><MsgId>RUN-1</MsgId><CreDtTm>2026-11-21T09:30:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>30.50</CtrlSum>
<InitgPty><Nm>Our Company</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>BATCH-1</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg><NbOfTxs>2</NbOfTxs>
<CtrlSum>30.50</CtrlSum>
<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>
<ReqdColltnDt>2026-12-01</ReqdColltnDt><Cdtr><Nm>Our Company</Nm></Cdtr>
<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>
<CdtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></CdtrAgt><ChrgBr>SLEV</ChrgBr>
<CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>
""" + COLLECTION.format(n=1, amount="10.25") + COLLECTION.format(n=2, amount="20.25") + """</PmtInf></CstmrDrctDbtInitn></Document>
"""  # fmt: skip

TRANSFER = """<CdtTrfTxInf><PmtId><EndToEndId>E-{n}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt>
<Cdtr><Nm>Customer {n}</Nm></Cdtr><CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct>
<RmtInf><Ustrd>Refund {n}</Ustrd></RmtInf></CdtTrfTxInf>
"""
TRANSFERS = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>REF-1</MsgId><CreDtTm>2026-11-21T09:30:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>30.50</CtrlSum>
<InitgPty><Nm>Our Company</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>BATCH-1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs><CtrlSum>30.50</CtrlSum>
<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>2026-12-01</Dt></ReqdExctnDt>
<Dbtr><Nm>Our Company</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>
""" + TRANSFER.format(n=1, amount="10.25") + TRANSFER.format(n=2, amount="20.25") + """</PmtInf></CstmrCdtTrfInitn></Document>
"""  # fmt: skip


def changed(order: str, *changes: tuple[str, str]) -> str:
    """Return an order with the first place of each text changed. Each text must be there."""
    for old, new in changes:
        assert old in order, old
        order = order.replace(old, new, 1)
    return order


def stored(folder: Path, order: str | bytes) -> Path:
    """Write an order into a folder and return where it is."""
    path = folder / "order.xml"
    path.write_bytes(order.encode() if isinstance(order, str) else order)
    return path


class Item(NamedTuple):
    """A collection to be made up."""

    end_to_end_id: str
    amount: str = "10.00"
    mandate: str = ""
    iban: str = "FR1420041010050500013M02606"
    changed: str = ""  # The content of AmdmntInfDtls.
    signed: str = "2025-03-01"


def collections_of(
    *items: Item,
    date: str,
    message: str = "RUN-1",
    block: str = "",
    sequence: str = "RCUR",
    scheme: str = "CORE",
    creditor: str = "DE98ZZZ09999999999",
    is_batch: bool = True,
) -> bytes:
    """Return a pain.008 of one block, made up apart from the product's writer."""
    total = f"{sum(round(float(item.amount) * 100) for item in items) / 100:.2f}"
    head = COLLECTIONS[: COLLECTIONS.index("<DrctDbtTxInf>")]
    made = [
        ("RUN-1", message), ("BATCH-1", block or f"B-{message}"), ("<NbOfTxs>2<", f"<NbOfTxs>{len(items)}<"),
        ("<NbOfTxs>2<", f"<NbOfTxs>{len(items)}<"), ("30.50", total), ("30.50", total), ("2026-12-01", date),
        (">RCUR<", f">{sequence}<"), (">CORE<", f">{scheme}<"), ("DE98ZZZ09999999999", creditor),
        ("<BtchBookg>true", f"<BtchBookg>{str(is_batch).lower()}"),
    ]  # fmt: skip
    return (
        changed(head, *made) + "".join(map(_collection, items)) + COLLECTIONS[COLLECTIONS.index("</PmtInf>") :]
    ).encode()


def _collection(item: Item) -> str:
    amended = f"<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>{item.changed}</AmdmntInfDtls>" if item.changed else ""
    return changed(
        COLLECTION.format(n=item.end_to_end_id, amount=item.amount),
        (f"E-{item.end_to_end_id}", item.end_to_end_id),
        (f"<MndtId>M-{item.end_to_end_id}", f"<MndtId>{item.mandate or 'M-' + item.end_to_end_id}"),
        ("<DtOfSgntr>2025-03-01</DtOfSgntr>", f"<DtOfSgntr>{item.signed}</DtOfSgntr>{amended}"),
        ("FR1420041010050500013M02606", item.iban),
    )
