"""How the pretended bank reads an order: the whole tree at once, by paths, with the schema that sepaxml carries.

Written apart from the product's reader of orders on purpose, and for tests and trials only: it reads what we made.
"""

from importlib.resources import files

from lxml import etree

from schemas.fake_bank import TakenBlock, TakenCollection, TakenOrder, TakenRequest, Unreadable

_FORMATS = ("pain.008.001.02", "pain.008.001.08")
_SCHEMAS: dict[str, etree.XMLSchema] = {}


def read_order(data: bytes) -> TakenOrder | TakenRequest:
    """Return the collections, the reversal or the cancellation that a file asks for. Raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"no XML: {error.msg}") from None
    namespace = etree.QName(root).namespace or ""
    format_name = namespace.rpartition(":")[2]
    message = root[0] if len(root) else root
    name = etree.QName(message).localname
    if name in ("CstmrPmtRvsl", "CstmrPmtCxlReq"):
        return _request(message, is_reversal=name == "CstmrPmtRvsl")
    if name != "CstmrDrctDbtInitn" or format_name not in _FORMATS:
        raise Unreadable(f"{format_name or name} is not taken here, only {' and '.join(_FORMATS)}")
    return TakenOrder(
        format_name,
        _text(message, "{*}GrpHdr/{*}MsgId"),
        _text(message, "{*}GrpHdr/{*}NbOfTxs"),
        _text(message, "{*}GrpHdr/{*}CtrlSum"),
        tuple(_block(block) for block in message.iterfind("{*}PmtInf")),
        _schema_fault(root, format_name),
    )


def _request(message: etree._Element, *, is_reversal: bool) -> TakenRequest:
    groups = [group for group in message.iter("{*}OrgnlGrpInfAndCxl") if _text(group, "{*}GrpCxl") == "true"]
    blocks = [block for block in message.iter("{*}OrgnlPmtInfAndCxl") if _text(block, "{*}PmtInfCxl") == "true"]
    return TakenRequest(
        is_reversal,
        tuple(_all(message, ".//{*}OrgnlEndToEndId")),
        tuple(_text(block, "{*}OrgnlPmtInfId") for block in blocks),
        tuple(_text(group, "{*}OrgnlMsgId") for group in groups),
    )


def _schema_fault(root: etree._Element, format_name: str) -> str:
    if format_name not in _SCHEMAS:
        data = (files("sepaxml") / "schemas" / f"{format_name}.xsd").read_bytes()
        _SCHEMAS[format_name] = etree.XMLSchema(etree.fromstring(data))
    try:
        _SCHEMAS[format_name].assertValid(root)
    except etree.DocumentInvalid as error:
        return str(error)
    return ""


def _block(block: etree._Element) -> TakenBlock:
    kind = "{*}PmtTpInf/"
    return TakenBlock(
        _text(block, "{*}PmtInfId"),
        _text(block, "{*}NbOfTxs"),
        _text(block, "{*}CtrlSum"),
        " ".join(_all(block, kind + "{*}SvcLvl/{*}Cd")),
        _text(block, kind + "{*}LclInstrm/{*}Cd"),
        _text(block, kind + "{*}SeqTp"),
        _text(block, "{*}ChrgBr"),
        _text(block, "{*}ReqdColltnDt"),
        _text(block, "{*}BtchBookg") in ("", "true", "1"),
        _text(block, "{*}Cdtr/{*}Nm"),
        _text(block, "{*}CdtrAcct/{*}Id/{*}IBAN"),
        _text(block, "{*}CdtrSchmeId/{*}Id/{*}PrvtId/{*}Othr/{*}Id"),
        tuple(_collection(element) for element in block.iterfind("{*}DrctDbtTxInf")),
    )


def _collection(element: etree._Element) -> TakenCollection:
    mandate = "{*}DrctDbtTx/{*}MndtRltdInf/"
    amended = mandate + "{*}AmdmntInfDtls/"
    address = "{*}Dbtr/{*}PstlAdr/"
    amount = element.find("{*}InstdAmt")
    return TakenCollection(
        _text(element, "{*}PmtId/{*}EndToEndId"),
        _text(element, "{*}PmtId/{*}InstrId"),
        _text(element, "{*}InstdAmt"),
        "" if amount is None else str(amount.get("Ccy") or ""),
        _text(element, mandate + "{*}MndtId"),
        _text(element, mandate + "{*}DtOfSgntr"),
        _text(element, mandate + "{*}AmdmntInd") in ("true", "1"),
        _text(element, amended + "{*}OrgnlMndtId"),
        _text(element, amended + "{*}OrgnlCdtrSchmeId/{*}Id/{*}PrvtId/{*}Othr/{*}Id"),
        _text(element, amended + "{*}OrgnlCdtrSchmeId/{*}Nm"),
        _text(element, amended + "{*}OrgnlDbtrAcct/{*}Id/{*}Othr/{*}Id")
        or _text(element, amended + "{*}OrgnlDbtrAcct/{*}Id/{*}IBAN"),
        _text(element, "{*}Dbtr/{*}Nm"),
        _text(element, "{*}DbtrAcct/{*}Id/{*}IBAN"),
        _text(element, "{*}DbtrAgt/{*}FinInstnId/{*}BICFI") or _text(element, "{*}DbtrAgt/{*}FinInstnId/{*}BIC"),
        len(_all(element, address + "{*}AdrLine")),
        _text(element, address + "{*}TwnNm"),
        _text(element, address + "{*}Ctry"),
        _text(element, "{*}RmtInf/{*}Ustrd") or _text(element, "{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref"),
    )


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _all(element: etree._Element, path: str) -> list[str]:
    return [(found.text or "").strip() for found in element.iterfind(path)]
