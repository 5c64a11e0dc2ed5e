"""How rows point to rows: always together with the company, so that companies stay apart. Indexes of some rows only."""

from typing import Any

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

BY_STATEMENT = "by_statement"


def owned() -> UniqueConstraint:
    """Let others point to this table by (company, key)."""
    return UniqueConstraint("company_id", "id")


def of_company(*, by_statement: bool = False) -> ForeignKeyConstraint:
    """Say that the row belongs to a company; ``by_statement`` as with ``points``."""
    return ForeignKeyConstraint(["company_id"], ["company.id"], info={BY_STATEMENT: by_statement})


def points(column: str, table: str, *, by_statement: bool = False) -> ForeignKeyConstraint:
    """Point to a row of the same company; on PostgreSQL checked once ``by_statement`` where very many rows come."""
    info = {BY_STATEMENT: by_statement}
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"], info=info)


def unindexed(column: Any) -> ColumnElement[Any]:
    """Return a column as no index knows it: where most rows are read, their own order is four times quicker."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Index the rows that meet a condition; others cost nothing when they are written."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
