"""Who we are to the bank, as collections need it: creditor identifiers with the accounts that are credited."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.collecting.model import CreditorTerms
from gateway.domain.collecting.profiles import profile_of
from gateway.domain.collecting.rules import CollectRules, collect_rules
from gateway.store.accounts import BankAccount, list_accounts
from gateway.store.companies import company_by_id
from gateway.store.creditors import Creditor, collection_policy_of, creditors
from schemas.bank_profile import BankProfile
from schemas.identifiers import Bic, CreditorIdentifier, Iban
from schemas.parties import NO_ADDRESS, PostalAddress

Profiles = Mapping[str, BankProfile]


async def creditor_terms(session: AsyncSession, *, company_id: int, profiles: Profiles) -> dict[str, CreditorTerms]:
    """Return who we are by the key of the creditor identifier; the default one also under the empty name.

    Without a creditor of its own the company's identifier counts. An account that is not named is the only open one
    in euro; where there are several, a person has to say it, and ``account_id`` is 0.
    """
    accounts = {
        one.id: one for one in await list_accounts(session, company_id=company_id, with_closed=False) if one.iban
    }
    euro = [one for one in accounts.values() if one.currency == "EUR"]
    only = euro[0] if len(euro) == 1 else None
    query = select(Creditor).where(creditors.c.company_id == company_id).order_by(creditors.c.id)
    found: dict[str, CreditorTerms] = {}
    for row in (await session.execute(query)).scalars():
        account = only if row.bank_account_id is None else accounts.get(row.bank_account_id)
        address = PostalAddress(row.country, row.town, row.postcode, row.street) if row.town else NO_ADDRESS
        terms = _terms(row.identifier, row.name, account, profiles, address)
        found[row.identifier_key] = terms
        if row.is_default or "" not in found:
            found[""] = terms
    if not found:
        company = await company_by_id(session, company_id)
        if company is not None and company.creditor_identifier:
            terms = _terms(company.creditor_identifier, company.name, only, profiles, NO_ADDRESS)
            found = {"": terms, CreditorIdentifier(company.creditor_identifier).key: terms}
    return found


def _terms(
    identifier: str, name: str, account: BankAccount | None, profiles: Profiles, address: PostalAddress
) -> CreditorTerms:
    if account is None or account.iban is None:
        return CreditorTerms(identifier, name, 0, Iban(""), None, profile_of(profiles, "", None), address)
    profile = profile_of(profiles, account.bank_profile, account.profile_changes)
    bic = Bic(account.bic) if account.bic else None
    return CreditorTerms(identifier, name, account.id, Iban(account.iban), bic, profile, address)


async def rules_of(session: AsyncSession, company_id: int) -> CollectRules:
    """Return how a company collects now."""
    return collect_rules(await collection_policy_of(session, company_id))
