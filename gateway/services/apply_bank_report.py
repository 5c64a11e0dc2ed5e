"""Apply a bank's status report (pain.002): what it rejected is free again and in the unpaid register.

It never books cash. The same report again, in other bytes or another order, changes nothing more. A report that fits
nothing that we sent is kept with what was looked for, until a person looked at it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.bank_report import NOT_PROVIDED, Answers, Said, Sent, later_status, listed_ids, read_answers
from gateway.services.reject_collections import Rejection, reject_collections
from gateway.services.submit_run import end_submission
from gateway.store import (
    bank_reports,
    collection_answers,
    collection_runs,
    collections_found,
    refund_answers,
    refunds_in_runs,
)
from gateway.store.bank_reports import BankReport
from gateway.store.collection_runs import CollectionRun
from gateway.store.database import ReadSession
from gateway.store.work import Work
from schemas.codes.status import StatusEffect, status_effect
from schemas.states import ReportState, RunKind, RunState, SubmissionState
from schemas.status_report import StatusReport

_WITH_BANK = frozenset({RunState.SUBMITTED, RunState.CLOSED})
_OPEN_ATTEMPTS = frozenset({SubmissionState.SENDING, SubmissionState.UNKNOWN})


class Meant(NamedTuple):
    """What a report may be about: the run of its message, the debits below it, and others that it names."""

    company_id: int
    run: CollectionRun | None
    sent: Sequence[Sent]
    others: Sequence[Sent]


async def find_meant(session: ReadSession, report: StatusReport, *, companies: Sequence[int]) -> Meant | None:
    """Return what a report is about, of what some companies sent; None when it fits nothing."""
    run = None
    if report.original_message_id not in NOT_PROVIDED:
        run = await collections_found.run_by_message(
            session, companies=companies, message_id=report.original_message_id
        )
    sent = await _sent(session, run) if run else []
    named = set(listed_ids(report)) - {one.end_to_end_id for one in sent}
    found = await collections_found.sent_with_ids(session, companies=companies, end_to_end_ids=named)
    if run is None and not found:
        return None
    company_id = run.company_id if run else found[0][0]
    return Meant(company_id, run, sent, [one for company, one in found if company == company_id])


async def _sent(session: ReadSession, run: CollectionRun) -> Sequence[Sent]:
    if run.kind is RunKind.REFUND:
        return await refunds_in_runs.sent_in_run(session, run_id=run.id)
    return await collections_found.sent_in_run(session, run_id=run.id)


def sentence_of(row: BankReport) -> str:
    """Return what became of a report, for machines and the command line."""
    about = f"status report on message {row.original_message_id or '(none)'}"
    if row.state is ReportState.READ:
        counts = row.record.get("counts", {})
        return f"{about}: {counts.get('rejected', 0)} rejected, {counts.get('accepted', 0)} accepted"
    return f"{about} fits nothing: {'; '.join(row.tried)}"


def tried_for(report: StatusReport) -> tuple[str, ...]:
    """Return what was looked for, for a report that fits nothing."""
    ids = listed_ids(report)
    tried = [f"no file was sent under the message id {report.original_message_id or '(none)'}"]
    if ids:
        more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
        tried.append(f"none of our debits has the end-to-end id {', '.join(ids[:3])}{more}")
    else:
        tried.append("the report names no single debit")
    return tuple(tried)


async def keep_unmatched(
    work: Work, *, report: StatusReport, sha256: str, file_id: int | None, tried: Sequence[str]
) -> BankReport:
    """Keep a report that fits nothing for a person."""
    known = await _known(work, sha256)
    if known is not None:
        return known
    row = _row(work, report, sha256=sha256, file_id=file_id, run=None)
    row.state, row.tried = ReportState.UNMATCHED, list(tried)
    work.add(row)
    work.say("keep_bank_report", f"bank_report:{row.id}")
    return row


async def apply_bank_report(
    work: Work, *, report: StatusReport, meant: Meant, sha256: str, file_id: int | None
) -> BankReport:
    """Apply a report about something that we sent. The same bytes again change nothing."""
    known = await _known(work, sha256)
    if known is not None and known.state is ReportState.READ:
        return known
    run = meant.run
    if run is not None and not await _has_it(work, run, report):
        tried = (f"the file {run.message_id} is {run.state}: nobody noted that the bank has it",)
        return await keep_unmatched(work, report=report, sha256=sha256, file_id=file_id, tried=tried)
    answers = read_answers(report, meant.sent, meant.others)
    row = known or _row(work, report, sha256=sha256, file_id=file_id, run=run)
    row.state, row.run_id = ReportState.READ, run.id if run else None
    work.session.add(row)
    await work.flush()
    work.reach("report_recorded")
    if run is not None and run.kind is RunKind.REFUND:
        rejected = await _fail(work, run, report, answers)
    else:
        rejected = await _reject(work, row, answers)
        await bank_reports.add_reported(work, report_id=row.id, said=[one for one in answers.said if _is_kept(one)])
        await _note_status(work, run, report, answers)
    counts = {"rejected": len(rejected), "accepted": sum(one.is_accepted for one in answers.said)}
    row.record = row.record | {"counts": counts, "unknown": list(answers.unknown[:20])}
    work.session.add(row)
    work.say("apply_bank_report", f"bank_report:{row.id}", rejected=counts["rejected"], accepted=counts["accepted"])
    work.reach("report_applied")
    return row


async def close_report(work: Work, *, report_id: int, note: str) -> bool:
    """Note that a person looked at a report that fits nothing; tell whether it waited for one."""
    is_closed = await bank_reports.close_report(work, report_id=report_id, note=note.strip()[:500])
    if is_closed:
        work.say("close_bank_report", f"bank_report:{report_id}", reason=note.strip()[:500])
    return is_closed


async def _has_it(work: Work, run: CollectionRun, report: StatusReport) -> bool:
    """Tell whether the bank has a file from us; its answer is the proof where an attempt was left open (INV-15)."""
    if run.state is RunState.APPROVED:
        tried = await collection_runs.submissions_of(work.session, company_id=work.company_id, run_id=run.id)
        if any(attempt.state in _OPEN_ATTEMPTS for attempt in tried):
            proof = f"the bank answered with status report {report.message_id}"
            await end_submission(work, run_id=run.id, outcome=SubmissionState.SENT, proof=proof)
            return True
    return run.state in _WITH_BANK


def _row(
    work: Work, report: StatusReport, *, sha256: str, file_id: int | None, run: CollectionRun | None
) -> BankReport:
    return BankReport(
        id=work.new_id(),
        company_id=work.company_id,
        file_id=file_id,
        run_id=run.id if run else None,
        state=ReportState.READ,
        sha256=sha256,
        message_id=report.message_id,
        original_message_id=report.original_message_id,
        group_status=report.group_status or "",
        record={"format": report.format, "warnings": list(report.warnings[:20])},
        tried=[],
        recorded_at=work.now,
    )


async def _known(work: Work, sha256: str) -> BankReport | None:
    return await bank_reports.report_with_hash(work.session, companies=[work.company_id], sha256=sha256)


def _is_kept(one: Said) -> bool:
    """A status that holds for a whole file or block is kept with the report, not with each debit below it."""
    return one.is_listed or one.is_rejected


async def _reject(work: Work, row: BankReport, answers: Answers) -> list[int]:
    rejected = {one.collection_id: Rejection(one.reason, one.words) for one in answers.said if one.is_rejected}
    return await reject_collections(work, rejected, because=f"bank_report:{row.id}", report_id=row.id)


async def _fail(work: Work, run: CollectionRun, report: StatusReport, answers: Answers) -> list[int]:
    """Note what the bank did not pay of a run of refunds; the run is closed when nothing waits in it any more."""
    reasons = {
        one.collection_id: " ".join(filter(None, (one.reason, one.words))) for one in answers.said if one.is_rejected
    }
    failed = await refunds_in_runs.fail_refunds(work, run_id=run.id, reasons=reasons)
    status = later_status(run.bank_status, report.group_status or "")
    await collection_answers.set_run_status(work, run_id=run.id, bank_status=status)
    if failed:
        await refund_answers.close_if_ended(work, await collection_runs.lock_run(work, run.id))
    return failed


async def _note_status(work: Work, run: CollectionRun | None, report: StatusReport, answers: Answers) -> None:
    said = {one.collection_id: one.status for one in answers.said if status_effect(one.status) is not StatusEffect.NONE}
    before = await collections_found.bank_statuses(work.session, said)
    further = {key: later_status(before[key], status) for key, status in said.items() if key in before}
    await collection_answers.set_bank_status(work, {key: one for key, one in further.items() if one != before[key]})
    if run is not None and report.group_status:
        status = later_status(run.bank_status, report.group_status)
        await collection_answers.set_run_status(work, run_id=run.id, bank_status=status)
