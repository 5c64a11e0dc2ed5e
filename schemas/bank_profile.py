"""What one bank wants of the files that we send it. Profiles are data: config/banks.toml, editable per account."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class DirectDebitVersion(StrEnum):
    """Versions of pain.008 that we write."""

    V02 = "pain.008.001.02"
    V08 = "pain.008.001.08"


class CreditTransferVersion(StrEnum):
    """Versions of pain.001 that we write."""

    V03 = "pain.001.001.03"
    V09 = "pain.001.001.09"


class ReversalVersion(StrEnum):
    """Versions of pain.007 that we write. The EPC guidelines are based on .09, whose schema is not public; .08 is."""

    V08 = "pain.007.001.08"
    V09 = "pain.007.001.09"


class CancellationVersion(StrEnum):
    """Versions of camt.055 that we write."""

    V01 = "camt.055.001.01"
    V08 = "camt.055.001.08"


class AddressMode(StrEnum):
    """How a bank takes addresses. Unstructured is gone since 15 November 2026."""

    NONE = "none"
    STRUCTURED = "structured"
    HYBRID = "hybrid"


class CharacterSet(StrEnum):
    """Which characters a bank takes, and how others are folded (sepa-rules 3.6; EPC217-08)."""

    SEPA = "sepa"  # EPC table: a for ä, s for ß.
    SEPA_GERMAN = "sepa_german"  # ae for ä, ss for ß.
    LATIN = "latin"  # By agreement: Latin-1 letters stay.


class FirstSequence(StrEnum):
    """What the first collection of a recurrent mandate is called."""

    RECURRENT = "RCUR"  # Allowed everywhere since 20 November 2016.
    FIRST = "FRST"
    FIRST_WITH_NEW_ACCOUNT = "FRST_SMNDA"  # FRST at first and after a change of the debtor's account.


class BankProfile(NamedTuple):
    """The habits of a bank. ``cut_off`` is local time in ``zone``; days are T2 days; sizes are per file."""

    code: str
    name: str
    direct_debit_version: DirectDebitVersion = DirectDebitVersion.V08
    credit_transfer_version: CreditTransferVersion = CreditTransferVersion.V09
    reversal_version: ReversalVersion = ReversalVersion.V09
    cancellation_version: CancellationVersion = CancellationVersion.V08
    address_mode: AddressMode = AddressMode.STRUCTURED
    has_creditor_address: bool = False  # Some, often Belgian, banks demand it.
    character_set: CharacterSet = CharacterSet.SEPA
    lead_days_core: int = 1
    lead_days_b2b: int = 1
    cut_off: dt.time = dt.time(10, 0)
    zone: str = "Europe/Paris"
    collections_max: int = 100_000
    bytes_max: int = 100_000_000
    first_sequence: FirstSequence = FirstSequence.RECURRENT
    is_batch_booked: bool | None = True
    are_schemes_apart: bool = True  # CORE and B2B never in one file.
    file_name: str = "{message_id}.xml"  # Also {date}, {scheme}; must contain {message_id}.
    initiating_party_id: str = ""
