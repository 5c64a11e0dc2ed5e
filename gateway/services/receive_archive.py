"""Receive the files inside a zip archive, where a person asked for it: all of its members, or none.

The archive's own bytes are kept too. It is unpacked in a worker, for it is somebody else's.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.services.import_statement import Gate
from gateway.services.receive_file import Receipt, receive_file
from gateway.store.originals import pieces_of
from gateway.store.work import Actor
from parsers.archive import unpack

_MAGIC = b"PK\x03\x04"


class Archive(NamedTuple):
    """An archive that is kept under its hash, and for whom its members are received."""

    sha256: str
    channel: str
    company_id: int
    companies: Sequence[int]


def is_archive(path: Path) -> bool:
    """Tell whether a file begins like a zip archive."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


async def receive_archive(gate: Gate, archive: Archive, *, actor: Actor) -> list[Receipt]:
    """Receive every member as a file of its own, under the name it has in the archive. Raises FileRefused."""
    with tempfile.TemporaryDirectory(dir=gate.scratch, prefix="unpack-") as folder:
        members = unpack(gate.originals.path_of(archive.sha256), Path(folder))
        return [
            await receive_file(
                gate.database,
                gate.originals,
                name=member.name,
                pieces=pieces_of(member.path),
                channel=archive.channel,
                company_id=archive.company_id,
                companies=archive.companies,
                actor=actor,
                now=gate.now(),
            )
            for member in members
        ]
