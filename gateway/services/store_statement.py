"""Store one statement that was read: whole, once, or hold it for a person. One unit of work.

What the bank booked is compared with what is stored (design section 6, INV-4 and INV-6 to INV-10).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from gateway.domain.bank_entry import EntryFacts, conflicts, fold_text
from gateway.domain.entry_plan import NOTHING_KNOWN, EntryPlan, IncomingEntry, KnownEntry, plan_entries
from gateway.domain.statement import (
    Admission,
    Hold,
    Known,
    KnownEntries,
    Neighbour,
    StatementFacts,
    Store,
    admit,
)
from gateway.services.decide_ahead import Ahead
from gateway.services.spool_statements import ROW_NAMES, SpooledStatement
from gateway.services.store_entries import Destination, store_entries
from gateway.store import statements, stored_entries
from gateway.store.accounts import BankAccount
from gateway.store.statements import Statement, StatementFile
from gateway.store.stored_entries import DETAIL_NAMES, StoredEntry
from gateway.store.work import Work
from schemas.statement import StatementKind
from schemas.states import BankTransactionState, StatementState

_PLACE = {name: place for place, name in enumerate(ROW_NAMES)}


class Taken(NamedTuple):
    """A person takes a held statement: who and why."""

    by: str
    reason: str


class Comparison(NamedTuple):
    """A statement beside what is stored for its account."""

    admission: Admission
    stored: list[StoredEntry]
    incoming: list[IncomingEntry]


async def compare(
    work: Work, spooled: SpooledStatement, facts: StatementFacts, account: BankAccount | None
) -> Comparison:
    """Compare a statement with its neighbours and entries, and decide what becomes of it."""
    if account is None or facts.from_date is None or facts.to_date is None:
        admission = admit(facts, has_account=account is not None, neighbours=(), entries=KnownEntries())
        return Comparison(admission, [], [])
    near = await statements.neighbours(
        work.session, bank_account_id=account.id, from_date=facts.from_date, to_date=facts.to_date
    )
    first, last = min(spooled.dates, default=facts.from_date), max(spooled.dates, default=facts.to_date)
    stored = await stored_entries.stored_entries(
        work.session, bank_account_id=account.id, from_date=first, to_date=last
    )
    incoming = list(incoming_entries(spooled)) if stored or near else []
    entries = await _known_entries(work, account.id, facts, near, stored, incoming)
    return Comparison(admit(facts, has_account=True, neighbours=near, entries=entries), stored, incoming)


async def _known_entries(
    work: Work,
    account_id: int,
    facts: StatementFacts,
    near: list[Neighbour],
    stored: list[StoredEntry],
    incoming: list[IncomingEntry],
) -> KnownEntries:
    if facts.kind is not StatementKind.STATEMENT or not incoming:
        return KnownEntries()
    references = [entry.facts.bank_reference for entry in incoming if entry.facts.bank_reference]
    known = await stored_entries.references_known(work.session, bank_account_id=account_id, references=references)
    is_same_day = any(other.facts.to_date == facts.to_date for other in near)
    keys = {(entry.facts.entry_key, entry.facts.occurrence) for entry in stored if not entry.is_provisional}
    count = sum((entry.facts.entry_key, entry.facts.occurrence) in keys for entry in incoming)
    found = conflicts([entry.facts for entry in incoming], known, compare_dates=not is_same_day)
    missing = Counter(entry.facts.amount_minor for entry in incoming)
    missing.subtract(entry.facts.amount_minor for entry in stored if not entry.is_provisional)
    return KnownEntries(count, are_amounts_known=max(missing.values()) <= 0, conflicts=found)


async def store_statement(
    work: Work,
    *,
    file: StatementFile,
    spooled: SpooledStatement,
    account: BankAccount | None,
    row: Statement | None = None,
    taken: Taken | None = None,
    ahead: Ahead | None = None,
) -> Statement:
    """Store a statement, hold it, or note that it is known. With ``row`` a held one is decided again.

    ``taken`` stores it in spite of what speaks against it; an unknown account cannot be taken. What was decided
    ``ahead`` is stored with it; raises MovedSince if that does not fit any more.
    """
    facts = spooled.facts()
    comparison = await compare(work, spooled, facts, account)
    admission = Store() if taken and account else comparison.admission
    if row is None:
        stored = _new_row(work, file, spooled, facts)
        work.add(stored)
    else:
        stored = row
        _take_facts(stored, spooled, facts)
    _decide(stored, admission, account, taken)
    await work.flush()
    work.reach("statement_recorded")
    if isinstance(admission, Store) and account is not None:
        plan = _plan(comparison, facts, account, is_taken=taken is not None)
        destination = Destination(stored, account, decides(facts.kind, account))
        stored.new_count = await store_entries(work, destination, spooled, plan, comparison.stored, ahead)
    work.session.add(stored)
    work.say("import_statement", f"statement:{stored.id}", entries=stored.entry_count, new=stored.new_count)
    work.reach("entries_stored")
    return stored


def _new_row(work: Work, file: StatementFile, spooled: SpooledStatement, facts: StatementFacts) -> Statement:
    return Statement(
        id=work.new_id(),
        company_id=work.company_id,
        file_id=file.id,
        position=spooled.position,
        kind=facts.kind,
        account=spooled.start.account,
        currency=facts.currency,
        statement_id=spooled.start.id,
        number=facts.number,
        first_page=spooled.first_page,
        last_page=spooled.last_page,
        is_complete=facts.is_complete,
        from_date=facts.from_date,
        to_date=facts.to_date,
        opening_minor=facts.opening_minor,
        closing_minor=facts.closing_minor,
        booked_sum_minor=facts.booked_sum_minor,
        entry_count=facts.entry_count,
        state=StatementState.RECEIVED,
        text="\n".join(spooled.texts),
        warnings=spooled.warnings,
        recorded_at=work.now,
        journal_id=work.journal_id,
    )


def _take_facts(row: Statement, spooled: SpooledStatement, facts: StatementFacts) -> None:
    """Let a held page stand for the whole statement, once its other pages are here."""
    row.last_page, row.is_complete = spooled.last_page, facts.is_complete
    row.from_date, row.to_date = facts.from_date, facts.to_date
    row.opening_minor, row.closing_minor = facts.opening_minor, facts.closing_minor
    row.booked_sum_minor, row.entry_count = facts.booked_sum_minor, facts.entry_count
    row.text, row.warnings = "\n".join(spooled.texts), spooled.warnings


def _decide(row: Statement, admission: Admission, account: BankAccount | None, taken: Taken | None) -> None:
    row.bank_account_id = account.id if account else None
    if isinstance(admission, Hold):
        row.state, row.hold_reason, row.hold_detail = StatementState.HELD, admission.reason, admission.detail
        return
    row.state = StatementState.IMPORTED
    if isinstance(admission, Known):
        row.same_as_id = admission.same_as_id
    if taken:
        row.taken_by, row.take_reason = taken.by, taken.reason
    else:
        row.hold_reason, row.hold_detail = None, ""


def _plan(comparison: Comparison, facts: StatementFacts, account: BankAccount, *, is_taken: bool) -> EntryPlan:
    if not comparison.stored:
        return NOTHING_KNOWN
    known = [
        KnownEntry(place, entry.facts, entry.has_details, entry.is_provisional)
        for place, entry in enumerate(comparison.stored)
        if entry.state is not BankTransactionState.SPLIT
    ]
    return plan_entries(comparison.incoming, known, decides=decides(facts.kind, account), is_taken=is_taken)


def decides(kind: StatementKind, account: BankAccount) -> bool:
    """Tell whether a file of this kind decides what is booked on the account (design section 6, point 6)."""
    if kind is StatementKind.NOTIFICATION:
        return account.notification_decides
    return kind is StatementKind.STATEMENT or account.report_decides


def incoming_entries(spooled: SpooledStatement) -> Iterator[IncomingEntry]:
    """Yield the entries of a spooled statement, parts joined."""
    waiting: list[tuple[Any, ...]] = []
    for rows in spooled.spool.read():
        for row in rows:
            if waiting and waiting[0][0] != row[0]:
                yield _joined(waiting)
                waiting = []
            waiting.append(row)
    if waiting:
        yield _joined(waiting)


def _joined(rows: list[tuple[Any, ...]]) -> IncomingEntry:
    first = dict(zip(ROW_NAMES, rows[0], strict=True))
    facts = EntryFacts(
        entry_key=first["entry_key"],
        occurrence=first["occurrence"],
        booking_date=first["booking_date"] or dt.date.min,
        amount_minor=sum(row[_PLACE["amount_minor"]] for row in rows),
        currency=first["currency"],
        bank_reference=first["bank_reference"],
        end_to_end_id=first["end_to_end_id"],
        batch_reference=first["payment_information_id"],
        text=fold_text(first["creditor_reference"] or first["remittance"] or first["entry_text"]),
    )
    has_details = first["part"] > 0 or any(first[name] for name in DETAIL_NAMES)
    return IncomingEntry(first["position"], facts, has_details, first["is_provisional"])
