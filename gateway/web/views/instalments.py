"""Instalments as a person types them: rows of a day and an amount, of which empty ones do not count."""

from collections.abc import Mapping

from gateway.domain.collecting.model import Part
from gateway.services.plan_instalments import InvalidInstalments
from gateway.web.context import Call
from gateway.web.faults import at
from gateway.web.typed import read_amount, read_date

PARTS_SHOWN = 12


def typed_parts(call: Call, form: Mapping[str, str], currency: str) -> list[Part]:
    """Return what was typed. Raises InvalidInstalments, FieldFault or TypedDate."""
    parts = []
    for place in range(1, PARTS_SHOWN + 1):
        day, amount = form.get(f"due-{place}", "").strip(), form.get(f"part-{place}", "").strip()
        if day or amount:
            due_date = read_date(day)
            if due_date is None or not amount:
                raise InvalidInstalments(f"instalment {place} needs a day and an amount")
            with at(f"part-{place}"):
                parts.append(Part(due_date, read_amount(amount, currency, call.language)))
    return parts
