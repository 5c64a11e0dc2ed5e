"""Manage customers: add, change, and say which accounts pay for them."""

from typing import TypedDict, Unpack

from gateway.domain.customer_import import CustomerStep, KnownCustomer, plan_customer, wrong_parents
from gateway.store import accounts, companies, parties, party_writes
from gateway.store.party_writes import PartyVersionToWrite, RecordIban
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.identifiers import Bic, Iban
from schemas.states import IbanSource, PaymentMethod
from schemas.tables import CustomerRow


class CustomerExists(Conflict):
    """There is a customer with this number already."""

    code = "customer_exists"


class InvalidCustomer(GatewayError):
    """The customer's record says something that cannot be."""

    code = "invalid_customer"


class CustomerChanges(TypedDict, total=False):
    """What a customer's record may say differently; what is left out stays, an empty text clears."""

    name: str
    street: str
    postcode: str
    town: str
    country: str
    email: str
    phone: str
    language: str
    legal_id: str
    vat_number: str
    ledger_account: str
    payment_method: PaymentMethod | None
    parent_number: str | None


async def add_customer(work: Work, *, row: CustomerRow) -> int:
    """Store a new customer; return his key. Raises CustomerExists or InvalidCustomer (parent)."""
    await companies.lock_company(work)
    known = await party_writes.known_customers(work.session, company_id=work.company_id, numbers=[row.number])
    if known:
        raise CustomerExists(f"customer {row.number} exists already")
    await _check_parent(work, row.number, row.parent_number)
    [customer_id] = await write_customers(work, [plan_customer(row, None)])
    work.say("add_customer", f"party:{customer_id}")
    return customer_id


async def change_customer(work: Work, *, customer_id: int, **changes: Unpack[CustomerChanges]) -> bool:
    """Change what a customer's record says; return whether anything differed. Raises NotFound or InvalidCustomer."""
    await companies.lock_company(work)
    number, customer = await _customer(work, customer_id)
    facts = customer.facts._replace(**changes)
    if facts == customer.facts:
        return False
    if not facts.name.strip():
        raise InvalidCustomer("a customer has a name")
    await _check_parent(work, number, facts.parent_number)
    await _update(work, [PartyVersionToWrite(customer.id, number, facts, customer.ibans)])
    work.say("change_customer", f"party:{customer_id}")
    return True


async def set_iban(work: Work, *, customer_id: int, iban: Iban | None, bic: Bic | None = None) -> None:
    """Put an account on a customer's record in place of the one that is there, or take it off (None).

    It counts as his in matching; nothing is collected from it. Raises NotFound or InvalidCustomer (account of ours).
    """
    number, customer = await _customer(work, customer_id)
    if iban is None:
        await parties.forget_payer_ibans(work, customer_id=customer_id, source=IbanSource.CUSTOMER_RECORD)
    else:
        await _check_iban(work, iban)
        await party_writes.set_record_ibans(work, [RecordIban(customer_id, iban, bic)])
    ibans = (str(iban),) if iban else ()
    await _update(work, [PartyVersionToWrite(customer.id, number, customer.facts, ibans)])
    work.say("set_customer_iban", f"party:{customer_id}")


async def mark_collector(work: Work, *, customer_id: int, iban: Iban) -> None:
    """Say that an account pays for many (factor, payment service, agent): from now on it only proposes.

    Raises NotFound.
    """
    await _customer(work, customer_id)
    await parties.add_payer_iban(work, customer_id=customer_id, iban=iban, source=IbanSource.COLLECTOR)
    work.say("mark_collector", f"party:{customer_id}")


async def forget_iban(work: Work, *, customer_id: int, iban: str, source: IbanSource) -> None:
    """Forget that an account pays for a customer, as far as one source said so. Raises NotFound.

    An account of an active mandate stays known as long as the mandate is active.
    """
    await _customer(work, customer_id)
    if source is IbanSource.MANDATE:
        raise InvalidCustomer("this account is known from an active mandate; it is forgotten when the mandate ends")
    if not await parties.forget_payer_ibans(work, customer_id=customer_id, source=source, ibans=[iban]):
        raise NotFound("this account is not known from there")
    work.say("forget_payer_iban", f"party:{customer_id}")


async def write_customers(work: Work, steps: list[CustomerStep]) -> list[int]:
    """Write new and changed customers, each parent before those below him; return their keys."""
    new_ids = iter(work.new_ids(sum(step.customer is None for step in steps)))
    keyed = [(step, step.customer.id if step.customer else next(new_ids)) for step in steps]
    new = [_version(step, key) for step, key in keyed if step.customer is None]
    changed = [_version(step, key) for step, key in keyed if step.customer is not None]
    parent_ids = await _parent_ids(work, [*new, *changed]) | {one.number: one.customer_id for one in new}
    await party_writes.insert_customers(work, new, parent_ids)
    await party_writes.update_customers(work, changed, parent_ids)
    ibans = [RecordIban(key, step.iban, step.bic) for step, key in keyed if step.iban is not None]
    await party_writes.set_record_ibans(work, ibans)
    return [key for _, key in keyed]


def _version(step: CustomerStep, customer_id: int) -> PartyVersionToWrite:
    known = step.customer.ibans if step.customer else ()
    return PartyVersionToWrite(customer_id, step.row.number, step.facts, (step.iban,) if step.iban else known)


async def _update(work: Work, versions: list[PartyVersionToWrite]) -> None:
    await party_writes.update_customers(work, versions, await _parent_ids(work, versions))


async def _parent_ids(work: Work, versions: list[PartyVersionToWrite]) -> dict[str, int]:
    numbers = {one.facts.parent_number for one in versions if one.facts.parent_number}
    return await parties.ids_by_number(work.session, company_id=work.company_id, numbers=numbers)


async def _check_parent(work: Work, number: str, parent_number: str | None) -> None:
    if not parent_number:
        return
    parents = await party_writes.parent_numbers(work.session, company_id=work.company_id)
    row = CustomerRow(0, number, "", parent_number=parent_number)
    for error in wrong_parents([row], parents):
        raise InvalidCustomer(f"parent {error.found!r}: expected {error.expected}")


async def _check_iban(work: Work, iban: Iban) -> None:
    if iban in await accounts.own_ibans(work.session, company_id=work.company_id):
        raise InvalidCustomer(f"{iban.masked} is an account of ours")


async def _customer(work: Work, customer_id: int) -> tuple[str, KnownCustomer]:
    found = await party_writes.known_customer(work.session, company_id=work.company_id, customer_id=customer_id)
    if found is None:
        raise NotFound(f"there is no customer {customer_id}")
    return found
