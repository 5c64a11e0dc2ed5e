"""Search over everything, over the API."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.payloads.common import Currency, Key, Minor


class SearchText(BaseModel):
    """What is looked for: a number, a name, an amount as a person writes it, an account or its end, a reference."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, StringConstraints(max_length=100)]


class FoundShape(BaseModel):
    """One thing that was found, by what a person recognizes it by; accounts are masked."""

    id: Key
    page: str = Field(description="The path at which people see it")
    name: str
    about: str = Field(description="Whose it is, or what it says")
    date: dt.date | None
    amount_minor: Minor | None
    currency: Currency | None
    open_minor: Minor | None
    state: str | None


class FoundGroup(BaseModel):
    """What was found of one kind: the first ten, and how many there are (1001: more than 1000)."""

    kind: str
    is_exact: bool = Field(description="The whole text is meant, not a part of something")
    total: int
    items: list[FoundShape]


class FoundList(BaseModel):
    """What was found, the kind that is meant most likely first."""

    groups: list[FoundGroup]
