"""Which field of a form an error is about, so that the page says it there and keeps what was typed."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.domain.login_name import InvalidLogin
from gateway.domain.mandate import InvalidMandate
from gateway.domain.matching.written_rules import InvalidRule
from gateway.services.amend_mandates import SameAccount
from gateway.services.invite_user import LoginTaken, NameMissing
from gateway.services.manage_company import CompanyNameMissing
from gateway.services.manage_creditors import CreditorExists, InvalidCreditor
from gateway.services.manage_customers import CustomerExists, InvalidCustomer
from gateway.services.manage_invoices import InvalidItem, ItemExists
from gateway.services.manage_mandates import MandateExists
from gateway.services.passwords import WeakPassword
from gateway.services.sign_mandate_online import InvalidMail
from gateway.web.typed import TypedAmount
from schemas.errors import GatewayError
from schemas.identifiers import InvalidBic, InvalidCreditorIdentifier, InvalidIban, InvalidMandateReference
from schemas.money import InvalidCurrency

# What has no field here is about the whole form and stands above it.
_FIELDS: tuple[tuple[type[GatewayError], str], ...] = (
    (CompanyNameMissing, "name"),
    (CreditorExists, "identifier"),
    (CustomerExists, "number"),
    (InvalidBic, "bic"),
    (InvalidCreditor, "name"),
    (InvalidCreditorIdentifier, "creditor_identifier"),
    (InvalidCurrency, "currency"),
    (InvalidCustomer, "parent_number"),
    (InvalidIban, "iban"),
    (InvalidItem, "amount"),
    (InvalidLogin, "login"),
    (ItemExists, "number"),
    (InvalidMail, "email"),
    (InvalidMandateReference, "reference"),
    (LoginTaken, "login"),
    (MandateExists, "reference"),
    (NameMissing, "name"),
    (SameAccount, "iban"),
    (TypedAmount, "amount"),
    (WeakPassword, "password"),
)


class FieldFault(GatewayError):
    """A field of the form says something that cannot be."""

    code = "invalid_field"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@contextmanager
def at(field: str) -> Iterator[None]:
    """Say at a field what is refused while it is read."""
    try:
        yield
    except GatewayError as error:
        raise FieldFault(field, str(error)) from error


def faults_of(error: GatewayError) -> dict[str, str]:
    """Return what is wrong by the name of its field, or by nothing where it is about the whole form."""
    if isinstance(error, FieldFault):
        return {error.field: str(error)}
    if isinstance(error, InvalidRule):
        return {error.field: str(error)}
    if isinstance(error, InvalidMandate):
        return dict(error.faults)
    return {next((field for kind, field in _FIELDS if isinstance(error, kind)), ""): str(error)}
