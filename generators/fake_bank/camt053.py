"""The pretended bank's statements as camt.053.001.08."""

import datetime as dt
from collections.abc import Iterable

from generators.xml_text import element, leaf
from schemas.fake_bank import Booking, DayStatement, Detail

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def write_camt053(statements: Iterable[DayStatement], *, message_id: str, created_at: dt.datetime) -> bytes:
    """Return a file of statements (UTF-8)."""
    moment = created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    header = element("GrpHdr", leaf("MsgId", message_id), leaf("CreDtTm", moment))
    body = "".join(_statement(statement, moment) for statement in statements)
    document = f'<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>{header}{body}</BkToCstmrStmt></Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'.encode()


def _statement(statement: DayStatement, moment: str) -> str:
    owner = element("Ownr", leaf("Nm", statement.owner, 140))
    servicer = element("Svcr", element("FinInstnId", leaf("BICFI", statement.bank_bic)))
    return element(
        "Stmt",
        leaf("Id", f"{statement.account[-10:]}-{statement.number}"),
        leaf("ElctrncSeqNb", str(statement.number)),
        leaf("CreDtTm", moment),
        element("Acct", element("Id", leaf("IBAN", statement.account)), "<Ccy>EUR</Ccy>", owner, servicer),
        _balance("OPBD", statement.opening_minor, statement.previous_date),
        _balance("CLBD", statement.closing_minor, statement.date),
        *(_entry(booking, statement.date, number) for number, booking in enumerate(statement.bookings, 1)),
    )


def _balance(code: str, minor: int, date: dt.date) -> str:
    kind = element("Tp", element("CdOrPrtry", leaf("Cd", code)))
    return element("Bal", kind, _amount("Amt", minor), _direction(minor), element("Dt", leaf("Dt", str(date))))


def _amount(name: str, minor: int) -> str:
    return f'<{name} Ccy="EUR">{abs(minor) // 100}.{abs(minor) % 100:02d}</{name}>'


def _direction(minor: int) -> str:
    return leaf("CdtDbtInd", "DBIT" if minor < 0 else "CRDT")


def _entry(booking: Booking, date: dt.date, number: int) -> str:
    batch = element("Btch", leaf("MsgId", booking.message_id), leaf("PmtInfId", booking.payment_information_id))
    if batch:
        batch = batch.replace("</Btch>", leaf("NbOfTxs", str(len(booking.details))) + "</Btch>")
    return element(
        "Ntry",
        leaf("NtryRef", str(number)),
        _amount("Amt", booking.amount_minor),
        _direction(booking.amount_minor),
        "<RvslInd>true</RvslInd>" if booking.is_reversal else "",
        "<Sts><Cd>BOOK</Cd></Sts>",
        element("BookgDt", leaf("Dt", str(date))),
        element("ValDt", leaf("Dt", str(date))),
        leaf("AcctSvcrRef", booking.reference),
        _code(booking.kind),
        element("NtryDtls", batch, *(_detail(detail) for detail in booking.details)),
        leaf("AddtlNtryInf", booking.text, 500),
    )


def _code(kind: str) -> str:
    domain, family, sub_family = kind.split("-")
    inside = element("Fmly", leaf("Cd", family), leaf("SubFmlyCd", sub_family))
    return element("BkTxCd", element("Domn", leaf("Cd", domain), inside))


def _detail(detail: Detail) -> str:
    creditor_id = element("Othr", leaf("Id", detail.creditor_identifier), element("SchmeNm", leaf("Prtry", "SEPA")))
    references = element(
        "Refs",
        leaf("MsgId", detail.message_id),
        leaf("PmtInfId", detail.payment_information_id),
        leaf("EndToEndId", detail.end_to_end_id),
        leaf("MndtId", detail.mandate_reference),
    )
    ordered = _amount("Amt", detail.original_minor) if detail.original_minor else ""
    fee = element(
        "Rcrd", _amount("Amt", detail.fee_minor), "<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd>"
    )
    parties = element(
        "RltdPties",
        element("Dbtr", element("Pty", leaf("Nm", detail.debtor_name, 140))),
        element("DbtrAcct", element("Id", leaf("IBAN", detail.debtor_iban))),
        element("Cdtr", element("Pty", element("Id", element("PrvtId", creditor_id)))),
    )
    return element(
        "TxDtls",
        references,
        _amount("Amt", detail.amount_minor),
        _direction(detail.amount_minor),
        element("AmtDtls", element("InstdAmt", ordered)),
        element("Chrgs", fee) if detail.fee_minor else "",
        parties,
        element("RmtInf", leaf("Ustrd", detail.remittance, 140)),
        element("RtrInf", element("Rsn", leaf("Cd", detail.reason))) if detail.reason else "",
    )
