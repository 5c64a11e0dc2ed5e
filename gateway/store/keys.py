"""How rows point to rows: always together with the company, so that companies stay apart."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint


def owned() -> UniqueConstraint:
    """Let others point to this table by (company, key)."""
    return UniqueConstraint("company_id", "id")


def of_company() -> ForeignKeyConstraint:
    """Say that the row belongs to a company."""
    return ForeignKeyConstraint(["company_id"], ["company.id"])


def points(column: str, table: str) -> ForeignKeyConstraint:
    """Point to a row of the same company."""
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"])
