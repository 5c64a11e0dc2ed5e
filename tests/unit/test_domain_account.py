"""How banks write the number of an account, and which of ours they mean."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.account import (
    AccountExists,
    OwnAccount,
    account_currency,
    account_forms,
    account_keys,
    home_currency,
    register_keys,
)
from schemas.check_digits import check97
from support.corpus import corpus_dir

GERMAN = "DE89370400440532013000"
DUTCH = "NL91ABNA0417164300"


def iban(country: str, bban: str) -> str:
    return f"{country}{check97(f'{bban}{country}00')}{bban}"


def found(ours: OwnAccount, text: str) -> bool:
    """Whether the account is found by what a bank writes."""
    keys = register_keys([ours])
    return any((key, ours.currency) in keys for key in account_keys(text))


@pytest.mark.parametrize(
    ("ours", "written"),
    [
        pytest.param(GERMAN, "DE89 3704 0044 0532 0130 00", id="IBAN in groups"),
        pytest.param(GERMAN, "DE89370400440532013000EUR", id="IBAN with currency"),
        pytest.param(GERMAN, "COBADEFFXXX/DE89370400440532013000", id="BIC before IBAN"),
        pytest.param(GERMAN, "37040044/532013000", id="Bankleitzahl and number without zeros"),
        pytest.param(GERMAN, "37040044/0532013000", id="Bankleitzahl and number with zeros"),
        pytest.param(GERMAN, "37040044/0532013000EUR", id="Bankleitzahl, number, currency"),
        pytest.param(GERMAN, "370400440532013000", id="BBAN"),
        pytest.param(GERMAN, "37040044532013000", id="Bankleitzahl and number in a row"),
        pytest.param(GERMAN, "COBADEFFXXX/0532013000", id="BIC and number"),
        pytest.param(GERMAN, "COBADEFF/532013000", id="short BIC and number"),
        pytest.param(GERMAN, "0532013000", id="number alone"),
        pytest.param(DUTCH, "417164300", id="Dutch number"),
        pytest.param(DUTCH, "0417164300 EUR", id="Dutch number with zeros and currency"),
        pytest.param(DUTCH, "04.17.16.43.00", id="Dutch number with dots"),
        pytest.param(DUTCH, "ABNANL2AXXX/0417164300", id="Dutch BIC and number"),
        pytest.param("FR1420041010050500013M02606", "20041 01005 0500013M026 06", id="French RIB"),
        pytest.param("FR1420041010050500013M02606", "20041-01005-0500013M026", id="French RIB without key"),
        pytest.param("GB29NWBK60161331926819", "60-16-13/31926819", id="British sort code and number"),
        pytest.param("GB29NWBK60161331926819", "NWBKGB2L/31926819", id="British BIC and number"),
        pytest.param("AT611904300234573201", "19043/234573201", id="Austrian Bankleitzahl and number"),
        pytest.param("DK5000400440116243", "0040-440116243", id="Danish registration number and number"),
        pytest.param("CH9300762011623852957", "762-011623852957", id="Swiss clearing number and number"),
        pytest.param("CZ6508000000192000145399", "19-2000145399/0800", id="Czech number and bank"),
        pytest.param("PL61109010140000071219812874", "61109010140000071219812874", id="Polish NRB"),
        pytest.param("IT60X0542811101000000123456", "05428 11101 000000123456", id="Italian number without CIN"),
        pytest.param("ES9121000418450200051332", "2100 0418 45 0200051332", id="Spanish CCC"),
        pytest.param("BE68539007547034", "539-0075470-34", id="Belgian number"),
        pytest.param("LV12TEST000000000001", "lv12test000000000001", id="no valid IBAN, as the bank writes it"),
        pytest.param("37040044/0532013000", GERMAN, id="given in the national form, written as IBAN"),
        pytest.param("20041 01005 0500013M026 06", "FR1420041010050500013M02606", id="given as RIB, written as IBAN"),
    ],
)
def test_an_account_is_found_in_every_form_that_banks_write(ours: str, written: str) -> None:
    bic = {GERMAN: "COBADEFFXXX"}.get(ours, "")

    assert found(OwnAccount(1, ours, home_currency(ours), bic), written)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(iban("DE", "500105170532013000"), id="same number at another bank"),
        pytest.param("50010517/0532013000", id="same number with another Bankleitzahl"),
        pytest.param("DEUTDEFF/0532013000", id="same number with another BIC"),
        pytest.param("DE00370400440532013000", id="wrong check digits"),
        pytest.param("532013001", id="another number"),
        pytest.param("", id="nothing"),
        pytest.param("///", id="only signs"),
    ],
)
def test_an_account_of_somebody_else_is_not_ours(written: str) -> None:
    assert not found(OwnAccount(1, GERMAN, "EUR", "COBADEFFXXX"), written)


def test_a_number_without_bank_stands_for_nobody_where_two_of_ours_have_it() -> None:
    one = OwnAccount(1, GERMAN, "EUR")
    other = OwnAccount(2, iban("DE", "500105170532013000"), "EUR")

    keys = register_keys([one, other])

    assert ("532013000", "EUR") not in keys
    assert {keys[account_keys(one.account)[0], "EUR"], keys[account_keys(other.account)[0], "EUR"]} == {1, 2}


def test_a_number_that_a_person_gave_counts_more_than_one_that_follows_from_an_iban() -> None:
    keys = register_keys([OwnAccount(1, GERMAN, "EUR"), OwnAccount(2, "532013000", "EUR")])

    assert keys["532013000", "EUR"] == 2


def test_a_form_that_a_person_added_finds_the_account() -> None:
    ours = OwnAccount(1, GERMAN, "EUR", also_written=("37040044/0532013000888",))

    assert found(ours, "37040044/0532013000888")


def test_one_number_may_hold_an_account_in_each_currency() -> None:
    keys = register_keys([OwnAccount(1, "1700.59.308", "EUR"), OwnAccount(2, "1700.59.308", "USD")])

    assert keys == {("170059308", "EUR"): 1, ("170059308", "USD"): 2}


def test_an_account_without_currency_is_meant_in_any() -> None:
    keys = register_keys([OwnAccount(1, GERMAN, ""), OwnAccount(2, "532013000", "USD")])

    assert keys[GERMAN, ""] == 1
    assert ("532013000", "") not in keys, "in dollars the other one is meant"
    with pytest.raises(AccountExists):
        register_keys([OwnAccount(1, GERMAN, ""), OwnAccount(2, GERMAN, "USD")])


def test_the_same_account_twice_is_refused_without_showing_it() -> None:
    with pytest.raises(AccountExists, match=r"DE89 \*\*\*\* \*\*\*\* 3000 is an account") as raised:
        register_keys([OwnAccount(1, "37040044/532013000", "EUR"), OwnAccount(2, GERMAN, "EUR")])
    assert GERMAN not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "currency", "home"),
    [
        pytest.param("1700.59.308USD", "USD", "USD", id="behind the number"),
        pytest.param("UBRTHUHB/123456789150ABCDEF002/HUF", "HUF", "HUF", id="behind a slash"),
        pytest.param("NL84 RABO 0121 2121 212 EUR", "EUR", "EUR", id="behind a blank"),
        pytest.param("CH9300762011623852957", None, "CHF", id="of the country"),
        pytest.param(GERMAN, None, "EUR", id="of the euro area"),
        pytest.param("12345ABC", None, "EUR", id="letters that are no currency"),
        pytest.param("EUR", None, "EUR", id="no number before it"),
        pytest.param("MU17BOMM0101101030300200000MUR", None, "EUR", id="an IBAN that ends like a currency"),
    ],
)
def test_the_currency_of_an_account_is_read_where_it_stands(text: str, currency: str | None, home: str) -> None:
    assert account_currency(text) == currency
    assert home_currency(text) == home


def test_a_short_number_is_not_expected_without_its_bank() -> None:
    assert account_forms(iban("DE", "370400440000012345")).bare == ()
    assert account_forms("37040044/12345").bare == ()
    assert account_forms(iban("EE", "2200221020145685")).bare == ()


@given(st.lists(st.from_regex(r"[1-8][0-9]{17}", fullmatch=True), min_size=2, max_size=6, unique=True))
def test_no_iban_finds_an_account_that_is_another(numbers: list[str]) -> None:
    ours = [OwnAccount(place, iban("DE", number), "EUR") for place, number in enumerate(numbers[1:])]

    keys = register_keys(ours)

    assert not any((key, "EUR") in keys for key in account_keys(iban("DE", numbers[0])))
    for account in ours:
        assert keys[account_keys(account.account)[0], "EUR"] == account.id


@given(st.text(max_size=60))
def test_any_text_has_keys_of_letters_and_digits_only(text: str) -> None:
    assert all(key.isalnum() for key in account_keys(text))


@pytest.mark.skipif(corpus_dir() is None, reason="no corpus of bank files on this machine")
def test_each_account_of_the_corpus_is_found_as_it_is_written() -> None:
    folder = corpus_dir()
    assert folder is not None
    written = sorted(set(_accounts(json.loads((folder / "TRUTH.json").read_text()))))

    lost = [text for text in written if not found(OwnAccount(1, text, home_currency(text)), text)]

    assert len(written) > 80
    assert lost == []


def _accounts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for part in value for text in _accounts(part)]
    if not isinstance(value, dict):
        return []
    inner = [text for key, part in value.items() if key != "account" for text in _accounts(part)]
    account = value.get("account")
    return [*inner, account] if isinstance(account, str) and account.strip() else inner
