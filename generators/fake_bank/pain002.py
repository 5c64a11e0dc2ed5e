"""The pretended bank's status reports: pain.002.001.03 to an order of version .02, else .10."""

from generators.xml_text import element, leaf
from schemas.fake_bank import BlockStatus, CollectionStatus, Report

_OLD = "pain.008.001.02"


def write_pain002(report: Report, *, bank_bic: str) -> bytes:
    """Return a status report (UTF-8)."""
    is_old = report.original_format == _OLD
    group = element(
        "OrgnlGrpInfAndSts",
        leaf("OrgnlMsgId", report.original_message_id),
        leaf("OrgnlMsgNmId", report.original_format),
        leaf("GrpSts", report.status),
        _reason(report.reason, report.text, _bank(bank_bic, is_old=is_old)),
    )
    blocks = "".join(_block(block, _bank(bank_bic, is_old=is_old)) for block in report.blocks)
    header = element(
        "GrpHdr",
        leaf("MsgId", report.report_id),
        leaf("CreDtTm", report.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    )
    namespace = f"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{'03' if is_old else '10'}"
    body = f'<Document xmlns="{namespace}"><CstmrPmtStsRpt>{header}{group}{blocks}</CstmrPmtStsRpt></Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _bank(bic: str, *, is_old: bool) -> str:
    return element("Orgtr", element("Id", element("OrgId", leaf("BICOrBEI" if is_old else "AnyBIC", bic, 11))))


def _reason(reason: str, text: str, originator: str) -> str:
    if not reason:
        return ""
    return element("StsRsnInf", originator, element("Rsn", leaf("Cd", reason)), leaf("AddtlInf", text[:105], 105))


def _block(block: BlockStatus, bank: str) -> str:
    return element(
        "OrgnlPmtInfAndSts",
        leaf("OrgnlPmtInfId", block.payment_information_id),
        leaf("PmtInfSts", block.status),
        _reason(block.reason, "", bank),
        *(_collection(collection, bank) for collection in block.collections),
    )


def _collection(collection: CollectionStatus, bank: str) -> str:
    debtor = element("Orgtr", leaf("Nm", collection.debtor_name or "Debtor", 140))
    minor = collection.amount_minor
    amount = f'<Amt><InstdAmt Ccy="EUR">{minor // 100}.{minor % 100:02d}</InstdAmt></Amt>'
    mandate = element("MndtRltdInf", leaf("MndtId", collection.mandate_reference))
    return element(
        "TxInfAndSts",
        leaf("OrgnlInstrId", collection.instruction_id),
        leaf("OrgnlEndToEndId", collection.end_to_end_id),
        leaf("TxSts", collection.status),
        _reason(collection.reason, "", debtor if collection.is_by_debtor else bank),
        element("OrgnlTxRef", amount, mandate),
    )
