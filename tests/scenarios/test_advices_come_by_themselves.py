"""Remittance advices from a folder and from a mailbox: each is taken once, and nothing is lost on the way."""

import datetime as dt
import os
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.services.read_mailbox import Mailbox, MailboxFails
from gateway.services.take_advices import AdviceIntake
from gateway.store import advices
from gateway.store.advices import RemittanceAdvice
from gateway.store.originals import Originals
from support.desk import Desk

LISTED = "Rechnung;Betrag\nFA-1001;100,00\nFA-1002;120,00\n"
NOW = dt.datetime.now(dt.UTC)


def drop(folder: Path, name: str, text: str, *, age_s: int = 60) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    moment = NOW.timestamp() - age_s
    os.utime(path, (moment, moment))
    return path


def intake(desk: Desk, folder: Path | None = None, mailbox: Mailbox | None = None) -> AdviceIntake:
    gateway = desk.site.gateway
    return AdviceIntake(
        gateway.database, gateway.originals, gateway.workers.receive_advice,
        company_code="MAIN", days=10, folder=folder, mailbox=mailbox,
    )  # fmt: skip


async def kept(desk: Desk) -> list[RemittanceAdvice]:
    company = await desk.site.company()
    async with desk.site.gateway.database.read() as session:
        return list((await advices.advices_page(session, company_id=company.id)).rows)


async def test_complete_files_are_taken_and_moved(light_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    drop(folder, "avis.csv", LISTED)
    drop(folder, "bad.csv", "nothing")
    drop(folder, "growing.csv", LISTED, age_s=1)
    drop(folder, "upload.csv.part", LISTED)
    (folder / "link.csv").symlink_to("/etc/hostname")

    count = await intake(light_desk, folder).take_files(now=NOW)

    assert count == 2
    assert sorted(path.name for path in folder.iterdir() if not path.is_dir()) == [
        "growing.csv",
        "link.csv",
        "upload.csv.part",
    ]
    assert [(folder / into / name).exists() for into, name in (("done", "avis.csv"), ("refused", "bad.csv"))] == [
        True,
        True,
    ]
    assert {(row.name, row.state, row.channel) for row in await kept(light_desk)} == {
        ("avis.csv", "waiting", "folder"),
        ("bad.csv", "refused", "folder"),
    }


async def test_a_file_whose_move_broke_off_is_known_then_and_its_name_is_free_again(
    light_desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    for _ in range(2):
        drop(folder, "avis.csv", LISTED)
        await intake(light_desk, folder).take_files(now=NOW)

    assert len(await kept(light_desk)) == 1
    assert len(list((folder / "done").iterdir())) == 2


async def test_a_file_that_may_not_be_moved_does_not_hold_back_the_others(light_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    drop(folder, "a.csv", "nothing")
    drop(folder, "b.csv", LISTED)
    (folder / "refused").write_text("a file where a folder is needed")

    assert await intake(light_desk, folder).take_files(now=NOW) == 1
    assert (folder / "done" / "b.csv").exists()


async def test_a_file_that_is_too_large_is_moved_away(light_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    drop(folder, "huge.csv", LISTED * 10)
    gateway = light_desk.site.gateway
    small = AdviceIntake(
        gateway.database, Originals(tmp_path / "small", size_max=20), gateway.workers.receive_advice,
        company_code="MAIN", days=10, folder=folder,
    )  # fmt: skip

    assert await small.take_files(now=NOW) == 1
    assert (folder / "refused" / "huge.csv").exists()


MAIL = b"From: pay@koch.example\r\nSubject: Avis 12\r\nMIME-Version: 1.0\r\n\r\nFA-1001  100,00\r\nFA-1002  120,00\r\n"


class _Answers(socketserver.StreamRequestHandler):
    """As much of an IMAP server as is asked for."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, rest = line.strip().partition(b" ")
            server.asked.append(rest)
            verb = rest.upper()
            if verb.startswith(b"CAPABILITY"):
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb.startswith(b"LOGIN") and b"right" not in rest:
                self.wfile.write(tag + b" NO wrong\r\n")
                continue
            elif verb.startswith(b"SELECT"):
                self.wfile.write(b"* 1 EXISTS\r\n")
            elif b"SEARCH" in verb:
                size = int(verb.split()[-1])
                is_asked = server.size < size if b"SMALLER" in verb else server.size > size
                uids = sorted(server.unseen) if is_asked else []
                self.wfile.write(b"* SEARCH" + b"".join(b" %d" % uid for uid in uids) + b"\r\n")
            elif b"FETCH" in verb:
                self.wfile.write(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MAIL) + MAIL + b")\r\n")
            elif b"STORE" in verb:
                server.unseen.discard(7)
            self.wfile.write(tag + b" OK done\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[bytes] = []
        self.unseen = {7}
        self.size = len(MAIL)


@pytest.fixture
def mail_server() -> Iterator[_Server]:
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mailbox_of(server: _Server, password: str = "right") -> Mailbox:
    return Mailbox("127.0.0.1", server.server_address[1], "ar@ours.example", password, "Avise", "none")


async def test_an_unseen_mail_is_taken_once_and_marked(light_desk: Desk, mail_server: _Server) -> None:
    taking = intake(light_desk, mailbox=mailbox_of(mail_server))

    assert (await taking.take_mails(), await taking.take_mails()) == (1, 0)
    [row] = await kept(light_desk)
    assert (row.name, row.channel, row.total_minor) == ("Avis 12.eml", "mail", 22_000)
    assert any(b"BODY.PEEK[]" in asked for asked in mail_server.asked)
    assert any(b"SELECT" in asked and b"Avise" in asked for asked in mail_server.asked)


async def test_a_huge_mail_stays_unseen_for_a_person(light_desk: Desk, mail_server: _Server) -> None:
    mail_server.size = 40_000_000

    assert await intake(light_desk, mailbox=mailbox_of(mail_server)).take_mails() == 0
    assert mail_server.unseen == {7}
    assert not any(b"FETCH" in asked for asked in mail_server.asked)


async def test_a_wrong_password_is_said_without_it(light_desk: Desk, mail_server: _Server) -> None:
    with pytest.raises(MailboxFails, match="cannot be read") as fails:
        await intake(light_desk, mailbox=mailbox_of(mail_server, "secret")).take_mails()

    assert "secret" not in str(fails.value)
