"""Accounts, banks, mandates, creditors and our own ids: what is accepted, what is refused, what is shown."""

import contextlib
import datetime as dt
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.check_digits import check97
from schemas.countries import EEA, IBAN_STRUCTURES, SEPA_COUNTRIES, is_eea, is_sepa
from schemas.errors import GatewayError
from schemas.identifiers import (
    Bic,
    CreditorIdentifier,
    EndToEndId,
    Iban,
    InvalidBic,
    InvalidCreditorIdentifier,
    InvalidIban,
    InvalidLei,
    InvalidMandateReference,
    InvalidOwnId,
    Lei,
    MandateReference,
    MessageId,
    PaymentInformationId,
    find_ibans,
    mask_account,
)
from schemas.national_accounts import national_check_warning

VALID_IBANS = """
DE89370400440532013000 FR1420041010050500013M02606 BE68539007547034 NL91ABNA0417164300 ES9121000418450200051332
IT60X0542811101000000123456 AT611904300234573201 LU280019400644750000 CH9300762011623852957 GB29NWBK60161331926819
AL47212110090000000235698741 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
RS35260005601001611379 PT50000201231234567890154 MC5811222000010123456789030 SM86U0322509800000000270100
AD1200012030200359100100 VA59001123000012345678
""".split()
SEPA_LENGTHS = """
AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21
LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22
""".split()


@pytest.mark.parametrize("text", VALID_IBANS)
def test_a_published_iban_is_accepted(text: str) -> None:
    iban = Iban.parse(text)

    assert iban == text
    assert national_check_warning(iban) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("DE89 3704 0044 0532 0130 00", id="printed in groups"),
        pytest.param("de89370400440532013000", id="small letters"),
        pytest.param("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", id="no-break blanks"),
        pytest.param("\tDE89370400440532013000\r\n", id="copied with line ends"),
        pytest.param("DE8937040044\u200b0532013000", id="zero-width blank"),
    ],
)
def test_an_iban_is_read_however_it_was_typed(text: str) -> None:
    assert Iban.parse(text) == "DE89370400440532013000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("DE88370400440532013000", "wrong check digits", id="wrong check digits"),
        pytest.param("DE8937040044053201300", "has 21 characters, DE has 22", id="one digit lost"),
        pytest.param("ZZ89370400440532013000", "does not begin with a country", id="no such country"),
        pytest.param("US89370400440532013000", "does not begin with a country", id="country without IBANs"),
        pytest.param("DE8937040044053201300O", "letter or sign where DE has none", id="letter O for zero"),
        pytest.param("DE8937040044053201300-", "letter or sign where DE has none", id="a sign inside"),
        pytest.param("DE893704004405320130０0", "letter or sign where DE has none", id="full-width digit"),
        pytest.param("DE٨٩370400440532013000", "letter or sign where DE has none", id="arabic check digits"),
        pytest.param("ﬁ2112345600000785", "does not begin with a country", id="ligature for FI"),
        pytest.param("", "does not begin with a country", id="empty"),
    ],
)
def test_a_wrong_iban_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidIban, match=message):
        Iban.parse(text)


@pytest.mark.parametrize("check", ["00", "01", "99"])
def test_check_digits_outside_02_to_98_are_refused_even_where_the_remainder_fits(check: str) -> None:
    national = next(
        digits
        for number in range(1000)
        if (digits := f"37040044{number:010d}") and (int(digits + "1314" + check) % 97 == 1)
    )

    with pytest.raises(InvalidIban, match="wrong check digits"):
        Iban.parse(f"DE{check}{national}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Konto DE89 3704 0044 0532 0130 00 danke", ["DE89 3704 0044 0532 0130 00"], id="a word behind it"),
        pytest.param("at61 1904 3002 3457 3201", ["at61 1904 3002 3457 3201"], id="small letters, whole groups"),
        pytest.param("BE68 5390 0754 7034/NL91 ABNA 0417 1643 00", ["BE68 5390 0754 7034", "NL91 ABNA 0417 1643 00"],
                     id="two"),
        pytest.param("DE88 3704 0044 0532 0130 00", [], id="wrong check digits"),
        pytest.param("RE12 3456 7890 1234", [], id="no country"),
        pytest.param("DE89370400440532013000", [], id="one word, which no short number hides in"),
    ],
)  # fmt: skip
def test_accounts_printed_in_groups_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_ibans(text)] == found


def test_an_error_never_shows_a_whole_iban() -> None:
    with pytest.raises(InvalidIban) as refused:
        Iban.parse("DE88370400440532013000")

    assert "370400440532013000" not in str(refused.value)
    assert "DE88 **** **** 3000" in str(refused.value)


def test_an_iban_is_shown_printed_or_masked() -> None:
    iban = Iban.parse("FR1420041010050500013M02606")

    assert iban.printed == "FR14 2004 1010 0505 0001 3M02 606"
    assert iban.masked == "FR14 **** **** 2606"
    assert iban.country == "FR"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("DE89370400440532013000", "DE89 **** **** 3000", id="iban"),
        pytest.param("de89 3704 0044 0532 0130 00", "DE89 **** **** 3000", id="iban as typed"),
        pytest.param("37040044/532013000", "**** 3000", id="national account"),
        pytest.param("123456", "**** 56", id="short account"),
        pytest.param("12", "****", id="hardly anything"),
        pytest.param("", "****", id="nothing"),
    ],
)
def test_an_account_is_masked(text: str, shown: str) -> None:
    assert mask_account(text) == shown


@given(st.text(alphabet="0123456789ABCXYZ", min_size=9, max_size=34))
def test_a_mask_shows_at_most_eight_characters_of_an_account(text: str) -> None:
    assert sum(character.isalnum() for character in mask_account(text)) <= 8


@pytest.mark.parametrize("text", SEPA_LENGTHS)
def test_the_length_of_an_iban_is_known_for_each_sepa_country(text: str) -> None:
    assert IBAN_STRUCTURES[text[:2]].length == int(text[2:])


def test_iban_structures_agree_with_the_public_registry() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        registry = pytest.importorskip("schwifty").registry

    lengths = {country: registry.get_iban_spec(country).iban_length for country in IBAN_STRUCTURES}

    assert {country: structure.length for country, structure in IBAN_STRUCTURES.items()} == lengths


@given(st.integers(0, 10**18 - 1))
def test_one_wrong_digit_is_always_noticed(number: int) -> None:
    national = f"{number:018d}"
    iban = Iban.parse(f"DE{check97(national + 'DE00')}{national}")
    changed = f"{iban[:10]}{(int(iban[10]) + 1) % 10}{iban[11:]}"

    with pytest.raises(InvalidIban):
        Iban.parse(changed)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        pytest.param("BE55539007547044", "BE", id="Belgium"),
        pytest.param("NL22ABNA0417164301", "NL", id="Netherlands"),
        pytest.param("ES0421000418400200051332", "ES", id="Spain"),
        pytest.param("FR1320041010050500013M02607", "FR", id="France"),
        pytest.param("IT90Y0542811101000000123456", "IT", id="Italy"),
    ],
)
def test_a_wrong_national_check_is_a_warning(text: str, country: str) -> None:
    national = text[4:]
    iban = Iban.parse(f"{country}{check97(national + country + '00')}{national}")

    warning = national_check_warning(iban)

    assert warning is not None
    assert country in warning
    assert iban not in warning


def test_a_former_postbank_number_has_no_national_check() -> None:
    national = "INGB0001234567"
    iban = Iban.parse(f"NL{check97(national + 'NL00')}{national}")

    assert national_check_warning(iban) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("COBADEFFXXX", "COBADEFFXXX", id="eleven characters"),
        pytest.param("cobadeff", "COBADEFFXXX", id="eight small letters"),
        pytest.param("COBA DE FF 123", "COBADEFF123", id="with blanks and a branch"),
        pytest.param("1234DEFF", "1234DEFFXXX", id="digits in front, as newer schemas allow"),
    ],
)
def test_a_bic_is_read(text: str, key: str) -> None:
    bic = Bic.parse(text)

    assert bic.key == key
    assert bic.country == "DE"


@pytest.mark.parametrize("text", ["", "COBADEF", "COBADEFFXX", "COBA12FF", "COBADEFFXXXX", "ＣOBADEFF"])
def test_what_is_no_bic_is_refused(text: str) -> None:
    with pytest.raises(InvalidBic):
        Bic.parse(text)


@pytest.mark.parametrize(
    "text",
    ["M", "ABC-1", "abc 1", "RUM++0001", "A/B:(C).D,E'F?", "x" * 35, "M" + " " * 33 + "1"],
)
def test_a_mandate_reference_is_kept_as_signed(text: str) -> None:
    assert MandateReference.parse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 36, id="36 characters"),
        pytest.param("/A", id="slash in front"),
        pytest.param("A/", id="slash at the end"),
        pytest.param("A//B", id="double slash"),
        pytest.param(" A", id="blank in front"),
        pytest.param("A ", id="blank at the end"),
        pytest.param("Ä1", id="umlaut"),
        pytest.param("A_1", id="underscore"),
        pytest.param("A\n", id="line end"),
        pytest.param("A" * 100_000, id="a hundred thousand characters"),
    ],
)
def test_what_is_no_mandate_reference_is_refused(text: str) -> None:
    with pytest.raises(InvalidMandateReference) as refused:
        MandateReference.parse(text)

    assert len(str(refused.value)) < 300


def test_mandate_references_are_compared_without_regard_to_case() -> None:
    assert MandateReference.parse("abc-1").key == MandateReference.parse("ABC-1").key


VALID_CREDITORS = """
AT61ZZZ01234567890 BE68ZZZ0123456789 BE69ZZZ050D000000008 DE98ZZZ09999999999 ES59ZZZX1234567L ES23ZZZ47690558N
FR72ZZZ123456 IT66ZZZA1B2C3D4E5F6G7H8 LU83ZZZ0000000000000000001 NL79ZZZ999999990000 NL69ZZZ123456780000
ES11ZZZB12345674 ES11001B12345674
""".split()


@pytest.mark.parametrize("text", VALID_CREDITORS)
def test_a_creditor_identifier_is_read_and_made_again(text: str) -> None:
    identifier = CreditorIdentifier.parse(text)

    made = CreditorIdentifier.generate(country=text[:2], national_part=text[7:], business_code=text[4:7])

    assert made == identifier == text


@pytest.mark.parametrize(
    "text", ["FR12ZZZ123456", "DE12ZZZ00000000001", "NL00ZZZ123456780000", "DE98ZZZ", "", "98DEZZZ1"]
)
def test_what_is_no_creditor_identifier_is_refused(text: str) -> None:
    with pytest.raises(InvalidCreditorIdentifier):
        CreditorIdentifier.parse(text)


def test_the_business_code_is_no_part_of_the_creditors_identity() -> None:
    default = CreditorIdentifier.parse("ES11ZZZB12345674")
    branch = CreditorIdentifier.parse("ES11 001 B12345674")

    assert default != branch
    assert default.key == branch.key == "ES11B12345674"
    assert branch.business_code == "001"


def test_signs_in_the_national_part_do_not_count_for_the_check() -> None:
    made = CreditorIdentifier.generate(country="DE", national_part="0999-9999.999")

    assert made == "DE98ZZZ0999-9999.999"


def test_a_legal_entity_identifier_is_checked() -> None:
    assert Lei.parse("5493 001KJTIIGC8Y1R12") == "5493001KJTIIGC8Y1R12"
    for wrong in ("5493001KJTIIGC8Y1R13", "5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1RAB"):
        with pytest.raises(InvalidLei):
            Lei.parse(wrong)


@pytest.mark.parametrize("kind", [MessageId, PaymentInformationId, EndToEndId])
def test_our_own_ids_are_plain(kind: type[MessageId]) -> None:
    assert kind.parse("E2E-0001") == "E2E-0001"
    for wrong in ("", "e2e", "A B", "A/B", "Ä", "A" * 36, "A\n"):
        with pytest.raises(InvalidOwnId):
            kind.parse(wrong)


@pytest.mark.parametrize("kind", [Iban, Bic, MandateReference, CreditorIdentifier, Lei, MessageId])
@given(text=st.text(max_size=40))
def test_any_text_is_read_or_refused_with_our_own_error(kind: type[Iban], text: str) -> None:
    with contextlib.suppress(GatewayError):
        parsed = kind.parse(text)
        assert kind.parse(parsed) == parsed


def test_sepa_has_41_countries_and_its_territories() -> None:
    territories = set("AX GF GP MQ RE YT BL MF PM GI GG JE IM".split())

    assert len(SEPA_COUNTRIES.keys() - territories) == 41
    assert territories < SEPA_COUNTRIES.keys()
    assert not {"PF", "NC", "WF", "TF", "TR", "UA"} & SEPA_COUNTRIES.keys()


@pytest.mark.parametrize(
    ("country", "on_date", "expected"),
    [
        ("DE", dt.date(2009, 1, 1), True),
        ("ME", dt.date(2024, 11, 20), False),
        ("ME", dt.date(2024, 11, 21), True),
        ("RS", dt.date(2026, 1, 1), True),
        ("NC", dt.date(2026, 1, 1), False),
    ],
)
def test_a_country_is_in_sepa_from_its_day_on(country: str, on_date: dt.date, expected: bool) -> None:
    assert is_sepa(country, on_date) is expected


def test_banks_outside_the_eea_are_known() -> None:
    outside = set("AL AD CH GB GG IM JE MC MD ME MK PM RS SM VA".split())

    assert outside == {code for code in SEPA_COUNTRIES if not is_eea(code)} - {"GI"}
    assert all(country.is_eea is is_eea(code) for code, country in SEPA_COUNTRIES.items())
    assert len(EEA - set("AX GF GP MQ RE YT BL MF".split())) == 30


def test_no_operational_date_is_claimed_for_serbia() -> None:
    assert SEPA_COUNTRIES["RS"].operational_date is None
    assert SEPA_COUNTRIES["AL"].operational_date == dt.date(2025, 10, 5)
