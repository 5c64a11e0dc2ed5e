"""XML as text, streamed without a tree. For files that we make up; orders to banks have a door of their own."""

from generators.statements import UnwritableStatement

# Characters that XML 1.0 has no way to write become a question mark; a bare CR would be read back as LF.
_ESCAPES: dict[int, str | int | None] = {
    **{code: "?" for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)},
    0x0D: "&#13;",
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}


def element(name: str, *content: str) -> str:
    """Return an element around finished content, or nothing when there is no content."""
    inner = "".join(content)
    return f"<{name}>{inner}</{name}>" if inner else ""


def leaf(name: str, text: str | None, limit: int = 35) -> str:
    """Return an element with escaped text, or nothing when there is no text.

    Raises UnwritableStatement when the text is longer than its element may be (Max35Text and its kind).
    """
    if not text:
        return ""
    if len(text) > limit:
        raise UnwritableStatement(f"{name} has {len(text)} characters, at most {limit} are allowed")
    return f"<{name}>{text.translate(_ESCAPES)}</{name}>"
