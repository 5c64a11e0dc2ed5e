"""The API of how well matching does: the figures as they were counted last."""

import datetime as dt
from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.meter import Meter, Share
from gateway.services.count_figures import count_figures
from gateway.services.show_figures import MONTHS_MAX, month_after, show_figures
from gateway.store import accounts
from gateway.web.context import Call
from gateway.web.errors import BadRequest
from gateway.web.routing import api
from schemas.payloads.match_figures import (
    AccountMeter,
    AskedShape,
    CountShare,
    EvidenceMeter,
    FiguresFilter,
    MatchFigures,
    MeterShape,
    MonthMeter,
    RuleMeter,
    ValueShare,
    WrongShare,
)

_MONTHS = 12


async def read_figures(call: Call) -> web.StreamResponse:
    """Read the figures of some months. Raises BadRequest where they are too many or in the wrong order."""
    return await _answer(call, call.query(FiguresFilter))


async def count_now(call: Call) -> web.StreamResponse:
    """Count what changed since it was counted last, and read the figures of the last twelve months."""
    await count_figures(call.gateway.database, company_id=call.company_id, now=call.now, actor=call.actor)
    return await _answer(call, FiguresFilter())


async def _answer(call: Call, asked: FiguresFilter) -> web.StreamResponse:
    first, last = _months(asked, call.now.date())
    async with call.gateway.database.read() as session:
        shown = await show_figures(
            session, company_id=call.company_id, first=first, last=last, bank_account_id=asked.account_id
        )
        banks = {row.id: row.bic or "" for row in await accounts.list_accounts(session, company_id=call.company_id)}
    shape = MatchFigures(
        counted_at=shown.counted_at,
        from_month=f"{first:%Y-%m}",
        to_month=f"{last:%Y-%m}",
        total=MeterShape(**_meter(shown.total)),
        months=[MonthMeter(month=month, **_meter(meter)) for month, meter in shown.months.items()],
        accounts=[
            AccountMeter(account_id=str(key), bank=banks.get(key, ""), format=form, **_meter(meter))
            for (key, form), meter in shown.sources.items()
        ],
        rules=[RuleMeter(rule=rule, **_decided(meter)) for rule, meter in shown.rules.items()],
        evidence=[EvidenceMeter(evidence=one, **_decided(meter)) for one, meter in shown.evidence.items()],
        asked=[AskedShape(reason=reason, lines=count) for reason, count in shown.reasons],
    )
    return call.answer(shape)


def _months(asked: FiguresFilter, today: dt.date) -> tuple[dt.date, dt.date]:
    last = dt.date.fromisoformat(f"{asked.to_month}-01") if asked.to_month else today.replace(day=1)
    first = dt.date.fromisoformat(f"{asked.from_month}-01") if asked.from_month else month_after(last, 1 - _MONTHS)
    if not first <= last < month_after(first, MONTHS_MAX):
        raise BadRequest(f"from_month to to_month must be 1 to {MONTHS_MAX} months, not {first:%Y-%m} to {last:%Y-%m}")
    return first, last


def _meter(meter: Meter) -> dict[str, Any]:
    return {
        "payments": _share(meter.payments),
        "payments_booked_later": meter.payments_later,
        "payments_nothing_found": meter.nothing_found,
        "lines": _share(meter.lines),
        "values": _values(meter),
        "wrong": _wrong(meter),
    }


def _decided(meter: Meter) -> dict[str, Any]:
    return {"lines": meter.lines.part, "values": _values(meter), "wrong": _wrong(meter)}


def _share(share: Share) -> CountShare:
    return CountShare(by_itself=share.part, all=share.whole, share=share.basis_points)


def _values(meter: Meter) -> list[ValueShare]:
    return [
        ValueShare(currency=currency, by_itself_minor=one.part, all_minor=one.whole, share=one.basis_points)
        for currency, one in meter.values.items()
    ]


def _wrong(meter: Meter) -> WrongShare:
    wrong = meter.wrong
    return WrongShare(wrong=wrong.part, decided=wrong.whole, one_in=wrong.one_in, taken_back=meter.taken_back)


ROUTES = (
    api(
        "GET", "/matching/figures", Right.SEE, read_figures, summary="Read how well matching does",
        query=FiguresFilter, gives=MatchFigures,
    ),
    api(
        "POST", "/matching/figures/count", Right.WORK, count_now, summary="Count now how well matching does",
        gives=MatchFigures,
    ),
)  # fmt: skip
