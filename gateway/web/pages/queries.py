"""What the URL of a list says, in one shape for all lists: fields left empty by a form count as not there."""

from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, model_validator


class PageQuery(BaseModel):
    """The query of a page. What is not known is left alone, so a link from elsewhere does no harm."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    cursor: str = ""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: value[-1] if isinstance(value, list) else value for name, value in values.items() if value != ""}

    def url(self, path: str, **changes: object) -> str:
        """Return an address with this query and some changes; a changed filter begins at the first page."""
        values = {name: getattr(self, name) for name in type(self).model_fields} | {"cursor": ""} | changes
        given = {
            name: _written(value)
            for name, value in values.items()
            if value not in ("", None, False) and value != type(self).model_fields[name].default
        }
        return f"{path}?{urlencode(given)}" if given else path


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1"
    return str(value.value) if isinstance(value, Enum) else str(value)
