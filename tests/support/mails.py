"""A mail server on the loopback address, for tests of mails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.services.send_mail import Mailer


class MailServer:
    """A server that takes mails, or refuses each recipient."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses, self.mails, self.port = refuses, list[str](), 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one client."""
        writer.write(b"220 mail\r\n")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                writer.write(b"354 go on\r\n")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            refused = word == "RCPT" and self.refuses
            writer.write(b"550 no\r\n" if refused else b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
            if word == "QUIT":
                break
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def mail_server(*, refuses: bool = False) -> AsyncIterator[MailServer]:
    """Listen on a free port of the loopback address."""
    server = MailServer(refuses=refuses)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    yield server
    listener.close()
    await listener.wait_closed()


def mailer(port: int) -> Mailer:
    """Return what sends through such a server."""
    return Mailer(host="127.0.0.1", port=port, sender="gateway@example.org", security="none")
