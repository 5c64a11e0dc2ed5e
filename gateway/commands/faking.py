"""A pretended bank: give it our orders day by day, take its reports and statements."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.shared import DONE, AsJson
from gateway.fake_bank import FakeBank, Habits, State, magic_words, state_from_json, state_to_json

STATE, OUT = "state.json", "out"
Files = Annotated[list[Path] | None, typer.Argument(exists=True, dir_okay=False, readable=True)]
Folder = Annotated[Path | None, typer.Option("--folder", help="Where the bank keeps its books; answers go to its out.")]
Day = Annotated[str, typer.Option("--date", help="The day that it is at the bank, such as 2026-12-01.")]
Hour = Annotated[str, typer.Option("--time", help="When orders arrive, in the bank's own zone.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Throw dice; else the cents of an amount say what happens.")]
Magic = Annotated[bool, typer.Option("--magic", help="Print which cents do what.")]
Gross = Annotated[bool, typer.Option("--gross", help="Book late rejects into the batch and back.")]
Singly = Annotated[bool, typer.Option("--singly", help="Book each collection by itself.")]
BadPost = Annotated[bool, typer.Option("--bad-post", help="With a seed: lose, repeat and delay reports.")]


def fake_bank(
    files: Files = None, folder: Folder = None, date: Day = "", time: Hour = "09:00", seed: Seed = None,
    magic: Magic = False, gross: Gross = False, singly: Singly = False, bad_post: BadPost = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Pretend to be a bank: take payment orders, and write the answers of the day."""
    if magic:
        typer.echo("\n".join(magic_words()))
        raise typer.Exit(DONE)
    if folder is None or not date:
        raise typer.BadParameter("--folder and --date are needed")
    habits = Habits(seed=seed, is_gross=gross, books_each=singly, has_bad_post=bad_post)
    try:
        now = dt.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=habits.time_zone)
    except ValueError:
        raise typer.BadParameter(f"{date} {time} is no moment such as 2026-12-01 09:00") from None
    bank = FakeBank(habits, _books(folder))
    for path in files or ():
        bank.take_order(path.read_bytes(), now)
    bank.close_day(now.date())
    names = _store(folder, bank)
    _print(bank.state, names, as_json=as_json)


def _books(folder: Path) -> State:
    path = folder / STATE
    return state_from_json(path.read_bytes()) if path.exists() else State()


def _store(folder: Path, bank: FakeBank) -> list[Path]:
    out = folder / OUT
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for letter in bank.letters():
        path = out / letter.name
        path.write_bytes(letter.data)
        paths.append(path)
    new = folder / f"{STATE}.new"
    new.write_bytes(state_to_json(bank.state))
    new.replace(folder / STATE)
    return paths


def _print(state: State, paths: list[Path], *, as_json: bool) -> None:
    if as_json:
        outcomes = {key: {"outcome": outcome, "reason": reason} for key, (outcome, reason) in state.outcomes().items()}
        facts = {"written": [str(path) for path in paths], "balances": state.balances(), "collections": outcomes}
        typer.echo(json.dumps(facts))
        return
    for path in paths:
        typer.echo(f"wrote {path}")
    for iban, minor in state.balances().items():
        typer.echo(f"balance of the account that ends in {iban[-4:]}: {minor // 100}.{minor % 100:02d}")
