"""Guess how a table is to be read; what the file does not say for certain becomes a question.

Never guessed: which mark is the decimal mark when no number shows it, whether day or month comes first when no date
shows it, which of two fitting columns is meant, the currency.
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from parsers.tabular_cells import (
    Unreadable,
    parse_amount,
    parse_date,
    read_amount,
    read_basis_points,
    read_date,
    text_of,
)
from parsers.tabular_csv import guess_encoding, sample_text, separator_hint
from parsers.tabular_evidence import Evidence
from parsers.tabular_fields import FIELDS
from parsers.tabular_source import RawRow, TableLimits, is_spreadsheet
from parsers.tabular_table import Header, find_header, is_blank, labels_of, rows_below
from parsers.tabular_words import FIELD_WORDS, header_currency, header_key
from schemas.codes.lists import LocalInstrument
from schemas.errors import FileRefused
from schemas.tables import Choice, DateForm, InvalidMapping, MandateType, MappingUndecided, Question, TableKind
from schemas.tables import Mapping as TableMapping

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 200
_CONSTANTS = {
    "currency": ("EUR", "CHF", "GBP", "USD"),
    "scheme": tuple(LocalInstrument),
    "type": tuple(MandateType),
}


def guess(path: Path, kind: TableKind, decided: Mapping[str, str], limits: TableLimits) -> TableMapping:
    """Return the mapping of a file. ``decided`` answers questions by what they are about.

    Raises MappingUndecided with all open questions, InvalidMapping for an answer that cannot be, FileRefused.
    """
    draft = _layout(path, kind, decided, limits)
    header = find_header(path, draft, limits, lambda labels: _known_columns(labels, kind, decided))
    columns, questions = _columns(header.labels, kind, decided)
    constants, more = _constants(kind, columns, decided)
    questions += more
    questions += _missing(header.labels, kind, columns, constants, questions)
    draft = replace(draft, columns=tuple(columns.items()), constants=tuple(constants.items()))
    forms, doubts = _forms(path, draft, header, decided, limits)
    if questions or doubts:
        raise MappingUndecided((*questions, *doubts))
    return replace(draft, decimal_mark=forms["decimal_mark"], date_form=_date_form(forms["date_form"]))


def _layout(path: Path, kind: TableKind, decided: Mapping[str, str], limits: TableLimits) -> TableMapping:
    """Return a mapping that knows the file's sheet, or its encoding and delimiter, and no columns yet."""
    empty = TableMapping(kind=kind, columns=())
    if is_spreadsheet(path, limits):
        return replace(empty, sheet=decided.get("sheet") or _guess_sheet(path, empty, decided, limits))
    encoded = replace(empty, encoding=decided.get("encoding") or guess_encoding(path))
    text = sample_text(path, encoded.encoding)
    delimiter = decided.get("delimiter") or separator_hint(text) or _guess_delimiter(text, kind, decided)
    return replace(encoded, delimiter=delimiter)


def _guess_sheet(path: Path, empty: TableMapping, decided: Mapping[str, str], limits: TableLimits) -> str | None:
    from parsers.tabular_xlsx import sheet_names  # Here, because few files are spreadsheets and its library is large.

    names = sheet_names(path, limits)
    if len(names) < 2:
        return None
    known = {name: _known_in_sheet(path, replace(empty, sheet=name), decided, limits) for name in names}
    best = [name for name in names if known[name] == max(known.values())]
    if len(best) > 1:
        choices = tuple(Choice(name, f"{known[name]} known columns") for name in best)
        raise MappingUndecided((Question("sheet", choices),))
    return best[0]


def _known_in_sheet(path: Path, mapping: TableMapping, decided: Mapping[str, str], limits: TableLimits) -> int:
    def score(labels: tuple[str, ...]) -> int:
        return _known_columns(labels, mapping.kind, decided)

    try:
        return score(find_header(path, mapping, limits, score).labels)
    except FileRefused as refused:
        if refused.code != "empty":
            raise
        return 0


def _guess_delimiter(text: str, kind: TableKind, decided: Mapping[str, str]) -> str:
    """Return the delimiter under which most columns have a known name, then most rows the same width."""

    def score(delimiter: str) -> tuple[int, int]:
        records = _records(text, delimiter)
        known = max((_known_columns(labels_of(record), kind, decided) for record in records), default=0)
        widths = [len(record) for record in records if len(record) > 1]
        return known, max((widths.count(width) for width in set(widths)), default=0)

    return max(_DELIMITERS, key=score)


def _records(text: str, delimiter: str) -> list[tuple[str, ...]]:
    records = []
    with suppress(csv.Error):
        for record in islice(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), _SAMPLE_RECORDS):
            records.append(tuple(record))
    return records


def _known_columns(labels: tuple[str, ...], kind: TableKind, decided: Mapping[str, str]) -> int:
    keys = {header_key(label) for label in labels}
    named = sum(answer in labels for about, answer in decided.items() if about.startswith("column:"))
    return sum(not words.isdisjoint(keys) for words in FIELD_WORDS[kind].values()) + 100 * named


def _columns(
    labels: tuple[str, ...], kind: TableKind, decided: Mapping[str, str]
) -> tuple[dict[str, str], list[Question]]:
    """Return the column of each field that has one, and a question where several fit."""
    columns, questions = {}, []
    answers = {
        field.name: decided[f"column:{field.name}"] for field in FIELDS[kind] if f"column:{field.name}" in decided
    }
    for field in FIELDS[kind]:
        fitting = [answers[field.name]] if field.name in answers else _fitting(field.name, labels, kind, answers)
        if len(fitting) > 1:
            questions.append(Question(f"column:{field.name}", tuple(Choice(label, label) for label in fitting)))
        elif fitting and fitting[0]:
            columns[field.name] = fitting[0]
    if strange := [label for label in columns.values() if label not in labels]:
        raise InvalidMapping(f"the table has no column {', '.join(map(repr, strange))}")
    return columns, questions


def _fitting(field: str, labels: tuple[str, ...], kind: TableKind, answers: Mapping[str, str]) -> list[str]:
    """Return the columns that may hold a field: the one that has its very name, else all that have one of its words."""
    if field in labels:
        return [field]
    words = FIELD_WORDS[kind][field]
    return [label for label in labels if header_key(label) in words and label not in answers.values()]


def _constants(
    kind: TableKind, columns: Mapping[str, str], decided: Mapping[str, str]
) -> tuple[dict[str, str], list[Question]]:
    """Return the values that hold for all rows, and a question for each that the table should name and does not."""
    constants, questions = {}, []
    for field in FIELDS[kind]:
        if field.name not in _CONSTANTS or field.name in columns or not field.is_needed:
            continue
        known = decided.get(f"constant:{field.name}")
        if known is None and field.name == "currency":
            known = header_currency(columns.get("amount", ""))
        if known is None:
            choices = tuple(Choice(value, f"{value} in all rows") for value in _CONSTANTS[field.name])
            questions.append(Question(f"constant:{field.name}", choices))
        else:
            constants[field.name] = known
    return constants, questions


def _missing(
    labels: tuple[str, ...],
    kind: TableKind,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    asked: list[Question],
) -> list[Question]:
    """Return a question for each field that needs a column and found none."""
    about = {question.about.partition(":")[2] for question in asked}
    free = tuple(Choice(label, label) for label in labels if label not in columns.values())
    return [
        Question(f"column:{field.name}", free)
        for field in FIELDS[kind]
        if field.is_needed and field.name not in columns and field.name not in constants and field.name not in about
    ]


def _forms(
    path: Path, draft: TableMapping, header: Header, decided: Mapping[str, str], limits: TableLimits
) -> tuple[dict[str, str], list[Question]]:
    """Return how numbers and dates are written, by all rows, and a question for what they do not show."""
    evidence = {
        "decimal_mark": Evidence("decimal_mark", (".", ","), _amount_reading),
        "date_form": Evidence("date_form", tuple(DateForm), _date_reading),
    }
    watched = {place: evidence[about] for place, about in _watched(draft, header) if about not in decided}
    with closing(rows_below(path, draft, limits, header)) as rows:
        for row in rows:
            if watched and isinstance(row, RawRow):
                _watch(row, watched)
    answers = {about: decided.get(about) or one.decide() for about, one in evidence.items()}
    questions = [answer for answer in answers.values() if isinstance(answer, Question)]
    return {about: answer for about, answer in answers.items() if isinstance(answer, str)}, questions


def _watched(draft: TableMapping, header: Header) -> Iterator[tuple[int, str]]:
    readers = {field.name: field.read for field in FIELDS[draft.kind]}
    for field, label in draft.columns:
        if readers[field] in (read_amount, read_basis_points):
            yield header.labels.index(label), "decimal_mark"
        elif readers[field] is read_date:
            yield header.labels.index(label), "date_form"


def _watch(row: RawRow, watched: Mapping[int, Evidence]) -> None:
    for place, evidence in watched.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        if isinstance(cell, str) and not is_blank(cell):
            with suppress(Unreadable):
                evidence.see(text_of(cell))


def _amount_reading(text: str, mark: str) -> str | None:
    amount = parse_amount(text.removesuffix("%").rstrip(), mark)
    return None if amount is None else f"{amount.value:f}"


def _date_reading(text: str, form: str) -> str | None:
    date = parse_date(text, DateForm(form))
    return None if date is None else date.isoformat()


def _date_form(text: str) -> DateForm:
    try:
        return DateForm(text)
    except ValueError as wrong:
        raise InvalidMapping(f"{text!r} is no form of a date") from wrong
