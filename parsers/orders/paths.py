"""Where the facts stand in pain.008 and pain.001 (sepa-rules section 3.1, 3.2 and 3.4).

One table serves all versions: where they differ, both paths lead to the same fact. What is not here is not used in
SEPA; `FORBIDDEN` names what the schema has and the scheme does not.
"""

from parsers.orders.gather import Paths, amount, flag, group, groups, known, many
from schemas.order_facts import (
    AccountFacts,
    AddressFacts,
    AgentFacts,
    MandateFacts,
    OrderKind,
    PartyFacts,
    SchemeFacts,
    StructuredFacts,
    TypeFacts,
)

# Sepa-rules 3.1, last paragraphs; EPC130-08 and EPC132-08, elements without a place in the scheme.
FORBIDDEN = {
    OrderKind.COLLECTIONS: frozenset(
        "RgltryRptg Tax InstrForCdtrAgt CdtrAgtAcct DbtrAgtAcct Prxy EqvtAmt SplmtryData".split()
    ),
    OrderKind.TRANSFERS: frozenset(
        "Tax InstrForCdtrAgt InstrForDbtrAgt CdtrAgtAcct DbtrAgtAcct Prxy EqvtAmt XchgRateInf ChqInstr"
        " IntrmyAgt1 IntrmyAgt2 IntrmyAgt3 SplmtryData".split()
    ),
}

_OTHER_LINES = "Dept SubDept BldgNm Flr PstBx Room TwnLctnNm DstrctNm CtrySubDvsn CareOf UnitNb".split()
_ADDRESS: Paths = {
    "Ctry": "country",
    "TwnNm": "town",
    "PstCd": "postcode",
    "StrtNm": "street",
    "BldgNb": "building",
    "AdrLine": many("lines"),
    **{name: many("others") for name in _OTHER_LINES},
}
_IDENTIFICATION: Paths = {
    "Id/OrgId/BICOrBEI": "identification",
    "Id/OrgId/AnyBIC": "identification",
    "Id/OrgId/LEI": "lei",
    "Id/PrvtId/DtAndPlcOfBirth": known(),
    **{
        f"Id/{kind}/Othr/{path}": step
        for kind in ("OrgId", "PrvtId")
        for path, step in (("Id", "identification"), ("SchmeNm", known()), ("Issr", known()))
    },
}
_PARTY: Paths = {"Nm": "name", "PstlAdr": group("address", AddressFacts, _ADDRESS), **_IDENTIFICATION}
_AGENT: Paths = {"FinInstnId/BIC": "bic", "FinInstnId/BICFI": "bic", "FinInstnId/Othr/Id": "other"}
_ACCOUNT: Paths = {"Id/IBAN": "iban", "Id/Othr/Id": "other", "Ccy": "currency"}
_SCHEME: Paths = {
    "Nm": "name",
    "Id/PrvtId/Othr/Id": many("identifiers"),
    "Id/PrvtId/Othr/SchmeNm/Prtry": many("scheme_names"),
    "Id/OrgId": flag("has_organisation"),
}
_TYPE: Paths = {
    "SvcLvl/Cd": many("service_levels"),
    "SvcLvl/Prtry": many("own_service_levels"),
    "LclInstrm/Cd": "local_instrument",
    "LclInstrm/Prtry": "own_local_instrument",
    "SeqTp": "sequence_type",
    "CtgyPurp/Cd": "category_purpose",
    "CtgyPurp/Prtry": "own_category_purpose",
}
_MANDATE: Paths = {
    "MndtId": "reference",
    "DtOfSgntr": "signature_date",
    "AmdmntInd": "amendment_indicator",
    "AmdmntInfDtls/OrgnlMndtId": "original_reference",
    "AmdmntInfDtls/OrgnlCdtrSchmeId": group("original_scheme", SchemeFacts, _SCHEME),
    "AmdmntInfDtls/OrgnlDbtrAcct": group("original_account", AccountFacts, _ACCOUNT),
    "AmdmntInfDtls/OrgnlDbtrAgt": group("original_agent", AgentFacts, _AGENT),
    "ElctrncSgntr": known(),
}
_STRUCTURED: Paths = {
    "CdtrRefInf/Tp/CdOrPrtry/Cd": "type_code",
    "CdtrRefInf/Tp/CdOrPrtry/Prtry": "own_type",
    "CdtrRefInf/Tp/Issr": "issuer",
    "CdtrRefInf/Ref": "reference",
}

HEADER: Paths = {
    "MsgId": "message_id",
    "CreDtTm": "created_at",
    "NbOfTxs": "stated_count",
    "CtrlSum": "stated_sum",
    "Grpg": known(),  # Of the first generation.
    "InitgPty": group("initiating_party", PartyFacts, _PARTY),
}
_BLOCK: Paths = {
    "PmtInfId": "payment_information_id",
    "PmtMtd": "method",
    "BtchBookg": "batch_booking",
    "NbOfTxs": "stated_count",
    "CtrlSum": "stated_sum",
    "PmtTpInf": group("type", TypeFacts, _TYPE),
    "ChrgBr": "charge_bearer",
}
_INSTRUCTION: Paths = {
    "PmtId/EndToEndId": "end_to_end_id",
    "PmtId/InstrId": "instruction_id",
    "PmtId/UETR": "uetr",
    "PmtTpInf": group("type", TypeFacts, _TYPE),
    "ChrgBr": "charge_bearer",
    "Purp/Cd": "purpose",
    "Purp/Prtry": "own_purpose",
    "RmtInf/Ustrd": many("unstructured"),
    "RmtInf/Strd": groups("structured", StructuredFacts, _STRUCTURED),
}


def _side(tag: str, name: str) -> Paths:
    """Return the paths of one side: a party, its account and its bank."""
    prefix = f"{name}_" if name else ""
    return {
        tag: group(name or "party", PartyFacts, _PARTY),
        f"{tag}Acct": group(f"{prefix}account", AccountFacts, _ACCOUNT),
        f"{tag}Agt": group(f"{prefix}agent", AgentFacts, _AGENT),
    }


def _ultimate(tag: str, name: str) -> Paths:
    return {f"Ultmt{tag}": group(f"ultimate_{name}", PartyFacts, _PARTY)}


BLOCK: dict[OrderKind, Paths] = {
    OrderKind.COLLECTIONS: {
        **_BLOCK,
        "ReqdColltnDt": "date",
        **_side("Cdtr", ""),
        **_ultimate("Cdtr", "party"),
        "CdtrSchmeId": group("creditor_scheme", SchemeFacts, _SCHEME),
    },
    OrderKind.TRANSFERS: {**_BLOCK, **_side("Dbtr", ""), **_ultimate("Dbtr", "party")},
}
# In version .09 the date of execution is an element inside; before, it was the text itself.
EXECUTION_DATE, DATES_INSIDE = "ReqdExctnDt", ("Dt", "DtTm")

INSTRUCTION: dict[OrderKind, Paths] = {
    OrderKind.COLLECTIONS: {
        **_INSTRUCTION,
        "InstdAmt": amount("amount", "currency"),
        "DrctDbtTx/MndtRltdInf": group("mandate", MandateFacts, _MANDATE),
        "DrctDbtTx/CdtrSchmeId": group("creditor_scheme", SchemeFacts, _SCHEME),
        **_side("Dbtr", "counterparty"),
        **_ultimate("Dbtr", "counterparty"),
        **_ultimate("Cdtr", "party"),
    },
    OrderKind.TRANSFERS: {
        **_INSTRUCTION,
        "Amt/InstdAmt": amount("amount", "currency"),
        **_side("Cdtr", "counterparty"),
        **_ultimate("Cdtr", "counterparty"),
        **_ultimate("Dbtr", "party"),
    },
}
