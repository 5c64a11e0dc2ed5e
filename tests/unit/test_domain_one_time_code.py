"""One-time codes against the published values, and what is near and far in time."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.domain.one_time_code import app_link, code_at, matching_step, seed_text, step_at

SEED = b"12345678901234567890"


# RFC 6238 appendix B (SHA-1), the last six of its eight digits.
@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert code_at(SEED, step_at(dt.datetime.fromtimestamp(second, dt.UTC))) == code


# RFC 4226 appendix D.
@pytest.mark.parametrize(("step", "code"), [(0, "755224"), (1, "287082"), (2, "359152"), (9, "520489")])
def test_codes_by_counter_are_those_of_the_standard(step: int, code: str) -> None:
    assert code_at(SEED, step) == code


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_neighbours_in_time_are_taken(steps: int, is_taken: bool) -> None:
    now = dt.datetime(2026, 11, 21, 9, 0, 7, tzinfo=dt.UTC)
    step = step_at(now) + steps

    assert matching_step(SEED, code_at(SEED, step), now) == (step if is_taken else None)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "²²²²²²", "000000 "])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching_step(SEED, code, dt.datetime(2026, 11, 21, tzinfo=dt.UTC)) is None


def test_the_seed_is_shown_in_groups_and_as_a_link() -> None:
    link = urlsplit(app_link(SEED, issuer="SEPA gateway", login="clara@example.com"))

    assert seed_text(SEED) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert (link.scheme, link.netloc, link.path) == ("otpauth", "totp", "/SEPA%20gateway%3Aclara%40example.com")
    assert parse_qs(link.query)["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
