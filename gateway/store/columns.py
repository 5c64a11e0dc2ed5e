"""The column types of every table. Tables use these and no others; a test looks.

They say once, for both databases, what may be in a column: whole minor units, a word of a closed set, a moment in
UTC, a bank's date. Constraints that belong to a type are added to a table when it is defined.
"""

import datetime as dt
import json
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Integer,
    MetaData,
    Table,
    Text,
    event,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy import text as sql
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# On SQLite only INTEGER is the row id itself; BIGINT would cost a second index.
KEY = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


class Row(SQLModel):
    """Base of every table class. It does not validate: rows are built from vocabulary types only."""

    metadata = MetaData(naming_convention=NAMES)


def table_of(row: type[Row]) -> Table:
    """Return the table of a row class, for queries: ``table_of(OpenItem).c.due_date``."""
    return row.__table__  # type: ignore[attr-defined, no-any-return]


class Minor(TypeDecorator[int]):
    """Whole minor units. On SQLite a CHECK refuses anything but an integer (INV-1)."""

    impl = BigInteger
    cache_ok = True


class Word(TypeDecorator[StrEnum]):
    """A member of a closed set, stored by its value under a named CHECK."""

    impl = TEXT
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment in UTC; on SQLite the text ``2026-11-21T18:00:00.000000+00:00``, which sorts as time."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(SqlDateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | str | None:
        if value is None or dialect.name == "postgresql":
            return value
        return moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


class Facts(TypeDecorator[Any]):
    """Plain values (dictionaries, lists, texts, whole numbers) as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else facts_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


@lru_cache(maxsize=64)
def moment_text(value: dt.datetime) -> str:
    """Return a moment as SQLite stores it."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=4096)
def day_text(value: dt.date) -> str:
    """Return a date as SQLite stores it."""
    return value.isoformat()


class Json(str):
    """Plain values that are text already, made with ``facts_text``."""


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def facts_text(value: Any) -> str:
    """Return plain values as they are stored: JSON without blanks."""
    return value if isinstance(value, Json) else _encode(value)


def key(*, primary: bool = False, nullable: bool = False, index: bool = False) -> Any:
    """A 64-bit key that we give ourselves."""
    if primary:
        return Field(sa_column_kwargs={"autoincrement": False}, sa_type=KEY, primary_key=True)
    return Field(default=None if nullable else ..., sa_type=KEY, nullable=nullable, index=index)


def minor(*, nullable: bool = False, default: int | None = None) -> Any:
    """An amount in minor units; its currency stands in the column beside it."""
    return _field(Minor, nullable, default)


def enum(words: type[StrEnum], *, nullable: bool = False, default: StrEnum | None = None, primary: bool = False) -> Any:
    """A word of a closed set."""
    if primary:
        return Field(sa_type=Word(words), primary_key=True)
    return _field(Word(words), nullable, default)


def moment(*, nullable: bool = False) -> Any:
    """A moment, aware, in UTC."""
    return _field(Moment, nullable, None)


def day(*, nullable: bool = False) -> Any:
    """A date of a bank or a document."""
    return _field(Date, nullable, None)


def text(*, nullable: bool = False, default: str | None = None, primary: bool = False) -> Any:
    """Text of any length. Sorted and paged text is compared byte by byte on both databases."""
    if primary:
        return Field(sa_type=TEXT, primary_key=True)
    return _field(TEXT, nullable, default)


def number(*, nullable: bool = False, default: int | None = None) -> Any:
    """A count, a position or a version."""
    return _field(Integer, nullable, default)


def flag(*, default: bool | None = None, nullable: bool = False) -> Any:
    """True or false (or unknown)."""
    return _field(Boolean, nullable, default)


def facts(*, nullable: bool = False) -> Any:
    """Plain values as JSON text."""
    return _field(Facts, nullable, None)


def _field(kind: Any, nullable: bool, default: Any) -> Any:
    said = {} if default is None else {"server_default": _literal(default)}
    return Field(default=_default(nullable, default), sa_type=kind, nullable=nullable, sa_column_kwargs=said)


def _literal(default: Any) -> Any:
    """Return a default for the database itself, so that bulk rows may leave the column out."""
    if isinstance(default, bool):
        return sql("true" if default else "false")
    return str(default)


def _default(nullable: bool, default: Any) -> Any:
    return default if nullable or default is not None else ...


@event.listens_for(Table, "after_parent_attach")
def _add_type_checks(table: Table, metadata: MetaData) -> None:
    for column in list(table.columns):
        check = _type_check(column)
        if check is not None:
            table.append_constraint(check)


def _type_check(column: Column[Any]) -> CheckConstraint | None:
    if isinstance(column.type, Minor):
        check = CheckConstraint(f"typeof({column.name}) IN ('integer', 'null')", name=f"{column.name}_integer")
        return check.ddl_if(dialect="sqlite")
    if isinstance(column.type, Word):
        words = ", ".join(f"'{word.value}'" for word in column.type.words)
        return CheckConstraint(f"{column.name} IN ({words})", name=f"{column.name}_word")
    return None
