"""Addresses: where browsers find this gateway, who is at the other end, and which paths are our own."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from schemas.errors import GatewayError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class UnsafeAddress(GatewayError):
    """Log-ins must not travel in the open."""

    code = "unsafe_address"


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where browsers find this gateway: https, or http on this very machine."""

    scheme: str
    host: str  # Name, with the port when it is not the usual one.

    @classmethod
    def parse(cls, url: str) -> "PublicAddress":
        """Return the address. Raises UnsafeAddress for http on anything but a loopback host."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.path.strip("/"):
            raise UnsafeAddress(f"public_url {url!r} is not an address such as https://gateway.example.com")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UnsafeAddress(f"public_url {url!r} must be https: only 127.0.0.1 and localhost may use http")
        return cls(parts.scheme, parts.netloc.lower())

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by https."""
        return self.scheme == "https"

    @property
    def url(self) -> str:
        """The address as links begin."""
        return f"{self.scheme}://{self.host}"

    @property
    def cookie(self) -> str:
        """The name of the session cookie; browsers refuse the safe prefix on http."""
        return "__Host-gateway" if self.is_secure else "gateway"

    def check_bind(self, host: str) -> None:
        """Check that the server may listen there. Raises UnsafeAddress."""
        if not self.is_secure and host not in _LOOPBACK:
            raise UnsafeAddress(
                f"the gateway listens on {host} only with public_url set to the https address of its proxy"
            )

    def accepts_host(self, host: str) -> bool:
        """Tell whether a request names us; on this machine any loopback name and port will do."""
        if self.is_secure:
            return host.lower() == self.host
        return (urlsplit(f"//{host}").hostname or "") in _LOOPBACK

    def accepts_origin(self, origin: str, host: str) -> bool:
        """Tell whether a page that sends something is ours."""
        return origin.lower() == (self.url if self.is_secure else f"http://{host.lower()}")


def address_of(request: web.Request, proxies: frozenset[str]) -> str:
    """Return who is at the other end: behind a known proxy the last address that it did not add itself."""
    peer = request.remote or ""
    if peer not in proxies:
        return peer
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if text.strip() not in proxies:
            return _address(text.strip()) or peer
    return peer


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def local_path(text: str, default: str = "/") -> str:
    """Return a path of this gateway to go on to, never another host."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and len(text) < 2000
    return text if is_local else default
