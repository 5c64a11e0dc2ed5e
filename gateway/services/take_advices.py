"""Remittance advices that come by themselves: from a folder into which files are dropped, and from a folder of mails.

Each file or mail is recorded before it is moved or marked as seen, so what breaks off is taken again, and known then.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import structlog

from gateway.services.read_mailbox import BYTES_MAX, Mailbox, fetch_mail, find_unseen, mark_seen
from gateway.services.receive_advice import AdviceFile, AdviceReceipt
from gateway.store import companies
from gateway.store.database import Database
from gateway.store.originals import Originals, TooLarge, pieces_of
from gateway.store.work import SYSTEM, Actor
from schemas.states import AdviceState

log = structlog.get_logger()
SETTLED_S = 10  # A file that did not change for so long is complete.
_FILES_MAX = 100  # That are taken at once.
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
Receive = Callable[[AdviceFile, Actor], Awaitable[AdviceReceipt]]


class AdviceIntake:
    """Takes what lies in the folder and in the mailbox, for one company."""

    def __init__(
        self,
        database: Database,
        originals: Originals,
        receive: Receive,
        *,
        company_code: str,
        days: int,
        folder: Path | None = None,
        mailbox: Mailbox | None = None,
    ) -> None:
        self._database = database
        self._originals = originals
        self._receive = receive
        self._company_code = company_code
        self._days = days
        self.folder = folder
        self.mailbox = mailbox

    async def take_files(self, *, now: dt.datetime) -> int:
        """Take each complete file of the folder and move it to ``done`` or ``refused``; return how many."""
        if self.folder is None:
            return 0
        count = 0
        for path in await asyncio.to_thread(complete_files, self.folder, now):
            try:
                await asyncio.to_thread(_move, path, self.folder / await self._take_file(path), now)
                count += 1
            except OSError as error:  # One that may not be read or moved does not hold back the others.
                log.error("advice_file_fails", error=type(error).__name__)
        return count

    async def _take_file(self, path: Path) -> str:
        """Take a file; return the name of the folder into which it goes then."""
        try:
            receipt = await self._keep(path.name, pieces_of(path), "folder")
        except TooLarge as error:
            log.error("advice_file_too_large", what=str(error))
            return "refused"
        return "refused" if receipt.state is AdviceState.REFUSED else "done"

    async def take_mails(self) -> int:
        """Take each mail that is not seen yet, one after the other, and mark it as seen; return how many.

        Raises MailboxFails.
        """
        if self.mailbox is None:
            return 0
        unseen = await asyncio.to_thread(find_unseen, self.mailbox)
        for uid in unseen.uids:
            await self._take_mail(self.mailbox, uid)
        if unseen.large_count:
            log.warning("advice_mails_too_large", count=unseen.large_count, bytes_max=BYTES_MAX)
        return len(unseen.uids)

    async def _take_mail(self, mailbox: Mailbox, uid: str) -> None:
        mail = await asyncio.to_thread(fetch_mail, mailbox, uid)
        try:
            await self._keep(f"{mail.subject or 'mail'}.eml", _once(mail.data), "mail")
        except TooLarge as error:
            log.error("advice_mail_too_large", uid=uid, what=str(error))
        await asyncio.to_thread(mark_seen, mailbox, uid)

    async def _keep(self, name: str, pieces: AsyncIterator[bytes], channel: str) -> AdviceReceipt:
        kept = await self._originals.keep(pieces)
        async with self._database.read() as session:
            known = await companies.all_companies(session)
        company = next((one for one in known if one.code == self._company_code), known[0])
        file = AdviceFile(company.id, kept.sha256, kept.size, name, channel, self._days)
        return await self._receive(file, SYSTEM)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def complete_files(folder: Path, now: dt.datetime) -> list[Path]:
    """Return the files of a folder that nobody writes any more, by name; none of those in folders below, no links."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        is_unfinished = path.name.startswith((".", "~")) or path.name.lower().endswith(_UNFINISHED)
        if is_unfinished or path.is_symlink() or not path.is_file():
            continue
        if now.timestamp() - path.stat().st_mtime >= SETTLED_S:
            found.append(path)
    return found[:_FILES_MAX]


def _move(path: Path, into: Path, now: dt.datetime) -> None:
    into.mkdir(exist_ok=True, mode=0o700)
    target = into / path.name
    if target.exists():
        target = into / f"{now:%Y%m%dT%H%M%S%f}-{path.name}"
    path.replace(target)
