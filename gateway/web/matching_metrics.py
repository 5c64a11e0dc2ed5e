"""How well matching does, for Prometheus: the last thirty days as they were counted last, and alarms that nobody saw.

They are sums of the database and made anew for each answer, so what is not known has no sample. A token reads those of
its company; without one, which this machine only may, all are read.
"""

import datetime as dt
from collections import Counter

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from gateway.domain.meter import Figure
from gateway.store import companies, match_alarms, match_figures
from gateway.store.database import ReadSession
from gateway.web.context import Call

_WINDOW = dt.timedelta(days=30)
_OF_FATE = ("company", "account", "outcome")


class _Gauges:
    """The figures of one answer."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.lines = self._gauge("bank_transactions", "Bank transactions of the last 30 days by outcome", *_OF_FATE)
        self.payments = self._gauge("payments", "Payments of customers among them by outcome", *_OF_FATE)
        self.values = self._gauge("value_minor", "Their value in minor units by outcome", *_OF_FATE, "currency")
        self.alarms = self._gauge("alarms", "Alarms that nobody marked as seen", "company")
        self.counted = self._gauge("counted_timestamp_seconds", "When it was counted last", "company")

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"gateway_matching_{name}", text, labels, registry=self.registry)

    def say(self, company: str, figures: list[Figure]) -> None:
        """Say what became of the bank transactions of a company."""
        lines: Counter[tuple[str, str]] = Counter()
        for one in figures:
            fate = (str(one.bank_account_id), one.outcome.value)
            lines[fate] += one.line_count
            if one.is_payment:
                self.payments.labels(company, *fate).inc(one.line_count)
                self.values.labels(company, *fate, one.currency).set(one.amount_minor)
        for fate, count in lines.items():
            self.lines.labels(company, *fate).set(count)


async def matching_text(call: Call) -> bytes:
    """Return the figures as Prometheus reads them."""
    gauges, since = _Gauges(), call.now.date() - _WINDOW
    async with call.gateway.database.read() as session:
        for key, code in await _companies(session, call):
            counted_at = await match_figures.counted_at(session, company_id=key)
            if counted_at is not None:
                gauges.counted.labels(code).set(counted_at.timestamp())
            gauges.alarms.labels(code).set(len(await match_alarms.unseen_alarms(session, company_id=key)))
            gauges.say(code, await match_figures.fates_since(session, company_id=key, since=since))
    return generate_latest(gauges.registry)


async def _companies(session: ReadSession, call: Call) -> list[tuple[int, str]]:
    if call.caller.is_known:
        return [(call.caller.company.id, call.caller.company.code)] if call.caller.company else []
    return [(one.id, one.code) for one in await companies.all_companies(session)]
