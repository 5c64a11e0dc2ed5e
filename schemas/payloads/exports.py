"""Shapes of exports."""

from schemas.payloads.common import Shape


class ExportFilter(Shape):
    """What is exported; with ``history`` also allocations that were taken back, and what took them back."""

    history: bool = False
