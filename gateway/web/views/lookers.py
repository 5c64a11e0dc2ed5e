"""Who looks at which question now, so that two clerks do not work on the same one without knowing.

Kept in the memory of this process and forgotten after a while: nothing is decided by it.
"""

import datetime as dt
from typing import NamedTuple
from weakref import WeakKeyDictionary

from gateway.store.database import Database

_STAYS = dt.timedelta(seconds=40)


class _Look(NamedTuple):
    review_item_id: int
    name: str
    at: dt.datetime


class Lookers:
    """The last question that each person looked at."""

    def __init__(self) -> None:
        self._looks: dict[int, _Look] = {}

    def look(self, user_id: int, name: str, review_item_id: int, *, now: dt.datetime) -> None:
        """Note that somebody looks at a question now, and no longer at another."""
        self._looks = {key: look for key, look in self._looks.items() if now - look.at <= _STAYS}
        self._looks[user_id] = _Look(review_item_id, name, now)

    def others(self, user_id: int | None, *, now: dt.datetime) -> dict[int, list[str]]:
        """Return the names of the others who look at something, by question."""
        found: dict[int, list[str]] = {}
        for key, look in self._looks.items():
            if key != user_id and now - look.at <= _STAYS:
                found.setdefault(look.review_item_id, []).append(look.name)
        return found


_LOOKERS: WeakKeyDictionary[Database, Lookers] = WeakKeyDictionary()


def lookers_of(database: Database) -> Lookers:
    """Return who looks at questions of this gateway."""
    return _LOOKERS.setdefault(database, Lookers())
