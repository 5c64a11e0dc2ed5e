"""The frame of every page: the entries of the sidebar, in order, each shown where its page exists and may be seen."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.access import Right
from gateway.web.routing import Route
from gateway.web.words import mark

if TYPE_CHECKING:
    from gateway.web.context import Call

Badge = Callable[["Call"], Awaitable[str]]  # What waits behind an entry, as a short text; nothing when nothing waits.


class Entry(NamedTuple):
    """An entry of the sidebar. ``label`` is translated when it is shown; ``is_below`` stands under the line."""

    path: str
    label: str
    icon: str
    is_below: bool = False


ENTRIES = (
    Entry("/dashboard", mark("Dashboard"), "dashboard"),
    Entry("/review", mark("Review"), "review"),
    Entry("/statements", mark("Statements"), "statements"),
    Entry("/invoices", mark("Invoices"), "invoices"),
    Entry("/customers", mark("Customers"), "customers"),
    Entry("/mandates", mark("Mandates"), "mandates"),
    Entry("/collections", mark("Collections"), "collections"),
    Entry("/unpaid", mark("Unpaid"), "unpaid"),
    Entry("/dunning", mark("Dunning"), "dunning"),
    Entry("/disputes", mark("Disputes"), "disputes"),
    Entry("/reports", mark("Reports"), "reports"),
    Entry("/banks", mark("Banks"), "banks", is_below=True),
    Entry("/settings", mark("Settings"), "settings", is_below=True),
    Entry("/users", mark("Users"), "users", is_below=True),
    Entry("/audit", mark("Audit"), "audit", is_below=True),
)


class Frame:
    """Which entries exist here, with the right that each page asks for."""

    def __init__(self, routes: Iterable[Route], badges: Mapping[str, Badge]) -> None:
        rights = {route.path: route.right for route in routes if route.method == "GET"}
        self._entries = [(entry, rights[entry.path]) for entry in ENTRIES if entry.path in rights]
        self.badges = badges

    def entries(self, rights: frozenset[Right]) -> list[Entry]:
        """Return the entries that somebody with these rights may open."""
        return [entry for entry, right in self._entries if right in rights]

    def first_path(self, rights: frozenset[Right]) -> str:
        """Return where somebody begins."""
        return next((entry.path for entry in self.entries(rights)), "/account")
