"""Who is at the other end, with and without proxies."""

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.web.address import address_of, local_path

PROXIES = frozenset({"10.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param("192.0.2.7", "", "192.0.2.7", id="direct"),
        pytest.param("192.0.2.7", "198.51.100.1", "192.0.2.7", id="a stranger's header is not believed"),
        pytest.param("10.0.0.1", "198.51.100.1", "198.51.100.1", id="behind our proxy"),
        pytest.param("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1", id="behind two, one invented"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="proxy says nothing"),
        pytest.param("10.0.0.1", "<script>", "10.0.0.1", id="proxy says nonsense"),
        pytest.param("10.0.0.1", "10.0.0.2", "10.0.0.1", id="only our own"),
        pytest.param("10.0.0.1", "2001:DB8::1", "2001:db8::1", id="IPv6"),
    ],
)
def test_the_last_address_that_is_not_ours_counts(
    peer: str, forwarded: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded}).clone(remote=peer)

    assert address_of(request, PROXIES) == address


@pytest.mark.parametrize(
    ("text", "path"),
    [("/a?b=c", "/a?b=c"), ("", "/"), ("a", "/"), ("//a", "/"), ("/\\a", "/"), ("/a\tb", "/"), ("/" + "a" * 2000, "/")],
)
def test_only_own_paths_are_gone_on_to(text: str, path: str) -> None:
    assert local_path(text) == path
