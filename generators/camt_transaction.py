"""The details of one payment inside an entry (``TxDtls``), in the words of camt version .02 or .08.

The other side of money in is the debtor, of money out the creditor; of a return or reversal the roles stay those of
the payment that came back. What a payment only repeats of its entry is written at the entry alone.
"""

import re
from enum import StrEnum

from generators.statements import UnwritableStatement
from generators.wrap import wrap_words
from generators.xml_text import element, leaf
from schemas.money import amount_text
from schemas.statement import BankEntry, BankTransaction, Batch

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_ISO_CODE = re.compile(r"([A-Z0-9]{4})-([A-Z0-9]{4})-([A-Z0-9]{4})")
_BELGIAN_REFERENCE = re.compile(r"[0-9]{12}")
_USTRD_WIDTH = 140


class CamtVersion(StrEnum):
    """The two versions that banks send: the old German one and the one of the 2019 messages."""

    V02 = "02"
    V08 = "08"


def amount_element(name: str, minor: int, currency: str) -> str:
    """Return an unsigned amount with its currency."""
    return f'<{name} Ccy="{currency}">{amount_text(abs(minor), currency)}</{name}>'


def direction(minor: int) -> str:
    """Return the element that says whether money came or went."""
    return f"<CdtDbtInd>{'DBIT' if minor < 0 else 'CRDT'}</CdtDbtInd>"


def account_element(name: str, account: str | None, *inside: str) -> str:
    """Return an account: an IBAN as such, any other number as ``Othr``."""
    if not account:
        return ""
    known = leaf("IBAN", account) if _IBAN.fullmatch(account) else element("Othr", leaf("Id", account, 34))
    return element(name, element("Id", known), *inside)


def agent_element(name: str, bic: str | None, version: CamtVersion) -> str:
    """Return a bank by its BIC."""
    return element(name, element("FinInstnId", leaf("BIC" if version is CamtVersion.V02 else "BICFI", bic, 11)))


def bank_code_element(code: str | None, proprietary: str = "") -> str:
    """Return the content of ``BkTxCd`` for PMNT-RCDT-ESCT and its kind; any other code is the bank's own."""
    iso = _ISO_CODE.fullmatch(code or "")
    if not iso:
        return proprietary or element("Prtry", leaf("Cd", code))
    family = element("Fmly", leaf("Cd", iso[2]), leaf("SubFmlyCd", iso[3]))
    return element("Domn", leaf("Cd", iso[1]), family) + proprietary


def charges_element(minor: int | None, included: bool | None, currency: str, version: CamtVersion) -> str:
    """Return the charges of an entry or a payment. Version .02 cannot say whether they are included."""
    if minor is None:
        return ""
    amount = amount_element("Amt", minor, currency) + "<CdtDbtInd>DBIT</CdtDbtInd>"
    if version is CamtVersion.V02:
        return element("Chrgs", amount)
    flag = "" if included is None else f"<ChrgInclInd>{str(included).lower()}</ChrgInclInd>"
    return element("Chrgs", element("Rcrd", amount, flag))


def transaction_elements(entry: BankEntry, own_account: str, version: CamtVersion) -> str:
    """Return the ``TxDtls`` of each payment, none where the entry says it all already.

    Raises UnwritableStatement for what the version cannot say.
    """
    payments = [_without_repeats(payment, entry) for payment in entry.transactions]
    if payments == [BankTransaction(entry.amount_minor, entry.currency)]:
        return ""
    return "".join(_transaction(payment, entry, own_account, version) for payment in payments)


def _without_repeats(tx: BankTransaction, entry: BankEntry) -> BankTransaction:
    batch = entry.batch or Batch(None, None, None)
    reference = entry.reference if len(entry.transactions) == 1 else None
    return tx._replace(
        bank_transaction_code=_news(tx.bank_transaction_code, entry.bank_transaction_code),
        bank_reference=_news(tx.bank_reference, reference),
        message_id=_news(tx.message_id, batch.message_id),
        payment_information_id=_news(tx.payment_information_id, batch.payment_information_id),
    )


def _news(text: str | None, known: str | None) -> str | None:
    return None if text == known else text


def _transaction(tx: BankTransaction, entry: BankEntry, own_account: str, version: CamtVersion) -> str:
    if version is CamtVersion.V02 and tx.amount_minor * entry.amount_minor < 0:
        raise UnwritableStatement("camt version .02 has no sign for single payments, but this one is against its entry")
    is_back = entry.is_reversal or tx.return_reason is not None
    other = "Dbtr" if (tx.amount_minor > 0) != is_back else "Cdtr"
    amount = "" if version is CamtVersion.V02 else amount_element("Amt", tx.amount_minor, tx.currency)
    return element(
        "TxDtls",
        _references(tx),
        amount + direction(tx.amount_minor) if amount else "",
        _amounts(tx, version),
        element("BkTxCd", bank_code_element(tx.bank_transaction_code)) if tx.bank_transaction_code else "",
        charges_element(tx.charges_minor, tx.charges_included, tx.currency, version),
        # Only where money comes back does our own side tell the roles, which some banks swap.
        _parties(tx, other, own_account if is_back else None, version),
        element("RltdAgts", agent_element(f"{other}Agt", tx.counterparty_bic, version)),
        element("Purp", leaf("Cd", tx.purpose, 4)),
        _remittance(tx),
        _return(tx),
    )


def _references(tx: BankTransaction) -> str:
    return element(
        "Refs",
        leaf("MsgId", tx.message_id),
        leaf("AcctSvcrRef", tx.bank_reference),
        leaf("PmtInfId", tx.payment_information_id),
        leaf("EndToEndId", tx.end_to_end_id),
        leaf("MndtId", tx.mandate_reference),
    )


def _amounts(tx: BankTransaction, version: CamtVersion) -> str:
    """Return what was ordered or collected at first, and in version .02 the booked amount, which has no other place."""
    minor, currency = tx.instructed_minor, tx.instructed_currency or tx.currency
    if tx.original_amount_minor is not None:
        minor, currency = tx.original_amount_minor, tx.currency
    ordered = "" if minor is None else amount_element("Amt", minor, currency)
    exchange = ""
    if ordered and tx.exchange_rate:
        rate = leaf("XchgRate", tx.exchange_rate, 12)
        exchange = element("CcyXchg", leaf("SrcCcy", currency, 3), leaf("TrgtCcy", tx.currency, 3), rate)
    booked = amount_element("Amt", tx.amount_minor, tx.currency) if version is CamtVersion.V02 else ""
    return element("AmtDtls", element("InstdAmt", ordered, exchange), element("TxAmt", booked))


def _parties(tx: BankTransaction, other: str, own_account: str | None, version: CamtVersion) -> str:
    creditor_id = _creditor_identifier(tx.creditor_identifier)
    sides = {"Dbtr": "", "Cdtr": creditor_id}
    sides[other] = leaf("Nm", tx.counterparty_name, 140) + sides[other]
    accounts = {"Dbtr": own_account, "Cdtr": own_account, other: tx.counterparty_iban}
    return element(
        "RltdPties",
        _party("Dbtr", sides["Dbtr"], version),
        account_element("DbtrAcct", accounts["Dbtr"]),
        _party("UltmtDbtr", leaf("Nm", tx.ultimate_debtor, 140), version),
        _party("Cdtr", sides["Cdtr"], version),
        account_element("CdtrAcct", accounts["Cdtr"]),
        _party("UltmtCdtr", leaf("Nm", tx.ultimate_creditor, 140), version),
    )


def _party(name: str, content: str, version: CamtVersion) -> str:
    return element(name, content if version is CamtVersion.V02 else element("Pty", content))


def _creditor_identifier(identifier: str | None) -> str:
    if not identifier:
        return ""
    scheme = element("SchmeNm", leaf("Prtry", "SEPA"))
    return element("Id", element("PrvtId", element("Othr", leaf("Id", identifier), scheme)))


def _remittance(tx: BankTransaction) -> str:
    free = "".join(leaf("Ustrd", piece, _USTRD_WIDTH) for piece in wrap_words(tx.remittance, _USTRD_WIDTH))
    reference = leaf("Ref", tx.creditor_reference)
    if not reference:
        return element("RmtInf", free)
    issuer = leaf("Issr", "BBA") if _BELGIAN_REFERENCE.fullmatch(tx.creditor_reference or "") else ""
    kind = element("Tp", element("CdOrPrtry", leaf("Cd", "SCOR")), issuer)
    return element("RmtInf", free, element("Strd", element("CdtrRefInf", kind, reference)))


def _return(tx: BankTransaction) -> str:
    if not tx.return_reason:
        return ""
    is_code = len(tx.return_reason) == 4
    return element("RtrInf", element("Rsn", leaf("Cd" if is_code else "Prtry", tx.return_reason)))
