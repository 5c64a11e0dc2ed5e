"""Identifiers that others gave or that we give: accounts, banks, mandates, creditors, our own message ids.

Each is a str that cannot be wrong once it was parsed. Errors show an account masked, never whole. Whether a bank can
be reached, or an account exists, is not known here.
"""

import re
from typing import Self

from schemas.check_digits import check97, mod97
from schemas.countries import IBAN_STRUCTURES
from schemas.errors import GatewayError

REFERENCE_MAX = 500  # Characters of a bank's reference; 35 are usual.
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
_PRINTED_MIN = 18  # Characters of the shortest IBAN (Norway's) in groups of four.
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2} (?=[A-Za-z0-9]{4} )")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
# The SEPA identifier set; the blank only inside, because mandates of older systems have it.
_IDENTIFIER = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9+?/:().,'-](?:[A-Za-z0-9+?/:().,' -]{0,33}[A-Za-z0-9+?:().,'-])?")
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9+?/:().,'-]{1,28}")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_OWN_ID = re.compile(r"[A-Z0-9-]{1,35}")
_NOT_ALNUM = re.compile(r"[^A-Z0-9]")


class InvalidIban(GatewayError):
    """The text is not an IBAN."""

    code = "invalid_iban"


class InvalidBic(GatewayError):
    """The text is not a BIC of 8 or 11 characters."""

    code = "invalid_bic"


class InvalidMandateReference(GatewayError):
    """The text is not a mandate reference."""

    code = "invalid_mandate_reference"


class InvalidCreditorIdentifier(GatewayError):
    """The text is not a SEPA creditor identifier."""

    code = "invalid_creditor_identifier"


class InvalidLei(GatewayError):
    """The text is not a legal entity identifier."""

    code = "invalid_lei"


class InvalidOwnId(GatewayError):
    """The text is not an id that we would send to a bank."""

    code = "invalid_own_id"


def _compact(text: str) -> str:
    compact = _BLANKS.sub("", text)
    # Outside ASCII capitals are not one to one: the ligature of f and i would become the country FI.
    return compact.upper() if compact.isascii() else compact


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def mask_account(text: str) -> str:
    """Return any account text as it may be shown: ``DE89 **** **** 3000``, or the end of a national number."""
    account = _compact(text)
    if _IBAN_SHAPE.fullmatch(account):
        return f"{account[:4]} **** **** {account[-4:]}"
    shown = min(4, len(account) // 3)
    return f"**** {account[len(account) - shown :]}".rstrip()


class Iban(str):
    """An international account number: capital letters and digits without blanks, its check digits right."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the IBAN in a text that may have blanks and small letters. Raises InvalidIban.

        ISO 13616: structure by country, mod 97 is 1, check digits 02 to 98.
        """
        iban = _compact(text)
        structure = IBAN_STRUCTURES.get(iban[:2])
        if structure is None:
            raise InvalidIban(f"{mask_account(iban)} does not begin with a country that has IBANs, such as DE")
        if len(iban) != structure.length:
            raise InvalidIban(
                f"IBAN {mask_account(iban)} has {len(iban)} characters, {iban[:2]} has {structure.length}"
            )
        if not _IBAN_SHAPE.fullmatch(iban) or not structure.national.fullmatch(iban[4:]):
            raise InvalidIban(f"IBAN {mask_account(iban)} has a letter or sign where {iban[:2]} has none")
        if not "02" <= iban[2:4] <= "98" or mod97(iban[4:] + iban[:4]) != 1:
            raise InvalidIban(f"IBAN {mask_account(iban)} has wrong check digits")
        return cls(iban)

    @property
    def country(self) -> str:
        """The ISO code of the country whose numbering it follows; not always the country of the holder."""
        return self[:2]

    @property
    def printed(self) -> str:
        """The IBAN in groups of four."""
        return " ".join(self[start : start + 4] for start in range(0, len(self), 4))

    @property
    def masked(self) -> str:
        """The IBAN as logs, errors and pages show it."""
        return mask_account(self)


def find_ibans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where a text holds IBANs printed in groups of four: text[start:end]."""
    if len(text) < _PRINTED_MIN:
        return ()
    return tuple(span for start in _IBAN_START.finditer(text) if (span := _printed_iban(text, start.start())))


def _printed_iban(text: str, start: int) -> tuple[int, int] | None:
    structure = IBAN_STRUCTURES.get(text[start : start + 2].upper())
    if structure is None:
        return None
    end = start + structure.length + (structure.length - 1) // 4  # A blank before each group but the first.
    try:
        Iban.parse(text[start:end])
    except InvalidIban:
        return None
    return start, end


class Bic(str):
    """The identifier of a bank, 8 or 11 characters (ISO 9362)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the BIC in a text that may have blanks and small letters. Raises InvalidBic."""
        bic = _compact(text)
        if not _BIC.fullmatch(bic):
            raise InvalidBic(f"{_shown(text)} is not a BIC such as COBADEFFXXX (8 or 11 characters)")
        return cls(bic)

    @property
    def country(self) -> str:
        """The ISO code of the country of the bank."""
        return self[4:6]

    @property
    def key(self) -> str:
        """The BIC as it is compared: 11 characters, XXX where no branch is named."""
        return self.ljust(11, "X")


class MandateReference(str):
    """Unique mandate reference: 1 to 35 characters of the SEPA identifier set, kept as it was signed."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the reference, unchanged. Raises InvalidMandateReference."""
        if not _IDENTIFIER.fullmatch(text):
            raise InvalidMandateReference(
                f"{_shown(text)} is not a mandate reference: 1 to 35 of A-Z a-z 0-9 + ? / - : ( ) . , ' and blank,"
                " no slash or blank at either end, no double slash"
            )
        return cls(text)

    @property
    def key(self) -> str:
        """The reference as it is compared: banks do not tell capital from small letters."""
        return self.upper()


class CreditorIdentifier(str):
    """SEPA creditor identifier (CI, ICS): country, check digits, business code, national part (EPC262-08)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identifier in a text that may have blanks and small letters. Raises InvalidCreditorIdentifier."""
        identifier = _compact(text)
        if not _CREDITOR.fullmatch(identifier):
            raise InvalidCreditorIdentifier(f"{_shown(text)} is not a creditor identifier such as DE98ZZZ09999999999")
        if mod97(_NOT_ALNUM.sub("", identifier[7:]) + identifier[:4]) != 1:
            raise InvalidCreditorIdentifier(f"creditor identifier {_shown(text)} has wrong check digits")
        return cls(identifier)

    @classmethod
    def generate(cls, *, country: str, national_part: str, business_code: str = "ZZZ") -> Self:
        """Return the identifier with its check digits. Raises InvalidCreditorIdentifier."""
        checked = check97(_NOT_ALNUM.sub("", national_part.upper()) + country + "00")
        return cls.parse(country + checked + business_code + national_part)

    @property
    def business_code(self) -> str:
        """Three characters that the creditor chooses; no part of its identity."""
        return self[4:7]

    @property
    def key(self) -> str:
        """The identifier as it is compared: without the business code."""
        return self[:4] + self[7:]


class Lei(str):
    """Legal entity identifier (ISO 17442)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identifier. Raises InvalidLei."""
        lei = _compact(text)
        if not _LEI.fullmatch(lei) or mod97(lei) != 1:
            raise InvalidLei(f"{_shown(text)} is not a legal entity identifier (20 characters with right check digits)")
        return cls(lei)


class OwnId(str):
    """An id that we make and send: capital letters, digits and hyphens, at most 35. It carries no meaning."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the id. Raises InvalidOwnId."""
        if not _OWN_ID.fullmatch(text):
            raise InvalidOwnId(f"{_shown(text)} is not an id of 1 to 35 of A-Z 0-9 and hyphen")
        return cls(text)


class MessageId(OwnId):
    """``MsgId`` of a file that we send."""

    __slots__ = ()


class PaymentInformationId(OwnId):
    """``PmtInfId`` of a batch that the bank books as one sum."""

    __slots__ = ()


class EndToEndId(OwnId):
    """``EndToEndId`` of one collection or transfer; it comes back in every return."""

    __slots__ = ()
