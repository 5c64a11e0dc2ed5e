"""Let a debtor sign on a page: a clerk makes a link, the debtor checks, asks for a code by mail, types it and signs.

Only hashes of the link and the code are stored. The code is derived from the installation's key, so that a clerk can
read it to the debtor where no mail is sent. A link that is unknown, used, withdrawn, expired or tried too often is
answered alike.
"""

import datetime as dt
import hmac
import re
from collections.abc import AsyncIterator
from typing import NamedTuple

from gateway.services.manage_mandates import open_mandate, sign_mandate
from gateway.services.mandate_papers import Papers, form_of, keep_document, write_form
from gateway.services.secret_values import hashed, new_secret
from gateway.store import mandate_papers, mandates
from gateway.store.database import Database, ReadSession
from gateway.store.installation_key import InstallationKey
from gateway.store.mandate_papers import SigningLink
from gateway.store.mandates import Mandate
from gateway.store.work import Actor, Work
from generators.letters_mandate import MandateForm, Signature
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.states import DocumentKind, Language, MandateState

LINK_DAYS = 14
CODE_MINUTES = 15
ATTEMPTS_MAX = 5
_PAUSE = dt.timedelta(seconds=30)  # Between two codes.
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,60}")
DEBTOR = Actor("debtor", None, "Debtor")


class SigningLinkUnknown(NotFound):
    """This link does not work any more; ask the company that sent it for a new one."""

    code = "signing_link_unknown"


class WrongSigningCode(GatewayError):
    """This is not the code, or it is too old; ask for a new one."""

    code = "wrong_signing_code"


class InvalidMail(GatewayError):
    """This is not a mail address."""

    code = "invalid_mail"


class NotADraft(Conflict):
    """Only a mandate that is still to be signed has a link."""

    code = "not_a_draft"


class Signing(NamedTuple):
    """What stands behind a link."""

    link: SigningLink
    mandate: Mandate
    form: MandateForm


class Visitor(NamedTuple):
    """Who signs, as far as the network knows."""

    address: str
    browser: str


async def make_signing_link(work: Work, *, mandate_id: int, email: str, language: Language) -> str:
    """Return the secret of a new link, which is shown once; older links of the mandate stop working.

    Raises NoSuchMandate, NotADraft or InvalidMail.
    """
    if not _MAIL.fullmatch(email):
        raise InvalidMail
    row = await open_mandate(work, mandate_id)
    if row.state is not MandateState.DRAFT:
        raise NotADraft
    await _withdraw(work, mandate_id)
    secret = new_secret()
    link = SigningLink(
        id=work.new_id(),
        company_id=work.company_id,
        mandate_id=mandate_id,
        secret_hash=hashed(secret),
        email=email,
        language=language.value,
        made_by=work.actor.word,
        made_at=work.now,
        expires_at=work.now + dt.timedelta(days=LINK_DAYS),
    )
    work.add(link)
    work.say("make_signing_link", f"mandate:{mandate_id}")
    return secret


async def withdraw_signing_links(work: Work, *, mandate_id: int) -> None:
    """Let the links of a mandate stop working."""
    await _withdraw(work, mandate_id)
    work.say("withdraw_signing_link", f"mandate:{mandate_id}")


async def _withdraw(work: Work, mandate_id: int) -> None:
    for link in await mandate_papers.links_of(work.session, company_id=work.company_id, mandate_id=mandate_id):
        if link.withdrawn_at is None and link.signed_at is None:
            link.withdrawn_at = work.now
            work.session.add(link)


async def find_signing(session: ReadSession, *, secret: str, now: dt.datetime, lock: bool = False) -> Signing:
    """Return what stands behind a link. Raises SigningLinkUnknown, whatever the reason is."""
    link = await mandate_papers.link_by_hash(session, hashed(secret), lock=lock)
    if link is None or not works(link, now):
        raise SigningLinkUnknown
    row = await mandates.get_mandate(session, company_id=link.company_id, mandate_id=link.mandate_id, lock=lock)
    if row is None or row.state is not MandateState.DRAFT:
        raise SigningLinkUnknown
    return Signing(link, row, await form_of(session, row, language=Language(link.language), dated=now.date()))


def works(link: SigningLink, now: dt.datetime) -> bool:
    """Tell whether a link can still be used."""
    is_closed = link.signed_at is not None or link.withdrawn_at is not None
    return not is_closed and now < link.expires_at and link.attempts < ATTEMPTS_MAX


async def ask_code(database: Database, key: InstallationKey, *, secret: str, now: dt.datetime) -> tuple[str, str]:
    """Make a code for a link and return it with the mail address that it goes to.

    A code that was asked for half a minute ago stays the one. Raises SigningLinkUnknown.
    """
    async with database.read() as session:
        company_id = (await find_signing(session, secret=secret, now=now)).link.company_id
    async with database.begin(actor=DEBTOR, now=now, company_id=company_id, ids=10) as work:
        link = (await find_signing(work.session, secret=secret, now=now, lock=True)).link
        if link.code_sent_at is None or now - link.code_sent_at >= _PAUSE:
            link.code_sent_at = now
        code = code_of(key, link)
        link.code_hash, link.opened_at = hashed(code), link.opened_at or now
        work.session.add(link)
        work.say("send_signing_code", f"mandate:{link.mandate_id}")
    return code, link.email


def code_of(key: InstallationKey, link: SigningLink) -> str:
    """Return the six digits that were last asked for with a link."""
    sent_at = link.code_sent_at.astimezone(dt.UTC).isoformat() if link.code_sent_at else ""
    number = int.from_bytes(key.derive("signing code", f"{link.id}|{sent_at}", 8), "big")
    return f"{number % 1_000_000:06d}"


def is_code_fresh(link: SigningLink, now: dt.datetime) -> bool:
    """Tell whether the last code of a link still counts."""
    return link.code_sent_at is not None and now < link.code_sent_at + dt.timedelta(minutes=CODE_MINUTES)


async def sign_online(
    database: Database, papers: Papers, *, secret: str, code: str, visitor: Visitor, now: dt.datetime
) -> int:
    """Sign a mandate with the code of the mail and return its key: it is active, and what was signed is kept.

    Raises SigningLinkUnknown or WrongSigningCode; each wrong code counts, and after five the link is used up.
    """
    signing = await _check_code(database, secret=secret, code=code, now=now)
    signature = Signature(now, signing.link.email, visitor.address, visitor.browser[:200])
    form = signing.form._replace(signature_date=now.date())
    data = await write_form(papers, form, signature)

    kept = await papers.originals.keep(_once(data))
    async with database.begin(actor=DEBTOR, now=now, company_id=signing.link.company_id, ids=50) as work:
        again = await find_signing(work.session, secret=secret, now=now, lock=True)
        # What he saw is what he signs: a change in between needs another look.
        if again.form != signing.form or again.mandate.version != signing.mandate.version:
            raise SigningLinkUnknown
        link = again.link
        link.signed_at = now
        link.evidence = {
            "signed_at": now.isoformat(),
            "address": visitor.address,
            "browser": visitor.browser[:200],
            "document_sha256": kept.sha256,
            "code_sent_at": link.code_sent_at.isoformat() if link.code_sent_at else "",
        }
        work.session.add(link)
        work.say("sign_online", f"mandate:{link.mandate_id}")
        await sign_mandate(work, mandate_id=link.mandate_id, signature_date=now.date())
        await keep_document(
            work, mandate_id=link.mandate_id, kind=DocumentKind.SIGNATURE, name=f"{form.reference}.pdf",
            media_type="application/pdf", kept=kept,
        )  # fmt: skip
    return signing.link.mandate_id


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _check_code(database: Database, *, secret: str, code: str, now: dt.datetime) -> Signing:
    """Compare the code, and count it when it is wrong: that stays although the call fails."""
    async with database.read() as session:
        company_id = (await find_signing(session, secret=secret, now=now)).link.company_id
    async with database.begin(actor=DEBTOR, now=now, company_id=company_id, ids=10) as work:
        signing = await find_signing(work.session, secret=secret, now=now, lock=True)
        link = signing.link
        is_right = is_code_fresh(link, now) and hmac.compare_digest(hashed("".join(code.split())), link.code_hash)
        if not is_right:
            link.attempts += 1
            work.session.add(link)
    if not is_right:
        raise WrongSigningCode
    return signing
