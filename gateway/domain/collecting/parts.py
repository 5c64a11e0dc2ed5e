"""How much of an item may be asked for, and when: what is open, less what is disputed, in the parts agreed."""

import datetime as dt

from gateway.domain.collecting.model import DueItem, Part


def collectable_minor(item: DueItem) -> int:
    """Return what of an item may still be asked for, signed like it: open, not disputed, not asked for already."""
    left = abs(item.open_minor) - abs(item.disputed_minor) - abs(item.collecting_minor)
    return max(left, 0) * (1 if item.amount_minor >= 0 else -1)


def due_parts(item: DueItem, until_date: dt.date) -> list[Part]:
    """Return the parts of an item that are due until a day and may be asked for, the earliest first.

    What is paid or asked for already counts for the earliest parts; what is disputed is missing from the last.
    """
    left = collectable_minor(item)
    if left <= 0:
        return []
    if not item.parts:
        return [Part(item.due_date, left)] if item.due_date <= until_date else []
    covered = item.amount_minor - item.open_minor + item.collecting_minor
    found = []
    for part in item.parts:
        asked = min(max(part.amount_minor - covered, 0), left)
        covered = max(covered - part.amount_minor, 0)
        left -= asked
        if asked and part.due_date <= until_date:
            found.append(Part(part.due_date, asked))
    return found
