"""Change what a bank knows of a mandate: its reference, its creditor, the debtor's account.

Each change is a row; the next collection carries what the last one said (``amendments_to_carry``). No bank knows a
mandate that was never collected, so nothing is carried then. Another account needs a second person (design section 8).
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.mandate import REST_DAYS, check_entry
from gateway.services.manage_mandates import entry_of, free_reference, open_mandate
from gateway.services.propose_changes import propose_changes, withdraw_changes
from gateway.store import creditors, mandate_papers, mandates, protected_changes
from gateway.store.mandate_papers import NewAmendment
from gateway.store.mandates import Mandate
from gateway.store.protected_changes import NewChange, ProtectedChange
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError
from schemas.identifiers import Bic, CreditorIdentifier, Iban
from schemas.states import AmendmentKind, MandateState, ProtectedKind


class SameAccount(GatewayError):
    """This is the account of the mandate already."""

    code = "same_account"


class NewAccount(NamedTuple):
    """Another account for a mandate, with the bank's BIC where it is needed."""

    mandate_id: int
    iban: Iban
    bic: Bic | None = None


async def change_reference(work: Work, *, mandate_id: int, reference: str, reason: str = "") -> None:
    """Give a mandate another reference. Raises NoSuchMandate, MandateEnded, MandateExists, InvalidMandateReference."""
    row = await open_mandate(work, mandate_id)
    creditor = CreditorIdentifier(row.creditor_identifier)
    new = await free_reference(work, reference, creditor)
    old = row.reference
    row.reference, row.reference_key, row.version = new, new.key, row.version + 1
    work.session.add(row)
    await work.flush()
    await amend(work, [row], AmendmentKind.REFERENCE, original=old, changed_to=new, reason=reason)
    work.say("amend_mandate", f"mandate:{row.id}", reason=reason)


async def amend(
    work: Work, rows: Sequence[Mandate], kind: AmendmentKind, *, original: str, changed_to: str, reason: str = ""
) -> None:
    """Write down that something of some mandates changed, so that their next collections say so."""
    new = [
        NewAmendment(row.id, kind, original, changed_to, reason, is_done=row.last_collected_date is None)
        for row in rows
    ]
    await mandate_papers.add_amendments(work, new)


async def propose_account(work: Work, *, account: NewAccount, reason: str = "") -> bool:
    """Propose another account for a signed mandate; a draft gets it at once. Tell whether it waits.

    Raises NoSuchMandate, MandateEnded, InvalidMandate or SameAccount.
    """
    row = await open_mandate(work, account.mandate_id)
    check_entry(entry_of(row)._replace(iban=account.iban, bic=account.bic), today=work.now.date())
    if row.iban == account.iban:
        raise SameAccount
    if row.state is MandateState.DRAFT:
        row.iban, row.bic, row.version = account.iban, account.bic or "", row.version + 1
        work.session.add(row)
        work.say("change_mandate", f"mandate:{row.id}", changed=1)
        return False
    await propose_accounts(work, [account], reason=reason)
    work.say("propose_account", f"mandate:{row.id}", reason=reason)
    return True


async def propose_accounts(
    work: Work, accounts: Sequence[NewAccount], *, reason: str = "", batch_id: int | None = None
) -> int:
    """Propose accounts for signed mandates as one set; return how many are new. Until then the old ones are used.

    What waits for the same mandate already is left alone when it says the same, and gives way when it does not.
    """
    ids = [one.mandate_id for one in accounts]
    kind = ProtectedKind.MANDATE_IBAN
    waiting = await protected_changes.open_changes_of(
        work.session, company_id=work.company_id, kind=kind, subject_ids=ids
    )
    known = await mandates.mandates_by_id(work.session, company_id=work.company_id, ids=ids)
    new = [one for one in accounts if _iban_in(waiting.get(one.mandate_id)) != one.iban]
    await withdraw_changes(work, [waiting[one.mandate_id] for one in new if one.mandate_id in waiting])
    await propose_changes(
        work,
        [
            NewChange(
                kind,
                one.mandate_id,
                {"iban": str(one.iban), "bic": one.bic or "", "before": known[one.mandate_id].iban},
                reason,
                batch_id,
            )
            for one in new
        ],
    )
    return len(new)


def _iban_in(change: ProtectedChange | None) -> str:
    return change.record["iban"] if change else ""


async def apply_account(work: Work, change: ProtectedChange) -> None:
    """Let a mandate have the account that was accepted: carried with the next collection, which waits some days.

    The debtor has to confirm a B2B mandate again, because another bank may be asked. Raises MandateEnded.
    """
    row = await open_mandate(work, change.subject_id)
    old, new = row.iban, change.record["iban"]
    row.iban, row.bic, row.version = new, change.record["bic"], row.version + 1
    row.not_before_date = work.now.date() + dt.timedelta(days=await _rest_days(work))
    if row.scheme == LocalInstrument.B2B:
        row.b2b_confirmed_date = None
    work.session.add(row)
    await work.flush()
    await amend(work, [row], AmendmentKind.DEBTOR_ACCOUNT, original=old, changed_to=new, reason=change.reason)
    await mandates.sync_mandate_ibans(work, [row.party_id])


async def _rest_days(work: Work) -> int:
    policy = await creditors.collection_policy_of(work.session, work.company_id)
    return int(policy.get("new_account_rest_days", REST_DAYS))
