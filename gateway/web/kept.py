"""Looks at very many rows whose answer holds until something is written: a page asks for it again and again.

All that changes a company ends with a row of its journal, so the end of that chain tells whether an answer still holds.
What is decided by such an answer is looked at again by whoever decides; here it is only shown.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from gateway.store import journal
from gateway.store.database import ReadSession

T = TypeVar("T")
_ANSWERS_MAX = 200


class Kept:
    """The answers that this process gave last, each with the end of the journal that it was given at."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[int, Hashable], tuple[int, Any]] = OrderedDict()

    async def ask(
        self, session: ReadSession, company_id: int, question: Hashable, look: Callable[[], Awaitable[T]]
    ) -> T:
        """Return the answer to a question about a company, and look only if something was written since the last."""
        end = await journal.end_of(session, company_id)
        known = self._answers.get((company_id, question))
        if known is None or known[0] != end:
            known = self._answers[company_id, question] = end, await look()
        self._answers.move_to_end((company_id, question))
        if len(self._answers) > _ANSWERS_MAX:
            self._answers.popitem(last=False)
        answer: T = known[1]
        return answer
