"""What the payer wrote: free text joined in order, and the creditor reference of the structured part."""

from collections.abc import Sequence
from itertools import pairwise

from parsers.xml_found import Found

# Banks cut a text at the width of a field; a line that fills it goes on in the next one without a blank.
_WIDTHS = frozenset((35, 70, 105, 140))


def read_remittance(detail: Found) -> tuple[str, str | None]:
    """Return text and creditor reference.

    The text holds, in order, the free lines, further references, the numbers of documents and remarks; where the
    payer wrote nothing, what the bank wrote beside the payment.
    """
    text = join_lines(detail.lists.get("remittance", ()))
    structured = detail.groups.get("structured")
    if not structured:
        return text or detail.texts.get("text", ""), None
    references = [part.texts["reference"] for part in structured if "reference" in part.texts]
    pieces = [text, *references[1:]]
    for part in structured:
        pieces += part.lists.get("documents", ())
        pieces += part.lists.get("lines", ())
    joined = _join_new(pieces)
    if references:
        return joined, references[0]
    return joined or detail.texts.get("text", ""), None


def _join_new(pieces: Sequence[str]) -> str:
    """Return pieces as one text; what stands in it already is not said twice."""
    kept: list[str] = []
    said = {""}
    for piece in map(str.strip, pieces):
        if piece not in said:
            kept.append(piece)
            said.update((piece, *piece.split()))
    return " ".join(kept)


def join_lines(lines: Sequence[str]) -> str:
    """Return lines as one text: with a blank between two, but none where a word was cut at the end of a field."""
    if not lines:
        return ""
    text = lines[0].rstrip()
    for before, line in pairwise(lines):
        is_cut = len(before) in _WIDTHS and not before[-1].isspace() and not line[0].isspace()
        text += line.rstrip() if is_cut else " " + line.strip()
    return text.lstrip()
