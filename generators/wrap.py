"""Text cut into pieces of fixed width, the way banks do it, so that a reader can join them again without loss."""

from collections.abc import Iterator


def wrap(text: str, width: int, avoid_starts: str = "") -> Iterator[str]:
    """Yield pieces that joined without anything between are the text again.

    No piece begins or ends with a blank, because readers strip lines, or begins with one of ``avoid_starts``, unless
    a whole piece of such characters leaves no other place to cut.
    """
    start = 0
    while len(text) - start > width:
        end = start + width
        while end > start and (text[end - 1].isspace() or text[end].isspace() or text[end] in avoid_starts):
            end -= 1
        end = end if end > start else start + width
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def wrap_words(text: str, width: int) -> Iterator[str]:
    """Yield pieces of which the full ones go on without a blank, the shorter ones with one.

    That is how readers take the fields of a name or a text: a field that is not full ended with its line.
    """
    rest = text
    while len(rest) > width:
        blank = rest.rfind(" ", 0, width) if " " in rest[width - 1 : width + 1] else -1
        end = blank if blank > 0 else width
        yield rest[:end]
        rest = rest[end + 1 :] if blank > 0 else rest[end:]
    if rest:
        yield rest
