"""German business transaction codes (GVC) and SWIFT types for the ISO codes of bank transactions.

Only what the writers of statements need; a GVC says more than an ISO code, so this is no table for readers.
"""

from typing import NamedTuple


class BusinessCode(NamedTuple):
    """How a German bank names a booking: GVC, type in ``:61:`` and booking text."""

    gvc: str
    swift_type: str
    text: str


_TABLE = {
    "PMNT-RCDT-ESCT": BusinessCode("166", "NTRF", "SEPA-GUTSCHRIFT"),
    "PMNT-RCDT-STDO": BusinessCode("152", "NTRF", "DAUERAUFTRAGSGUTSCHRIFT"),
    "PMNT-RRCT-ESCT": BusinessCode("168", "NTRF", "ECHTZEIT-GUTSCHRIFT"),
    "PMNT-RCDT-XBCT": BusinessCode("206", "NTRF", "AUSLANDSZAHLUNG"),
    "PMNT-RCDT-BOOK": BusinessCode("820", "NTRF", "UEBERTRAG"),
    "PMNT-ICDT-BOOK": BusinessCode("820", "NTRF", "UEBERTRAG"),
    "PMNT-ICDT-ESCT": BusinessCode("177", "NTRF", "ONLINE-UEBERWEISUNG"),
    "PMNT-ICDT-RRTN": BusinessCode("159", "NRTI", "RETOURE"),
    "PMNT-RDDT-ESDD": BusinessCode("105", "NDDT", "BASISLASTSCHRIFT"),
    "PMNT-RDDT-BBDD": BusinessCode("104", "NDDT", "FIRMENLASTSCHRIFT"),
    "PMNT-IDDT-ESDD": BusinessCode("171", "NDDT", "LASTSCHRIFTEINZUG"),
    "PMNT-IDDT-UPDD": BusinessCode("109", "NRTI", "RUECKLASTSCHRIFT"),
    "PMNT-MDOP-CHRG": BusinessCode("808", "NCHG", "ENTGELT"),
    "ACMT-MDOP-CHRG": BusinessCode("805", "NCHG", "ABSCHLUSS"),
    "ACMT-MDOP-INTR": BusinessCode("814", "NINT", "ZINSEN"),
}
_OTHER = BusinessCode("835", "NMSC", "SONSTIGE BUCHUNG")


def business_code(code: str | None) -> BusinessCode:
    """Return the German names for an ISO code such as PMNT-RCDT-ESCT, a GVC or a SWIFT type; else "other"."""
    if code in _TABLE:
        return _TABLE[code]
    if code and len(code) == 3 and code.isdecimal():
        known = next((business for business in _TABLE.values() if business.gvc == code), _OTHER)
        return known._replace(gvc=code)
    return _OTHER
