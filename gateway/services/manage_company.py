"""Change the record of the company: what it is called, and who it is as a creditor. Its code never changes."""

from gateway.store import companies
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.identifiers import CreditorIdentifier


class CompanyNameMissing(GatewayError):
    """A company has a name."""

    code = "company_name_missing"


async def change_company(work: Work, *, name: str, creditor_identifier: str) -> bool:
    """Change what the company is called and its creditor identifier, and tell whether anything differs.

    Mandates that exist keep the identifier that they were signed with. Raises CompanyNameMissing or
    InvalidCreditorIdentifier.
    """
    if not name:
        raise CompanyNameMissing
    identifier = str(CreditorIdentifier.parse(creditor_identifier)) if creditor_identifier else ""
    company = await companies.lock_company(work)
    before = (company.name, company.creditor_identifier)
    if before == (name, identifier):
        return False
    company.name, company.creditor_identifier = name, identifier
    work.session.add(company)
    work.say(
        "change_company",
        f"company:{company.id}",
        changed=sum(old != new for old, new in zip(before, (name, identifier), strict=True)),
    )
    return True
