"""What a whole file says about how its numbers or dates are written: one way, or a question to a person."""

from collections.abc import Callable, Sequence

from schemas.tables import Choice, Question

_OPEN_MAX = 20
_SEEN_MAX = 10_000


class Evidence:
    """Looks at texts one after the other and keeps the forms under which all of them can be read.

    ``read`` returns what a text means under a form, written one way, or None.
    """

    def __init__(self, about: str, forms: Sequence[str], read: Callable[[str, str], str | None]) -> None:
        self._about = about
        self._forms = tuple(forms)
        self._read = read
        self._possible = list(forms)
        self._against: dict[str, str] = {}  # The first text that a form cannot read, though another can.
        self._open: list[str] = []  # Texts that were read in more than one way.
        self._seen: set[str] = set()  # Dates and rates come again and again.

    def see(self, text: str) -> None:
        """Take one text into account. One that no form can read says nothing; its row will be an error."""
        if text in self._seen:
            return
        if len(self._seen) < _SEEN_MAX:
            self._seen.add(text)
        if any(self._read(text, form) is None for form in self._possible):
            self._narrow(text)
        if len(self._open) < _OPEN_MAX and len({self._read(text, form) for form in self._possible}) > 1:
            self._open.append(text)

    def _narrow(self, text: str) -> None:
        able = [form for form in self._forms if self._read(text, form) is not None]
        if able:
            for form in set(self._forms) - set(able):
                self._against.setdefault(form, text)
            self._possible = [form for form in self._possible if form in able] or self._possible

    def decide(self) -> str | Question:
        """Return the form, or the question where none reads everything or several read it differently."""
        if self._against.keys() == set(self._forms):
            refused = [Choice(form, f"{self._against[form]} cannot be read") for form in self._forms]
            return Question(self._about, tuple(refused))
        for text in self._open:
            readings = {form: self._read(text, form) for form in self._possible}
            if len(set(readings.values())) > 1:
                choices = [Choice(form, f"{text} is {reading}") for form, reading in readings.items()]
                return Question(self._about, tuple(choices))
        return self._possible[0]
