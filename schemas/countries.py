"""Facts about countries: how their IBANs are built and what they are in SEPA.

Our own tables, because public libraries mark SEPA members wrongly and without dates. This module knows no accounts;
`schemas.identifiers` checks those against it.
"""

import datetime as dt
import re
from typing import NamedTuple

# SWIFT IBAN registry: the part behind the first four characters (n digits, a letters, c digits or letters).
_STRUCTURES = """
AD 8n12c     AL 8n16c     AT 16n       BE 12n       BG 4a6n8c    CH 5n12c     CY 8n16c     CZ 20n       DE 18n
DK 14n       EE 16n       ES 20n       FI 14n       FR 10n11c2n  GB 4a14n     GI 4a15c     GR 7n16c     HR 17n
HU 24n       IE 4a14n     IS 22n       IT 1a10n12c  LI 5n12c     LT 16n       LU 3n13c     LV 4a13c     MC 10n11c2n
MD 2c18c     ME 18n       MK 3n10c2n   MT 4a5n18c   NL 4a10n     NO 11n       PL 24n       PT 21n       RO 4a16c
RS 18n       SE 20n       SI 15n       SK 20n       SM 1a10n12c  VA 18n
AE 19n       AZ 4a20c     BA 16n       BH 4a14c     BI 23n       BR 23n1a1c   BY 4c4n16c   CR 18n       DJ 23n
DO 4c20n     EG 25n       FK 2a12n     FO 14n       GE 2a16n     GL 14n       GT 4c20c     HN 4a20n     IL 19n
IQ 4a15n     JO 4a4n18c   KW 4a22c     KZ 3n13c     LB 4n20c     LC 4a24c     LY 21n       MN 16n       MR 23n
MU 4a19n3a   NI 4a20n     OM 3n16c     PK 4a16c     PS 4a21c     QA 4a21c     RU 14n15c    SA 2n18c     SC 4a20n3a
SD 14n       SO 19n       ST 21n       SV 4a20n     TL 19n       TN 20n       TR 6n16c     UA 6n19c     VG 4a16n
XK 16n       YE 4a4n18c
"""
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_PART = re.compile(r"([0-9]+)([nac])")

EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
    " AX GF GP MQ RE YT BL MF".split()
)


# The start of SEPA stands for every member that joined before 2024: nothing we collect is older.
_EARLIER = dt.date(2008, 1, 28)
_AUTUMN = dt.date(2025, 10, 5)


class SepaCountry(NamedTuple):
    """A country or territory of SEPA: in its geographical scope since, and its first banks reachable since.

    An ``operational_date`` of None means that no date was verified.
    """

    code: str
    is_eea: bool
    scope_date: dt.date = _EARLIER
    operational_date: dt.date | None = _EARLIER


class IbanStructure(NamedTuple):
    """Length of a country's whole IBAN and the pattern of the part behind its check digits."""

    length: int
    national: re.Pattern[str]


def _structure(text: str) -> IbanStructure:
    parts = _PART.findall(text)
    pattern = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in parts)
    return IbanStructure(4 + sum(int(count) for count, _ in parts), re.compile(pattern))


# Gibraltar left the EEA with the United Kingdom; Saint Pierre (PM) is France but not the EEA.
_OUTSIDE_EEA = (
    *(SepaCountry(code, False) for code in "AD CH GB GG GI IM JE MC PM SM VA".split()),
    SepaCountry("AL", False, dt.date(2024, 11, 21), _AUTUMN),
    SepaCountry("ME", False, dt.date(2024, 11, 21), _AUTUMN),
    SepaCountry("MD", False, dt.date(2025, 3, 6), _AUTUMN),
    SepaCountry("MK", False, dt.date(2025, 3, 6), _AUTUMN),
    # Announced for May 2026 at the earliest; the day was not published when this was written.
    SepaCountry("RS", False, dt.date(2025, 5, 22), None),
)

IBAN_STRUCTURES = {
    code: _structure(text) for code, text in zip(_STRUCTURES.split()[::2], _STRUCTURES.split()[1::2], strict=True)
}
SEPA_COUNTRIES = {country.code: country for country in (*(SepaCountry(code, True) for code in EEA), *_OUTSIDE_EEA)}


def is_sepa(country: str, on_date: dt.date) -> bool:
    """Return whether a country (ISO code) is in the geographical scope of SEPA on a day.

    It says nothing about a bank: whether one can be reached is known from its register only.
    """
    found = SEPA_COUNTRIES.get(country)
    return found is not None and found.scope_date <= on_date


def is_eea(country: str) -> bool:
    """Return whether a bank in this country is inside the EEA, where neither BIC nor address may be demanded."""
    return country in EEA
