"""Say what the bank of an account wants of our files: a profile by name, and what differs for this account."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.domain.collecting.profiles import InvalidBankProfile, profile_of, profile_record
from gateway.store.accounts import get_account
from gateway.store.creditor_terms import Profiles
from gateway.store.work import Work
from schemas.bank_profile import AddressMode, CharacterSet, DirectDebitVersion, FirstSequence
from schemas.errors import NotFound

CHOICES: Mapping[str, type[StrEnum]] = {
    "direct_debit_version": DirectDebitVersion,
    "address_mode": AddressMode,
    "character_set": CharacterSet,
    "first_sequence": FirstSequence,
}
EDITED = (*CHOICES, "cut_off", "zone", "lead_days_core", "lead_days_b2b", "collections_max", "file_name")


async def set_bank_profile(
    work: Work, *, account_id: int, name: str, wanted: Mapping[str, str], profiles: Profiles
) -> None:
    """Let files for an account follow a profile with some habits of its own. Raises NotFound or InvalidBankProfile.

    Only what differs from the profile is kept, so a better profile counts at once. Another profile begins anew.
    """
    account = await get_account(work.session, company_id=work.company_id, account_id=account_id)
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    if name and name not in profiles:
        raise InvalidBankProfile("profile", f"there is no bank {name[:40]!r}")
    is_other = name != account.bank_profile
    base = profile_record(profile_of(profiles, name, None))
    said = {} if is_other else profile_record(profile_of(profiles, name, wanted))
    account.bank_profile = name
    account.profile_changes = {field: value for field, value in said.items() if value != base[field]} or None
    work.session.add(account)
    work.say("set_bank_profile", f"bank_account:{account_id}", changed=len(account.profile_changes or {}))
