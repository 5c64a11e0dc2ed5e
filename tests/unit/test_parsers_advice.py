"""Remittance advices as customers send them: tables, PDFs, mails; and what is refused of them."""

import datetime as dt
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pypdf
import pytest
import typst

from parsers.advice import read_advice
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.errors import FileRefused

IBAN = "DE89370400440532013000"
GERMAN = """Zahlungsavis
Auftraggeber: Koch Bau GmbH
Zahlungsdatum: 12.03.2026
Kundennummer: C0001
IBAN DE89 3704 0044 0532 0130 00

Rechnung;Datum;Brutto;Skonto;Zahlbetrag
FA-2026-000123;01.02.2026;1.000,00;20,00;980,00
FA-2026-000124;02.02.2026;200,50;;200,50
GS-2026-000007;03.02.2026;-50,00;;-50,00
Summe;;1.150,50;20,00;1.130,50
"""
LISTED = (("FA-2026-000123", 98_000, 2_000, 0), ("FA-2026-000124", 20_050, 0, 0), ("GS-2026-000007", -5_000, 0, 0))


def spreadsheet(*rows: tuple[object, ...]) -> bytes:
    book, into = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(into)
    return into.getvalue()


def mail(text: str, *attached: tuple[str, bytes], html: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "pay@koch.example", "ar@ours.example", "Avis"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def pdf(*lines: str) -> bytes:
    rows = "".join(f"[{cell}]," for line in lines if ";" in line for cell in (*line.split(";"), *[""] * 5)[:5])
    rest = " \\\n".join(line for line in lines if ";" not in line)
    return typst.compile(f"#set text(size: 9pt)\n{rest}\n#table(columns: 5, {rows})".encode())


def encrypted(data: bytes) -> bytes:
    writer, into = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(into)
    return into.getvalue()


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    into = io.BytesIO(data)
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return into.getvalue()


def read(folder: Path, data: bytes | str) -> Advice:
    path, scratch = folder / "advice", folder / "scratch"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    scratch.mkdir()
    return read_advice(path, scratch)


def told(advice: Advice) -> tuple[tuple[str, int, int, int], ...]:
    return tuple((line.written, line.paid_minor, line.discount_minor, line.deducted_minor) for line in advice.lines)


GERMAN_ROWS = [tuple(line.split(";")) for line in GERMAN.splitlines() if line]
TYPED_ROWS = [
    ("Avis de paiement",), ("Date de paiement : 12/03/2026",), ("N° client C0001",), ("IBAN", IBAN),
    ("N° facture", "Montant TTC", "Escompte", "Net payé (EUR)"),
    ("FA-2026-000123", 1000, 20, 980.0), ("FA-2026-000124", 200.5, None, 200.5), ("GS-2026-000007", -50, None, -50),
    ("Total", 1150.5, 20, 1130.5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        pytest.param(GERMAN, AdviceFormat.CSV, id="CSV"),
        pytest.param(GERMAN.encode("cp1252"), AdviceFormat.CSV, id="CSV in CP1252"),
        pytest.param(GERMAN.encode("utf-16"), AdviceFormat.CSV, id="CSV in UTF-16"),
        pytest.param(spreadsheet(*GERMAN_ROWS), AdviceFormat.XLSX, id="XLSX with texts"),
        pytest.param(spreadsheet(*TYPED_ROWS), AdviceFormat.XLSX, id="XLSX with numbers, French"),
        pytest.param(pdf(*GERMAN.splitlines()), AdviceFormat.PDF, id="PDF"),
        pytest.param(GERMAN.replace(";", "   ").replace("GS-2026-000007   03.02.2026   -50,00      -50,00", "GS-2026-000007 50,00-"), AdviceFormat.TEXT, id="text"),
        pytest.param(mail(GERMAN.replace(";", "   ")), AdviceFormat.TEXT, id="body of a mail"),
        pytest.param(mail("Siehe Anlage", ("avis.pdf", pdf(*GERMAN.splitlines()))), AdviceFormat.PDF, id="PDF in a mail"),
        pytest.param(mail("Liste", ("a.pdf", pdf(*GERMAN.splitlines())), ("a.csv", GERMAN.encode())), AdviceFormat.CSV, id="the same twice in a mail"),
        pytest.param(mail("Liste", ("logo.png", b"\x89PNG\r\n"), ("a.xlsx", spreadsheet(*TYPED_ROWS))), AdviceFormat.XLSX, id="beside a picture"),
    ],
)  # fmt: skip
def test_each_format_says_the_same(tmp_path: Path, data: bytes | str, format_: AdviceFormat) -> None:
    advice = read(tmp_path, data)

    assert (advice.format, advice.currency, advice.stated_minor) == (format_, "EUR", 113_050)
    assert told(advice) == LISTED
    assert (advice.payment_date, advice.customer_number, advice.ibans) == (dt.date(2026, 3, 12), "C0001", (IBAN,))


def test_a_web_page_as_mail_is_read_row_by_row(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>FA-{number}</td><td>{number},00 €</td></tr>" for number in (101, 102))
    html = f"<style>.a {{width:10,00}}</style><p>Guten Tag</p><table>{rows}</table><p>Gesamtbetrag 203,00 €</p>"
    message = EmailMessage()
    message["From"], message["Subject"] = "pay@koch.example", "Avis"
    message.set_content(html, subtype="html")

    advice = read(tmp_path, message.as_bytes())

    assert told(advice) == (("FA-101", 10_100, 0, 0), ("FA-102", 10_200, 0, 0))
    assert advice.stated_minor == 20_300


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("FA-1;100,00", ("FA-1", 10_000, 0, 0), id="plain"),
        pytest.param("FA-1;1'100.00", ("FA-1", 110_000, 0, 0), id="Swiss"),
        pytest.param("FA-1;1 100,00", ("FA-1", 110_000, 0, 0), id="French"),
        pytest.param("FA-1;1,100.00", ("FA-1", 110_000, 0, 0), id="English"),
        pytest.param("FA-1;100", ("FA-1", 10_000, 0, 0), id="without decimals"),
        pytest.param("FA-1;(100,00)", ("FA-1", -10_000, 0, 0), id="brackets"),
        pytest.param("FA-1;100,00-", ("FA-1", -10_000, 0, 0), id="sign behind"),
        pytest.param("Gutschrift GS-1;100,00", ("Gutschrift GS-1", -10_000, 0, 0), id="called a credit note"),
        pytest.param("4711;100,00", ("4711", 10_000, 0, 0), id="a bare serial"),
    ],
)
def test_lines_are_read_in_all_spellings(tmp_path: Path, line: str, found: tuple[str, int, int, int]) -> None:
    assert told(read(tmp_path, f"Rechnung;Betrag\n{line}\n")) == (found,)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        pytest.param("Invoice;Gross;Discount\nFA-1;100.00;2.00", (9_800, 200, 0), id="gross and discount"),
        pytest.param("Invoice;Gross;Discount\nFA-1;100.00;-2.00", (9_800, 200, 0), id="discount with a sign"),
        pytest.param("Invoice;Amount;Deduction\nFA-1;100.00;2.00", (9_800, 0, 200), id="a deduction"),
        pytest.param(
            "Invoice;Gross;Discount;Deduction;Paid\nFA-1;100.00;2.00;3.00;95.00", (9_500, 200, 300), id="both"
        ),
        pytest.param("Invoice;Amount;Paid\nFA-1;100.00;40.00", (4_000, 0, 0), id="a part is no deduction"),
        pytest.param("Invoice;Type;Amount\nFA-1;Credit note;40.00", (-4_000, 0, 0), id="a column of kinds"),
    ],
)
def test_columns_say_what_is_paid_and_what_is_taken_off(
    tmp_path: Path, table: str, found: tuple[int, int, int]
) -> None:
    assert told(read(tmp_path, table))[0][1:] == found


def test_the_total_says_what_two_amounts_of_a_text_mean(tmp_path: Path) -> None:
    advice = read(tmp_path, "FA-2026-000101  100,00  2,00\nFA-2026-000102  50,00  1,00\nSumme abzgl. Skonto 147,00\n")

    assert told(advice) == (("FA-2026-000101", 9_800, 200, 0), ("FA-2026-000102", 4_900, 100, 0))


def test_a_total_that_does_not_add_up_is_kept_as_it_was_said(tmp_path: Path) -> None:
    advice = read(tmp_path, "Rechnung;Betrag\nFA-1;100,00\nSumme;100,01\n")

    assert (advice.lines_minor, advice.stated_minor, advice.total_minor) == (10_000, 10_001, 10_001)
    assert advice.lines == (AdviceLine(2, "FA-1", 10_000),)


BOOK = spreadsheet(("Rechnung", "Betrag"), ("FA-1", 10))
LONG = "Rechnung;Betrag\n" + "".join(f"FA-{number};1,00\n" for number in range(10_000))


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        pytest.param(b"", "empty", "empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n", "empty", "empty", id="blank"),
        pytest.param("Hello, we pay soon.", "no_lines", "no line with an invoice number", id="lists nothing"),
        pytest.param(encrypted(pdf("FA-1;10,00")), "encrypted", "encrypted", id="encrypted PDF"),
        pytest.param(pdf("FA-1;10,00")[:900], "damaged", "PDF cannot be read", id="cut PDF"),
        pytest.param(typst.compile(b"#rect()"), "no_text", "scan", id="PDF without text"),
        pytest.param(typst.compile(b"#for _ in range(101) { [FA-1 10,00]; pagebreak() }"), "too_large", "100 pages", id="long PDF"),
        pytest.param(with_part(BOOK, "xl/vbaProject.bin", b"x"), "macros", "macros", id="macros"),
        pytest.param(with_part(BOOK, "xl/media/a.bin", b"\0" * 70_000_000), "too_large", "unpacks to more", id="zip bomb"),
        pytest.param(with_part(b"", "a.txt", b"x"), "not_a_table", "no .xlsx", id="another archive"),
        pytest.param(BOOK[:300], "damaged", "cannot be read", id="cut spreadsheet"),
        pytest.param(spreadsheet(("Rechnung", "Betrag"), ("FA-1", "=1+1")), None, "row 2", id="formula without a result"),
        pytest.param("Rechnung;Betrag\nFA-1;=1+1\n", None, "row 2: .=1.1. was found", id="formula in a CSV"),
        pytest.param("Rechnung;Betrag\nFA-1;10,0055\n", None, "row 2", id="half a cent"),
        pytest.param("Rechnung;Betrag\nFA-1;ten\n", None, "row 2: 'ten' was found", id="no amount"),
        pytest.param("Rechnung;Betrag;Währung\nFA-1;1,00;EUR\nFA-2;1,00;CHF", "currencies", "CHF and EUR", id="two currencies"),
        pytest.param("Rechnung;Betrag\nFA-1;1,000\nFA-2;1.000\n", "ambiguous_amounts", "may mean thousands", id="mixed marks"),
        pytest.param(LONG, "too_many_rows", "more than 6000 rows", id="10 000 rows"),
        pytest.param(LONG.replace(";", " "), "too_many_rows", "more than 5,000 lines", id="10 000 lines of text"),
        pytest.param(b"\x00\x01\x02" * 99, "not_a_table", "no text", id="zero bytes"),
        pytest.param(b"\x01\x02\x03\x04FA-1 10,00", "encoding", "no text", id="control characters"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"a" * 99, "not_an_advice", "old Office", id="old Office file"),
        pytest.param(mail("FA-1 1,00", ("a.pdf", encrypted(pdf("FA-1;10,00")))), "encrypted", "encrypted", id="in a mail"),
        pytest.param(mail("", ("a.csv", b"Invoice,Amount\nFA-1,1.00"), ("b.csv", b"Invoice,Amount\nFA-2,2.00")), "several_advices", "different payments", id="two lists in a mail"),
        pytest.param("Rechnung;Betrag\nFA-1;999999999999999,00\n", "too_large", "larger than anybody pays", id="more than the store holds"),
        pytest.param("Rechnung;Betrag\nFA-1;10,00 EUR\nFA-2;5,00 CHF\n", None, "row 2: .10,00 EUR. was found, an amount in CHF", id="currencies beside the amounts"),
        pytest.param("Rechnung;Betrag (EUR)\nFA-1;10,00 CHF\n", None, "row 2: '10,00 CHF' was found, an amount in EUR", id="another currency than the header"),
        pytest.param("Rechnung;Betrag;Währung\nFA-1;10,00;EURO\n", None, "row 2: 'EURO' was found, a code", id="no currency"),
        pytest.param("Zahlungsdatum: 01.01.0001\nFA-1 10,00\n", "date", "01.01.0001 was found", id="a day before all banks"),
        pytest.param("Zahlungsdatum: 31.02.2026\nFA-1 10,00\n", "date", "31.02.2026 was found", id="no day at all"),
        pytest.param(mail("We pay soon"), "no_lines", "neither the mail", id="a mail that lists nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_for_certain_is_refused(
    tmp_path: Path, data: bytes | str, code: str | None, says: str
) -> None:
    with pytest.raises(FileRefused, match=says) as refused:
        read(tmp_path, data)

    assert code is None or refused.value.code == code


@pytest.mark.parametrize("kind", ["csv", "text", "pdf", "mail"])
def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, kind: str) -> None:
    start = {
        "csv": b"Rechnung;Betrag\n",
        "text": b"FA-1 1,00\n",
        "pdf": b"%PDF-1.7\n",
        "mail": b"From: a@b.example\nTo: c\n\n",
    }
    size = {"csv": 3_000_000, "text": 6_000_000, "pdf": 21_000_000, "mail": 31_000_000}[kind]
    filler = b"FA-1;1,00\n" if kind == "csv" else b"words only\n"

    with pytest.raises(FileRefused) as refused:
        read(tmp_path, start[kind] + filler * (size // len(filler)))

    assert refused.value.code in ("too_large", "too_many_rows")
