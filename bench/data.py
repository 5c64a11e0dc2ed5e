"""Bank files to measure with: made up, deterministic, and as long as one likes without memory.

An entry of the camt.053 has about 1.5 KB and 60 to 70 elements, as those of a bank that fills in everything: parties
with addresses, codes on two levels, amounts twice. One in eight is of another kind, so that entries are not all alike.
"""

import random
from collections.abc import Iterator
from pathlib import Path

OWN_IBAN = "DE89370400440532013000"
_FIRST = "Ada Ben Cora Dan Elif Finn Greta Hanna Ivo Jürgen Kaja Léa Mats Nora Oskar Pia".split()
_LAST = "Ackermann Bäcker Carlsen Dubois Eriksen Färber Große Huber Ibsen Jansen Kowalski Lindqvist".split()
_TOWNS = "Aachen Bremen Colmar Dresden Erfurt Fürth Gent Halle".split()
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt>
<GrpHdr><MsgId>BENCH-1</MsgId><CreDtTm>2026-12-01T06:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>BENCH-1</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<Acct><Id><IBAN>{own}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{opening}
{closing}
"""
_TAIL = "</Stmt>\n</BkToCstmrStmt>\n</Document>\n"


def write_camt053(path: Path, entries: int, seed: int = 1) -> int:
    """Write a camt.053 of so many entries, whose balances fit; return its size in bytes."""
    total = sum(minor for minor, _ in _entries(entries, seed))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD.format(own=OWN_IBAN, opening=_balance("OPBD", 0), closing=_balance("CLBD", total)))
        file.writelines(text for _, text in _entries(entries, seed))
        file.write(_TAIL)
    return path.stat().st_size


def _balance(kind: str, minor: int) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_amount(abs(minor))}</Amt>'
        f"<CdtDbtInd>{_sign(minor)}</CdtDbtInd><Dt><Dt>2026-11-30</Dt></Dt></Bal>"
    )


def _entries(count: int, seed: int) -> Iterator[tuple[int, str]]:
    chosen = random.Random(seed)
    for number in range(1, count + 1):
        minor = chosen.randint(100, 900_000) * (1 if chosen.random() < 0.9 else -1)
        yield minor, _entry(number, minor, chosen)


def _entry(number: int, minor: int, chosen: random.Random) -> str:
    amount, sign, day = _amount(abs(minor)), _sign(minor), f"2026-11-{1 + number % 30:02d}"
    family = "RCDT" if minor > 0 else "ICDT"
    code = f"<Domn>\n<Cd>PMNT</Cd>\n<Fmly>\n<Cd>{family}</Cd>\n<SubFmlyCd>ESCT</SubFmlyCd>\n</Fmly>\n</Domn>"
    kind = number % 8
    details = "" if kind == 7 else _details(number, amount, sign, code, chosen, has_reference=kind == 3)
    return f"""<Ntry>
<NtryRef>{number}</NtryRef>
<Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{sign}</CdtDbtInd>
<RvslInd>false</RvslInd>
<Sts>
<Cd>BOOK</Cd>
</Sts>
<BookgDt>
<Dt>{day}</Dt>
</BookgDt>
<ValDt>
<Dt>{day}</Dt>
</ValDt>
<AcctSvcrRef>B{number:012d}</AcctSvcrRef>
<BkTxCd>
{code}
<Prtry>
<Cd>NTRF+{166 if minor > 0 else 116}+0931</Cd>
<Issr>DK</Issr>
</Prtry>
</BkTxCd>
{details}<AddtlNtryInf>SEPA</AddtlNtryInf>
</Ntry>
"""


def _details(number: int, amount: str, sign: str, code: str, chosen: random.Random, *, has_reference: bool) -> str:
    them, us = _party(chosen), "<Pty>\n<Nm>Bench &amp; Co. KG</Nm>\n</Pty>"
    iban = f"DE{chosen.randrange(10**20):020d}"
    debtor, debtor_iban, creditor, creditor_iban = (
        (them, iban, us, OWN_IBAN) if sign == "CRDT" else (us, OWN_IBAN, them, iban)
    )
    text = f"<Ustrd>Rechnung {number:07d} vom 15.10.2026, Kunde {number % 977}</Ustrd>"
    reference = f"<Strd>\n<CdtrRefInf>\n<Ref>RF{number:019d}</Ref>\n</CdtrRefInf>\n</Strd>"
    return f"""<NtryDtls>
<TxDtls>
<Refs>
<AcctSvcrRef>B{number:012d}</AcctSvcrRef>
<EndToEndId>NOTPROVIDED</EndToEndId>
<TxId>T{number:014d}</TxId>
</Refs>
<Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{sign}</CdtDbtInd>
<AmtDtls>
<TxAmt>
<Amt Ccy="EUR">{amount}</Amt>
</TxAmt>
</AmtDtls>
<BkTxCd>
{code}
</BkTxCd>
<RltdPties>
<Dbtr>
{debtor}
</Dbtr>
<DbtrAcct>
<Id>
<IBAN>{debtor_iban}</IBAN>
</Id>
</DbtrAcct>
<Cdtr>
{creditor}
</Cdtr>
<CdtrAcct>
<Id>
<IBAN>{creditor_iban}</IBAN>
</Id>
</CdtrAcct>
</RltdPties>
<RltdAgts>
<DbtrAgt>
<FinInstnId>
<BICFI>COBADEFFXXX</BICFI>
</FinInstnId>
</DbtrAgt>
</RltdAgts>
<RmtInf>
{reference if has_reference else text}
</RmtInf>
</TxDtls>
</NtryDtls>
"""


def _party(chosen: random.Random) -> str:
    name = f"{chosen.choice(_FIRST)} {chosen.choice(_LAST)}"
    return f"""<Pty>
<Nm>{name}</Nm>
<PstlAdr>
<StrtNm>{chosen.choice(_LAST)}weg</StrtNm>
<BldgNb>{chosen.randint(1, 99)}</BldgNb>
<PstCd>{chosen.randint(10000, 99999)}</PstCd>
<TwnNm>{chosen.choice(_TOWNS)}</TwnNm>
<Ctry>DE</Ctry>
</PstlAdr>
</Pty>"""


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _sign(minor: int) -> str:
    return "CRDT" if minor >= 0 else "DBIT"
