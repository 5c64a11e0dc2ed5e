"""Makes what the upload is measured with: customers, open invoices and a statement that pays them.

Deterministic: the same numbers give the same bytes. All names are invented, the account numbers belong to a published
example bank.
"""

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

OUR_IBAN = "DE02100100100006820101"
_FIRST = dt.date(2026, 10, 5)
_NAMES = "Adler Birke Dorn Eiche Falke Ginster Heide Igel Kiefer Linde Mohn Nelke Otter Pappel Rabe Specht".split()
_FORMS = ("GmbH", "AG", "e.K.", "SARL", "B.V.", "KG")


def write_data(folder: Path, count: int, invoices: int = 0) -> None:
    """Write customers.csv, invoices.csv and statement.xml with so many entries, if they are not there.

    There are as many invoices, or more, which stay open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "statement.xml").exists():
        return
    chance = random.Random(count)
    customers = max(1, count // 5)
    amounts = [chance.randint(500, 900_000) for _ in range(max(count, invoices))]
    owners = [chance.randrange(customers) for _ in amounts]
    _write_customers(folder / "customers.csv", customers)
    _write_invoices(folder / "invoices.csv", amounts, owners)
    draft = folder / "draft.xml"
    with draft.open("w", encoding="utf-8") as file:
        file.writelines(_statement(chance, amounts[:count], owners))
    draft.rename(folder / "statement.xml")


def _write_customers(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["number", "name", "iban"])
        out.writerows((f"K{place:06d}", _name(place), _iban(place)) for place in range(count))


def _write_invoices(path: Path, amounts: list[int], owners: list[int]) -> None:
    head = (
        "number customer_number issue_date due_date currency amount creditor_reference discount_percent discount_until"
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(head.split())
        for place, (amount, owner) in enumerate(zip(amounts, owners, strict=True)):
            row = [_number(place), f"K{owner:06d}", "2026-09-01", "2026-10-01", "EUR", _decimal(amount), _rf(place)]
            out.writerow([*row, "2.00", "2026-12-31"])


def _statement(chance: random.Random, amounts: list[int], owners: list[int]) -> Iterator[str]:
    entries = [_payment(chance, place, amount) for place, amount in enumerate(amounts)]
    total = sum(amount for amount, _, _ in entries)
    last = _FIRST + dt.timedelta(27)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
    yield "<BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-11-02T06:00:00+01:00</CreDtTm></GrpHdr>\n"
    yield f"<Stmt><Id>BENCH-1</Id><ElctrncSeqNb>1</ElctrncSeqNb><FrToDt><FrDtTm>{_FIRST}T00:00:00</FrDtTm>"
    yield f"<ToDtTm>{last}T23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>{OUR_IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
    yield _balance("OPBD", 0, _FIRST) + _balance("CLBD", total, last)
    for place, (amount, text, reference) in enumerate(entries):
        day = _FIRST + dt.timedelta(place * 28 // len(entries))
        yield _ENTRY.format(
            place=place, amount=_decimal(amount), day=day, name=_name(owners[place]), iban=_iban(owners[place]),
            remittance=f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference
            else f"<Ustrd>{text}</Ustrd>",
        )  # fmt: skip
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _payment(chance: random.Random, place: int, amount: int) -> tuple[int, str, str]:
    """Return what one entry says: amount, text, structured reference."""
    number, kind = _number(place), chance.random()
    if kind < 0.12:
        return amount, "", _rf(place)
    if kind < 0.20:
        return amount, "Vielen Dank fuer die Lieferung", ""
    if kind < 0.25:
        return amount - (amount * 2 + 50) // 100, f"{number} abzgl. 2% Skonto", ""
    if kind < 0.30:
        return amount + 1 + chance.randrange(50_000), "Anzahlung neue Bestellung", ""
    forms = (number, f"Rechnung {number} vom 01.09.2026", number.replace("-", " "), f"RG {number[-7:]} danke")
    return amount, chance.choice(forms), ""


def _balance(code: str, minor: int, day: dt.date) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_decimal(minor)}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _number(place: int) -> str:
    return f"RG-2026-{place:07d}"


def _rf(place: int) -> str:
    body = f"{place:09d}"
    return f"RF{98 - int(f'{body}271500') % 97:02d}{body}"


def _iban(place: int) -> str:
    account = f"37040044{2_000_000 + place:010d}"
    return f"DE{98 - int(f'{account}131400') % 97:02d}{account}"


def _name(place: int) -> str:
    return f"{_NAMES[place % len(_NAMES)]} {_NAMES[place // 7 % len(_NAMES)]} {place} {_FORMS[place % len(_FORMS)]}"


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


_ENTRY = """<Ntry>
 <NtryRef>{place}</NtryRef>
 <Amt Ccy="EUR">{amount}</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd>
 <RvslInd>false</RvslInd>
 <Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>{day}</Dt></BookgDt>
 <ValDt><Dt>{day}</Dt></ValDt>
 <AcctSvcrRef>2026BENCH{place:010d}</AcctSvcrRef>
 <BkTxCd>
  <Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>
  <Prtry><Cd>NTRF+166+00931</Cd><Issr>DK</Issr></Prtry>
 </BkTxCd>
 <NtryDtls>
  <TxDtls>
   <Refs>
    <AcctSvcrRef>2026BENCH{place:010d}</AcctSvcrRef>
    <EndToEndId>NOTPROVIDED</EndToEndId>
    <TxId>TX{place:012d}</TxId>
   </Refs>
   <Amt Ccy="EUR">{amount}</Amt>
   <CdtDbtInd>CRDT</CdtDbtInd>
   <AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>
   <RltdPties>
    <Dbtr><Pty><Nm>{name}</Nm><PstlAdr><StrtNm>Lindenweg</StrtNm><BldgNb>12</BldgNb><PstCd>50667</PstCd>
     <TwnNm>Koeln</TwnNm><Ctry>DE</Ctry></PstlAdr></Pty></Dbtr>
    <DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>
    <Cdtr><Pty><Nm>Beispiel Handel GmbH</Nm></Pty></Cdtr>
    <CdtrAcct><Id><IBAN>DE02100100100006820101</IBAN></Id></CdtrAcct>
   </RltdPties>
   <RltdAgts>
    <DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI><Nm>Beispielbank</Nm></FinInstnId></DbtrAgt>
   </RltdAgts>
   <RmtInf>{remittance}</RmtInf>
  </TxDtls>
 </NtryDtls>
 <AddtlNtryInf>GUTSCHR. UEBERWEISUNG</AddtlNtryInf>
</Ntry>
"""
