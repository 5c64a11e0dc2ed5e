"""Change the record of the company: what it is called, and who it is as a creditor. Its code never changes."""

from gateway.services.manage_creditors import CreditorRecord, add_creditor, make_default
from gateway.store import companies, creditors
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
    if identifier and identifier != before[1]:
        await _be_creditor(work, name, CreditorIdentifier(identifier))
    work.say(
        "change_company",
        f"company:{company.id}",
        changed=sum(old != new for old, new in zip(before, (name, identifier), strict=True)),
    )
    return True


async def _be_creditor(work: Work, name: str, identifier: CreditorIdentifier) -> None:
    """Let new mandates carry an identifier, which is added when it is new."""
    known = await creditors.find_creditor(work.session, company_id=work.company_id, identifier=identifier)
    if known is None:
        await add_creditor(work, identifier=identifier, record=CreditorRecord(name[:70]), is_default=True)
    else:
        await make_default(work, known)
