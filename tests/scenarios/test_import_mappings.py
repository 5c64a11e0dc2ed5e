"""How a table file is read: in our own shape, by a saved mapping, or as it looks; then read whole and imported."""

from pathlib import Path

import pytest

from gateway.domain.import_step import Outcome
from gateway.services.choose_mapping import (
    NamelessMapping,
    choose_mapping,
    forget_mapping,
    read_table,
    save_mapping,
    saved_mappings,
)
from gateway.store import imports, open_items
from gateway.store.database import Database
from schemas.errors import FileRefused, NotFound
from schemas.tables import DateForm, Mapping, TableKind
from support.master_data import CLERK, NOW, add_company, customer, imported
from support.tables import table_file

INVOICES = TableKind.INVOICES
OURS = "number,customer_number,due_date,currency,amount\nFA-1,C1,2026-12-01,EUR,119.00\n"
GERMAN = "Rechnung;Kunde;Fällig;Währung;Betrag\nFA-1;C1;31.12.2026;EUR;1.119,00\n"
GERMAN_MAPPING = Mapping(
    kind=INVOICES,
    columns=(("number", "Rechnung"), ("customer_number", "Kunde"), ("due_date", "Fällig"), ("currency", "Währung"),
             ("amount", "Betrag")),
    delimiter=";", decimal_mark=",", date_form=DateForm.DAY_FIRST,
)  # fmt: skip
OTHER_MAPPING = Mapping(kind=INVOICES, columns=(("number", "Beleg"), ("amount", "Summe")), delimiter=";")


async def saved(database: Database, company_id: int) -> dict[str, Mapping]:
    async with database.read() as session:
        return dict(await saved_mappings(session, company_id=company_id, kind=INVOICES))


async def save(database: Database, company_id: int, name: str, mapping: Mapping) -> None:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await save_mapping(work, name=name, mapping=mapping)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("saved", [pytest.param([], id="guessed"), pytest.param([GERMAN_MAPPING], id="saved")])
def test_a_table_of_another_shape_is_read_in_any_encoding(tmp_path: Path, encoding: str, saved: list[Mapping]) -> None:
    text = GERMAN if saved else GERMAN.replace("Kunde", "Kundennummer").replace("Rechnung", "Rechnungsnummer")
    path = table_file(tmp_path, text, encoding)

    table = read_table(path, choose_mapping(path, INVOICES, saved=saved))

    assert [row.number for row in table.rows] == ["FA-1"]  # type: ignore[union-attr]
    assert table.errors == []


@pytest.mark.parametrize("rows_before", [0, 30])
def test_our_own_columns_are_read_in_the_encoding_of_an_old_spreadsheet(tmp_path: Path, rows_before: int) -> None:
    text = "number,name\n" + "".join(f"C{place},Muster\n" for place in range(rows_before)) + "D1,Müller\n"
    path = table_file(tmp_path, text, "cp1252")

    table = read_table(path, choose_mapping(path, TableKind.CUSTOMERS))

    assert table.rows[-1].name == "Müller"  # type: ignore[union-attr]


def test_a_saved_mapping_reads_a_file_that_is_encoded_otherwise_this_time(tmp_path: Path) -> None:
    mapping = Mapping(kind=TableKind.CUSTOMERS, columns=(("number", "Konto"), ("name", "Firma")), encoding="cp1252")
    path = table_file(tmp_path, "Konto,Firma\nD1,Müller\n", "utf-8")

    table = read_table(path, choose_mapping(path, TableKind.CUSTOMERS, saved=[mapping]))

    assert table.rows[0].name == "Müller"  # type: ignore[union-attr]


async def test_a_mapping_is_saved_under_a_name_and_forgotten(database: Database) -> None:
    company_id, other = await add_company(database), await add_company(database, "OTHER")

    await save(database, company_id, " DATEV ", OTHER_MAPPING)
    await save(database, company_id, "DATEV", GERMAN_MAPPING)

    assert await saved(database, company_id) == {"DATEV": GERMAN_MAPPING}
    assert await saved(database, other) == {}
    with pytest.raises(NamelessMapping):
        await save(database, company_id, " ", GERMAN_MAPPING)
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await forget_mapping(work, kind=INVOICES, name="DATEV")
    assert await saved(database, company_id) == {}
    with pytest.raises(NotFound):
        async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
            await forget_mapping(work, kind=INVOICES, name="DATEV")


async def test_a_mapping_that_nobody_can_read_any_more_is_left_out(database: Database) -> None:
    company_id = await add_company(database)
    await save(database, company_id, "good", GERMAN_MAPPING)
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await imports.put_mapping(work, kind=INVOICES.value, name="old", mapping={"kind": "invoices"})

    assert list(await saved(database, company_id)) == ["good"]


def test_a_table_in_our_own_shape_needs_no_mapping(tmp_path: Path) -> None:
    mapping = choose_mapping(table_file(tmp_path, OURS), INVOICES, saved=[GERMAN_MAPPING])

    assert mapping.columns[0] == ("number", "number")


def test_the_saved_mapping_that_fits_is_used(tmp_path: Path) -> None:
    mapping = choose_mapping(table_file(tmp_path, GERMAN), INVOICES, saved=[OTHER_MAPPING, GERMAN_MAPPING])

    assert mapping == GERMAN_MAPPING


def test_our_headers_with_values_of_another_form_are_read_by_the_saved_mapping(tmp_path: Path) -> None:
    path = table_file(tmp_path, OURS.replace("2026-12-01", "31.12.2026").replace("119.00", '"1.119,00"'))
    columns = tuple((name, name) for name in OURS.split("\n")[0].split(","))
    known = Mapping(kind=INVOICES, columns=columns, decimal_mark=",", date_form=DateForm.DAY_FIRST)

    assert choose_mapping(path, INVOICES, saved=[known]) == known


def test_a_table_that_nobody_knows_is_read_as_it_looks(tmp_path: Path) -> None:
    path = table_file(tmp_path, GERMAN.replace("Kunde;", "Kundennummer;"))

    guessed = choose_mapping(path, INVOICES, saved=[OTHER_MAPPING])
    decided = choose_mapping(path, INVOICES, saved=[GERMAN_MAPPING], decided={"decimal_mark": ","})

    assert (guessed.decimal_mark, guessed.date_form, guessed.delimiter) == (",", DateForm.DAY_FIRST, ";")
    assert decided.decimal_mark == ","


@pytest.mark.parametrize("text", [pytest.param("", id="empty"), pytest.param("\x00\x01\x02\x03" * 50, id="no table")])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileRefused):
        choose_mapping(table_file(tmp_path, text), INVOICES)


async def test_a_file_is_read_and_imported_whole(database: Database, tmp_path: Path) -> None:
    company_id = await add_company(database)
    await imported(database, company_id, customer("C1"))
    path = table_file(tmp_path, GERMAN + "FA-2;C1;31.02.2026;EUR;5,00\nFA-3;C1;31.12.2026;EUR;-7,50\n")

    table = read_table(path, GERMAN_MAPPING)
    done = await imported(database, company_id, table, keep_good_rows=True)

    assert table.columns == {"number", "customer_number", "due_date", "currency", "amount"}
    assert [(error.row, error.column, error.found) for error in done.errors] == [(3, "Fällig", "31.02.2026")]
    assert done.counts == {Outcome.NEW: 2}
    async with database.read() as session:
        found = await open_items.load_open_items(session, company_id)
    assert [(item.number, item.open_minor) for item in found] == [("FA-1", 111_900), ("FA-3", -750)]
