"""The fields of each table: which must have a value, and how a cell becomes one."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple, TypeVar

from babel import Locale

from parsers.tabular_cells import Forms, Unreadable, read_amount, read_basis_points, read_date, read_key, read_text
from parsers.tabular_source import Cell
from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError
from schemas.identifiers import Bic, CreditorIdentifier, Iban, InvalidIban, MandateReference
from schemas.money import parse_currency
from schemas.states import MandateState, OpenItemKind, PaymentMethod
from schemas.tables import MandateType, TableKind

_NO_COUNTRIES = frozenset("EU EZ UN QO XA XB ZZ".split())
_NOT_LETTER = re.compile(r"[^a-z0-9]")
_END_TO_END_MAX = 35
_E = TypeVar("_E", bound=StrEnum)
_P = TypeVar("_P")

_METHODS: Mapping[str, PaymentMethod] = {
    **dict.fromkeys(
        "transfer,credit transfer,virement,Überweisung,bank transfer,VIR".split(","), PaymentMethod.TRANSFER
    ),
    **dict.fromkeys(
        "direct debit,prélèvement,Lastschrift,SEPA direct debit,SDD,PRLV,Bankeinzug".split(","),
        PaymentMethod.DIRECT_DEBIT,
    ),
    **dict.fromkeys("other,autre,andere,sonstige,cheque,chèque,Scheck,card,carte,cash".split(","), PaymentMethod.OTHER),
}
_ITEM_KINDS: Mapping[str, OpenItemKind] = {
    **dict.fromkeys("invoice,facture,Rechnung,FA,INV,FAC,FACT,RE,RG".split(","), OpenItemKind.INVOICE),
    **dict.fromkeys(
        "credit note,avoir,Gutschrift,AV,credit,note de crédit,CN,AVO,GS,GU".split(","), OpenItemKind.CREDIT_NOTE
    ),
}
_SCHEMES: Mapping[str, LocalInstrument] = {
    **dict.fromkeys("CORE,SDD CORE,Basislastschrift,Basis".split(","), LocalInstrument.CORE),
    **dict.fromkeys("B2B,SDD B2B,Firmenlastschrift,Firmen,interentreprises".split(","), LocalInstrument.B2B),
}
_MANDATE_TYPES: Mapping[str, MandateType] = {
    **dict.fromkeys("recurrent,recurring,RCUR,récurrent,wiederkehrend".split(","), MandateType.RECURRENT),
    **dict.fromkeys("one-off,OOFF,ponctuel,unique,einmalig".split(","), MandateType.ONE_OFF),
}
_MANDATE_STATES: Mapping[str, MandateState] = {
    **{state.value: state for state in MandateState},
    **dict.fromkeys("actif,aktiv,valid".split(","), MandateState.ACTIVE),
    **dict.fromkeys("brouillon,Entwurf".split(","), MandateState.DRAFT),
    **dict.fromkeys("suspendu,ausgesetzt,pausiert".split(","), MandateState.SUSPENDED),
    **dict.fromkeys("révoqué,cancelled,widerrufen".split(","), MandateState.REVOKED),
    **dict.fromkeys("expiré,caduc,abgelaufen".split(","), MandateState.EXPIRED),
}


class Field(NamedTuple):
    """One column that a table may have."""

    name: str
    read: Callable[[Cell, Forms], object]
    is_needed: bool = False


def _word(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_LETTER.sub("", "".join(char for char in plain if not unicodedata.combining(char)))


def _choice(words: Mapping[str, _E]) -> Callable[[Cell, Forms], _E]:
    known = {_word(word): member for word, member in words.items()}
    # A few words of each, in every language: what a file says is never translated.
    named = {member: [word for word in words if words[word] is member][:4] for member in words.values()}
    known_words = ", ".join(word for few in named.values() for word in few)

    def read(cell: Cell, forms: Forms) -> _E:
        member = known.get(_word(read_key(cell, forms)))
        if member is None:
            raise Unreadable(f"one of the words {known_words}")
        return member

    return read


def _parsed(parse: Callable[[str], _P], expected: str) -> Callable[[Cell, Forms], _P]:
    def read(cell: Cell, forms: Forms) -> _P:
        text = read_key(cell, forms)
        try:
            return parse(text)
        except GatewayError as refused:
            raise Unreadable(expected) from refused

    return read


def _read_iban(cell: Cell, forms: Forms) -> Iban:
    try:
        return Iban.parse(read_key(cell, forms))
    except InvalidIban as refused:
        raise Unreadable(f"an IBAN; {refused}") from refused


def _read_end_to_end_id(cell: Cell, forms: Forms) -> str:
    text = read_key(cell, forms)
    if len(text) > _END_TO_END_MAX:
        raise Unreadable(f"at most {_END_TO_END_MAX} characters, not {len(text)}")
    return text


@cache
def _countries() -> dict[str, str]:
    """Return the two letters of each country by its code and by its names in English, French and German."""
    names: dict[str, str] = {}
    for language in ("en", "fr", "de"):
        territories = Locale(language).territories.items()
        names |= {_word(name): code for code, name in territories if len(code) == 2 and code not in _NO_COUNTRIES}
    return names | {code.casefold(): code for code in names.values()} | {"uk": "GB"}


def _read_country(cell: Cell, forms: Forms) -> str:
    code = _countries().get(_word(read_text(cell, forms)))
    if code is None:
        raise Unreadable("a country such as FR")
    return code


def _read_language(cell: Cell, forms: Forms) -> str:
    code = read_key(cell, forms).casefold().replace("_", "-").split("-")[0]
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    raise Unreadable("a language such as fr")


_read_bic = _parsed(Bic.parse, "a BIC")
_read_mandate = _parsed(MandateReference.parse, "a mandate reference")
_read_currency = _parsed(lambda text: parse_currency(text.upper()), "a currency")
_read_method = _choice(_METHODS)
_needed = partial(Field, is_needed=True)

FIELDS: Mapping[TableKind, tuple[Field, ...]] = {
    TableKind.CUSTOMERS: (
        _needed("number", read_key),
        _needed("name", read_text),
        Field("street", read_text),
        Field("postcode", read_key),
        Field("town", read_text),
        Field("country", _read_country),
        Field("email", read_text),
        Field("phone", read_key),
        Field("language", _read_language),
        Field("iban", _read_iban),
        Field("parent_number", read_key),
        Field("payment_method", _read_method),
        Field("legal_id", read_key),
        Field("vat_number", read_key),
        Field("ledger_account", read_key),
        Field("bic", _read_bic),
    ),
    TableKind.INVOICES: (
        _needed("number", read_key),
        _needed("customer_number", read_key),
        Field("issue_date", read_date),
        Field("due_date", read_date),
        _needed("currency", _read_currency),
        _needed("amount", read_amount),
        Field("creditor_reference", read_key),
        Field("discount_percent", read_basis_points),
        Field("discount_until", read_date),
        Field("text", read_text),
        Field("kind", _choice(_ITEM_KINDS)),
        Field("open_amount", read_amount),
        Field("original_number", read_key),
        Field("payment_method", _read_method),
        Field("order_reference", read_key),
        Field("tax_amount", read_amount),
        Field("discount2_percent", read_basis_points),
        Field("discount2_until", read_date),
        Field("notified_date", read_date),
    ),
    TableKind.MANDATES: (
        _needed("reference", _read_mandate),
        _needed("customer_number", read_key),
        _needed("scheme", _choice(_SCHEMES)),
        _needed("type", _choice(_MANDATE_TYPES)),
        _needed("signature_date", read_date),
        _needed("iban", _read_iban),
        Field("bic", _read_bic),
        Field("debtor_name", read_text),
        Field("last_collected_date", read_date),
        Field("creditor_identifier", _parsed(CreditorIdentifier.parse, "a creditor identifier")),
        Field("status", _choice(_MANDATE_STATES)),
        Field("b2b_confirmed_date", read_date),
        Field("debtor_street", read_text),
        Field("debtor_postcode", read_key),
        Field("debtor_town", read_text),
        Field("debtor_country", _read_country),
        Field("ultimate_debtor", read_text),
        Field("signature_place", read_text),
    ),
    TableKind.COLLECTIONS: (
        _needed("end_to_end_id", _read_end_to_end_id),
        _needed("invoice_number", read_key),
        Field("customer_number", read_key),
        _needed("mandate_reference", _read_mandate),
        _needed("amount", read_amount),
        _needed("currency", _read_currency),
        _needed("collection_date", read_date),
        Field("batch_reference", read_key),
    ),
}
