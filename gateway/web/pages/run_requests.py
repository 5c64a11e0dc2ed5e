"""What the bank is asked about a file that it has: not to collect, to give back; and what it confirmed."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.ask_bank import Wanted, ask_bank, confirm_cancelled, hand_out_request
from gateway.services.use_second_factor import SecondFactor
from gateway.web.context import Call
from gateway.web.downloads import XML, download
from gateway.web.errors import status_of
from gateway.web.pages.collection_runs import answer_with
from gateway.web.routing import page
from schemas.cancellation import CancellationReason
from schemas.errors import GatewayError
from schemas.reversal import ReversalReason

_KEY_DIGITS = 18


class NoSuchChoice(GatewayError):
    """A debit or a reason in the form is none that the page offers."""

    code = "no_such_choice"


async def ask(call: Call) -> web.StreamResponse:
    """Write a request to the bank, or note that it confirmed one."""
    form = await call.form()
    try:
        chosen = _chosen(form.getall("collection", []))
        say = await _confirm(call, form, chosen) if form.get("what") == "confirmed" else await _ask(call, form, chosen)
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    return call.redirect(f"/collections/runs/{call.key()}", say=say)


def _chosen(marked: Sequence[str]) -> list[int]:
    """Return the marked debits. None means all, so what cannot be read is refused, not left out."""
    if not all(text.isascii() and text.isdigit() and len(text) <= _KEY_DIGITS for text in marked):
        raise NoSuchChoice
    return [int(text) for text in marked]


async def _ask(call: Call, form: Mapping[str, str], chosen: list[int]) -> str:
    try:
        reason = (
            ReversalReason(form.get("reversal", ""))
            if form.get("what") == "reverse"
            else CancellationReason(form.get("cancellation", ""))
        )
    except ValueError as error:
        raise NoSuchChoice from error
    wanted = Wanted(call.key(), chosen, reason)
    await ask_bank(call.collecting, company_id=call.company_id, wanted=wanted, actor=call.actor)
    if isinstance(reason, ReversalReason):
        return call._("Written. An approver hands the file out below; then upload it at your bank.")
    return call._("Written. Download the file below and upload it at your bank, then wait for its answer.")


async def _confirm(call: Call, form: Mapping[str, str], chosen: list[int]) -> str:
    async with call.begin(ids=4 * len(chosen) + 100) as work:
        await confirm_cancelled(work, run_id=call.key(), collection_ids=chosen, proof=form.get("proof", ""))
    return call._("Cancelled. What is due can be collected again.")


async def hand_out(call: Call) -> web.StreamResponse:
    """Hand out the file of a request; that of a reversal to an approver with his second factor."""
    form = await call.form()
    factor = SecondFactor(call.gateway.key, call.gateway.log_in_rules)
    sha256 = form.get("sha256", "")
    try:
        path = await hand_out_request(
            call.collecting, factor, caller=call.caller, run_id=call.key(), sha256=sha256, code=form.get("code", "")
        )
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    return web.FileResponse(path, headers=download(f"request-{call.key()}-{sha256[:8]}.xml", XML))


ROUTES = (
    page("POST", "/collections/runs/{id}/ask", Right.WORK, ask),
    page("POST", "/collections/runs/{id}/request", Right.SEE_IBAN, hand_out),
)
