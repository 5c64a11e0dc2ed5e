"""The rows of the journal as sentences: who did what to what, with the thing as a link to its page."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup, escape

from gateway.store.journal import Journal
from gateway.store.journal_subjects import Named
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.words import mark, word_of

SENTENCES: Mapping[str, str] = {
    # Files, statements, decisions.
    "receive_file": mark("%(who)s brought the file %(subject)s"),
    "read_file": mark("%(who)s read the file %(subject)s"),
    "refuse_file": mark("%(who)s refused the file %(subject)s"),
    "receive_advice": mark("%(who)s brought the remittance advice %(subject)s"),
    "refuse_advice": mark("%(who)s refused the remittance advice %(subject)s"),
    "link_advices": mark("%(who)s linked %(subject)s to its credit"),
    "import_statement": mark("%(who)s stored %(subject)s"),
    "reject_statement": mark("%(who)s rejected %(subject)s"),
    "match_transactions": mark("%(who)s matched %(subject)s"),
    "resolve_review": mark("%(who)s booked %(subject)s"),
    "ignore": mark("%(who)s set %(subject)s aside"),
    "undo_decision": mark("%(who)s took back what was decided on %(subject)s"),
    "assign_review": mark("%(who)s gave somebody the question about %(subject)s"),
    "snooze_review": mark("%(who)s put the question about %(subject)s to sleep, or woke it"),
    "comment_review": mark("%(who)s noted something about %(subject)s"),
    "apply_bank_report": mark("%(who)s applied %(subject)s"),
    "keep_bank_report": mark("%(who)s kept %(subject)s, which fits nothing that was sent"),
    "settle_collections": mark("%(who)s settled %(subject)s"),
    "return_collections": mark("%(who)s took %(subject)s back"),
    "settle_refunds": mark("%(who)s found %(subject)s paid out"),
    "return_refunds": mark("%(who)s noted that %(subject)s came back"),
    "assign_unpaid": mark("%(who)s gave somebody %(subject)s"),
    "note_unpaid": mark("%(who)s noted something about %(subject)s"),
    "close_unpaid": mark("%(who)s closed %(subject)s"),
    "close_bank_report": mark("%(who)s looked at %(subject)s"),
    # Customers, invoices, mandates.
    "add_customer": mark("%(who)s added the customer %(subject)s"),
    "change_customer": mark("%(who)s changed the customer %(subject)s"),
    "set_customer_iban": mark("%(who)s set the account of the customer %(subject)s"),
    "mark_collector": mark("%(who)s marked an account of %(subject)s as paying for several customers"),
    "forget_payer_iban": mark("%(who)s made an account of %(subject)s forgotten"),
    "remember_payer": mark("%(who)s kept in mind that an account is of %(subject)s"),
    "switch_habit": mark("%(who)s switched a habit of %(subject)s off or on"),
    "forget_habit": mark("%(who)s made a habit of %(subject)s forgotten"),
    "add_item": mark("%(who)s added %(subject)s"),
    "change_item": mark("%(who)s changed %(subject)s"),
    "credit_item": mark("%(who)s wrote a credit note for %(subject)s"),
    "propose_item_change": mark("%(who)s proposed a change of %(subject)s"),
    "accept_item_change": mark("%(who)s applied the change that was proposed for %(subject)s"),
    "dismiss_item_change": mark("%(who)s dismissed the change that was proposed for %(subject)s"),
    "plan_instalments": mark("%(who)s planned instalments for %(subject)s"),
    "dispute_item": mark("%(who)s began or ended the dispute of %(subject)s"),
    "cancel_item": mark("%(who)s cancelled %(subject)s"),
    "move_mandate": mark("%(who)s changed the state of the mandate %(subject)s"),
    "add_mandate": mark("%(who)s added the mandate %(subject)s"),
    "change_mandate": mark("%(who)s changed the mandate %(subject)s"),
    "sign_mandate": mark("%(who)s noted that the mandate %(subject)s was signed"),
    "confirm_mandate": mark("%(who)s noted that the debtor confirmed the mandate %(subject)s to his bank"),
    "amend_mandate": mark("%(who)s gave the mandate %(subject)s another reference"),
    "propose_account": mark("%(who)s proposed another account for the mandate %(subject)s"),
    "expire_mandates": mark("%(who)s let mandates expire that were not used for 36 months"),
    "keep_document": mark("%(who)s kept a document of the mandate %(subject)s"),
    "see_document": mark("%(who)s took a document of the mandate %(subject)s out"),
    "make_signing_link": mark("%(who)s made a link with which the mandate %(subject)s is signed"),
    "withdraw_signing_link": mark("%(who)s withdrew the link with which the mandate %(subject)s is signed"),
    "send_signing_code": mark("%(who)s sent the debtor of the mandate %(subject)s a code"),
    "sign_online": mark("The debtor of the mandate %(subject)s signed on the signing page"),
    "add_creditor": mark("%(who)s added the creditor identifier %(subject)s"),
    "change_creditor": mark("%(who)s changed the creditor %(subject)s"),
    "propose_creditor": mark("%(who)s proposed a change of the creditor %(subject)s"),
    "accept_change": mark("%(who)s accepted what was proposed for %(subject)s"),
    "refuse_change": mark("%(who)s refused what was proposed for %(subject)s"),
    "withdraw_change": mark("%(who)s withdrew what was proposed for %(subject)s"),
    "import_customers": mark("%(who)s imported customers"),
    "import_invoices": mark("%(who)s imported invoices"),
    "import_mandates": mark("%(who)s imported mandates"),
    "import_collections": mark("%(who)s imported collections of another system"),
    "save_mapping": mark("%(who)s saved how columns are read"),
    "forget_mapping": mark("%(who)s deleted a saved way to read columns"),
    # Collections, runs, refunds.
    "open_run": mark("%(who)s began the run %(subject)s"),
    "freeze_run": mark("%(who)s froze the run %(subject)s"),
    "freeze_refunds": mark("%(who)s froze refunds into the run %(subject)s"),
    "approve_run": mark("%(who)s approved the run %(subject)s"),
    "discard_run": mark("%(who)s discarded the run %(subject)s"),
    "keep_collections": mark("%(who)s kept debits in the run %(subject)s although something changed"),
    "begin_submission": mark("%(who)s began to send the run %(subject)s"),
    "end_submission": mark("%(who)s said how sending the run %(subject)s ended"),
    "hand_out_file": mark("%(who)s took the file of the run %(subject)s"),
    "alarm_bytes_differ": mark(
        "Alarm: the file of the run %(subject)s is not the one that was frozen; noticed by %(who)s"
    ),
    "request_cancellation": mark("%(who)s wrote a request to the bank not to collect debits of the run %(subject)s"),
    "request_reversal": mark("%(who)s wrote a request to the bank to give debits of the run %(subject)s back"),
    "hand_out_request": mark("%(who)s took a request to the bank about the run %(subject)s"),
    "confirm_cancelled": mark("%(who)s noted that the bank cancelled debits of the run %(subject)s"),
    "collect_despite_notice": mark("%(who)s planned the debit %(subject)s although the notice was missing or late"),
    "announce_collections": mark("%(who)s told the debtor of the mandate %(subject)s of debits to come"),
    "record_notice": mark("%(who)s noted that the debtor of the mandate %(subject)s was told of a debit"),
    "plan_retry": mark("%(who)s planned the debit %(subject)s, a new attempt"),
    "reject_collection": mark("%(who)s learned from the bank that it rejected the debit %(subject)s"),
    "cancel_collection": mark("%(who)s cancelled the debit %(subject)s"),
    "propose_refund": mark("%(who)s proposed the refund %(subject)s"),
    "propose_refund_account": mark("%(who)s proposed another account for the refund %(subject)s"),
    "approve_refund": mark("%(who)s approved the refund %(subject)s"),
    "cancel_refund": mark("%(who)s cancelled the refund %(subject)s"),
    "set_bank_profile": mark("%(who)s set what the bank of the account %(subject)s wants of files"),
    # What is set, and what was looked at.
    "set_policy": mark("%(who)s changed the rules of matching (%(subject)s)"),
    "add_rule": mark("%(who)s wrote the rule %(subject)s"),
    "change_rule": mark("%(who)s changed the rule %(subject)s"),
    "move_rule": mark("%(who)s moved the rule %(subject)s"),
    "switch_rule_on": mark("%(who)s switched the rule %(subject)s on"),
    "switch_rule_off": mark("%(who)s switched the rule %(subject)s off"),
    "set_collection_policy": mark("%(who)s changed how we collect (%(subject)s)"),
    "propose_approval_limit": mark("%(who)s proposed from which sum on %(subject)s needs two approvers"),
    "add_company": mark("%(who)s added the company %(subject)s"),
    "change_company": mark("%(who)s changed the record of %(subject)s"),
    "add_account": mark("%(who)s added the bank account %(subject)s"),
    "change_account": mark("%(who)s changed the bank account %(subject)s"),
    "close_account": mark("%(who)s closed the bank account %(subject)s"),
    "reopen_account": mark("%(who)s opened the bank account %(subject)s again"),
    "see_iban": mark("%(who)s looked at the whole account number of %(subject)s"),
    "see_original": mark("%(who)s took the original file %(subject)s out"),
    "export": mark("%(who)s exported %(subject)s"),
    "count_figures": mark("%(who)s counted how well matching does"),
    "raise_alarm": mark("%(who)s noticed that matching books less of %(subject)s than before"),
    "see_alarm": mark("%(who)s saw the alarm that matching books less of %(subject)s than before"),
    "check": mark("%(who)s checked the journal and what must always hold"),
    # Who may come in.
    "add_user": mark("%(who)s added the user %(subject)s"),
    "renew_invitation": mark("%(who)s made a new link for %(subject)s"),
    "set_roles": mark("%(who)s set the roles of %(subject)s"),
    "ask_access_change": mark("%(who)s asked a second administrator to change the access of %(subject)s"),
    "refuse_access_change": mark("%(who)s refused to change the access of %(subject)s"),
    "reset_access": mark("%(who)s reset the access of %(subject)s"),
    "end_sessions": mark("%(who)s ended the sessions of %(subject)s"),
    "make_token": mark("%(who)s made the token %(subject)s"),
    "revoke_token": mark("%(who)s took the token %(subject)s back"),
    "make_first_link": mark("%(who)s made the link for the first administrator"),
    "log_in": mark("%(who)s logged in"),
    "log_out": mark("%(who)s logged out everywhere"),
    "verify_second_factor": mark("%(who)s showed the second factor"),
    "enrol_second_factor": mark("%(who)s set the second factor up"),
    "set_password": mark("%(who)s set the password of %(subject)s"),
}
COUNTS: Mapping[str, str] = {
    "entries": mark("entries"), "new": mark("new ones"), "changed": mark("changed"), "proposed": mark("proposed"),
    "booked": mark("booked"), "asked": mark("asked about"), "ignored": mark("set aside"),
    "announced": mark("announced"), "allocations": mark("allocations"),
    "bank_transactions": mark("bank transactions"), "reversed": mark("reversed"), "facts": mark("facts"),
    "advices": mark("advices linked"), "lines": mark("lines"),
    "sessions": mark("sessions ended"), "instalments": mark("instalments"), "broken": mark("rules broken"),
    "months": mark("months"),
}  # fmt: skip
_PATHS: Mapping[str, str] = {
    "bank_transaction": "/bank-transactions/{}", "statement": "/statements/{}", "file": "/statements/files/{}",
    "advice": "/advices/{}",
    "open_item": "/invoices/{}", "party": "/customers/{}",
    "mandate": "/mandates/{}", "run": "/collections/runs/{}", "matching_rule": "/settings/rules/{}",
}  # fmt: skip
_SETTINGS: Mapping[str, str] = {"policy": "/settings", "collection_policy": "/settings/collections"}
# What a filter may ask for: kinds of things, and how each is called.
KINDS: Mapping[str, str] = {
    "bank_transaction": mark("bank transactions"), "review_item": mark("questions"),
    "statement": mark("statements"), "file": mark("files"), "advice": mark("remittance advices"),
    "open_item": mark("invoices and credits"),
    "party": mark("customers"), "mandate": mark("mandates"), "creditor": mark("creditor identifiers"),
    "run": mark("runs"), "collection": mark("debits"), "refund": mark("refunds"),
    "bank_account": mark("bank accounts"),
    "user": mark("users"), "token": mark("tokens"), "policy": mark("rules of matching"),
    "matching_rule": mark("rules of the company"),
    "collection_policy": mark("rules of collecting"),
}  # fmt: skip


_OURS = re.compile(r"[a-z_]+(, [a-z_]+)*", re.ASCII)


class JournalLine(NamedTuple):
    """One row as it is shown. ``sentence`` has links, so it is markup."""

    seq: int
    at: dt.datetime
    sentence: Markup
    counts: str
    reason: Markup


def words_in(rows: Iterable[Journal]) -> set[str]:
    """Return what the rows name, so that it can be looked up."""
    return {word for row in rows for word in (row.actor, row.subject, row.reason)}


def line_of(call: Call, row: Journal, known: Mapping[str, Named]) -> JournalLine:
    """Return a row of the journal in the reader's words."""
    sentence = SENTENCES.get(row.verb, "%(who)s: " + row.verb.replace("%", "%%") + " %(subject)s")
    values = {"who": person(call, row.actor, known), "subject": thing(call, row.subject, known)}
    counts = [
        call._("%(name)s: %(count)s", name=call._(COUNTS[name]), count=formats.number(count, call.language))
        for name, count in row.counts.items()
        if count and name in COUNTS
    ]
    return JournalLine(row.seq, row.at, escape(call._(sentence)) % values, ", ".join(counts), reason(call, row, known))


def person(call: Call, word: str, known: Mapping[str, Named]) -> Markup:
    """Return who acted: a person, a machine, or the gateway itself."""
    ours = {"system": call._("The gateway"), "debtor": call._("The debtor")}
    name = ours.get(word) or (known[word].name if word in known else word)
    return Markup("<b>{}</b>").format(name)


def thing(call: Call, word: str, known: Mapping[str, Named], *, text: str = "") -> Markup | str:
    """Return what was acted on, as a link where it has a page; ``text`` instead of what it is called."""
    named = known.get(word)
    if named is None:
        return text or _unnamed(call, word)
    text = text or label(call, named)
    path = _PATHS.get(named.kind)
    return Markup('<a href="{}">{}</a>').format(path.format(named.key), text) if path else text


def label(call: Call, named: Named) -> str:
    """Return what a thing is called."""
    if named.kind == "statement":
        return call._("statement %(number)s", number=named.name or named.key)
    if named.kind == "bank_transaction" and named.amount_minor is not None:
        amount = formats.amount(named.amount_minor, named.currency, call.language)
        return f"{named.name or call._('No name')}, {amount} {named.currency}"
    return named.name or f"{named.kind}:{named.key}"


def _unnamed(call: Call, word: str) -> Markup | str:
    kind, _, key = word.partition(":")
    if kind in _SETTINGS:
        return Markup('<a href="{}">{}</a>').format(_SETTINGS[kind], call._("version %(number)s", number=key))
    if kind == "bank_transactions" and key.isdigit():
        return call.count("%(num)s bank transaction", "%(num)s bank transactions", int(key))
    if kind == "refunds" and key.isdigit():
        return call.count("%(num)s refund", "%(num)s refunds", int(key))
    return call._(word_of(word))


def reason(call: Call, row: Journal, known: Mapping[str, Named]) -> Markup:
    """Return why it was done: words of a person, a word of ours, or the question from which it came."""
    if row.reason in known:
        return escape(thing(call, row.reason, known))
    if row.reason.partition(": ")[0] in _UNDONE:
        return escape(undo_reason(call, row.reason))
    if _OURS.fullmatch(row.reason):  # Words of closed sets: how it was booked, which roles.
        return escape(", ".join(call._(word_of(word)) for word in row.reason.split(", ")))
    return escape(row.reason)


def undo_reason(call: Call, text: str) -> str:
    """Return why a decision was taken back: the choice in the reader's words, and what was typed beside it."""
    first, colon, rest = text.partition(": ")
    return call._(_UNDONE[first]) + colon + rest if first in _UNDONE else text


_UNDONE: Mapping[str, str] = {
    "wrong": mark("It was wrong"),
    "asked": mark("The customer wants it otherwise"),
    "test": mark("It was a trial"),
}


def choices(call: Call) -> list[tuple[str, str]]:
    """Return what a filter may ask for, by verb: each sentence without its names, in order of the alphabet."""
    said = [(verb, call._(sentence) % {"who": "…", "subject": "…"}) for verb, sentence in SENTENCES.items()]
    return sorted(said, key=lambda choice: choice[1].casefold())
