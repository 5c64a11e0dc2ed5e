"""How numbers are found in what payers write; no pattern is given, the shapes are learned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.numbers import Numbers
from gateway.domain.matching.shapes import Shapes
from gateway.domain.matching.tokens import Grade, as_digits, tokenize
from gateway.domain.matching.words import find_misread, find_plain, find_words

DASHED = [f"FA-2026-{serial:06d}" for serial in range(1, 5001)]
SLASHED = [f"R{year}/{serial}" for year in (2025, 2026) for serial in range(1, 301)]
GLUED = [f"INV2026{serial:04d}" for serial in range(1, 3001)]
SHORT_YEAR = [f"U26{serial:05d}" for serial in range(1, 2401)]
NUMERIC = [str(40012345 + step * 3) for step in range(3000)]
SERIAL_FIRST = [f"FV {serial}/{month:02d}/2026" for serial in range(1, 41) for month in range(1, 13)]
LETTER_LAST = [f"2026-{serial:05d}-A" for serial in range(1, 2001)]
SHORT_NUMERIC = [str(serial) for serial in range(1000, 2000)]


def numbers_of(numbers: list[str], *aliases: tuple[str, ...]) -> Numbers:
    named = [*aliases, *[()] * (len(numbers) - len(aliases))]
    return Numbers(list(zip(numbers, named, strict=True)), Shapes(numbers))


KINDS = {
    id(kind): numbers_of(kind)
    for kind in (DASHED, SLASHED, GLUED, SHORT_YEAR, NUMERIC, SERIAL_FIRST, LETTER_LAST, SHORT_NUMERIC)
}


def found(text: str, kind: list[str]) -> list[tuple[str, str]]:
    """The first reading of each word, and its grade."""
    words = find_words(text, KINDS[id(kind)])
    return [
        ("+".join(kind[slot] for slot in word.readings[0]) if word.readings else "", word.grade.name) for word in words
    ]


@pytest.mark.parametrize(
    ("text", "number", "grade"),
    [
        pytest.param("Rechnung FA-2026-000123", "FA-2026-000123", "WHOLE", id="as printed"),
        pytest.param("fa2026000123", "FA-2026-000123", "WHOLE", id="small letters, no dashes"),
        pytest.param("FA 2026 000123", "FA-2026-000123", "WHOLE", id="blanks"),
        pytest.param("FA.2026.123", "FA-2026-000123", "WHOLE", id="points, no zeros"),
        pytest.param("FA/2026/000123", "FA-2026-000123", "WHOLE", id="slashes"),
        pytest.param("FA-2026- 000123", "FA-2026-000123", "WHOLE", id="split behind a dash"),
        pytest.param("FA-2026-000 123", "FA-2026-000123", "WHOLE", id="serial split by a blank"),
        pytest.param("FA26-000123", "FA-2026-000123", "WHOLE", id="year of two digits"),
        pytest.param("2026-000123", "FA-2026-000123", "WHOLE", id="no prefix"),
        pytest.param("2026000123", "FA-2026-000123", "WHOLE", id="no prefix, glued"),
        pytest.param("RECHNUNGFA-2026-000123", "FA-2026-000123", "WHOLE", id="glued to a word"),
        pytest.param("FA2026000123VOM", "FA-2026-000123", "WHOLE", id="a word glued to it"),
        pytest.param("000123", "FA-2026-000123", "TAIL", id="serial with zeros"),
        pytest.param("4031", "FA-2026-004031", "TAIL", id="serial without zeros"),
        pytest.param("#123", "FA-2026-000123", "TAIL", id="serial behind a hash"),
        pytest.param("123", "FA-2026-000123", "LOW", id="few digits"),
        pytest.param("RE4031", "FA-2026-004031", "LOW", id="behind letters of another make"),
        pytest.param("SCT26000123", "FA-2026-000123", "LOW", id="hanging on letters of another make"),
        pytest.param("FA-4031", "FA-2026-004031", "TAIL", id="prefix and serial"),
        pytest.param("2026", "FA-2026-002026", "LOW", id="a year, most likely"),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, number: str, grade: str) -> None:
    assert found(text, DASHED) == [(number, grade)]


@pytest.mark.parametrize(
    ("kind", "text", "number", "grade"),
    [
        pytest.param(SLASHED, "R2026/17", "R2026/17", "WHOLE", id="short serial"),
        pytest.param(SLASHED, "r 2025-17", "R2025/17", "WHOLE", id="other separator"),
        pytest.param(SLASHED, "2026/17", "R2026/17", "WHOLE", id="no letter"),
        pytest.param(SLASHED, "26/17", "R2026/17", "TAIL", id="no letter, short year"),
        pytest.param(SLASHED, "R17", "R2025/17", "LOW", id="no year: two series"),
        pytest.param(GLUED, "INV20260012", "INV20260012", "WHOLE", id="glued year"),
        pytest.param(GLUED, "INV 2026-12", "INV20260012", "WHOLE", id="glued year, spelled out"),
        pytest.param(GLUED, "inv260012", "INV20260012", "WHOLE", id="glued year of two digits"),
        pytest.param(GLUED, "0012", "INV20260012", "TAIL", id="serial of a glued number"),
        pytest.param(NUMERIC, "Rechnung 40012348", "40012348", "WHOLE", id="digits only"),
        pytest.param(NUMERIC, "4001 2348", "40012348", "WHOLE", id="digits only, split"),
        pytest.param(NUMERIC, "12348", "40012348", "TAIL", id="digits only, constant start left out"),
        pytest.param(NUMERIC, "KD40012348", "40012348", "TAIL", id="digits only, hanging on letters"),
        pytest.param(SHORT_YEAR, "2600012", "U2600012", "WHOLE", id="glued year of two digits, without its letter"),
        pytest.param(SHORT_YEAR, "U 00012", "U2600012", "TAIL", id="glued year of two digits, left out"),
        pytest.param(SERIAL_FIRST, "FV 12/03/2026", "FV 12/03/2026", "WHOLE", id="serial first"),
        pytest.param(LETTER_LAST, "2026-00012-A", "2026-00012-A", "WHOLE", id="letter at the end"),
        pytest.param(LETTER_LAST, "2026-12", "2026-00012-A", "WHOLE", id="letter at the end, left out"),
        pytest.param(SHORT_NUMERIC, "Rg. 1234", "1234", "TAIL", id="four digits are never sure"),
    ],
)
def test_shapes_are_learned_from_the_numbers(kind: list[str], text: str, number: str, grade: str) -> None:
    assert found(text, kind)[:1] == [(number, grade)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("FA-2026-000123/124/130", [["123"], ["124"], ["130"]], id="slashes"),
        pytest.param("FA-2026-000123, 124 u. 4031", [["123"], ["124"], ["4031"]], id="comma and word"),
        pytest.param("FA-2026-004023 u. 31", [["4023"], ["31", "4031"]], id="last digits or a serial"),
        pytest.param("FA-2026-000101 - FA-2026-000103", [["101"], ["103", "102+103"]], id="range of whole numbers"),
        pytest.param("FA-2026-000101 bis FA-2026-000103", [["101"], ["103", "102+103"]], id="range by a word"),
        pytest.param("FA-2026-000101-103", [["101"], ["103", "102+103"]], id="range in short"),
        pytest.param("FA-2026-000101 bis 103", [["101"], ["103", "102+103"]], id="range in short by a word"),
        pytest.param("FA-2026-000101 FA-2026-000103", [["101"], ["103"]], id="no range"),
        pytest.param("FA-2026-000101 - FA-2026-000999", [["101"], ["999"]], id="too long for a range"),
        pytest.param("FA-2026-000101 u.", [["101"]], id="the list ends in the air"),
        pytest.param("FA-2026-000101 u. Co", [["101"]], id="a word follows"),
        pytest.param("FA-2026-000101, 12.03.2026", [["101"]], id="a date follows"),
        pytest.param("FA-2026-000101, 99999", [["101"]], id="a number of nobody follows"),
        pytest.param("000123/124", [["123"], ["124"]], id="short forms only"),
    ],
)
def test_lists_and_ranges_are_read(text: str, named: list[list[str]]) -> None:
    words = find_words(text, KINDS[id(DASHED)])

    assert [["+".join(str(slot + 1) for slot in slots) for slots in word.readings] for word in words] == named


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Danke", id="no digit"),
        pytest.param("vom 12.03.2026", id="date"),
        pytest.param("vom 2026-03-12", id="date as machines write it"),
        pytest.param("1.234,56 EUR", id="amount"),
        pytest.param("31.03.2026.99999", id="a date in a longer row"),
        pytest.param("0041", id="some zeros are left out, not all"),
        pytest.param("St.-Nr. 99999/345", id="another number with slashes"),
        pytest.param("abzgl. 2 % Skonto", id="percentage"),
        pytest.param("9" * 400, id="many digits"),
    ],
)
def test_what_is_no_number_of_ours_is_not_found(text: str) -> None:
    assert found(text, DASHED) == []


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        pytest.param(DASHED, "FA-2026-999999", "FA2026999999", id="letters and year"),
        pytest.param(DASHED, "FA-2025-00123", "FA202500123", id="another year"),
        pytest.param(DASHED, "2024-000123", "2024000123", id="year and serial of our length"),
        pytest.param(DASHED, "FA-999999", "FA999999", id="letters and serial of our length"),
        pytest.param(DASHED, "FA-2026-0041O3", "FA20260041", id="broken by a letter"),
        pytest.param(NUMERIC, "Rg. 40099999", "40099999", id="digits of our length and start"),
    ],
)
def test_what_looks_like_our_number_but_is_none_is_kept(kind: list[str], text: str, key: str) -> None:
    words = find_words(text, KINDS[id(kind)])

    assert (words[0].key, words[0].grade, words[0].readings) == (key, Grade.UNKNOWN, ())


def test_numbers_without_year_are_known_by_their_letters_alone() -> None:
    numbers = numbers_of([f"AR-{serial:05d}" for serial in range(1, 100)])

    assert find_words("AR-99999", numbers)[0].grade is Grade.UNKNOWN
    assert find_words("AR 7", numbers)[0].grade is Grade.LOW
    assert find_words("AR 00007", numbers)[0].grade is Grade.WHOLE
    assert find_words("AR 123456", numbers)[0].grade is Grade.UNKNOWN


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        pytest.param("FA-2026-OO0123", True, id="O for 0"),
        pytest.param("FA-2026-0001Z3", False, id="Z for nothing"),
        pytest.param("FA-2026-000I23", True, id="I for 1"),
        pytest.param("FA-2026-000123", False, id="nothing misread"),
    ],
)
def test_letters_that_look_like_digits_are_read_as_digits(text: str, is_found: bool) -> None:
    words = find_misread(text, KINDS[id(DASHED)])

    assert [word.readings for word in words] == [((122,),)] * is_found


def test_places_stay_the_same_when_letters_are_read_as_digits() -> None:
    text = "Straße FA-2026-OO0123"

    assert len(as_digits(text)) == len(text)
    assert sum(len(gap) + len(run) for gap, run in tokenize(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        pytest.param("Rechnung FA-2026-000123", 122, id="alone"),
        pytest.param("FA 2026 000123 vom 12.03.2026", 122, id="with a date"),
        pytest.param("FA-2026-000123 Kd. 4711", None, id="with another number"),
        pytest.param("FA-2026-999999", None, id="of nobody"),
        pytest.param("XFA-2026-000123", None, id="glued"),
        pytest.param("Danke", None, id="nothing"),
    ],
)
def test_a_text_with_one_number_is_read_at_sight(text: str, slot: int | None) -> None:
    assert find_plain(text, KINDS[id(DASHED)]) == slot


def test_numbers_that_begin_with_digits_or_in_many_ways_are_never_read_at_sight() -> None:
    many = numbers_of([f"{chr(65 + place)}{chr(66 + place)}-{place:05d}" for place in range(24)])

    assert find_plain("40012348", KINDS[id(NUMERIC)]) is None
    assert find_plain("AB-00000", many) is None


def test_an_order_names_each_of_its_items_and_all_together() -> None:
    numbers = numbers_of(["FA-2026-000001", "FA-2026-000002", "FA-2026-000003"], ("PO-4711",), ("PO-4711",), ("77",))

    (word,) = find_words("Bestellung PO 4711", numbers)

    assert word.readings == ((0,), (1,), (0, 1))
    assert find_words("PO-4711", numbers_of(["FA-1"], ("PO-4711",)))[0].readings == ((0,),)
    assert find_words("Bestellung 77", numbers) == []


def test_a_national_reference_of_digits_is_an_alias() -> None:
    numbers = numbers_of(["FA-2026-000001"], ("1234500003",))

    assert [word.readings for word in find_words("viite 12345 00003", numbers)] == [((0,),)]


def test_a_number_may_be_that_of_an_invoice_and_of_a_credit_note() -> None:
    numbers = numbers_of(["FA-2026-000001", "FA-2026-000001", "ohne Nummer"])

    assert find_words("FA-2026-000001 x", numbers)[0].readings == ((0,), (1,))
    assert find_plain("FA-2026-000001", numbers) is None


def test_a_short_form_that_fits_too_many_items_says_nothing() -> None:
    numbers = numbers_of([f"FA-{year}-000001" for year in range(1990, 2030)] + ["FA-2026-000002"])

    assert find_words("000001", numbers) == []


def test_whole_numbers_of_digits_are_read_in_lists() -> None:
    words = find_words("40012345/40012348, 351", KINDS[id(NUMERIC)])

    assert [word.readings for word in words] == [((0,),), ((1,),), ((2,),)]


def test_a_date_is_no_number_that_happens_to_have_its_digits() -> None:
    numbers = numbers_of(["1203/2026", "1303/2026"])

    assert find_words("12.03.2026", numbers) == []
    assert find_words("1203-2026", numbers)[0].readings == ((0,),)


def test_letters_that_are_a_word_as_well_begin_the_next_number() -> None:
    kind = [f"A-2026-{serial % 9 + 1:02d}-{serial:04d}" for serial in range(1, 2401)]
    numbers = numbers_of(kind)

    words = find_words("A-2026-02-1288, A-2026-03-1289, A-2026-05-0499", numbers)

    assert [word.readings for word in words] == [((1287,),), ((1288,),), ((498,),)]


def test_a_serial_behind_which_a_foot_stands_is_found_with_a_short_year() -> None:
    numbers = numbers_of([f"FV {serial}/2026" for serial in range(1, 400)])

    assert find_words("FV 12/26", numbers)[0].readings == ((11,),)
    assert find_words("312/2026", numbers)[0].readings == ((311,),)
    assert find_words("12 2025", numbers)[0].grade is Grade.LOW
    assert find_words("FV 12", numbers)[0].grade is Grade.TAIL
    assert find_words("vom 12/03/2026", numbers) == []
    assert find_words("FV 12, 13", numbers)[0].readings == ((11,),)


@given(text=st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for numbers in KINDS.values():
        for word in find_words(text, numbers):
            assert all(0 <= slot < len(numbers.keys) for slots in word.readings for slot in slots)
        find_plain(text, numbers)
        find_misread(text, numbers)


@given(
    parts=st.lists(
        st.sampled_from(
            ["FA", "fa", "-", " ", "/", "2026", "26", "000123", "123", ",", "u.", "bis", "O", "%", "R", "."]
        ),
        max_size=14,
    )
)
def test_no_pieces_of_numbers_raise(parts: list[str]) -> None:
    for numbers in KINDS.values():
        assert len(find_words("".join(parts), numbers)) <= len(parts)


@pytest.mark.parametrize(
    ("unit", "end"),
    [
        pytest.param("2%", "", id="percentages, which leave blanks"),
        pytest.param("-", "1-", id="separators"),
        pytest.param("O0", "Z", id="letters like digits that end in another"),
        pytest.param("0", "OZ", id="digits that end in letters"),
        pytest.param("1.", "", id="dots"),
    ],
)
def test_a_long_text_of_nothing_is_read_once_and_names_nothing(unit: str, end: str) -> None:
    text = unit * (20_000 // len(unit)) + end  # Read again from each place this would take minutes.

    for numbers in KINDS.values():
        assert [word for word in find_words(text, numbers) if word.grade is Grade.WHOLE] == []
        assert find_misread(text, numbers) == []
