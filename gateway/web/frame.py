"""The frame of every page: the entries of the sidebar, in order, each shown where its page exists and may be seen."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.access import Right
from gateway.web.routing import Route

if TYPE_CHECKING:
    from gateway.web.context import Call

Badge = Callable[["Call"], Awaitable[str]]  # What waits behind an entry, as a short text; nothing when nothing waits.


class Entry(NamedTuple):
    """An entry of the sidebar. ``label`` is translated when it is shown; ``is_below`` stands under the line."""

    path: str
    label: str
    icon: str
    is_below: bool = False


def _mark(label: str) -> str:
    """Mark a text for translation."""
    return label


ENTRIES = (
    Entry("/dashboard", _mark("Dashboard"), "dashboard"),
    Entry("/review", _mark("Review"), "review"),
    Entry("/statements", _mark("Statements"), "statements"),
    Entry("/invoices", _mark("Invoices"), "invoices"),
    Entry("/customers", _mark("Customers"), "customers"),
    Entry("/mandates", _mark("Mandates"), "mandates"),
    Entry("/collections", _mark("Collections"), "collections"),
    Entry("/unpaid", _mark("Unpaid"), "unpaid"),
    Entry("/dunning", _mark("Dunning"), "dunning"),
    Entry("/disputes", _mark("Disputes"), "disputes"),
    Entry("/reports", _mark("Reports"), "reports"),
    Entry("/banks", _mark("Banks"), "banks", is_below=True),
    Entry("/settings", _mark("Settings"), "settings", is_below=True),
    Entry("/users", _mark("Users"), "users", is_below=True),
    Entry("/audit", _mark("Audit"), "audit", is_below=True),
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
