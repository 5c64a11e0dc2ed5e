"""Collections in the reader's words: why something is left out, and where the action is that mends it."""

from gateway.domain.collecting.model import LeftOut, LeftOutReason
from gateway.web.words import mark

_R = LeftOutReason
_OF_MANDATE = (
    _R.NOT_SIGNED, _R.SUSPENDED, _R.ENDED, _R.UNUSED_TOO_LONG, _R.USED_ALREADY, _R.NOT_CONFIRMED, _R.RESTS,
    _R.BREAKS_RULE,
)  # fmt: skip


def action_of(one: LeftOut) -> tuple[str, str]:
    """Return what to do about something that is left out, and where."""
    if one.reason in (_R.NO_MANDATE, _R.SEVERAL_MANDATES):
        return mark("See the customer"), f"/customers/{one.party_id}"
    if one.reason in _OF_MANDATE and one.mandate_id:
        return mark("See the mandate"), f"/mandates/{one.mandate_id}"
    if one.reason in (_R.NO_CREDITOR, _R.NO_ACCOUNT):
        return mark("See the settings"), "/settings/creditors"
    if one.reason is _R.CAME_BACK:
        return mark("See the unpaid debits"), "/unpaid"
    return mark("See the invoice"), f"/invoices/{one.lines[0].item_id}"
