"""Names to log in with."""

import pytest

from gateway.domain.login_name import InvalidLogin, folded_login, parse_login


@pytest.mark.parametrize(
    ("text", "login"),
    [
        pytest.param("clara", "clara", id="plain"),
        pytest.param("  Clara@Example.COM ", "clara@example.com", id="case and blanks"),
        pytest.param("ＣＬＡＲＡ", "clara", id="full width"),
        pytest.param("jürgen.groß+x_1", "jürgen.gross+x_1", id="letters of other languages"),
    ],
)
def test_names_are_compared_folded(text: str, login: str) -> None:
    assert parse_login(text) == login == folded_login(text)


@pytest.mark.parametrize("text", ["", "a", "a b", "a\x00b", "-ab", "x" * 101, "a/b", "<script>"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidLogin):
        parse_login(text)
