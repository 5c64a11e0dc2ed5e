"""What a handler is given: the call, with who calls, in which language, and the parts of this gateway."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web
from multidict import MultiDict
from pydantic import BaseModel, ValidationError

from gateway.domain.access import Right
from gateway.services.freeze_run import CollectPlace
from gateway.services.identify_caller import NOBODY, Caller
from gateway.services.log_in import LogInRules
from gateway.services.passwords import Passwords
from gateway.services.secret_values import new_secret, page_token
from gateway.services.send_mail import Mailer
from gateway.store import reviews
from gateway.store.creditor_terms import Profiles
from gateway.store.database import Database
from gateway.store.installation_key import InstallationKey
from gateway.store.originals import Originals
from gateway.store.work import Actor, Work
from gateway.web import bodies
from gateway.web.address import PublicAddress
from gateway.web.bodies import Limits, MultipartForm, Upload
from gateway.web.errors import BadRequest, InvalidBody, UnsupportedBody
from gateway.web.kept import Kept
from gateway.web.metrics import Metrics
from gateway.web.slow_work import SlowWork
from gateway.web.worker_pool import WorkerPool
from schemas.errors import NotFound
from schemas.states import Language

if TYPE_CHECKING:
    from gateway.web.idempotency import Claim
    from gateway.web.rendering import Pages
    from gateway.web.routing import Route

Model = TypeVar("Model", bound=BaseModel)
_EXPLAIN_S = 2.0


@dataclass(slots=True, kw_only=True)
class Gateway:
    """The parts that this running gateway is put together from. ``gateway.app`` makes it; handlers use it."""

    database: Database
    originals: Originals
    workers: WorkerPool
    data_dir: Path
    clock: Callable[[], dt.datetime]
    address: PublicAddress
    pages: "Pages"
    routes: Sequence["Route"]
    key: InstallationKey
    passwords: Passwords
    profiles: Profiles = field(default_factory=dict)  # The habits of banks by name.
    limits: Limits = field(default_factory=Limits)
    log_in_rules: LogInRules = field(default_factory=LogInRules)
    proxies: frozenset[str] = frozenset()
    metrics: Metrics = field(default_factory=Metrics)
    templates: Mapping[str, str] = field(default_factory=dict)  # Of letters, by name.
    mailer: Mailer | None = None  # None: no mail can be sent.
    advice_days: int = 10  # Between a remittance advice and its credit, at most.
    slow_work: SlowWork = field(default_factory=SlowWork)
    kept: Kept = field(default_factory=Kept)
    is_draining: bool = False


GATEWAY = web.AppKey("gateway", Gateway)


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as a handler sees it."""

    request: web.Request
    gateway: Gateway
    now: dt.datetime
    request_id: str
    language: Language = Language.EN
    caller: Caller = NOBODY
    route_name: str = "* unknown"  # The pattern of the route, for logs and figures.
    session_value: str = ""  # Of the cookie; before log-in a value that only ties forms to this browser.
    new_session_value: str = ""  # To be set as the cookie with the answer.
    badges: dict[str, str] = field(default_factory=dict)  # What waits behind the entries of the sidebar.
    fields: MultiDict[str] | None = None  # Of a form that was read for its CSRF token.
    multipart: MultipartForm | None = None
    claim: "Claim | None" = None

    @property
    def is_ahead(self) -> bool:
        """Whether our script asks for what nobody looks at yet: the next question, or what a half-typed word finds."""
        return "X-Ahead" in self.request.headers

    # Who and for whom.

    @property
    def csrf_token(self) -> str:
        """The token that forms of this browser carry; without a cookie yet, the browser gets one with the answer."""
        if not self.session_value:
            self.session_value = self.new_session_value = new_secret()
        return page_token(self.session_value)

    @property
    def actor(self) -> Actor:
        """Who acts, for the journal."""
        return self.caller.actor

    @property
    def company_id(self) -> int:
        """The company whose data is asked for; every query is limited to it. Raises NotFound when there is none."""
        if self.caller.company is None:
            raise NotFound("you have no role in any company yet; an administrator gives roles on the page Users")
        return self.caller.company.id

    def may(self, right: Right) -> bool:
        """Tell whether the caller has a right in the chosen company (for what to show; routes check by themselves)."""
        return right in self.caller.rights

    @property
    def collecting(self) -> CollectPlace:
        """What collecting needs of this gateway."""
        gateway = self.gateway
        return CollectPlace(gateway.database, gateway.originals, gateway.clock, gateway.profiles)

    # What was asked.

    def word(self, name: str) -> str:
        """Return a part of the path, such as ``{number}``."""
        return self.request.match_info[name]

    def key(self, name: str = "id") -> int:
        """Return a part of the path that is a key. Raises NotFound when it is no number."""
        text = self.request.match_info[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise NotFound(f"there is nothing with the key {text[:40]!r}")
        return int(text)

    def query(self, model: type[Model]) -> Model:
        """Return the query of the URL in its shape. Raises InvalidBody."""
        return _shaped(model, _single(self.request.query))

    async def json(self, model: type[Model]) -> Model:
        """Return the JSON body in its shape. Raises InvalidBody, BodyTooLarge, UnsupportedBody."""
        if self.request.content_type != "application/json":
            raise UnsupportedBody("the body must be JSON, with Content-Type: application/json")
        text = await bodies.text_of(self.request, self.gateway.limits)
        try:
            body = model.model_validate_json(text)
        except (ValidationError, RecursionError) as error:
            raise _invalid(error) from error
        if self.claim is not None:
            await self.claim.take(f"{self.request.path_qs}\n{text}".encode())
        return body

    async def form(self) -> MultiDict[str]:
        """Return the fields of a form; those of a form with files are there after its files were read."""
        if self.multipart is not None:
            return self.multipart.fields
        if self.fields is None:
            self.fields = await bodies.form_of(self.request, self.gateway.limits)
        return self.fields

    async def uploads(self, files_max: int | None = None) -> AsyncIterator[Upload]:
        """Yield the files of a form as they come; read the pieces of each before the next."""
        if self.multipart is None:
            if self.request.content_type != bodies.MULTIPART:
                raise UnsupportedBody("files are sent as multipart/form-data")
            self.multipart = MultipartForm(self.request, self.gateway.limits)
        async for upload in self.multipart.uploads(files_max):
            yield upload

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the raw body in pieces, up to the limit for files."""
        limits = self.gateway.limits
        return bodies.pieces_of(self.request, limits, limits.file_bytes_max)

    # What is done.

    @asynccontextmanager
    async def begin(self, *, ids: int = 100, company: bool = True) -> AsyncIterator[Work]:
        """Begin a unit of work for this caller and company (``company=False``: for users and settings of all)."""
        company_id = self.company_id if company else None
        begun = self.gateway.database.begin(actor=self.actor, now=self.now, company_id=company_id, ids=ids)
        async with begun as work:
            if self.claim is not None:
                await self.claim.hold(work)
            yield work
        if company_id is not None and (work.touched_items or work.asked_again):
            await self._explain_again(company_id, sorted(work.touched_items), work.asked_again)

    async def _explain_again(self, company_id: int, item_ids: list[int], asked_again: set[int]) -> None:
        """Let questions that were opened again, and others that propose these items, have their explanations anew.

        It goes on in the background. A single question that was opened again is waited for, but not for long: it is
        shown next, and what a rule had booked was never explained to a person.
        """
        from gateway.web import background  # It uses calls itself.

        async with self.gateway.database.read() as session:
            concerned = await reviews.concerned_by(session, company_id=company_id, item_ids=item_ids)
        if len(asked_again) == 1:
            again = self.gateway.workers.explain_again(company_id, sorted(asked_again))
            await asyncio.wait([background.start(again, name="explain_again")], timeout=_EXPLAIN_S)
            asked_again = set()
        if others := sorted(asked_again.union(concerned)):
            background.start(self.gateway.workers.explain_again(company_id, others), name="explain_again")

    # What is answered.

    def _(self, text: str, **values: object) -> str:
        """Return a text in the caller's language, with values in the places ``%(name)s``."""
        translated = self.gateway.pages.gettext(self.language, text)
        return translated % values if values else translated

    def count(self, one: str, many: str, count: int, **values: object) -> str:
        """Return a text for a count in the caller's language; ``%(num)s`` is the count."""
        return self.gateway.pages.ngettext(self.language, one, many, count) % {"num": count, **values}

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Answer with a page made from a template of ``gateway/web/templates``."""
        return self.gateway.pages.response(self, template, status, values)

    def redirect(self, path: str, *, say: str = "") -> web.Response:
        """Answer a form: go and see ``path``, where ``say`` is shown once. ``path`` is ours, never from the request."""
        response = web.Response(status=303, headers={"Location": path})
        if say:
            self.gateway.pages.remember(response, say)
        return response

    def answer(self, body: BaseModel, *, status: int = 200) -> web.Response:
        """Answer a call of the API."""
        return web.Response(text=body.model_dump_json(), status=status, content_type="application/json")

    async def created(self, work: Work, body: BaseModel, *, status: int = 201) -> web.Response:
        """Answer a creating call; the answer is stored with its effect when the caller gave an Idempotency-Key."""
        if self.claim is not None:
            await self.claim.settle(work, status, body.model_dump_json())
        return self.answer(body, status=status)


CALL = web.RequestKey("call", Call)


def _single(values: Any) -> dict[str, Any]:
    """Return names with their value, or with a list of values where a name comes more than once."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(values):
        several = values.getall(name)
        found[name] = several[0] if len(several) == 1 else several
    return found


def _shaped(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: ValidationError | RecursionError) -> InvalidBody | BadRequest:
    if isinstance(error, RecursionError):
        return BadRequest("the body is nested too deeply")
    faults = [
        {"where": ".".join(map(str, fault["loc"])), "what": fault["msg"]}
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    where = faults[0]["where"] or "body"
    return InvalidBody(f"{where}: {faults[0]['what']}", faults)
