"""Send a mail through the operator's server. Whoever calls it is outside of any unit of work."""

from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from schemas.errors import GatewayError

_TIMEOUT_S = 20.0


class MailNotSent(GatewayError):
    """The mail could not be handed to the mail server."""

    code = "mail_not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """The mail server that the settings name. ``security`` is starttls, tls or none."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a plain mail. Raises MailNotSent."""
        try:
            message = self._message(to, subject, text)
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                timeout=_TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailNotSent(f"the mail server did not take the mail ({type(error).__name__})") from error

    def _message(self, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message
