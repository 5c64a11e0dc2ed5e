"""Changes that wait for a second person: an approver sees what differs and decides, set by set.

Who proposed one may withdraw it. Who may not see the company's data sees what he proposed only.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.services import decide_changes
from gateway.services.log_in import TooManyAttempts
from gateway.services.use_second_factor import SecondFactor
from gateway.store import accounts, protected_changes, transaction_history
from gateway.store.journal_subjects import Named, named
from gateway.store.protected_changes import ProtectedChange
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.match_again import match_soon
from gateway.web.routing import page
from gateway.web.views.mandates import before_and_after
from schemas.errors import GatewayError
from schemas.states import ProtectedKind

_WHOLE = frozenset({ProtectedKind.MANDATE_IBAN, ProtectedKind.REFUND_IBAN})


class ChangeLine(NamedTuple):
    """One change as it is shown."""

    change: ProtectedChange
    subject: Named | None
    before: str
    after: str


class ChangeSet(NamedTuple):
    """Changes that are decided together: those of one import, or a single one."""

    key: str
    who: str
    is_own: bool
    lines: Sequence[ChangeLine]


async def show_changes(call: Call) -> web.StreamResponse:
    """Show what waits."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        rows = await protected_changes.waiting_changes(session, company_id=call.company_id)
        owners = {word: await decide_changes.owners_of(session, word) for word in {row.proposed_by for row in rows}}
        rows = [row for row in rows if call.may(Right.SEE) or call.actor.word in owners[row.proposed_by]]
        names = await transaction_history.names_of(session, [row.proposed_by for row in rows])
        subjects = await named(session, company_id=call.company_id, words=[_subject(row) for row in rows])
        ours = await accounts.list_accounts(session, company_id=call.company_id)
        total = await protected_changes.count_waiting(session, company_id=call.company_id)
        total = total if call.may(Right.SEE) else len(rows)
    banks = {str(account.id): account.name for account in ours}
    lines = [ChangeLine(row, subjects.get(_subject(row)), *_values(call, row, banks)) for row in rows]
    sets = [
        ChangeSet(
            str(key),
            names.get(several[0].change.proposed_by, several[0].change.proposed_by),
            call.actor.word in owners[several[0].change.proposed_by],
            several,
        )
        for key, group in groupby(lines, key=lambda line: line.change.batch_id or line.change.id)
        if (several := list(group))
    ]
    return call.page(
        "mandates/changes.html", status=status, sets=sets, total=total, shown=len(rows), fault=fault, whole=_WHOLE
    )


def _values(call: Call, row: ProtectedChange, banks: Mapping[str, str]) -> tuple[str, str]:
    before, after = before_and_after(row.kind, row.record, banks)
    if row.kind is ProtectedKind.APPROVAL_LIMIT:
        return _limit(call, before), _limit(call, after)
    return before, after


def _limit(call: Call, cents: str) -> str:
    if cents == "0":
        return call._("one approver is always enough")
    return call._("two approvers from %(amount)s EUR on", amount=formats.amount(int(cents), "EUR", call.language))


def _subject(row: ProtectedChange) -> str:
    return decide_changes.SUBJECTS[row.kind].format(row.subject_id)


async def decide(call: Call) -> web.StreamResponse:
    """Accept or refuse the changes of a set that were shown."""
    form = await call.form()
    ids = _ids(form)
    accepts = form.get("decision") == "accept"
    try:
        say = await _accept(call, ids, form.get("code", "")) if accepts else await _refuse(call, ids, form)
    except TooManyAttempts as error:
        return await _answer(call, fault=str(error), status=429)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422)
    match_soon(call)
    return call.redirect("/changes", say=say)


def _ids(form: MultiMapping[str]) -> list[int]:
    return [int(text) for text in form.getall("change", []) if text.isascii() and text.isdigit() and len(text) < 19]


async def _accept(call: Call, ids: Sequence[int], code: str) -> str:
    factor = SecondFactor(call.gateway.key, call.gateway.log_in_rules)
    count = await decide_changes.confirm_changes(
        call.gateway.database, factor, caller=call.caller, ids=ids, code=code, now=call.now
    )
    return call.count("%(num)s change is in use now.", "%(num)s changes are in use now.", count)


async def _refuse(call: Call, ids: Sequence[int], form: Mapping[str, str]) -> str:
    async with call.begin(ids=200 + 4 * len(ids)) as work:
        await decide_changes.refuse_changes(work, ids=ids, reason=form.get("reason", "").strip()[:200])
    return call._("Refused; what was stays in use.")


async def withdraw(call: Call) -> web.StreamResponse:
    """Withdraw the changes of a set that were shown; only who proposed them may."""
    ids = _ids(await call.form())
    try:
        async with call.begin(ids=50) as work:
            count = await decide_changes.withdraw_proposals(work, ids=ids)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=status_of(error))
    say = call.count(
        "Withdrawn: %(num)s change never takes effect.", "Withdrawn: %(num)s changes never take effect.", count
    )
    return call.redirect("/changes", say=say)


async def show_iban(call: Call) -> web.StreamResponse:
    """Show the whole account that is proposed; the look is journaled."""
    async with call.gateway.database.read() as session:
        waiting = await protected_changes.waiting_changes(session, company_id=call.company_id)
        row = next((one for one in waiting if one.id == call.key() and one.kind in _WHOLE), None)
    if row is None:
        raise decide_changes.NoSuchChange(f"there is no change {call.key()} that waits")
    async with call.begin(ids=10) as work:
        work.say("see_iban", _subject(row))
    return call.page("mandates/iban.html", iban=row.record["iban"], back="/changes", name=call._("Proposed account"))


ROUTES = (
    page("GET", "/changes", Right.SEE_SETTINGS, show_changes),
    page("POST", "/changes", Right.APPROVE, decide),
    page("POST", "/changes/withdraw", Right.SEE_SETTINGS, withdraw),
    page("POST", "/changes/{id}/iban", Right.SEE_IBAN, show_iban),
)
