"""Bank profiles: the examples can be used as they are; what cannot be used is named with file, profile and field."""

from pathlib import Path

import pytest

from config.banks import EXAMPLES, InvalidBankProfile, load_bank_profiles
from schemas.bank_profile import AddressMode, BankProfile, CharacterSet, DirectDebitVersion, FirstSequence


def test_the_examples_show_five_countries() -> None:
    profiles = {profile.code: profile for profile in load_bank_profiles()}

    assert list(profiles) == ["example_fr", "example_de", "example_be", "example_nl", "example_es"]
    assert all("Example" in profile.name for profile in profiles.values())
    assert all(profile.direct_debit_version is DirectDebitVersion.V08 for profile in profiles.values())
    assert profiles["example_de"].character_set is CharacterSet.SEPA_GERMAN
    assert profiles["example_be"].has_creditor_address
    assert profiles["example_nl"].address_mode is AddressMode.HYBRID
    assert profiles["example_es"].first_sequence is FirstSequence.FIRST_WITH_NEW_ACCOUNT
    assert "examples" in EXAMPLES.read_text(encoding="utf-8")


def load(folder: Path, text: str) -> tuple[BankProfile, ...]:
    path = folder / "banks.toml"
    path.write_text(text, encoding="utf-8")
    return load_bank_profiles(path)


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    (profile,) = load(tmp_path, '[my_bank]\nname = "My bank"')

    assert profile == BankProfile("my_bank", "My bank")


def test_booking_may_be_left_to_the_agreement(tmp_path: Path) -> None:
    (profile,) = load(tmp_path, '[my_bank]\nname = "My bank"\nis_batch_booked = "by agreement"')

    assert profile.is_batch_booked is None


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param('adress_mode = "none"', "adress_mode is no field; expected is one of name, ", id="unknown field"),
        pytest.param('address_mode = "lines"', "address_mode is 'lines'; Input should be 'none'", id="unknown word"),
        pytest.param("lead_days_core = 0", "lead_days_core is 0; expected is 1 to 14", id="too few days"),
        pytest.param("lead_days_b2b = 1.5", "lead_days_b2b is 1.5; ", id="half a day"),
        pytest.param("collections_max = 0", "collections_max is 0", id="no collections"),
        pytest.param("bytes_max = 10", "bytes_max is 10", id="too few bytes"),
        pytest.param('cut_off = "late"', "cut_off is 'late'; ", id="no time"),
        pytest.param('zone = "Europe/Atlantis"', "zone is 'Europe/Atlantis'; expected is a time zone", id="zone"),
        pytest.param('file_name = "{date}.xml"', "file_name is .*message_id", id="file name without id"),
        pytest.param('file_name = "{message_id}_{bank}.xml"', "file_name is ", id="unknown part of a file name"),
        pytest.param('file_name = "../{message_id}.xml"', "file_name is ", id="file name with a folder"),
        pytest.param('file_name = "{message_id"', "file_name is ", id="open brace"),
        pytest.param('file_name = "{message_id:>9}"', "file_name is ", id="file name with a form"),
        pytest.param('initiating_party_id = "Ü"', "initiating_party_id is 'Ü'", id="foreign identifier"),
        pytest.param(
            'address_mode = "none"\nhas_creditor_address = true', "address_mode is .*none", id="contradiction"
        ),
    ],
)
def test_what_cannot_be_used_is_named(fault: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidBankProfile, match=rf"banks\.toml: my_bank: {why}"):
        load(tmp_path, f'[my_bank]\nname = "My bank"\n{fault}')


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("[my_bank]", "my_bank: name is missing", id="no name"),
        pytest.param('[my_bank]\nname = " "', "my_bank: name is ' '", id="blank name"),
        pytest.param('["My Bank"]\nname = "x"', "My Bank is not a profile", id="code with a blank"),
        pytest.param("my_bank = 1", "my_bank is not a profile", id="no table"),
        pytest.param("", "has no profile", id="empty"),
        pytest.param("[", "is not TOML", id="no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidBankProfile, match=f"banks.*{why}"):
        load(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidBankProfile, match="cannot be read"):
        load_bank_profiles(tmp_path / "nowhere.toml")
