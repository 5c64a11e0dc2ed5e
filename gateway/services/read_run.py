"""Read the bytes of a run back: they leave only as long as they are what was frozen and approved (INV-14)."""

import asyncio
from pathlib import Path

from gateway.services.freeze_run import CollectPlace
from gateway.store import collection_runs
from gateway.store.collection_runs import CollectionRun
from gateway.store.work import Actor
from schemas.errors import GatewayError, NotFound


class BytesDiffer(GatewayError):
    """The bytes on the disk are not those that were frozen; nothing leaves, and it is written in the journal."""

    code = "bytes_differ"


async def check_bytes(place: CollectPlace, run: CollectionRun, actor: Actor) -> Path:
    """Return where the bytes of a frozen run lie. Raises BytesDiffer, and then the journal says it."""
    if not run.sha256:
        raise NotFound(f"run {run.id} has no file yet")
    found = await asyncio.to_thread(place.originals.hash_of_kept, run.sha256)
    if found == run.sha256:
        return place.originals.path_of(run.sha256)
    async with place.database.begin(actor=actor, now=place.now(), company_id=run.company_id, ids=5) as work:
        work.say("alarm_bytes_differ", f"run:{run.id}", reason=f"expected {run.sha256}, found {found or 'no file'}")
    raise BytesDiffer(
        f"run {run.message_id}: the file on the disk has the hash {found[:16] or 'none'}, {run.sha256[:16]} was frozen"
    )


async def run_of(place: CollectPlace, *, company_id: int, run_id: int) -> CollectionRun:
    """Return a run of the company. Raises NotFound."""
    async with place.database.read() as session:
        run = await collection_runs.get_run(session, company_id=company_id, run_id=run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id}")
    return run
