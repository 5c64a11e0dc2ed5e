"""One-time codes of the second factor: six digits, a new one every 30 seconds (RFC 6238 with SHA-1, as apps expect)."""

import base64
import datetime as dt
import hmac
from urllib.parse import quote

PERIOD_S = 30
SEED_BYTES = 20
_DRIFT_STEPS = 1  # A phone's clock may be half a minute off.


def step_at(now: dt.datetime) -> int:
    """Return the number of the 30 seconds in which a moment lies."""
    return int(now.timestamp()) // PERIOD_S


def code_at(seed: bytes, step: int) -> str:
    """Return the six digits of a step (RFC 4226 section 5.3)."""
    digest = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(seed: bytes, code: str, now: dt.datetime) -> int | None:
    """Return the step whose code this is, the nearest ones allowed, or None. Codes are compared in constant time."""
    current, found = step_at(now), None
    for step in range(current - _DRIFT_STEPS, current + _DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(seed, step).encode(), code.encode()):
            found = step
    return found


def seed_text(seed: bytes) -> str:
    """Return the seed as a person types it into an app: base32 in groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def app_link(seed: bytes, *, issuer: str, login: str) -> str:
    """Return the ``otpauth`` link that an app on the same device opens."""
    secret = base64.b32encode(seed).decode().rstrip("=")
    label = quote(f"{issuer}:{login}", safe="")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}&period={PERIOD_S}&digits=6"
