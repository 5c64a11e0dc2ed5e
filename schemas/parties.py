"""Parties of payment messages that we send: addresses, banks' habits of writing them, who stands behind whom."""

from typing import NamedTuple


class PostalAddress(NamedTuple):
    """Where a party lives. A SEPA message carries town and country at least, or no address at all.

    ``lines`` are the free lines of a hybrid address: at most two of 70 characters, repeating nothing that has an
    element of its own (EPC 2025 rulebooks; lines alone are forbidden since 15 November 2026).
    """

    country: str = ""  # ISO 3166, two letters.
    town: str = ""
    postcode: str = ""
    street: str = ""
    building: str = ""
    lines: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not any(self)


NO_ADDRESS = PostalAddress()


class PaymentParty(NamedTuple):
    """A party of a message: its name, where it lives, and an id of its own that is free text for the bank."""

    name: str
    address: PostalAddress = NO_ADDRESS
    identification: str = ""
