"""What happened with a customer, as sentences with links to what they name."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup, escape

from gateway.store.customer_timeline import Event, EventKind
from gateway.store.journal_subjects import Named
from gateway.store.work import SYSTEM
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.views import journal
from gateway.web.words import mark, word_of

SENTENCES: Mapping[EventKind, str] = {
    EventKind.RECORD_ADDED: mark("The customer was added"),
    EventKind.RECORD_CHANGED: mark("The record was changed"),
    EventKind.ACCOUNT_KNOWN: mark("The account %(text)s is known to pay"),
    EventKind.ACCOUNT_FORGOTTEN: mark("The account %(text)s was forgotten"),
    EventKind.ITEM_ADDED: mark("%(subject)s over %(amount)s was added"),
    EventKind.ITEM_CHANGED: mark("%(subject)s was changed"),
    EventKind.PAYMENT_BOOKED: mark("A payment of %(subject)s was booked"),
    EventKind.PAYMENT_TAKEN_BACK: mark("The booking of a payment of %(subject)s was taken back: %(text)s"),
    EventKind.MANDATE_MOVED: mark("The mandate %(subject)s is now: %(text)s"),
    EventKind.NOTE: mark("Note on %(subject)s: %(text)s"),
}


class TimelineLine(NamedTuple):
    """One event as it is shown; ``by`` is who did it, where that is known."""

    at: dt.datetime
    sentence: Markup
    by: str


def words_in(events: Iterable[Event]) -> set[str]:
    """Return what the events name, so that it can be looked up."""
    return {word for event in events for word in (event.actor, event.subject)}


def line_of(call: Call, event: Event, known: Mapping[str, Named]) -> TimelineLine:
    """Return an event in the reader's words."""
    amount = ""
    if event.amount_minor is not None:
        amount = f"{formats.amount(event.amount_minor, event.currency, call.language)}\u00a0{event.currency}"
    is_payment = event.kind in (EventKind.PAYMENT_BOOKED, EventKind.PAYMENT_TAKEN_BACK)
    subject = journal.thing(call, event.subject, known, text=amount if is_payment else "") if event.subject else ""
    values = {"subject": subject, "amount": amount, "text": _text(call, event)}
    return TimelineLine(event.at, escape(call._(SENTENCES[event.kind])) % values, _by(call, event.actor, known))


def _by(call: Call, actor: str, known: Mapping[str, Named]) -> str:
    if actor in (SYSTEM.name, SYSTEM.word):
        return call._("The gateway")
    return known[actor].name if actor in known else actor


def _text(call: Call, event: Event) -> Markup | str:
    if event.kind in (EventKind.ACCOUNT_KNOWN, EventKind.ACCOUNT_FORGOTTEN):
        return formats.account(event.text)
    if event.kind is EventKind.MANDATE_MOVED:
        return call._(word_of(event.text))
    if event.kind is EventKind.PAYMENT_TAKEN_BACK:
        return journal.undo_reason(call, event.text)
    return event.text
