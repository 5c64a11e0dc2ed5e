"""How fast and how small orders are written: pain.008, checked against its XSD and hashed, into a file.

``python -m bench.pain008 [COLLECTIONS] [ROUNDS]``. Against parsing and checking the finished file with lxml, and
against sepaxml's default export. Every measurement is a process of its own; CPU time counts from when the data lies
ready, imports and schemas included.
"""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.readers import Cost, peak_mb
from schemas.bank_profile import BankProfile
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.direct_debit import BatchKey, DirectDebit, DirectDebitMessage, MandateFactsSent, PaymentBlock
from schemas.identifiers import CreditorIdentifier, EndToEndId, Iban, MandateReference, MessageId, PaymentInformationId
from schemas.parties import PaymentParty

COLLECTIONS, PEER_COLLECTIONS, LONG, ROUNDS = 100_000, 10_000, 1_000_000, 3
_DAY = dt.date(2026, 12, 1)
_CREDITOR, _OWN, _IDENTIFIER = "Bench & Co. KG", "DE89370400440532013000", "DE98ZZZ09999999999"
_FIRST = "Ada Ben Cora Dan Elif Finn Greta Hanna Ivo Jürgen Kaja Léa Mats Nora Oskar Pia".split()
_LAST = "Ackermann Bäcker Carlsen Dubois Eriksen Färber Große Huber Ibsen Jansen Kowalski Lindqvist".split()


def _collections(count: int) -> Iterator[DirectDebit]:
    """Yield made-up collections of a fifth as many customers."""
    for number in range(count):
        customer = number % (count // 5)
        yield DirectDebit(
            EndToEndId(f"E2E-{number:09d}"),
            100 + number * 7_919 % 900_000,
            MandateFactsSent(MandateReference(f"M-{customer:07d}"), _DAY),
            PaymentParty(f"{_FIRST[customer % 16]} {_LAST[customer // 16 % 12]} {customer}"),
            Iban(_iban(customer)),
            remittance=f"Rechnung {number:07d} vom 15.10.2026, Kunde {customer}",
        )


def _iban(customer: int) -> str:
    national = f"{customer * 1_000_003 % 10**18:018d}"
    return f"DE{98 - int(national + '131400') % 97:02d}{national}"


def write(path: Path, count: int) -> float:
    """Write a file with our writer; the data of a long one is made while it is written."""
    total = sum(100 + number * 7_919 % 900_000 for number in range(count))
    collections = _collections(count) if count > COLLECTIONS else list(_collections(count))
    creditor = PaymentParty(_CREDITOR)
    identifier = CreditorIdentifier(_IDENTIFIER)
    key = BatchKey(_DAY, LocalInstrument.CORE, SequenceType.RECURRENT, creditor, Iban(_OWN), None, identifier)
    block = PaymentBlock(PaymentInformationId("BENCH-1"), key, count, total, collections)
    created_at = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    message = DirectDebitMessage(MessageId("BENCH"), created_at, _CREDITOR, (block,), count, total)
    began = time.process_time()

    from generators.pain008 import save_direct_debits

    with path.open("wb") as file:
        save_direct_debits(message, BankProfile("bench", "Bench"), file)
    return time.process_time() - began


def check(path: Path, _: int) -> float:
    """Parse the finished file and check it against its XSD: the measure of all."""
    began = time.process_time()

    import sepaxml
    from lxml import etree

    schema = etree.XMLSchema(file=str(Path(sepaxml.__file__).parent / "schemas" / "pain.008.001.08.xsd"))
    schema.assertValid(etree.parse(path))
    return time.process_time() - began


def peer(path: Path, count: int) -> float:
    """Write a file with sepaxml as its documentation says: one batch, and its own check of the result."""
    payments = [
        {
            "name": each.debtor.name,
            "IBAN": str(each.debtor_iban),
            "amount": each.amount_minor,
            "type": "RCUR",
            "collection_date": _DAY,
            "mandate_id": str(each.mandate.reference),
            "mandate_date": each.mandate.signature_date,
            "description": each.remittance,
            "endtoend_id": str(each.end_to_end_id),
        }
        for each in _collections(count)
    ]
    own = {"name": _CREDITOR, "IBAN": _OWN, "batch": True, "creditor_id": _IDENTIFIER, "currency": "EUR"}
    began = time.process_time()

    from sepaxml import SepaDD

    order = SepaDD(own, schema="pain.008.001.08", clean=True)
    for payment in payments:
        order.add_payment(payment)
    path.write_bytes(order.export())
    return time.process_time() - began


_WAYS: dict[str, Callable[[Path, int], float]] = {"write": write, "check": check, "peer": peer}


def main(collections: int = COLLECTIONS, rounds: int = ROUNDS) -> dict[str, float]:
    """Measure, print and return the figures."""
    with TemporaryDirectory() as folder:
        path, other = Path(folder) / "ours.xml", Path(folder) / "theirs.xml"
        bare, faster, ours = [], [], Cost(0, 0)
        for _ in range(rounds):
            ours = _measure("write", path, collections)
            bare.append(ours.cpu_s / _measure("check", path, collections).cpu_s)
            short = _measure("write", other, PEER_COLLECTIONS)
            faster.append(_measure("peer", other, PEER_COLLECTIONS).cpu_s / short.cpu_s)
        long_mb = _measure("write", path, LONG).peak_mb
    figures = {
        f"CPU of {collections} against parsing and checking the file (at most 1.8)": median(bare),
        f"times faster than sepaxml at {PEER_COLLECTIONS} (at least 12)": median(faster),
        f"peak memory in MB at {LONG} (at most 96)": long_mb,
    }
    print(f"  {collections} collections in {ours.cpu_s:.2f} s CPU")
    for name, figure in figures.items():
        print(f"  {name}: {figure:.2f}")
    return figures


def _measure(way: str, path: Path, count: int) -> Cost:
    command = [sys.executable, "-m", "bench.pain008", way, str(path), str(count)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    cpu_s, peak = result.stdout.split()
    return Cost(float(cpu_s), float(peak))


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in _WAYS:
        print(_WAYS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3])), peak_mb())
    else:
        main(*map(int, sys.argv[1:]))
