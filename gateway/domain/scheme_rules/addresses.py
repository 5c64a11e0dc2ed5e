"""Rules of postal addresses (sepa-rules 3.5; EPC 2025 rulebooks, EPC153-22): structured, hybrid, or none at all."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from gateway.domain.scheme_rules.common import has_party_details, parties_of
from gateway.domain.scheme_rules.rule import Check, Group, Rule, Scope, error, warning
from gateway.domain.scheme_rules.texts import shown
from schemas.order_facts import AddressFacts

# The date that counts is that of settlement, not of the file.
UNSTRUCTURED_ENDS = dt.date(2026, 11, 15)
LINES_MAX, LINE_MAX = 2, 70
_LENGTHS = {"town": 35, "postcode": 16, "street": 70, "building": 16}
_COUNTRY = re.compile(r"[A-Z]{2}")
_SOURCE = "EPC153-22 (addresses), 2025 rulebooks"


def _each(judge: Callable[[AddressFacts, Scope], str]) -> Check:
    """Judge the address of each party that has one."""

    def check(facts: Any, scope: Scope) -> str:
        for party in parties_of(facts):
            if party is not None and party.address is not None:
                found = judge(party.address, scope)
                if found:
                    return found
        return ""

    return check


def _is_unstructured(address: AddressFacts) -> bool:
    structured = (address.town, address.postcode, address.street, address.building)
    return bool(address.lines) and not any(structured) and not address.others


def _is_country_alone(address: AddressFacts) -> bool:
    return bool(address.country) and not any(address[1:])


def _unstructured(address: AddressFacts, scope: Scope) -> str:
    is_late = (scope.date or scope.today) >= UNSTRUCTURED_ENDS
    return "an address of lines alone" if is_late and _is_unstructured(address) else ""


def _country_alone(address: AddressFacts, _: Scope) -> str:
    return f"only the country {address.country}" if _is_country_alone(address) else ""


def _town_and_country(address: AddressFacts, _: Scope) -> str:
    if _is_unstructured(address) or _is_country_alone(address) or not any(address):
        return ""
    missing = [name for name in ("town", "country") if not getattr(address, name)]
    return f"no {' and no '.join(missing)}" if missing else ""


def _lines(address: AddressFacts, _: Scope) -> str:
    if len(address.lines) > LINES_MAX:
        return f"{len(address.lines)} lines"
    return next((f"a line of {len(line)} characters" for line in address.lines if len(line) > LINE_MAX), "")


def _lengths(address: AddressFacts, _: Scope) -> str:
    if address.country and not _COUNTRY.fullmatch(address.country):
        return f"country {shown(address.country)}"
    for name, limit in _LENGTHS.items():
        text = getattr(address, name)
        if text and len(text) > limit:
            return f"{name} of {len(text)} characters, at most {limit}"
    return ""


def _repeats(address: AddressFacts, _: Scope) -> str:
    named = (address.town, address.postcode, address.street)
    for line in address.lines:
        words = line.upper()
        for text in named:
            if text and text.upper() in words:
                return f"{shown(text)} also stands in a line"
    return ""


_RULES: tuple[Rule, ...] = (
    error(
        "address_not_unstructured", f"an address with town and country since {UNSTRUCTURED_ENDS}, or none",
        _SOURCE, _each(_unstructured),
    ),
    error("address_not_country_alone", "more than the country, or no address", _SOURCE, _each(_country_alone)),
    error("address_town_and_country", "town and country in every address", _SOURCE, _each(_town_and_country)),
    error("address_lines", f"at most {LINES_MAX} lines of {LINE_MAX} characters", _SOURCE, _each(_lines)),
    error("address_lengths", "texts that fit, and the country as two capital letters", _SOURCE, _each(_lengths)),
    warning("address_repeats", "nothing in the lines that has an element of its own", _SOURCE, _each(_repeats)),
)  # fmt: skip


GROUPS = (Group(_RULES, has_party_details),)
