import pytest

from gateway.store import work
from gateway.store.work import JournalEntry


def test_the_digest_is_the_same_whether_lines_are_kept_as_they_are_or_compressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def digest() -> str:
        entry = JournalEntry()
        entry.cover("open_item", 7, "open_item|7|100\n")
        entry.cover("open_item", 3, "open_item|3|200\nopen_item|4|1\n")
        entry.cover("allocation", 9, "allocation|9|1\n")
        return entry.digest()

    plain = digest()
    monkeypatch.setattr(work, "_PLAIN_MAX", 20)

    assert digest() == plain
