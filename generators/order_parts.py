"""Parts that several orders to banks have: parties, addresses, accounts, agents, references.

Texts are folded into the characters of the bank and cut, identifiers are refused when they are not right; both leave
nothing that XML would have to escape. No element is ever empty.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Protocol

from generators.charset import fold
from generators.orders import Tally, UnwritableOrder, identifier, moment_text
from schemas.bank_profile import AddressMode, BankProfile
from schemas.identifiers import CreditorIdentifier
from schemas.money import amount_text
from schemas.parties import NO_ADDRESS, PaymentParty, PostalAddress
from schemas.reference_schemes import ReferenceScheme, normalize, verify

_NAME_MAX, _TEXT_MAX, _LINE_MAX, _LINES_MAX = 70, 140, 70, 2
_READY = 4096  # Banks kept ready.
_CODE = re.compile("[A-Z0-9]{1,4}")
_COUNTRY = re.compile("[A-Z]{2}")


def element(name: str, *content: str) -> str:
    """Return an element around finished content, or nothing when there is no content."""
    inner = "".join(content)
    return f"<{name}>{inner}</{name}>" if inner else ""


def code(name: str, text: str) -> str:
    """Return an element with a code of at most four capitals or digits, or nothing without one."""
    if text and not _CODE.fullmatch(text):
        raise UnwritableOrder(f"{name} {text[:70]!r} is not a code such as GDDS", element=name)
    return element(name, element("Cd", text))


def totals(tally: Tally) -> str:
    """Return how many orders there are, and their sum."""
    return f"<NbOfTxs>{tally.order_count}</NbOfTxs><CtrlSum>{amount_text(tally.sum_minor)}</CtrlSum>"


def batch_booking(is_batch_booked: bool | None) -> str:
    """Return whether the bank books a block as one sum, or nothing where the agreement says it."""
    return "" if is_batch_booked is None else f"<BtchBookg>{str(is_batch_booked).lower()}</BtchBookg>"


def document(message_name: str, root: str, *content: str) -> str:
    """Return the beginning of a file up to the first block."""
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{message_name}"
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}"><{root}>'
    return f"{start}{''.join(content)}\n"


def scheme_identification(identifier_of_creditor: CreditorIdentifier) -> str:
    """Return a creditor identifier as SEPA wants it: of a person, whoever it is (sepa-rules 1.4)."""
    scheme = element("SchmeNm", element("Prtry", "SEPA"))
    return element("Id", element("PrvtId", element("Othr", identifier("Id", identifier_of_creditor), scheme)))


def identification(kind: str, text: str) -> str:
    """Return the id that somebody gave a party, of an organisation (OrgId) or a person (PrvtId), or nothing."""
    return element("Id", element(kind, element("Othr", identifier("Id", text))))


class Message(Protocol):
    """What every message that we send says of itself."""

    @property
    def message_id(self) -> str:
        """Our id of the file."""

    @property
    def created_at(self) -> dt.datetime:
        """Aware."""

    @property
    def initiating_party(self) -> str:
        """The name of the sender."""

    @property
    def initiating_party_id(self) -> str:
        """The id of the sender at the bank, if it is not that of the bank's profile."""


class OrderParts:
    """Writes the parts as one bank wants them."""

    def __init__(self, profile: BankProfile, *, bic_name: str = "BICFI") -> None:
        self._characters = profile.character_set
        self._address_mode = profile.address_mode
        self._bic_name = bic_name
        self._initiating_party_id = profile.initiating_party_id
        self.agent = lru_cache(_READY)(self._agent)

    def text(self, name: str, text: str, limit: int) -> str:
        """Return an element with a folded text, or nothing when nothing is left of it."""
        folded = fold(text, self._characters, limit)
        return f"<{name}>{folded}</{name}>" if folded else ""

    def remittance(self, text: str) -> str:
        """Return free remittance information: one occurrence of 140 characters."""
        folded = fold(text, self._characters, _TEXT_MAX)
        return f"<RmtInf><Ustrd>{folded}</Ustrd></RmtInf>" if folded else ""

    def party(self, name: str, party: PaymentParty, kind: str = "PrvtId") -> str:
        """Return a party with its name, which it must have; ``kind`` says whose its id is. Raises UnwritableOrder."""
        folded = fold(party.name, self._characters, _NAME_MAX)
        if not folded:
            raise UnwritableOrder(f"{name} has no name", element=f"{name}/Nm")
        address = "" if party.address is NO_ADDRESS else self.address(party.address)
        own = identification(kind, party.identification) if party.identification else ""
        return f"<{name}><Nm>{folded}</Nm>{address}{own}</{name}>"

    def ultimate(self, name: str, text: str) -> str:
        """Return the one who stands behind a party, or nothing."""
        return element(name, self.text("Nm", text, _NAME_MAX)) if text else ""

    def address(self, address: PostalAddress) -> str:
        """Return an address the way the bank takes it, or nothing when town or country is not known.

        The bank's mode decides: free lines are written in a hybrid address only (sepa-rules 3.5). Raises
        UnwritableOrder.
        """
        town = self.text("TwnNm", address.town, 35)
        if self._address_mode is AddressMode.NONE or not town or not address.country:
            return ""
        if not _COUNTRY.fullmatch(address.country):
            raise UnwritableOrder(f"country {address.country[:70]!r} is not two capitals such as FR", element="Ctry")
        return element(
            "PstlAdr",
            self.text("StrtNm", address.street, 70),
            self.text("BldgNb", address.building, 16),
            self.text("PstCd", address.postcode, 16),
            town,
            element("Ctry", address.country),
            *self._lines(address.lines),
        )

    def _lines(self, lines: tuple[str, ...]) -> list[str]:
        if self._address_mode is not AddressMode.HYBRID:
            return []
        if len(lines) > _LINES_MAX:
            raise UnwritableOrder(
                f"an address has {len(lines)} lines, at most {_LINES_MAX} are taken", element="AdrLine"
            )
        return [self.text("AdrLine", line, _LINE_MAX) for line in lines]

    def _agent(self, name: str, bic: str | None) -> str:
        """Return a bank by its BIC; SEPA has a word for one that is not given."""
        inner = identifier(self._bic_name, bic, 11) if bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
        return element(name, element("FinInstnId", inner))

    def group_header(self, message: Message, announced: Tally, *inside: str) -> str:
        """Return the header of a message: its id, moment, totals, and who sends it. Raises UnwritableOrder."""
        own_id = message.initiating_party_id or self._initiating_party_id
        return element(
            "GrpHdr",
            identifier("MsgId", message.message_id),
            f"<CreDtTm>{moment_text(message.created_at)}</CreDtTm>",
            totals(announced),
            *inside,
            self.party("InitgPty", PaymentParty(message.initiating_party, identification=own_id), "OrgId"),
        )


def account(name: str, iban: str) -> str:
    """Return an account by its IBAN."""
    return element(name, element("Id", identifier("IBAN", iban, 34)))


def structured_reference(reference: str, *, is_belgian: bool) -> str:
    """Return a creditor reference as structured remittance information (ISO 11649, or Belgian with its issuer BBA).

    Twelve digits are the Belgian communication when their check digits are right, and the account or the signs
    between the digits are Belgian too. References of other countries are written as they are given.
    """
    text = normalize(reference)
    is_ogm = (is_belgian or "/" in reference) and verify(ReferenceScheme.BE_OGM, text)
    written = identifier("Ref", text if is_ogm or text.startswith("RF") else reference)
    kind = f"<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>{'<Issr>BBA</Issr>' if is_ogm else ''}</Tp>"
    return f"<RmtInf><Strd><CdtrRefInf>{kind}{written}</CdtrRefInf></Strd></RmtInf>"
