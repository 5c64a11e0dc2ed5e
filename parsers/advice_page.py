"""The text of a mail that was written as a web page: a line for each row or paragraph, its cells apart."""

import re
from html.parser import HTMLParser


def page_text(html: str) -> str:
    """Return the shown text of a page; of a broken one what its reader makes of it, or what that raises."""
    reader = _Rows()
    reader.feed(html)
    return "".join(reader.parts)


class _Rows(HTMLParser):
    _LINES = frozenset("p div tr br li h1 h2 h3 h4 table".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell."""
        self._hidden += tag in ("script", "style")
        self.parts.append("\n" if tag in self._LINES else "   " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """Take shown text, its line ends as blanks."""
        if self._hidden <= 0:
            self.parts.append(re.sub(r"[\r\n\t]+", " ", data))
