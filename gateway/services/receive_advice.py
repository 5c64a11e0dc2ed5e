"""Receive a remittance advice: read it, keep what it says, link it to its credit and match that again.

Its bytes are kept already. Reading opens somebody else's archive, so this runs in a worker. One unit of work stores all
of it, or why it was refused; what came before is an answer, not a row.
"""

import datetime as dt
import secrets
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from gateway.domain.matching.advice_links import content_key
from gateway.services.import_statement import Gate
from gateway.services.limit_process import OutOfTime, limit_time
from gateway.services.link_advices import link_waiting
from gateway.services.match_transactions import match_transactions
from gateway.services.receive_file import shown_name
from gateway.store import accounts, advices
from gateway.store.advices import RemittanceAdvice
from gateway.store.database import Database, collides_with
from gateway.store.work import SYSTEM, Actor, Work
from parsers.advice import read_advice
from schemas.advice import Advice
from schemas.errors import FileRefused
from schemas.states import AdviceState, AdviceWait, BankTransactionState

log = structlog.get_logger()
READ_S = 30  # Of a processor, for one file.
MESSAGE_MAX = 500


class AdviceFile(NamedTuple):
    """An advice whose bytes are kept. A credit belongs to it at most ``days`` before or after its date."""

    company_id: int
    sha256: str
    size: int
    name: str
    channel: str
    days: int


class AdviceReceipt(NamedTuple):
    """Which advice stands for the bytes, whether they came for the first time, and what became of it."""

    advice_id: int
    is_new: bool
    state: AdviceState


async def receive_advice(gate: Gate, file: AdviceFile, *, actor: Actor) -> AdviceReceipt:
    """Read, store and link an advice, then match its credit again."""
    if known := await _known(gate.database, file):
        return known
    try:
        advice = _read(gate, file)
    except FileRefused as fault:
        return await refuse_advice(gate.database, file, fault, actor=actor, now=gate.now())
    try:
        receipt, moved = await _store(gate, file, advice, actor)
    except Exception as error:
        # Somebody else recorded the same at the same moment: theirs is the row.
        if not collides_with(error, "uq_remittance_advice_company_id_sha256"):
            raise
        return await _known_for_certain(gate.database, file, error)
    await _match_again(gate, file.company_id, moved)
    return receipt


async def refuse_advice(
    database: Database, file: AdviceFile, fault: FileRefused, *, actor: Actor, now: dt.datetime
) -> AdviceReceipt:
    """Record that a file cannot be read, and why."""
    try:
        async with database.begin(actor=actor, now=now, company_id=file.company_id) as work:
            row = _refused(work, file, fault)
            await work.flush()
    except Exception as error:
        if not collides_with(error, "uq_remittance_advice_company_id_sha256"):
            raise
        return await _known_for_certain(database, file, error)
    return AdviceReceipt(row.id, is_new=True, state=row.state)


def _read(gate: Gate, file: AdviceFile) -> Advice:
    """Return what an advice says. Raises FileRefused, whatever its bytes do to those who read them."""
    scratch = gate.scratch / f"advice-{secrets.token_hex(8)}"
    scratch.mkdir(mode=0o700)
    try:
        with limit_time(READ_S):
            return read_advice(gate.originals.path_of(file.sha256), Path(scratch))
    except FileRefused:
        raise
    except OutOfTime as late:
        raise FileRefused(
            f"reading it took more than {READ_S} seconds; ask for a list as CSV or XLSX", code="too_large"
        ) from late
    except MemoryError as full:
        raise FileRefused(
            "reading it took more memory than there is; ask for a list as CSV or XLSX", code="too_large"
        ) from full
    except Exception as damage:  # Somebody else's archive: what broke on it is told, and seen by who runs the gateway.
        log.error("advice_reader_failed", sha256=file.sha256, error=type(damage).__name__)
        kind = type(damage).__name__
        raise FileRefused(f"it cannot be read ({kind}); ask for a list as CSV or XLSX", code="damaged") from damage
    finally:
        shutil.rmtree(scratch)


async def _store(gate: Gate, file: AdviceFile, advice: Advice, actor: Actor) -> tuple[AdviceReceipt, list[int]]:
    """Store an advice with its lines and link; one that says what another said is refused."""
    ids = len(advice.lines) + 100
    async with gate.database.begin(actor=actor, now=gate.now(), company_id=file.company_id, ids=ids) as work:
        key = content_key(advice)
        same = await advices.same_content(work.session, company_id=file.company_id, content_key=key)
        if same is not None:
            fault = FileRefused(f"it says the same as {same.name}, which came before", code="same_content")
            return AdviceReceipt(_refused(work, file, fault).id, True, AdviceState.REFUSED), []
        row = await _row(work, file, advice, key)
        work.add(row)
        work.say("receive_advice", f"advice:{row.id}", lines=len(advice.lines))
        await advices.add_lines(work, advice_id=row.id, advice=advice)
        moved = await link_waiting(work)
        work.reach("advice_stored")
    current = await _known_for_certain(gate.database, file, None)
    return AdviceReceipt(row.id, True, current.state), moved


def _refused(work: Work, file: AdviceFile, fault: FileRefused) -> RemittanceAdvice:
    row = RemittanceAdvice(
        **_facts(work, file),
        state=AdviceState.REFUSED,
        error_code=fault.code,
        error_message="".join(filter(str.isprintable, str(fault)))[:MESSAGE_MAX],
        ibans=[],
    )
    work.add(row)
    work.say("refuse_advice", f"advice:{row.id}", reason=fault.code)
    return row


async def _row(work: Work, file: AdviceFile, advice: Advice, key: str) -> RemittanceAdvice:
    day, span = advice.payment_date or work.now.date(), dt.timedelta(file.days)
    own = await accounts.own_ibans(work.session, company_id=file.company_id)
    return RemittanceAdvice(
        **_facts(work, file),
        content_key=key,
        state=AdviceState.WAITING,
        wait=AdviceWait.NO_CREDIT,
        format=advice.format,
        currency=advice.currency,
        total_minor=advice.total_minor,
        stated_minor=advice.stated_minor,
        payment_date=advice.payment_date,
        from_date=day - span,
        until_date=day + span,
        payer_name=advice.payer_name,
        customer_number=advice.customer_number,
        ibans=[iban for iban in advice.ibans if iban not in own],
        line_count=len(advice.lines),
    )


def _facts(work: Work, file: AdviceFile) -> dict[str, Any]:
    return {
        "id": work.new_id(), "company_id": file.company_id, "sha256": file.sha256, "size": file.size,
        "name": shown_name(file.name), "channel": file.channel, "received_at": work.now,
        "received_by": work.actor.name, "journal_id": work.journal_id,
    }  # fmt: skip


async def _known(database: Database, file: AdviceFile) -> AdviceReceipt | None:
    async with database.read() as session:
        row = await advices.known(session, company_id=file.company_id, sha256=file.sha256)
    return AdviceReceipt(row.id, is_new=False, state=row.state) if row else None


async def _known_for_certain(database: Database, file: AdviceFile, error: Exception | None) -> AdviceReceipt:
    known = await _known(database, file)
    if known is None:
        raise error or RuntimeError("what was stored is not there")
    return known


async def _match_again(gate: Gate, company_id: int, moved: list[int]) -> None:
    if moved:
        await match_transactions(
            gate.database,
            company_id=company_id,
            actor=SYSTEM,
            now=gate.now,
            states=(BankTransactionState.NEW, BankTransactionState.IN_REVIEW),
            ids=moved,
        )
