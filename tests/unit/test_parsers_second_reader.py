"""The second reader tells differences, keeps quiet where it is known to be wrong, and never changes a result."""

import datetime as dt
import logging
from collections import Counter
from pathlib import Path

import pytest

from parsers import mt940
from parsers.second_reader import SECOND_OPINION_BYTES_MAX, Figures, Summary, second_opinion
from support.mt940_files import CREDIT, DEBIT, lines, read

DAY = dt.date(2026, 1, 2)
SECRET = "ANNA MEYER PAYS HER RENT"


def summary_of(path: Path) -> Summary:
    summary = Summary()
    for part in mt940.read(path).parts:
        summary.add(part)
    return summary


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    path = tmp_path / "good.sta"
    path.write_bytes(lines(CREDIT, ":86:x", DEBIT))
    return path


def test_two_readers_that_agree_say_nothing(good_file: Path) -> None:
    summary = summary_of(good_file)

    assert summary.statements == [(1, "EUR", Figures(2, 0, Counter({DAY: 2})))]
    assert second_opinion(good_file, summary) == ()


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        pytest.param(Figures(1, 0, Counter({DAY: 1})), "2 entries where we find 1", id="count"),
        pytest.param(Figures(2, 7, Counter({DAY: 2})), "the sum 0.00 where we find 0.07", id="sum"),
        pytest.param(Figures(2, 0, Counter({dt.date(2026, 1, 3): 2})), "other value dates", id="dates"),
    ],
)
def test_a_difference_is_told(figures: Figures, told: str, good_file: Path) -> None:
    summary = Summary()
    summary.statements = [(1, "EUR", figures)]

    assert second_opinion(good_file, summary) == (
        f"line 1: in the statement that begins here a second reader finds {told}",
    )


def test_another_number_of_statements_is_told(good_file: Path) -> None:
    assert second_opinion(good_file, Summary()) == ("a second reader finds 1 statements, we find 0",)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lines(":61:2601020102RC50,00NTRFX", ":61:2601020102RDR50,00NTRFX"), id="signs of reversals"),
        pytest.param(lines(":61:2601020102C50,00//B1", ":61:2601020102D50,00//B2"), id="lines without a type"),
        pytest.param(lines(":61:2601020102C0000000000050,00NTRFX", DEBIT), id="an amount that it cuts"),
        pytest.param(lines(":61:2601020102C50,00 NTRFX", ":61:2601020102D50,00 NTRFX"), id="a blank before the type"),
        pytest.param(lines(CREDIT, DEBIT).replace(b"\r\n", b"\r"), id="CR line ends"),
        pytest.param(b"\xef\xbb\xbf" + lines(CREDIT, DEBIT), id="byte order mark"),
        pytest.param(lines(CREDIT, DEBIT).replace(b":28C:211/1", b":28C: /1"), id="a number it gives up on"),
        pytest.param(lines(CREDIT, *[":86:x"] * 300, DEBIT), id="more texts than it can join"),
        pytest.param(lines(CREDIT, ":86:" + "x" * 900, DEBIT), id="long text"),
    ],
)
def test_known_faults_of_the_library_are_not_told(data: bytes) -> None:
    assert read(data).warnings == []


def test_a_difference_changes_nothing_but_the_warnings() -> None:
    reading = read(lines(":61:2601020102C000000000300.00NTRFX", closing=":62F:C260102EUR400,00"))

    assert reading.entry.amount_minor == 30000
    assert reading.ends[0].balanced is True
    assert reading.warnings == ["line 5: amount '000000000300.00' is written without a comma; it is read as 300.00"]


def test_a_statement_line_in_a_text_is_an_entry_to_the_library() -> None:
    reading = read(lines(CREDIT, ":86:166?20x", ":61:2601020102C9,00NTRFX", "?32ANNA", DEBIT))

    assert len(reading.entries) == 2
    assert reading.warnings[0].endswith("a second reader finds 3 entries where we find 2")


def test_a_large_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.sta"
    path.write_bytes(lines(*[CREDIT, ":86:" + "x" * 900, DEBIT] * 1100))
    asked: list[Path] = []
    monkeypatch.setattr(mt940, "second_opinion", lambda path, summary: asked.append(path) or ())

    stream = mt940.read(path)
    count = sum(len(part) for part in stream.parts if isinstance(part, list))

    assert path.stat().st_size > SECOND_OPINION_BYTES_MAX
    assert (count, asked, stream.warnings) == (2200, [], [])


def test_no_text_of_a_file_is_logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        read(lines(f":61:2601020102C50,00NTRFNONREF\r\n{SECRET}", DEBIT).replace(b":28C:211/1", b":28C: /1"))

    assert SECRET not in caplog.text
    assert SECRET not in capsys.readouterr().err
    assert logging.getLogger("mt940.tags").getEffectiveLevel() > logging.CRITICAL
