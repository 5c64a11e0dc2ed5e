"""Telling debtors of debits: announce what only its notice holds back, print the letters, note other notices."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from functools import partial

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.notices import HeldDebit
from gateway.services.announce_collections import (
    Announcement,
    Post,
    announce_collections,
    record_notice,
)
from gateway.services.plan_notices import NoticesWanted
from gateway.store import notices
from gateway.store.notices import KeptLetter
from gateway.store.originals import Originals
from gateway.web.context import Call
from gateway.web.downloads import PDF, ZIP, download
from gateway.web.errors import status_of
from gateway.web.pages.collections import NoDay, PlanQuery, answer_with
from gateway.web.routing import page
from gateway.web.typed import read_date
from schemas.errors import GatewayError, NotFound
from schemas.states import NoticeKind

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # Of every member of a zip, so that the same letters are the same bytes.
_KINDS = frozenset(kind.value for kind in NoticeKind)


class MailsNotTaken(GatewayError):
    """The mail server did not take some mails; nothing was written down for those customers."""

    code = "mails_not_taken"


class NoDebitChosen(GatewayError):
    """Choose the debits that are to be announced."""

    code = "no_debit_chosen"


def post_of(call: Call, *, only_letters: bool) -> Post:
    """Return how notices are written and sent here; who has no language of his own reads that of the caller."""
    return Post(call.gateway.templates["notice"], call.gateway.mailer, call.language, only_letters)


async def announce_for(
    call: Call, until: dt.date, chosen: Iterable[tuple[int, dt.date]] = (), *, only_letters: bool
) -> Announcement:
    """Announce what is due until a day, or some of it. Raises what ``announce_collections`` raises."""
    wanted = NoticesWanted(call.company_id, until, call.gateway.profiles, frozenset(chosen))
    return await announce_collections(
        call.collecting,
        post_of(call, only_letters=only_letters),
        partial(call.gateway.workers.plan_notices, wanted),
        company_id=call.company_id,
        actor=call.actor,
    )


async def announce(call: Call) -> web.StreamResponse:
    """Announce all that waits for its notice only, or what was chosen; say what became of it."""
    form = await call.form()
    until, done = read_date(form.get("until", "")), Announcement()
    chosen = [_debit(text) for text in form.getall("debit", [])]
    try:
        if until is None:
            raise NoDay
        if form.get("which") == "chosen" and not chosen:
            raise NoDebitChosen
        some = chosen if form.get("which") == "chosen" else []
        done = await announce_for(call, until, some, only_letters="letters" in form)
        if done.failed:
            names = ", ".join(one.name for one in done.failed)
            raise MailsNotTaken(f"the mail server did not take the mail for {names}; announce it again later")
    except GatewayError as error:
        return await answer_with(call, _query(until, done), fault=str(error), status=status_of(error))
    return call.redirect(_query(until, done).url("/collections"), say=_said(call, done))


def _query(until: dt.date | None, done: Announcement) -> PlanQuery:
    return PlanQuery(until=until, letters=done.id if done.letters else None)


def _debit(text: str) -> tuple[int, dt.date]:
    """Return a debit of the form: its mandate and due date, as ``12:2026-12-31``. Raises NotFound."""
    key, _, day = text.partition(":")
    date = read_date(day)
    if not (key.isascii() and key.isdigit()) or date is None:
        raise NotFound(f"there is no debit {text[:40]!r}")
    return int(key), date


def _said(call: Call, done: Announcement) -> str:
    told = call.count("%(num)s debtor told.", "%(num)s debtors told.", done.mails + done.letters)
    if done.waiting:
        rest = call.count("%(num)s more waits: announce again.", "%(num)s more wait: announce again.", done.waiting)
        return f"{told} {rest}"
    return told


async def told(call: Call) -> web.StreamResponse:
    """Note that a debtor was told outside of the gateway."""
    form = await call.form()
    until = read_date(form.get("until", ""))
    sent, day = read_date(form.get("sent", "")), read_date(form.get("day", ""))
    mandate, amount, kind = (form.get(name, "") for name in ("mandate", "amount", "kind"))
    try:
        if sent is None or day is None or not mandate.isdigit() or not amount.isdigit() or kind not in _KINDS:
            raise NoDay
        async with call.begin(ids=10) as work:
            await record_notice(
                work, mandate_id=int(mandate), kind=NoticeKind(kind), sent_date=sent,
                debit=HeldDebit(day, day, int(amount), ()), proof=form.get("proof", ""),
            )  # fmt: skip
    except GatewayError as error:
        return await answer_with(call, PlanQuery(until=until), fault=str(error), status=status_of(error))
    return call.redirect(PlanQuery(until=until).url("/collections"), say=call._("Written down."))


async def letters(call: Call) -> web.StreamResponse:
    """Send the letters of an announcement to be printed: one as PDF, several as zip."""
    async with call.gateway.database.read() as session:
        kept = await notices.letters_of(session, company_id=call.company_id, announcement_id=call.key())
    if not kept:
        raise NotFound(f"there are no letters of an announcement {call.key()}")
    if len(kept) == 1:
        headers = download(f"notice-{call.key()}.pdf", PDF)
        return web.FileResponse(call.gateway.originals.path_of(kept[0].sha256), headers=headers)
    data = _zip(call.gateway.originals, kept)
    return web.Response(body=data, headers=download(f"notices-{call.key()}.zip", ZIP))


def _zip(originals: Originals, kept: Iterable[KeptLetter]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, one in enumerate(kept, start=1):
            name = "".join(
                char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in one.customer_number
            )
            info = zipfile.ZipInfo(f"{place:03}-{name}.pdf", _FIRST_DAY)
            archive.writestr(info, originals.path_of(one.sha256).read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


ROUTES = (
    page("POST", "/collections/announce", Right.WORK, announce),
    page("POST", "/collections/told", Right.WORK, told),
    page("GET", "/collections/announcements/{id}/letters", Right.WORK, letters),
)
