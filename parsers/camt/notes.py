"""What a person should hear about a statement that was read: each kind of oddity once, with how often it occurred."""

NOTES_MAX = 100


class Notes:
    """Collects oddities while a statement is read."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[int | None, int]] = {}

    def add(self, message: str, line: int | None = None) -> None:
        """Note an oddity; the same message again only counts."""
        if message in self._notes:
            first, count = self._notes[message]
            self._notes[message] = (first, count + 1)
        elif len(self._notes) < NOTES_MAX:
            self._notes[message] = (line, 1)

    def sentences(self) -> tuple[str, ...]:
        """Return the notes in the order of their first occurrence."""
        return tuple(_sentence(message, line, count) for message, (line, count) in self._notes.items())


def _sentence(message: str, line: int | None, count: int) -> str:
    where = "" if line is None else f"line {line}: "
    return f"{where}{message}" if count == 1 else f"{where}{message} (and {count - 1} more)"
