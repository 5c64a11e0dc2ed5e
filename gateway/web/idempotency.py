"""Creating calls that may be sent twice: the same key and body get the same answer, and the effect happens once."""

import datetime as dt
import hashlib

from aiohttp import web

from gateway.store import idempotency_keys
from gateway.store.database import Database, retried
from gateway.store.idempotency_keys import Held
from gateway.store.work import Actor, Work
from gateway.web.errors import BadRequest
from schemas.errors import Conflict, GatewayError

HEADER = "Idempotency-Key"
KEY_LENGTH_MAX = 200
LEASE = dt.timedelta(minutes=10)  # Longer than any call may take; after it a claim without answer is dead.


class KeyReused(GatewayError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


class InProgress(Conflict):
    """The request with this Idempotency-Key is still being worked on."""

    code = "in_progress"


class AnsweredBefore(Exception):
    """The request came before; ``response`` is what it was answered."""

    def __init__(self, response: web.Response) -> None:
        super().__init__()
        self.response = response


class Claim:
    """The key of one creating call: taken before the work, settled with its effect, released if there was none."""

    def __init__(self, database: Database, *, actor: Actor, company_id: int, route: str, key: str, now: dt.datetime):
        if not (key.isascii() and key.isprintable() and 0 < len(key) <= KEY_LENGTH_MAX):
            raise BadRequest(f"{HEADER} must be 1 to {KEY_LENGTH_MAX} printable ASCII characters")
        self._database = database
        self._caller = f"{company_id}/{actor.word}"
        self._actor = actor
        self._route = route
        self._key = key
        self._now = now
        self._held: Held | None = None
        self._is_settled = False

    async def take(self, request: bytes) -> None:
        """Claim the key for these bytes. Raises AnsweredBefore, KeyReused or InProgress."""
        request_hash = hashlib.sha256(request).hexdigest()
        held = await retried(lambda: self._claim(request_hash))
        if held.request_hash != request_hash:
            raise KeyReused
        if held.is_ours:
            self._held = held
        elif held.status is None:
            raise InProgress
        else:
            answer = web.Response(status=held.status, text=held.answer, content_type="application/json")
            answer.headers["Idempotency-Replayed"] = "true"
            raise AnsweredBefore(answer)

    async def hold(self, work: Work) -> None:
        """Lock the claim before the effect. Raises InProgress when it was taken over."""
        if self._held is not None and not await idempotency_keys.hold(work.session, self._held):
            raise InProgress

    async def settle(self, work: Work, status: int, answer: str) -> None:
        """Store the answer in the unit of work of the effect. Raises InProgress when the claim was taken over."""
        if self._held is None:
            raise RuntimeError("the body was not read before the answer: nothing was claimed")
        if not await idempotency_keys.settle(work.session, self._held, status=status, answer=answer):
            raise InProgress
        self._is_settled = True

    async def finish(self, answer: web.StreamResponse) -> None:
        """Store the answer of a call that succeeded without storing it itself: its effect is repeatable."""
        if self._held is None or self._is_settled or not isinstance(answer, web.Response):
            return
        async with self._database.begin(actor=self._actor, now=self._now, ids=1) as work:
            await self.settle(work, answer.status, answer.text or "")

    async def release(self) -> None:
        """Give the key back after a failed call; an answer that was stored stays."""
        if self._held is None:
            return
        async with self._database.begin(actor=self._actor, now=self._now, ids=1) as work:
            await idempotency_keys.release(work.session, self._held)

    async def _claim(self, request_hash: str) -> Held:
        async with self._database.begin(actor=self._actor, now=self._now, ids=1) as work:
            return await idempotency_keys.claim(
                work,
                caller=self._caller,
                route=self._route,
                key=self._key,
                request_hash=request_hash,
                lease=LEASE,
            )
