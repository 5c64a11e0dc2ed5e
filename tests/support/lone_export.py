"""Put an approved run into a folder in a process of its own, for tests that kill it: url, data, company, run, folder."""

import asyncio
import datetime as dt
import sys
from pathlib import Path

from gateway.services.freeze_run import CollectPlace
from gateway.services.submit_run import send_to_folder
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.work import Actor


async def _send(url: str, data: Path, company_id: int, run_id: int, folder: Path) -> None:
    database = Database(url)
    place = CollectPlace(database, Originals(data / "originals", size_max=10**9), lambda: dt.datetime.now(dt.UTC))
    actor = Actor("user", 7, "Clara Becker")
    await send_to_folder(place, company_id=company_id, run_id=run_id, actor=actor, folder=folder)
    await database.close()


if __name__ == "__main__":
    asyncio.run(_send(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])))
