"""Manage who we are to the bank: creditor identifiers, each with name, address and the account of its collections.

The business code is no part of an identifier's identity. Another name or identifier is told to the banks with the next
collection of each mandate; another identifier or account needs a second person (design section 8).
"""

from typing import NamedTuple

from gateway.services.amend_mandates import amend
from gateway.services.propose_changes import propose_change
from gateway.store import accounts, companies, creditors, mandates
from gateway.store.creditors import Creditor
from gateway.store.protected_changes import NewChange, ProtectedChange
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.identifiers import CreditorIdentifier
from schemas.states import AmendmentKind, ProtectedKind

NAME_MAX = 70


class CreditorExists(Conflict):
    """The company has this creditor identifier already; its business code makes no difference."""

    code = "creditor_exists"


class InvalidCreditor(GatewayError):
    """A creditor has a name of 1 to 70 characters, and its account is an open one of ours."""

    code = "invalid_creditor"


class CreditorRecord(NamedTuple):
    """What may be said of a creditor identifier without a second person."""

    name: str
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


async def add_creditor(
    work: Work,
    *,
    identifier: str,
    record: CreditorRecord,
    bank_account_id: int | None = None,
    is_default: bool = False,
) -> Creditor:
    """Add a creditor identifier; the first one is that of new mandates.

    Raises InvalidCreditorIdentifier, CreditorExists or InvalidCreditor.
    """
    parsed = CreditorIdentifier.parse(identifier)
    await companies.lock_company(work)
    await _check_free(work, parsed)
    _check(record)
    await _check_account(work, bank_account_id)
    is_first = await creditors.default_creditor(work.session, company_id=work.company_id) is None
    row = Creditor(
        id=work.new_id(),
        company_id=work.company_id,
        identifier=parsed,
        identifier_key=parsed.key,
        bank_account_id=bank_account_id,
        is_default=is_default or is_first,
        created_at=work.now,
        **record._asdict(),
    )
    work.add(row)
    await work.flush()
    if row.is_default:
        await make_default(work, row)
    if is_first:  # Mandates that came before said none.
        nameless = await mandates.open_mandates_of(work.session, company_id=work.company_id, creditor_key="")
        await mandates.set_creditor_identifier(work, ids=[one.id for one in nameless], creditor_identifier=parsed)
    work.say("add_creditor", f"creditor:{row.id}")
    return row


async def change_creditor(work: Work, *, creditor_id: int, record: CreditorRecord, is_default: bool = False) -> None:
    """Change name and address of a creditor identifier, or let new mandates carry it. Raises NotFound, InvalidCreditor.

    Another name is told to the debtors' banks with the next collections.
    """
    await companies.lock_company(work)
    row = await _creditor(work, creditor_id)
    _check(record)
    if record.name != row.name:
        await _amend(work, row, AmendmentKind.CREDITOR_NAME, original=row.name, changed_to=record.name)
    for field, value in record._asdict().items():
        setattr(row, field, value)
    row.version += 1
    work.session.add(row)
    if is_default and not row.is_default:
        await make_default(work, row)
    work.say("change_creditor", f"creditor:{row.id}")


async def set_account(work: Work, *, creditor_id: int, bank_account_id: int, reason: str = "") -> bool:
    """Say where collections of a creditor are credited, and tell whether that waits for a second person.

    The first account needs nobody else. Raises NotFound, InvalidCreditor or ChangeWaits.
    """
    row = await _creditor(work, creditor_id)
    await _check_account(work, bank_account_id)
    if row.bank_account_id in (None, bank_account_id):
        row.bank_account_id = bank_account_id
        work.session.add(row)
        work.say("change_creditor", f"creditor:{row.id}")
        return False
    record = {"before": str(row.bank_account_id), "after": str(bank_account_id)}
    await propose_change(work, NewChange(ProtectedKind.CREDITOR_ACCOUNT, row.id, record, reason))
    work.say("propose_creditor", f"creditor:{row.id}", reason=reason)
    return True


async def propose_identifier(work: Work, *, creditor_id: int, identifier: str, reason: str = "") -> None:
    """Propose another identifier for a creditor and all its open mandates.

    Raises NotFound, InvalidCreditorIdentifier, CreditorExists or ChangeWaits.
    """
    row = await _creditor(work, creditor_id)
    parsed = CreditorIdentifier.parse(identifier)
    await _check_free(work, parsed, but=row.id)
    record = {"before": row.identifier, "after": str(parsed)}
    await propose_change(work, NewChange(ProtectedKind.CREDITOR_IDENTIFIER, row.id, record, reason))
    work.say("propose_creditor", f"creditor:{row.id}", reason=reason)


async def apply_account(work: Work, change: ProtectedChange) -> None:
    """Let collections of a creditor be credited elsewhere. Raises NotFound or InvalidCreditor."""
    row = await _creditor(work, change.subject_id)
    account_id = int(change.record["after"])
    await _check_account(work, account_id)
    row.bank_account_id, row.version = account_id, row.version + 1
    work.session.add(row)


async def apply_identifier(work: Work, change: ProtectedChange) -> None:
    """Let a creditor and its open mandates have another identifier. Raises NotFound or CreditorExists."""
    await companies.lock_company(work)
    row = await _creditor(work, change.subject_id)
    old, new = row.identifier, CreditorIdentifier.parse(change.record["after"])
    await _check_free(work, new, but=row.id)
    await _amend(work, row, AmendmentKind.CREDITOR_IDENTIFIER, original=old, changed_to=new)
    key = CreditorIdentifier(old).key
    found = await mandates.open_mandates_of(work.session, company_id=work.company_id, creditor_key=key)
    await mandates.set_creditor_identifier(work, ids=[one.id for one in found], creditor_identifier=new)
    row.identifier, row.identifier_key, row.version = new, new.key, row.version + 1
    work.session.add(row)
    if row.is_default:
        await make_default(work, row)


async def _amend(work: Work, row: Creditor, kind: AmendmentKind, *, original: str, changed_to: str) -> None:
    found = await mandates.open_mandates_of(work.session, company_id=work.company_id, creditor_key=row.identifier_key)
    await amend(work, found, kind, original=original, changed_to=changed_to)


async def make_default(work: Work, row: Creditor) -> None:
    """Let new mandates carry this identifier."""
    company = await companies.lock_company(work)
    await creditors.only_default(work, creditor_id=row.id)
    row.is_default, company.creditor_identifier = True, row.identifier
    work.session.add_all((row, company))


async def _creditor(work: Work, creditor_id: int) -> Creditor:
    row = await creditors.get_creditor(work.session, company_id=work.company_id, creditor_id=creditor_id, lock=True)
    if row is None:
        raise NotFound(f"there is no creditor {creditor_id}")
    return row


def _check(record: CreditorRecord) -> None:
    if not 1 <= len(record.name) <= NAME_MAX:
        raise InvalidCreditor


async def _check_free(work: Work, identifier: CreditorIdentifier, *, but: int | None = None) -> None:
    found = await creditors.find_creditor(work.session, company_id=work.company_id, identifier=identifier)
    if found is not None and found.id != but:
        raise CreditorExists(f"{identifier} is a creditor identifier of this company already")


async def _check_account(work: Work, account_id: int | None) -> None:
    if account_id is None:
        return
    row = await accounts.get_account(work.session, company_id=work.company_id, account_id=account_id)
    if row is None or row.iban is None or row.closed_at is not None:
        raise InvalidCreditor
