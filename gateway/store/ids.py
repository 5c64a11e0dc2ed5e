"""Keys that we give ourselves: 64-bit integers from blocks reserved in a table.

They are known before the insert, never collide between processes, and come in the same order in each test run.
"""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of

BLOCK = 1000


class IdBlock(Row, table=True):
    """The next key that nobody has reserved."""

    __tablename__ = "id_block"

    name: str = columns.text(primary=True)
    next_id: int = columns.key()


class IdPool:
    """Keys reserved for this process and not used yet."""

    def __init__(self) -> None:
        self._blocks: list[range] = []

    def has(self, count: int) -> bool:
        """Tell whether so many keys are at hand."""
        return sum(map(len, self._blocks)) >= count

    def add(self, block: range) -> None:
        """Add a reserved block."""
        self._blocks.append(block)

    def take(self) -> int:
        """Return the next key. Raises IndexError when the unit of work needs more than it reserved."""
        return self.take_many(1)[0]

    def take_many(self, count: int) -> list[int]:
        """Return so many keys in ascending order."""
        taken: list[int] = []
        while len(taken) < count:
            block = self._blocks[0]
            part = block[: count - len(taken)]
            taken.extend(part)
            rest = block[len(part) :]
            self._blocks[:1] = [rest] if rest else []
        return taken


async def reserve(session: AsyncSession, count: int) -> range:
    """Reserve a block of keys; it is ours once the transaction is committed."""
    block = table_of(IdBlock)
    statement = update(block).values(next_id=block.c.next_id + count).returning(block.c.next_id)
    end: int = (await session.execute(statement)).scalar_one()
    return range(end - count, end)
