"""Manage mandates: enter them, change what they say, move their states, write what an import brings.

What a bank has to be told of a change is ``amend_mandates``. The payer accounts known from mandates are always those
of the active ones.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from gateway.domain.lifecycle import MANDATE
from gateway.domain.mandate import REFERENCE_RULE, Fault, InvalidMandate, MandateEntry, check_entry, make_reference
from gateway.domain.mandate_import import MandateStep
from gateway.store import companies, creditors, mandates, parties
from gateway.store.mandates import Mandate, MandateMove, NewMandate
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument
from schemas.errors import Conflict, NotFound
from schemas.identifiers import Bic, CreditorIdentifier, Iban, MandateReference
from schemas.states import MandateState
from schemas.tables import MandateType

_FACTS = tuple(name for name in MandateEntry._fields if name not in ("scheme", "type", "iban", "bic"))


class NoSuchMandate(NotFound):
    """There is no such mandate in this company."""

    code = "no_such_mandate"


class MandateExists(Conflict):
    """There is a mandate with this reference already; capital and small letters are the same."""

    code = "mandate_exists"


class MandateEnded(Conflict):
    """The mandate ended; what is finished is never revived. Make a new one."""

    code = "mandate_ended"


class NoCreditor(Conflict):
    """The company has no creditor identifier yet; an administrator enters it on the page Settings."""

    code = "no_creditor"


async def add_mandate(
    work: Work, *, customer_id: int, entry: MandateEntry, reference: str = "", creditor_identifier: str = ""
) -> Mandate:
    """Store a mandate: active when it says when it was signed, else a draft that is to be signed.

    Its reference is made by the company's rule unless it is given; its creditor identifier is the one for new
    mandates. Raises NotFound (customer), InvalidMandate, InvalidMandateReference, MandateExists or NoCreditor.
    """
    check_entry(entry, today=work.now.date())
    await companies.lock_company(work)
    customer = await parties.get_customer(work.session, company_id=work.company_id, customer_id=customer_id)
    if customer is None:
        raise NotFound(f"there is no customer {customer_id}")
    creditor = await _creditor_identifier(work, creditor_identifier)
    if reference:
        parsed = await free_reference(work, reference, creditor)
    else:
        parsed = await _made_reference(work, customer.number, customer.id, creditor)
    row = Mandate(
        id=work.new_id(),
        company_id=work.company_id,
        party_id=customer_id,
        reference=parsed,
        reference_key=parsed.key,
        creditor_identifier=creditor,
        state=MandateState.DRAFT,
        created_at=work.now,
        **_columns(entry),
    )
    work.add(row)
    await work.flush()
    work.say("add_mandate", f"mandate:{row.id}")
    if entry.signature_date is not None:
        await _move(work, row, MandateState.ACTIVE, "signed")
    return row


def _columns(entry: MandateEntry) -> dict[str, Any]:
    written = entry._asdict() | {"scheme": entry.scheme.value, "type": entry.type.value, "bic": entry.bic or ""}
    return {name: str(value) if name == "iban" else value for name, value in written.items()}


async def _creditor_identifier(work: Work, given: str) -> CreditorIdentifier:
    if given:
        return CreditorIdentifier.parse(given)
    row = await creditors.default_creditor(work.session, company_id=work.company_id)
    company = await companies.company_by_id(work.session, work.company_id)
    found = row.identifier if row else company.creditor_identifier if company else ""
    if not found:
        raise NoCreditor
    return CreditorIdentifier.parse(found)


async def free_reference(work: Work, text: str, creditor: CreditorIdentifier) -> MandateReference:
    """Return a reference that no mandate of the creditor has. Raises InvalidMandateReference or MandateExists."""
    reference = MandateReference.parse(text.strip())
    known = await mandates.known_mandates(
        work.session, company_id=work.company_id, reference_keys=[reference.key], lock=True
    )
    # The business code inside the identifier is the creditor's choice and no part of who he is.
    if any(not of or CreditorIdentifier(of).key == creditor.key for of, _ in known):
        raise MandateExists(f"there is a mandate {reference} of {creditor} already")
    return reference


async def _made_reference(
    work: Work, customer_number: str, customer_id: int, creditor: CreditorIdentifier
) -> MandateReference:
    """Return the next free reference by the company's rule."""
    policy = await creditors.collection_policy_of(work.session, work.company_id)
    rule = policy.get("mandate_reference_rule") or REFERENCE_RULE
    count = await mandates.count_of_customer(work.session, company_id=work.company_id, party_id=customer_id)
    for number in range(count + 1, count + 1000):
        try:
            made = make_reference(rule, customer_number=customer_number, number=number)
            return await free_reference(work, made, creditor)
        except MandateExists:
            if "{number}" not in rule:
                raise
    raise MandateExists(f"the rule {rule} gives no free reference for customer {customer_number}")


async def change_mandate(work: Work, *, mandate_id: int, entry: MandateEntry) -> bool:
    """Change what a mandate says and tell whether anything differed.

    A draft may change whole. A signed one keeps scheme, type and account: another scheme or type needs a new mandate,
    another account a second person. Raises NoSuchMandate, MandateEnded or InvalidMandate.
    """
    row = await open_mandate(work, mandate_id)
    check_entry(entry, today=work.now.date())
    if row.state is not MandateState.DRAFT:
        _check_signed(row, entry)
    changes = {name: value for name, value in _columns(entry).items() if getattr(row, name) != value}
    if not changes:
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    work.session.add(row)
    await work.flush()
    await mandates.sync_mandate_ibans(work, [row.party_id])
    work.say("change_mandate", f"mandate:{row.id}", changed=len(changes))
    return True


def _check_signed(row: Mandate, entry: MandateEntry) -> None:
    faults = [
        Fault(name, "it stays as it was signed; another one needs a new mandate")
        for name in ("scheme", "type")
        if getattr(row, name) != getattr(entry, name).value
    ]
    if row.iban != entry.iban:
        faults.append(Fault("iban", "another account of a signed mandate is proposed, and a second person accepts it"))
    if entry.signature_date is None:
        faults.append(Fault("signature_date", "a signed mandate says when it was signed"))
    if faults:
        raise InvalidMandate(*faults)


async def sign_mandate(work: Work, *, mandate_id: int, signature_date: dt.date, place: str = "") -> None:
    """Let a draft be active: it was signed. Raises NoSuchMandate, ImpossibleMove or InvalidMandate."""
    row = await open_mandate(work, mandate_id)
    MANDATE.move(row.state, MandateState.ACTIVE)
    check_entry(entry_of(row)._replace(signature_date=signature_date), today=work.now.date())
    row.signature_date, row.signature_place = signature_date, place or row.signature_place
    work.session.add(row)
    await work.flush()
    await _move(work, row, MandateState.ACTIVE, "signed")
    work.say("sign_mandate", f"mandate:{row.id}")


async def confirm_to_bank(work: Work, *, mandate_id: int, confirmed_date: dt.date) -> None:
    """Note that the debtor confirmed a B2B mandate to his bank. Raises NoSuchMandate, MandateEnded, InvalidMandate."""
    row = await open_mandate(work, mandate_id)
    check_entry(entry_of(row)._replace(b2b_confirmed_date=confirmed_date), today=work.now.date())
    row.b2b_confirmed_date, row.version = confirmed_date, row.version + 1
    work.session.add(row)
    work.say("confirm_mandate", f"mandate:{row.id}")


async def confirm_by_transfer(work: Work, *, mandate_id: int, booking_date: dt.date) -> bool:
    """Sign a draft by a first transfer from its account, and tell whether it was one. Raises NoSuchMandate.

    Whether a company takes that as a signature is its own decision (confirm_mandates.py).
    """
    row = await open_mandate(work, mandate_id)
    if row.state is not MandateState.DRAFT:
        return False
    await sign_mandate(work, mandate_id=mandate_id, signature_date=booking_date)
    return True


def entry_of(row: Mandate) -> MandateEntry:
    """Return what a stored mandate says, in the shape in which it is entered."""
    return MandateEntry(
        LocalInstrument(row.scheme),
        MandateType(row.type),
        Iban(row.iban),
        bic=Bic(row.bic) if row.bic else None,
        **{name: getattr(row, name) for name in _FACTS},
    )


async def open_mandate(work: Work, mandate_id: int) -> Mandate:
    """Return a mandate that has not ended, locked. Raises NoSuchMandate or MandateEnded."""
    row = await mandates.get_mandate(work.session, company_id=work.company_id, mandate_id=mandate_id, lock=True)
    if row is None:
        raise NoSuchMandate(f"there is no mandate {mandate_id}")
    if MANDATE.is_final(row.state):
        raise MandateEnded
    return row


async def write_mandates(work: Work, steps: Sequence[MandateStep]) -> list[int]:
    """Write new and changed mandates; return the keys of the new ones.

    Another IBAN of a known mandate stays unwritten.
    """
    new = [step for step in steps if step.mandate is None]
    rows = [_new(step, key) for step, key in zip(new, work.new_ids(len(new)), strict=True)]
    known = [(step.mandate, step) for step in steps if step.mandate is not None]
    await mandates.insert_mandates(work, rows)
    await mandates.update_mandates(work, [(one.id, step.facts) for one, step in known if step.facts != one.facts])
    moves = [MandateMove(one.id, one.state, step.state, "import") for one, step in known if step.state != one.state]
    await mandates.move_mandates(work, moves)
    await mandates.sync_mandate_ibans(work, {step.party_id for step in steps})
    return [row.id for row in rows]


async def move_mandate(work: Work, *, mandate_id: int, to_state: MandateState, reason: str) -> None:
    """Move a mandate along its life cycle. Raises NoSuchMandate or ImpossibleMove.

    A draft becomes active by its signature only (``sign_mandate``).
    """
    row = await mandates.get_mandate(work.session, company_id=work.company_id, mandate_id=mandate_id, lock=True)
    if row is None:
        raise NoSuchMandate(f"there is no mandate {mandate_id}")
    MANDATE.move(row.state, to_state)
    if row.state is MandateState.DRAFT and to_state is MandateState.ACTIVE and row.signature_date is None:
        raise InvalidMandate(Fault("signature_date", "a mandate becomes active when it says when it was signed"))
    await _move(work, row, to_state, reason)
    work.say("move_mandate", f"mandate:{mandate_id}", reason=reason)


async def _move(work: Work, row: Mandate, to_state: MandateState, reason: str) -> None:
    await mandates.move_mandates(work, [MandateMove(row.id, row.state, to_state, reason)])
    await work.session.refresh(row)
    await mandates.sync_mandate_ibans(work, [row.party_id])


def _new(step: MandateStep, key: int) -> NewMandate:
    row = step.row
    return NewMandate(
        id=key,
        party_id=step.party_id,
        reference=row.reference,
        reference_key=row.reference.key,
        scheme=row.scheme.value,
        type=row.type.value,
        iban=row.iban,
        state=step.state,
        facts=step.facts,
    )
