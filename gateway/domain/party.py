"""The rules of parties: how their names are searched, who belongs to whose family, whose account a payer's IBAN is."""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.domain.matching.model import KnownIban
from schemas.states import IbanSource

DECISIONS_MIN = 2
_SPECIAL = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
# What a customer's record says counts more than his mandate, and that more than our own memory.
_STRONGEST = (IbanSource.CUSTOMER_RECORD, IbanSource.MANDATE, IbanSource.DECISION)


class PayerFact(NamedTuple):
    """One reason to believe that an IBAN pays for a customer. ``decisions`` are those of people only."""

    iban: str
    customer_id: int
    source: IbanSource
    decisions: int
    since_date: dt.date | None = None
    by: str = ""


def search_key(text: str) -> str:
    """Return a text as people search and sort it: small letters without accents, single blanks."""
    plain = " ".join(text.casefold().split())
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKD", plain.translate(_SPECIAL))
    return "".join(char for char in plain if not unicodedata.combining(char))


def family_ids(parents: Mapping[int, int | None]) -> dict[int, int]:
    """Return for each party the one at the top of its family. ``parents`` names the parent of each party."""
    tops: dict[int, int] = {}
    for party_id in parents:
        line = [party_id]
        parent = parents[party_id]
        while parent is not None and parent in parents and parent not in line and parent not in tops:
            line.append(parent)
            parent = parents[parent]
        if parent in line:  # A circle: nobody is at the top, so the smallest key is.
            top = min(line[line.index(parent) :])
        else:
            top = tops[parent] if parent in tops else line[-1]
        tops |= dict.fromkeys(line, top)
    return tops


def known_ibans(facts: Iterable[PayerFact]) -> list[KnownIban]:
    """Return what is known of payer accounts, one value per IBAN and customer.

    Confirmed is an IBAN on the customer's record or an active mandate, or one that people decided twice for him; never
    one of two customers, nor one marked as collector (design section 4, payer memory).
    """
    by_iban: dict[str, list[PayerFact]] = defaultdict(list)
    for fact in facts:
        by_iban[fact.iban].append(fact)
    known: list[KnownIban] = []
    for of_iban in by_iban.values():
        is_collector = any(fact.source is IbanSource.COLLECTOR for fact in of_iban)
        by_customer: dict[int, list[PayerFact]] = defaultdict(list)
        for fact in of_iban:
            by_customer[fact.customer_id].append(fact)
        is_alone = len(by_customer) == 1 and not is_collector
        for of_customer in by_customer.values():
            known.append(_known(of_customer, is_alone=is_alone, is_collector=is_collector))
    return known


def _known(facts: list[PayerFact], *, is_alone: bool, is_collector: bool) -> KnownIban:
    best = min(facts, key=lambda fact: _STRONGEST.index(fact.source) if fact.source in _STRONGEST else -1)
    is_proven = best.source is not IbanSource.DECISION or best.decisions >= DECISIONS_MIN
    return KnownIban(
        iban=best.iban,
        customer_id=best.customer_id,
        source=IbanSource.COLLECTOR if is_collector else best.source,
        is_confirmed=is_alone and is_proven,
        since_date=best.since_date,
        by=best.by,
    )
