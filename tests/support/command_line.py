"""The command line without a process of its own, which would spend its time on starting."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.__main__ import main


class Ended(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    stdout: str
    stderr: str


class Command:
    """The command line on a data folder, and on the database at ``url`` if one is named; else nothing is set."""

    def __init__(
        self, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, url: str = ""
    ) -> None:
        self._data = data
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in list(os.environ):
            if name.startswith("GATEWAY_"):
                monkeypatch.delenv(name)
        if url:
            monkeypatch.setenv("GATEWAY_DATABASE_URL", url)

    def __call__(self, *arguments: str) -> Ended:
        """Run one command to its end."""
        self._monkeypatch.setattr(sys, "argv", ["sepa-gateway", *arguments, "--data", str(self._data)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        written = self._capsys.readouterr()
        return Ended(code, written.out, written.err)
