"""The door for XML: what is refused before anybody reads it, and what stays within limits."""

import subprocess
import sys
from pathlib import Path

import pytest

from parsers.detect import open_statements
from parsers.xml_door import (
    QUIET_BYTES_MAX,
    ElementFeed,
    beginning_of,
    blank_lines,
    drop_comments,
    encoding_of,
    looks_like_xml,
    malformed,
)
from schemas.errors import FileRefused
from support.camt_files import account_head, camt053, document, encoded, entry, statement

DECLARED = '<?xml version="1.0" encoding="{}"?><Document/>'
MEMORY_MB_MAX = 150


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"<a/>", "utf-8", id="no declaration"),
        pytest.param(b"\xef\xbb\xbf<a/>", "utf-8", id="byte order mark of UTF-8"),
        pytest.param(DECLARED.format("UTF-8").encode(), "utf-8", id="UTF-8"),
        pytest.param(DECLARED.format("utf8").encode(), "utf-8", id="UTF-8 written otherwise"),
        pytest.param(DECLARED.format("US-ASCII").encode(), "ascii", id="ASCII is UTF-8"),
        pytest.param(DECLARED.format("ISO-8859-1").encode(), "iso8859-1", id="Latin 1"),
        pytest.param(DECLARED.format("ISO-8859-15").encode(), "iso8859-15", id="Latin 9"),
        pytest.param(DECLARED.format("UTF-16").encode("utf-16"), "utf-16-le", id="UTF-16 with mark"),
        pytest.param(DECLARED.format("UTF-16").encode("utf-16-be"), "utf-16-be", id="UTF-16 big end without mark"),
        pytest.param("<a/>".encode("utf-16-le"), "utf-16-le", id="UTF-16 without declaration"),
    ],
)
def test_the_encodings_of_banks_are_known(data: bytes, expected: str) -> None:
    assert encoding_of(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(DECLARED.format("windows-1252").encode(), id="Windows"),
        pytest.param(DECLARED.format("UTF-7").encode(), id="UTF-7"),
        pytest.param(DECLARED.format("EBCDIC-CP-DE").encode(), id="unknown to Python"),
        pytest.param(DECLARED.format("UTF-32").encode("utf-32"), id="UTF-32 little end"),
        pytest.param(DECLARED.format("UTF-32").encode("utf-32-be"), id="UTF-32 big end without mark"),
        pytest.param("<a/>".encode("utf-32-le"), id="UTF-32 without declaration"),
        pytest.param(DECLARED.format("Shift_JIS").encode("utf-16"), id="UTF-16 that says something else"),
    ],
)
def test_other_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(FileRefused, match="can be read") as refused:
        beginning_of(data, ())

    assert refused.value.code == "encoding"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Document>",
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1/bank.dtd">',
        '<!DOCTYPE Document [<!ENTITY a "b">]>',
        "<!-- first --><!DOCTYPE Document>",
    ],
)
def test_a_doctype_of_any_kind_is_refused_in_any_encoding(encoding: str, doctype: str) -> None:
    data = encoded(doctype + document(statement(entry())), encoding)

    with pytest.raises(FileRefused) as refused:
        beginning_of(data, ("BkToCstmrStmt",))

    assert refused.value.code == "doctype"


def test_a_doctype_is_refused_by_the_second_lock_too() -> None:
    feed = ElementFeed(["a"])

    with pytest.raises(FileRefused) as refused:
        list(feed.feed(b"<!DOCTYPE a><a></a>"))

    assert refused.value.code == "doctype"


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    data = encoded(f'<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]>{document(statement(entry(text="&l9;")))}')

    with pytest.raises(FileRefused) as refused:
        beginning_of(data, ("BkToCstmrStmt",))

    assert refused.value.code == "doctype"


@pytest.mark.parametrize(
    ("data", "is_xml"),
    [
        pytest.param(b"<a/>", True, id="plain"),
        pytest.param(b"\xef\xbb\xbf \r\n<a/>", True, id="mark and blanks"),
        pytest.param("<a/>".encode("utf-16"), True, id="UTF-16"),
        pytest.param("<a/>".encode("utf-32-be"), True, id="UTF-32, to be refused by name"),
        pytest.param(b":20:STARTUMS", False, id="MT940"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_xml_is_told_from_other_files(data: bytes, is_xml: bool) -> None:
    assert looks_like_xml(data) is is_xml


def test_the_beginning_names_the_root_and_what_was_looked_for() -> None:
    beginning = beginning_of(camt053([]), ("BkToCstmrStmt",))

    assert beginning.root.name == "Document"
    assert beginning.found is not None
    assert beginning.found.namespace == "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def test_the_beginning_of_something_else_names_its_root_only() -> None:
    beginning = beginning_of(b"<?x y?><!-- z --><invoice>1</invoice>", ("BkToCstmrStmt",))

    assert beginning == (("invoice", None), None)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"<Document><a></b></Document>", 1, id="tags do not match"),
        pytest.param(b"\n\n<Document>\n&nothing;</Document>", 4, id="an entity that nobody declared, blanks before"),
        pytest.param(b"<", 1, id="cut in the first tag"),
        pytest.param(b"<!-- " + b"x" * 70_000, 1, id="a comment without end"),
    ],
)
def test_a_beginning_that_is_no_xml_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(FileRefused) as refused:
        beginning_of(data, ("BkToCstmrStmt",))

    assert (refused.value.code, refused.value.line) == ("malformed_xml", line)


def test_a_web_page_with_loose_tags_still_names_its_root() -> None:
    assert beginning_of(b"<html><p>Log in<br></p>", ()).root.name == "html"


def test_blanks_before_the_file_are_counted() -> None:
    assert blank_lines(b" \r\n\n<a/>") == (4, 2)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<a><b/>", id="cut"),
        pytest.param(b"<a><b/></a><a/>", id="a second root"),
        pytest.param(b"<a><b/></a>tail", id="text behind the root"),
        pytest.param(b"<a><b>\xff</b></a>", id="no UTF-8"),
        pytest.param(b"<a><b>\0</b></a>", id="NUL"),
        pytest.param(b"<a>" * 300, id="too deep"),
        pytest.param(b"<a><b>" + b"x" * 11_000_000 + b"</b></a>", id="a text of more than 10 MB"),
    ],
)
def test_what_is_no_whole_xml_is_refused(data: bytes) -> None:
    feed = ElementFeed(["b"])

    with pytest.raises(FileRefused) as refused:
        list(feed.feed(data)) + list(feed.close())

    assert refused.value.code == "malformed_xml"


def test_a_line_counts_what_was_not_fed() -> None:
    feed = ElementFeed(["b"])
    feed.lines_before = 10

    (element,) = feed.feed(b"<a>\n\n<b/></a>")

    assert feed.line_of(element) == 13


def test_the_line_of_an_error_counts_what_was_not_fed() -> None:
    feed = ElementFeed(["b"])
    feed.lines_before = 10

    with pytest.raises(FileRefused) as refused:
        list(feed.feed(b"<a>\n</b>"))

    assert refused.value.line == 12


def test_an_error_without_a_line_is_one_of_the_first_line() -> None:
    class LineLess(Exception):
        msg = "no idea"
        lineno = None

    assert malformed(LineLess(), 0).line == 1  # type: ignore[arg-type]


def test_a_forgotten_element_leaves_nothing_before_it() -> None:
    feed = ElementFeed(["b"])

    for element in feed.feed(b"<a><x/><b>1</b><x/><b>2</b></a>"):
        feed.forget(element)

    parent = element.getparent()
    assert parent is not None
    assert [child.tag for child in parent] == ["b"]
    assert element.text is None


def test_much_that_nobody_takes_is_refused() -> None:
    feed = ElementFeed(["b"])
    list(feed.feed(b"<a>"))

    with pytest.raises(FileRefused) as refused:
        for _ in range(QUIET_BYTES_MAX // 40_000 + 2):
            list(feed.feed(b"<x/>" * 10_000))

    assert refused.value.code == "too_large"


@pytest.mark.parametrize("inside", ["1<!-- -->000.00", "<!-- 1 -->000.00", "1<?x?>000.00"])
def test_a_comment_inside_an_amount_is_refused(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(camt053([entry(amount=f'<Amt Ccy="EUR">{inside}</Amt>')]))

    with pytest.raises(FileRefused, match="comment") as refused:
        list(open_statements(path).parts)

    assert (refused.value.code, refused.value.line) == ("invalid_amount", 2)


def test_a_comment_elsewhere_leaves_each_text_whole() -> None:
    feed = ElementFeed(["b"])
    (element,) = feed.feed(b"<a><b>Rech<!-- x -->nung <?y z?>4711</b></a>")

    drop_comments(element)

    assert element.text == "Rechnung 4711"
    assert len(element) == 0


_MEASURE = """
import re, sys
from pathlib import Path
from parsers.detect import open_statements
from schemas.errors import FileRefused
try:
    for part in open_statements(Path(sys.argv[1])).parts:
        pass
except FileRefused as error:
    print(error.code, int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux")
@pytest.mark.parametrize(
    ("filling", "count", "code"),
    [
        pytest.param("<Ntry/>", 10_000_000, "invalid_amount", id="entries"),
        pytest.param("<x/>", 10_000_000, "too_large", id="what nobody knows"),
        pytest.param("<Bal/>", 1_000_000, "too_large", id="balances"),
        pytest.param("<!-- -->", 1_000_000, "too_large", id="comments"),
        pytest.param("<y><TxDtls/></y>", 1_000_000, "too_large", id="details at a wrong place"),
        pytest.param("<Stmt/>", 1_000_000, "too_large", id="statements inside a statement"),
    ],
)
def test_millions_of_empty_elements_are_refused_with_little_memory(
    tmp_path: Path, filling: str, count: int, code: str
) -> None:
    path = tmp_path / "bomb.xml"
    with path.open("w") as file:
        file.write(account_head())
        for _ in range(count // 100_000):
            file.write(filling * 100_000)

    result = subprocess.run([sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True)

    said, megabytes = result.stdout.split()
    assert said == code
    assert int(megabytes) < MEMORY_MB_MAX
