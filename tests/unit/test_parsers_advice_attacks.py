"""Remittance advices made to break their reader: each is read or refused with its place, in little time and memory."""

import io
import resource
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pytest

from gateway.services import receive_advice
from gateway.services.limit_process import OutOfTime, limit_time
from parsers.advice import read_advice
from schemas.errors import FileRefused

HEAD = b"From: a@b.example\r\nSubject: Avis\r\nMIME-Version: 1.0\r\n"
FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
SHOWN = b"BT /F1 12 Tf 50 700 Td (FA-1 10,00) Tj ET\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
MEMORY_MAX = 500_000_000
SECONDS_MAX = 10  # Of a processor; the slowest took two.


def pdf_of(*objects: bytes) -> bytes:
    data = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(data)


def drawn(content: bytes, *, packed: int = 1, resources: bytes = FONT) -> bytes:
    """Return a PDF of one page that is drawn by this, packed so many times."""
    for _ in range(packed):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * packed
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources " + resources + b" >>"
    stream = b"<< /Length %d /Filter [%s] >>\nstream\n" % (len(content), filters) + content + b"\nendstream"
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, stream)


def pages(kids: bytes, count: bytes = b"1") -> bytes:
    every = b"<< /Type /Pages /Kids [" + kids + b"] /Count " + count + b" >>"
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", every, b"<< /Type /Page /Parent 2 0 R >>")


def nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nFA-1 10,00\r\n"


def attached(disposition: bytes, text: bytes = b"Invoice,Amount\r\nFA-1,10.00\r\n") -> bytes:
    """Return a mail with a table, attached as is said."""
    part = b"--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment" + disposition + b"\r\n\r\n" + text
    return MIXED + part + b"--x--\r\n"


def body(text: bytes, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + text


def book(old: bytes, new: bytes) -> bytes:
    """Return a spreadsheet with something replaced in its sheet."""
    whole, into = openpyxl.Workbook(), io.BytesIO()
    for row in (("Rechnung", "Betrag"), ("FA-1", 10)):
        whole.active.append(row)
    whole.save(into)
    out = io.BytesIO()
    with zipfile.ZipFile(into) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name.endswith("sheet1.xml") else data)
    return out.getvalue()


def rows_xml(*rows: bytes) -> bytes:
    return book(b"</sheetData>", b"".join(rows) + b"</sheetData>")


def table_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", "<a/>")
        target.writestr("xl/a.xml", b" " * 300_000_000)
    return out.getvalue()


@contextmanager
def limited_memory() -> Iterator[None]:
    """Raise MemoryError in what takes more than MEMORY_MAX bytes more than there are."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_MAX, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def read(folder: Path, data: bytes) -> str:
    """Return what became of a file: how much it lists, or why it was refused."""
    path, scratch = folder / "advice", folder / "scratch"
    path.write_bytes(data)
    scratch.mkdir()
    with limit_time(SECONDS_MAX):
        try:
            advice = read_advice(path, scratch)
        except FileRefused as refused:
            return f"{refused.code}: {refused}"
    return f"read {advice.total_minor}"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(drawn(SHOWN), "read 1000", id="PDF as it should be"),
        pytest.param(drawn(b" " * 300_000_000), "damaged: page 1 of the PDF cannot be read", id="PDF that unpacks without end"),
        pytest.param(drawn(b" " * 100_000_000, packed=3), "damaged: page 1 of the PDF cannot be read", id="PDF packed three times"),
        pytest.param(drawn(SHOWN * 90_000), "too_large: page 1 of the PDF holds more than", id="PDF with one endless page"),
        pytest.param(drawn(b"BT " + b"[" * 900_000), "damaged: page 1 of the PDF cannot be read (RecursionError)", id="PDF of brackets"),
        pytest.param(drawn(b"q " * 400_000), "damaged: page 1", id="PDF of saved states"),
        pytest.param(drawn(b"BT /F1 12 Tf 50 700 Td (FA-1 10,00) Tj 1e9 0 Td (x) Tj ET"), "no_lines", id="PDF wider than a street"),
        pytest.param(drawn(b"/X Do", resources=b"<< /XObject << /X 4 0 R >> >>"), "no_text", id="PDF that draws itself"),
        pytest.param(pages(b"2 0 R 2 0 R"), "damaged: the PDF cannot be read", id="PDF whose pages are in a circle"),
        pytest.param(pages(b"3 0 R " * 300_000), "damaged: the PDF cannot be read", id="PDF with a page 300 000 times"),
        pytest.param(pages(b"3 0 R", b"99999999999"), "no_text", id="PDF that lies about its pages"),
        pytest.param(b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 9_000, "damaged: the PDF cannot be read", id="PDF without a table of objects"),
        pytest.param(b"%PDF-1.7\nxref\n0 999999999\n0000000000 65535 f \ntrailer << /Size 1 >>\nstartxref\n9\n", "damaged: the PDF", id="PDF with a billion objects"),
        pytest.param(table_bomb(), "too_large: the spreadsheet unpacks", id="spreadsheet that unpacks without end"),
        pytest.param(rows_xml(*[b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 99_999)]), "too_many_rows", id="spreadsheet with 100 000 rows"),
        pytest.param(rows_xml(b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>'), "too_many_rows", id="spreadsheet with a far row"),
        pytest.param(rows_xml(b'<row r="3"><c r="ZZZZZZ3"><v>1</v></c></row>'), "damaged: the spreadsheet", id="spreadsheet with a far column"),
        pytest.param(book(b"<v>10</v>", b"<v>1e308</v>"), "unreadable: row 2: '1000", id="spreadsheet with a number beyond reason"),
        pytest.param(book(b'<c r="B2" t="n"><v>10</v>', b'<c r="B2" t="e"><v>#REF!</v>'), "unreadable: row 2: '#REF!' was found", id="spreadsheet with an error"),
        pytest.param(book(b"<v>10</v>", b"<f>1+9</f><v>10</v>"), "read 1000", id="spreadsheet with a formula and its result"),
        pytest.param(rows_xml(b'<row r="3"><c r="A3"><f>A2</f><v></v></c><c r="B3"><v>5</v></c></row>'), "unreadable: row 3: the invoice number", id="spreadsheet whose number is a formula"),
        pytest.param(nested(50), "read 1000", id="mail with parts in parts"),
        pytest.param(nested(5_000), "too_large: the mail has more than 200 parts", id="mail with parts without end"),
        pytest.param(MIXED + b"--x\r\n\r\n" * 100_000, "too_large: the mail has more than 200 parts", id="mail with empty parts"),
        pytest.param(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000, "too_large: the mail has more than 200 parts", id="mail in a mail in a mail"),
        pytest.param(HEAD + b"\r\n" + b"a\n" * 700_000, "too_large: the mail has more than 600,000 lines", id="mail of line ends"),
        pytest.param(MIXED + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + body(b"FA-1 10,00\r\n") + b"--x--\r\n", "read 1000", id="forwarded mail"),
        pytest.param(attached(b'; filename="' + b"a" * 3_000_000 + b'.csv"'), "too_large: the header Content-Disposition", id="mail with an endless name"),
        pytest.param(attached(b"".join(b";\r\n filename*%d*=%%41" % n for n in range(99_000))), "too_large: the header Content-Disposition", id="mail with a name in pieces"),
        pytest.param(attached(b'; filename="' + b"=?utf-8?q?a?= " * 200 + b'"'), "read 1000", id="mail with an encoded name"),
        pytest.param(attached(b'; filename="../../a\x00b\x1b[31m.csv"', b"Invoice,Amount\r\nFA-1,ten\r\n"), "unreadable: attachment .._.._ab[31m.csv: row 2: 'ten'", id="mail with a hostile name"),
        pytest.param(HEAD + b"Content-Type: " + b"(" * 3_900 + b"\r\n\r\nFA-1 10,00\r\n", "damaged: the mail cannot be read", id="mail with brackets in a header"),
        pytest.param(b"From: a@b.example\r\nTo: " + b"(" * 99_000 + b"\r\nTo: a\r\n\r\nFA-1 10,00\r\n", "read 1000", id="mail to brackets"),
        pytest.param(body(b"FA-1 10,00 \xe4\r\n"), "read 1000", id="mail in another encoding than it says"),
        pytest.param(body(b"FA-1 10,00 \xe4\r\n", b"text/plain; charset=x-none"), "read 1000", id="mail in an unknown encoding"),
        pytest.param(body(b"FA-1 10,00\r\n", b"text/plain; charset=zlib"), "read 1000", id="mail in an encoding that is none"),
        pytest.param(body(b"a" * 99_000, b"text/plain; charset=idna"), "damaged: the mail cannot be read", id="mail in an encoding of names"),
        pytest.param(body(b"<![" * 300_000, b"text/html"), "damaged: the mail cannot be read", id="page that breaks its reader"),
        pytest.param(body(b"<a " * 900_000, b"text/html"), "too_large: the mail as a web page", id="endless page"),
        pytest.param(b"FA-1 " + b"1,00 " * 900_000, "read 100", id="text in one line"),
        pytest.param((b"zahlungsdatum" + b":" * 900 + b"\n") * 200, "no_lines", id="text of labels"),
        pytest.param((b"DE89 " * 200 + b"\n") * 50, "no_lines", id="text like accounts"),
        pytest.param(b"Rechnung;Betrag\n" + b";" * 90_000, "too_many_columns: row 2", id="table with 90 000 columns"),
        pytest.param(b"Rechnung;Betrag\nFA-1;1e400\n", "unreadable: row 2: '1e400'", id="number with an exponent"),
    ],
)  # fmt: skip
def test_nothing_breaks_the_reader(tmp_path: Path, data: bytes, told: str) -> None:
    with limited_memory():
        found = read(tmp_path, data)

    assert found.startswith(told)


def test_what_nobody_sees_is_not_kept_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Zahler: Koch\x01\x02 Bau\n" + b"A line of words.\n" * 20 + b"FA-1\x02 10,00\n")

    advice = read_advice(tmp_path / "a", tmp_path)

    assert (advice.payer_name, advice.lines[0].written) == ("Koch Bau", "FA-1")


def _break(fault: BaseException) -> Any:
    def read_advice(*_: Any) -> None:
        raise fault

    return read_advice


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param(OutOfTime(), "more than 30 seconds", id="time"),
        pytest.param(MemoryError(), "more memory than there is", id="memory"),
        pytest.param(KeyError("x"), r"cannot be read \(KeyError\)", id="a fault of the reader"),
    ],
)
def test_a_reader_that_fails_refuses_the_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, told: str
) -> None:
    gate = cast(Any, SimpleNamespace(scratch=tmp_path, originals=SimpleNamespace(path_of=Path)))
    monkeypatch.setattr(receive_advice, "read_advice", _break(fault))

    with pytest.raises(FileRefused, match=told):
        receive_advice._read(gate, receive_advice.AdviceFile(1, "0" * 64, 1, "a.pdf", "page", 10))

    assert list(tmp_path.iterdir()) == []


def test_work_without_end_is_ended() -> None:
    with pytest.raises(OutOfTime), limit_time(0.05):
        while True:
            pass
