"""Collections: plan what is due, and freeze it into runs. What leaves needs another person, on the pages."""

import datetime as dt
import json
from collections import Counter
from typing import Annotated, Any

import typer

from config.settings import load_settings
from gateway import app
from gateway.commands.shared import DONE, WAITS, AsJson, CompanyCode, Data, company_of, with_store
from gateway.domain.collecting.model import LeftOut, Plan
from gateway.services.collect_in_worker import without_gc
from gateway.services.freeze_run import Frozen, Maker, freeze_runs
from gateway.services.plan_collections import plan_collections
from gateway.services.read_run import run_of
from gateway.store.collection_runs import CollectionRun
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from schemas.money import amount_text

Until = Annotated[dt.datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last due date, YYYY-MM-DD.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be collected and what not.")]


def collect(
    until: Until, data: Data = None, company: CompanyCode = "", dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Plan what is due until a day and freeze it into runs, which wait for approval; 3 when something is left out."""
    settings = load_settings(data_dir=data)

    async def work(database: Database) -> int:
        company_id = await company_of(database, company)
        place = app.collect_place(settings, database)
        if dry_run:
            _progress("planning", 0, 0)
            async with database.read() as session:
                plan = await plan_collections(
                    session, company_id=company_id, until_date=until.date(), now=place.now(), profiles=place.profiles
                )
            _print(_of_plan(plan), as_json)
            return _code(plan.left_out)
        with without_gc():
            frozen = await freeze_runs(
                place, company_id=company_id, until_date=until.date(), maker=Maker(SYSTEM, None), progress=_progress
            )
        runs = [await run_of(place, company_id=company_id, run_id=run_id) for run_id in frozen.run_ids]
        _print(_of_runs(frozen, runs), as_json)
        return WAITS if any(run.left_out for run in runs) else _code(frozen.left_out)

    raise typer.Exit(with_store(settings, work))


def _progress(stage: str, done: int, total: int) -> None:
    typer.echo(f"{stage} {done:,} of {total:,}" if total else stage, err=True)


def _code(left_out: tuple[LeftOut, ...]) -> int:
    return WAITS if left_out else DONE


def _of_plan(plan: Plan) -> dict[str, Any]:
    days = Counter(str(one.collection_date) for one in plan.collections)
    return {
        "collections": len(plan.collections),
        "amount_minor": plan.sum_minor,
        "by_date": dict(sorted(days.items())),
        "left_out": _reasons(plan.left_out),
    }


def _of_runs(frozen: Frozen, runs: list[CollectionRun]) -> dict[str, Any]:
    return {
        "collections": sum(run.collection_count for run in runs),
        "amount_minor": sum(run.sum_minor for run in runs),
        "runs": [
            {"id": str(run.id), "message_id": run.message_id, "sha256": run.sha256, "left_out": len(run.left_out)}
            for run in runs
        ],
        "left_out": _reasons(frozen.left_out),
    }


def _reasons(left_out: tuple[LeftOut, ...]) -> dict[str, int]:
    return dict(sorted(Counter(one.reason.value for one in left_out).items()))


def _print(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts))
        return
    typer.echo(f"{facts['collections']:,} collections of together {amount_text(facts['amount_minor'])} EUR")
    for run in facts.get("runs", ()):
        typer.echo(f"run {run['message_id']} waits for approval; its file has the hash {run['sha256']}")
    for date, count in facts.get("by_date", {}).items():
        typer.echo(f"{date}\t{count}")
    for reason, count in facts["left_out"].items():
        typer.echo(f"left out\t{reason}\t{count}")
