"""Writes MT940 files for the benchmarks: one German statement, the same bytes for the same number of entries."""

import datetime as dt
import random
from pathlib import Path

_NAMES = "Anna Bernd Clara Dieter Eva Frank Greta Hans Inge Jens".split()
_FAMILIES = "Meyer Schmidt Schneider Fischer Weber Wagner Becker Schulz Hoffmann Koch".split()
_TEXTS = ("Rechnung {} vom 03.11.2026", "RG {} KD 4711", "{}", "Zahlung {} danke", "Inv. {}, Kundennr 100042")
_OPENING_MINOR = 10_000_000


def write_mt940(path: Path, entries: int, *, seed: int = 1) -> int:
    """Write a statement; return its size in bytes."""
    dice = random.Random(seed)
    total = _OPENING_MINOR
    with path.open("w", encoding="latin-1", newline="\r\n") as file:
        file.write(f":20:STARTUMS\n:25:37040044/0532013000\n:28C:00211/001\n:60F:C261101EUR{_amount(total)}\n")
        for number in range(entries):
            is_credit = dice.random() < 0.9
            minor = dice.randint(500, 900_000)
            total += minor if is_credit else -minor
            file.write(_entry(number, entries, is_credit, minor, dice))
        file.write(f":62F:{'C' if total >= 0 else 'D'}261130EUR{_amount(abs(total))}\n-\n")
    return path.stat().st_size


def _entry(number: int, entries: int, is_credit: bool, minor: int, dice: random.Random) -> str:
    day = dt.date(2026, 11, 2) + dt.timedelta(days=number * 28 // entries)
    remittance = dice.choice(_TEXTS).format(f"RE-2026-{number:07d}")
    purpose = f"EREF+{f'E2E-{number}' if number % 3 else 'NOTPROVIDED'} SVWZ+{remittance}"
    pieces = "".join(f"?{20 + place // 27}{purpose[place : place + 27]}" for place in range(0, len(purpose), 27))
    payer = 1_000_000 + dice.randrange(20_000)
    name = f"{dice.choice(_NAMES)} {dice.choice(_FAMILIES)}"
    text = (
        f"{'166' if is_credit else '116'}?00SEPA-GUTSCHRIFT?10931{pieces}"
        f"?30COBADEFFXXX?31DE{payer % 97:02d}37040044{payer:010d}?32{name}"
    )
    lines = "\n".join(text[place : place + 65] for place in range(0, len(text), 65))
    mark = "CR" if is_credit else "DR"
    return f":61:{day:%y%m%d}{day:%m%d}{mark}{_amount(minor)}NTRFNONREF//{number:012d}\n:86:{lines}\n"


def _amount(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"
