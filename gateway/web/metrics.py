"""Figures of the running server for Prometheus. Labels are routes, methods and states, never a path or a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Metrics:
    """The counters of one running server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "gateway_http_requests", "Answered requests", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "gateway_http_request_seconds", "Time to the answer", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.in_flight = Gauge("gateway_http_requests_in_flight", "Requests being answered", registry=self.registry)
        self.connections = Gauge("gateway_http_connections", "Open connections", registry=self.registry)
        self.refused = Counter(
            "gateway_http_refused", "Requests refused by a rule of the door", ["code"], registry=self.registry
        )

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self.registry)
