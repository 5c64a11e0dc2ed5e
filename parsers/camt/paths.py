"""Which paths of a camt message are read, for all versions at once (sepa-rules section 5.2; .01 from its schema)."""

from parsers.xml_found import DETAILS_MAX, Paths, amount, choice, group, many, once

BALANCES_MAX = 10_000


def _bank(prefix: str, name: str) -> Paths:
    # BICFI since .04, BIC before, and in .01 combined with other ids.
    return {f"{prefix}/FinInstnId/{path}": name for path in ("BICFI", "BIC", "CmbndId/BICFI", "CmbndId/BIC")}


def _account(prefix: str, name: str) -> Paths:
    return {
        f"{prefix}/Id/IBAN": name,
        f"{prefix}/Id/Othr/Id": f"{name}_other",
        f"{prefix}/Id/BBAN": f"{name}_other",
        f"{prefix}/Id/UPIC": f"{name}_other",
        f"{prefix}/Id/PrtryAcct/Id": f"{name}_other",
    }


_IDENTIFIER: Paths = {"Id": "id", "SchmeNm/Cd": "scheme", "SchmeNm/Prtry": "scheme"}


def _party(tag: str, name: str) -> Paths:
    # Directly until .07, Pty or Agt since .08.
    paths: dict[str, object] = {
        f"{tag}/Nm": name,
        f"{tag}/Agt/FinInstnId/Nm": f"{name}_bank_name",
        **_bank(f"{tag}/Agt", f"{name}_own_bic"),
    }
    for pty in ("", "Pty/"):
        paths[f"{tag}/{pty}Nm"] = name
        paths[f"{tag}/{pty}Id/OrgId/Othr"] = group(f"{name}_ids", _IDENTIFIER)
        paths[f"{tag}/{pty}Id/PrvtId/Othr"] = group(f"{name}_ids", _IDENTIFIER)
    return paths  # type: ignore[return-value]


_CODE: Paths = {
    "BkTxCd/Domn/Cd": "domain",
    "BkTxCd/Domn/Fmly/Cd": "family",
    "BkTxCd/Domn/Fmly/SubFmlyCd": "sub_family",
    "BkTxCd/Prtry/Cd": "proprietary_code",
}

_AMOUNT_DETAILS: Paths = {
    "AmtDtls/InstdAmt/Amt": amount("instructed"),
    "AmtDtls/TxAmt/Amt": amount("transaction"),
    "AmtDtls/CntrValAmt/Amt": amount("counter_value"),
    "AmtDtls/InstdAmt/CcyXchg/XchgRate": "instructed_rate",
    "AmtDtls/TxAmt/CcyXchg/XchgRate": "transaction_rate",
    "AmtDtls/CntrValAmt/CcyXchg/XchgRate": "counter_value_rate",
}

_CHARGE: Paths = {"Amt": amount("charge"), "CdtDbtInd": once("sign"), "ChrgInclInd": "included"}
_CHARGES: Paths = {**_CHARGE, "TtlChrgsAndTaxAmt": amount("total"), "Rcrd": group("records", _CHARGE)}

_BATCH: Paths = {"MsgId": "message_id", "PmtInfId": "payment_information_id", "NbOfTxs": "count"}

_STRUCTURED: Paths = {
    "CdtrRefInf/Ref": "reference",
    "CdtrRefInf/CdtrRef": "reference",
    "RfrdDocInf/Nb": many("documents"),
    "RfrdDocInf/RfrdDocNb": many("documents"),
    "AddtlRmtInf": many("lines"),
}

_RETURN: Paths = {
    "Rsn/Cd": "code",
    "Rsn/Prtry": "proprietary",
    "RtrRsn/Cd": "code",
    "RtrRsn/Prtry": "proprietary",
    "AddtlInf": many("lines"),
    "AddtlRtrRsnInf": many("lines"),
}

DETAIL: Paths = {
    "Refs/MsgId": "message_id",
    "Refs/AcctSvcrRef": "servicer_reference",
    "Refs/PmtInfId": "payment_information_id",
    "Refs/EndToEndId": "end_to_end_id",
    "Refs/AcctSvcrTxId": "servicer_transaction_id",
    "Refs/TxId": "transaction_id",
    "Refs/UETR": "uetr",
    "Refs/MndtId": "mandate_reference",
    "Amt": amount("amount"),
    "CdtDbtInd": once("sign"),
    **_AMOUNT_DETAILS,
    **_CODE,
    "Chrgs": group("charges", _CHARGES),
    **_party("RltdPties/Dbtr", "debtor"),
    **_account("RltdPties/DbtrAcct", "debtor_account"),
    "RltdPties/UltmtDbtr/Nm": "ultimate_debtor",
    "RltdPties/UltmtDbtr/Pty/Nm": "ultimate_debtor",
    **_party("RltdPties/Cdtr", "creditor"),
    **_account("RltdPties/CdtrAcct", "creditor_account"),
    "RltdPties/UltmtCdtr/Nm": "ultimate_creditor",
    "RltdPties/UltmtCdtr/Pty/Nm": "ultimate_creditor",
    **_bank("RltdAgts/DbtrAgt", "debtor_bic"),
    **_bank("RltdAgts/CdtrAgt", "creditor_bic"),
    "Purp/Cd": "purpose",
    "Purp/Prtry": "purpose",
    "RmtInf/Ustrd": many("remittance"),
    "RmtInf/Strd": group("structured", _STRUCTURED),
    "RtrInf": group("returns", _RETURN),
    "OrgnlTxRef/Amt/InstdAmt": amount("original"),
    "OrgnlTxRef/IntrBkSttlmAmt": amount("original_settled"),
    "AddtlTxInf": "text",
}

# An entry without its details and batches, which are read one by one while the entry is still being written.
ENTRY: Paths = {
    "NtryRef": "entry_reference",
    "Amt": amount("amount"),
    "CdtDbtInd": once("sign"),
    "RvslInd": once("reversal"),
    "Sts": choice("status"),
    "BookgDt": choice("booking_date"),
    "ValDt": choice("value_date"),
    "AcctSvcrRef": "reference",
    **_CODE,
    **_AMOUNT_DETAILS,
    "Chrgs": group("charges", _CHARGES),
    "AddtlNtryInf": "text",
}

_DETAIL = group("details", DETAIL, DETAILS_MAX)
_BATCHES = group("batches", _BATCH)

# .01 has batches and details directly in the entry.
INSIDE_ENTRY: Paths = {
    "TxDtls": _DETAIL,
    "Btch": _BATCHES,
    "NtryDtls/TxDtls": _DETAIL,
    "NtryDtls/Btch": _BATCHES,
}
WHOLE_ENTRY: Paths = {**ENTRY, **INSIDE_ENTRY}

_BALANCE: Paths = {
    "Tp/CdOrPrtry/Cd": "type",
    "Tp/Cd": "type",
    "Amt": amount("amount"),
    "CdtDbtInd": once("sign"),
    "Dt": choice("date"),
}

_TOTAL: Paths = {"NbOfNtries": "count", "Sum": "sum"}

STATEMENT: Paths = {
    "Id": "id",
    "ElctrncSeqNb": "electronic_number",
    "LglSeqNb": "legal_number",
    **{f"{name}/PgNb": "page" for name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn")},
    **{f"{name}/LastPgInd": "last_page" for name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn")},
    "FrToDt/FrDtTm": "from_date",
    "FrToDt/FrDt": "from_date",
    "FrToDt/ToDtTm": "to_date",
    "FrToDt/ToDt": "to_date",
    "CpyDplctInd": "copy",
    **_account("Acct", "account"),
    "Acct/Id/IBAN": once("account"),  # It decides whose statement this is.
    "Acct/Id/Othr/Id": once("account_other"),
    "Acct/Ccy": once("currency"),
    **_bank("Acct/Svcr", "servicer_bic"),
    "Bal": group("balances", _BALANCE, BALANCES_MAX),
    "TxsSummry/TtlNtries": group("total_all", _TOTAL),
    "TxsSummry/TtlCdtNtries": group("total_credits", _TOTAL),
    "TxsSummry/TtlDbtNtries": group("total_debits", _TOTAL),
    "AddtlStmtInf": many("lines"),
    "AddtlRptInf": many("lines"),
    "AddtlNtfctnInf": many("lines"),
}

GROUP_HEADER: Paths = {"MsgId": "message_id", "MsgPgntn/PgNb": "page", "MsgPgntn/LastPgInd": "last_page"}
