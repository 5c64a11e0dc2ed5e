"""Right, asked or wrong: what matching books by itself of generated months, against their truth.

``python -m bench.quality [SEEDS] [SIZES] [MIXES]``, such as ``11-30 2000,8000 default,hard``. The generator of the
months and their judge are no part of the gateway: GATEWAY_QUALITY names the folder of ``synth.py`` and ``score.py``;
else they are looked for beside the checkout.
"""

import contextlib
import io
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from gateway.commands import cli

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "tools"
_OUR_IBAN = "DE89370400440532013000"  # Of the generated months.
_SCORE = re.compile(
    r"payments +([\d.]+) %.*?value +([\d.]+) %.*?settled +([\d.]+) %.*?wrong (\d+) of (\d+) booked"
    r".*?possible +([\d.]+) %",
    re.DOTALL,
)
# Per cent of all entries. The hard mix has twice the typos, payments by third parties, sums and part payments.
MIXES = {
    "default": (),
    "hard": ("--mix", "ref_typo=8,third_party=8,multi_sum=5,partial=6", "--unknown-iban", "50"),
    "unknown": ("--unknown-iban", "80"),
}


class Score(NamedTuple):
    """What became of one month: shares in per cent; wrong of so many booked."""

    payments: float
    value: float
    settled: float
    wrong: int
    booked: int
    possible: float


def main(seeds: str = "11-30", sizes: str = "2000,8000,30000", mixes: str = ",".join(MIXES)) -> None:
    """Print one line for each mix and size, and one for each mix."""
    tools = tools_dir()
    if tools is None:
        print("NO QUALITY: there is no generator; GATEWAY_QUALITY names its folder")
        return
    first, _, last = seeds.partition("-")
    chosen = range(int(first), int(last or first) + 1)
    for mix in mixes.split(","):
        all_of_mix: list[Score] = []
        for size in map(int, sizes.split(",")):
            with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
                scores = list(pool.map(partial(score, tools, size=size, mix=mix), chosen))
            print(_line(f"{mix} {size}", scores), flush=True)
            all_of_mix += scores
        print(_line(f"{mix} all", all_of_mix), flush=True)


def tools_dir() -> Path | None:
    """Return the folder of the generator, or None."""
    folder = Path(os.environ.get("GATEWAY_QUALITY", _BESIDE))
    return folder if (folder / "synth.py").exists() else None


def score(tools: Path, seed: int, size: int, mix: str) -> Score:
    """Generate a month, let the gateway import and match it, and judge what it booked."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _generate(tools, place / "month", seed, size, mix)
        booked = _book(place / "month", place / "data")
        told = subprocess.run(
            [sys.executable, str(tools / "score.py"), str(place / "month" / "truth.json"), str(booked),
             "--show", "9"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    for line in re.findall("^wrong .*", told, re.MULTILINE):
        print(f"{mix} {size} seed {seed}: {line}", flush=True)
    match = _SCORE.search(told)
    if match is None:
        raise SystemExit(told)
    payments, value, settled, wrong, of, possible = match.groups()
    return Score(float(payments), float(value), float(settled), int(wrong), int(of), float(possible))


def _generate(tools: Path, folder: Path, seed: int, size: int, mix: str) -> None:
    sizes = {"customers": size // 4, "invoices": size * 5 // 4, "entries": size}
    options = [word for name, count in sizes.items() for word in (f"--{name}", str(count))]
    command = [sys.executable, str(tools / "synth.py"), str(folder), "--seed", str(seed), "--formats", "camt08"]
    subprocess.run([*command, *options, *MIXES[mix]], check=True, stdout=subprocess.DEVNULL)


def _book(month: Path, data: Path) -> Path:
    data.mkdir()
    _run(data, "accounts", "add", _OUR_IBAN)
    for kind in ("customers", "mandates", "invoices", "collections"):
        _run(data, f"import-{kind}", str(month / f"{kind}.csv"))
    _run(data, "import", str(month / "statement.xml"))
    found = data / "allocations.csv"
    found.write_text(_run(data, "export", "allocations"), encoding="utf-8")
    return found


def _run(data: Path, *arguments: str) -> str:
    """Run a command of the gateway here, where its code is loaded already; return what it prints."""
    told, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(said):
        code = cli([*arguments, "--data", str(data)], standalone_mode=False)
    if code not in (None, 0, 3):  # 3: something waits for a person.
        raise SystemExit(said.getvalue())
    return told.getvalue()


def _line(name: str, scores: Iterable[Score]) -> str:
    payments, values, settled, wrong, booked, possible = zip(*scores, strict=True)
    return (
        f"{name:16} payments {fmean(payments):6.2f} %  least {min(payments):6.2f} %"
        f"  of the possible {fmean(possible):6.2f} %  value {fmean(values):6.2f} %"
        f"  settled {fmean(settled):6.2f} %  wrong {sum(wrong)} of {sum(booked)}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
