"""Tell debtors of debits to come: by mail where the customer has an address and mail is set up, else by letter.

What was sent is kept among the originals before it leaves, and is written down when it left: a mail that the server
did not take leaves nothing behind and is announced again. Letters are printed by a person.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.domain.collecting.model import CreditorTerms
from gateway.domain.collecting.notices import HeldDebit, NoticeDue
from gateway.services.discard_run import said
from gateway.services.freeze_run import CollectPlace
from gateway.services.send_mail import Mailer, MailNotSent
from gateway.store import creditor_terms, mandates, notices, parties, run_lists
from gateway.store.mandates import Mandate
from gateway.store.notices import NewNotice
from gateway.store.parties import Party
from gateway.store.work import Actor, Work
from generators.letters_notice import AnnouncedDebit, DebitNotice, mail_text, write_notice
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.identifiers import CreditorIdentifier, mask_account
from schemas.parties import PostalAddress
from schemas.states import Language, NoticeKind

DEBTORS_MAX = 500  # At once: who asked waits for it.
_TOGETHER = 5  # Mails on their way at the same time.
_LANGUAGES = frozenset(language.value for language in Language)
_busy: set[int] = set()


class NothingToAnnounce(Conflict):
    """Nothing that is due until then waits for a notice only."""

    code = "nothing_to_announce"


class AnnouncingAlready(Conflict):
    """Debits of this company are being announced at this moment; look again when that is done."""

    code = "announcing_already"


class InvalidNotice(GatewayError):
    """What is said of a notice cannot be."""

    code = "invalid_notice"


@dataclass(frozen=True, slots=True)
class Post:
    """How notices are written and sent: the template of the letter, the mail server, what the customer reads else."""

    template: str
    mailer: Mailer | None = None
    language: Language = Language.EN
    only_letters: bool = False


class NotTold(NamedTuple):
    """A customer whose mail the server did not take; nothing was written down."""

    party_id: int
    name: str


@dataclass(slots=True)
class Announcement:
    """What became of telling debtors. ``id`` is 0 when nobody was told; ``waiting``: how many are still to be told."""

    id: int = 0
    mails: int = 0
    letters: int = 0
    waiting: int = 0
    failed: list[NotTold] = field(default_factory=list)


class _Addressed(NamedTuple):
    """One notice with its reader."""

    due: NoticeDue
    mandate: Mandate
    customer: Party
    notice: DebitNotice


async def announce_collections(
    place: CollectPlace,
    post: Post,
    find: Callable[[], Awaitable[Sequence[NoticeDue]]],
    *,
    company_id: int,
    actor: Actor,
) -> Announcement:
    """Tell the debtors that ``find`` names, the first 500 of them. Raises NothingToAnnounce or AnnouncingAlready.

    A server that takes none of five mails is not asked further.
    """
    with _alone(company_id):
        due = await find()
        if not due:
            raise NothingToAnnounce
        done = Announcement(waiting=len(due))
        for start in range(0, min(len(due), DEBTORS_MAX), _TOGETHER):
            several = await _addressed(place, post, company_id, due[start : start + _TOGETHER])
            failed = len(done.failed)
            await asyncio.gather(*(_tell(place, post, company_id, actor, one, done) for one in several))
            if len(done.failed) - failed == _TOGETHER:
                break
    done.waiting -= done.mails + done.letters
    return done


@contextmanager
def _alone(company_id: int) -> Iterator[None]:
    """Two clerks who press the button at once would send each mail twice."""
    if company_id in _busy:
        raise AnnouncingAlready
    _busy.add(company_id)
    try:
        yield
    finally:
        _busy.discard(company_id)


async def _addressed(place: CollectPlace, post: Post, company_id: int, due: Sequence[NoticeDue]) -> list[_Addressed]:
    found = []
    async with place.database.read() as session:
        terms = await creditor_terms.creditor_terms(session, company_id=company_id, profiles=place.profiles)
        items = [item_id for one in due for debit in one.debits for item_id in debit.item_ids]
        numbers = await run_lists.numbers_of_items(session, company_id=company_id, ids=items)
        for one in due:
            mandate = await mandates.get_mandate(session, company_id=company_id, mandate_id=one.mandate_id)
            customer = await parties.get_customer(session, company_id=company_id, customer_id=one.party_id)
            if mandate is None or customer is None:
                raise NotFound(f"there is no mandate {one.mandate_id}")
            key = CreditorIdentifier(mandate.creditor_identifier).key if mandate.creditor_identifier else ""
            debits = tuple(_debit(debit, numbers) for debit in one.debits)
            notice = _notice(mandate, customer, terms[key], debits, language=post.language, dated=place.now().date())
            found.append(_Addressed(one, mandate, customer, notice))
    return found


def _debit(debit: HeldDebit, numbers: dict[int, str]) -> AnnouncedDebit:
    documents = tuple(dict.fromkeys(numbers[item_id] for item_id in debit.item_ids))
    return AnnouncedDebit(debit.collection_date, debit.amount_minor, documents)


def _notice(
    mandate: Mandate,
    customer: Party,
    creditor: CreditorTerms,
    debits: tuple[AnnouncedDebit, ...],
    *,
    language: Language,
    dated: dt.date,
) -> DebitNotice:
    own = PostalAddress(customer.country, customer.town, customer.postcode, customer.street)
    signed = PostalAddress(mandate.debtor_country, mandate.debtor_town, mandate.debtor_postcode, mandate.debtor_street)
    return DebitNotice(
        language=Language(customer.language) if customer.language in _LANGUAGES else language,
        dated=dated,
        creditor_name=creditor.name,
        creditor_address=creditor.address,
        creditor_identifier=CreditorIdentifier(mandate.creditor_identifier or creditor.identifier),
        reference=mandate.reference,
        debtor_name=mandate.debtor_name or customer.name,
        debtor_address=own if own.town else signed,
        account=mask_account(mandate.iban),
        customer_number=customer.number,
        debits=debits,
    )


async def _tell(
    place: CollectPlace, post: Post, company_id: int, actor: Actor, one: _Addressed, done: Announcement
) -> None:
    """Keep what is sent, send it, then write down that it was."""
    mailer = None if post.only_letters or not one.customer.email else post.mailer
    mail = mail_text(one.notice)
    if mailer is None:
        data = await asyncio.to_thread(write_notice, one.notice, post.template)
    else:
        data = f"To: {one.customer.email}\nSubject: {mail.subject}\n\n{mail.text}".encode()
    kept = await place.originals.keep(_once(data))
    if mailer is not None:
        try:
            await mailer.send(to=one.customer.email, subject=mail.subject, text=mail.text)
        except MailNotSent:
            done.failed.append(NotTold(one.due.party_id, one.customer.name))
            return
    kind = NoticeKind.MAIL if mailer else NoticeKind.LETTER
    proof = _proof(one, kind)
    begun = place.database.begin(actor=actor, now=place.now(), company_id=company_id, ids=len(one.due.debits) + 10)
    async with begun as work:
        done.id = done.id or work.new_id()
        new = NewNotice(done.id, one.due.party_id, one.due.mandate_id, kind, work.now.date(), kept.sha256, proof)
        notices.add_notice(work, new, one.due.debits)
        work.say("announce_collections", f"mandate:{one.mandate.id}", reason=kind.value, announced=len(one.due.debits))
    done.mails += bool(mailer)
    done.letters += not mailer


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _proof(one: _Addressed, kind: NoticeKind) -> str:
    documents = ", ".join(dict.fromkeys(name for debit in one.notice.debits for name in debit.documents))
    address = one.notice.debtor_address
    place = f"{address.street}, {address.postcode} {address.town}".strip(", ")
    return f"{one.customer.email if kind is NoticeKind.MAIL else place}: {documents}"[:500].lstrip(": ")


async def record_notice(
    work: Work,
    *,
    mandate_id: int,
    kind: NoticeKind,
    sent_date: dt.date,
    debit: HeldDebit,
    proof: str,
) -> int:
    """Write down that a debtor was told outside of the gateway, and what proves it; return the announcement.

    Raises ReasonMissing, NotFound or InvalidNotice.
    """
    text = said(proof)
    if sent_date > work.now.date():
        raise InvalidNotice(f"sent_date: {sent_date} is still to come")
    if debit.collection_date < sent_date or debit.amount_minor <= 0:
        raise InvalidNotice("collection_date: a debtor is told before the debit, of an amount above zero")
    mandate = await mandates.get_mandate(work.session, company_id=work.company_id, mandate_id=mandate_id)
    if mandate is None:
        raise NotFound(f"there is no mandate {mandate_id}")
    new = NewNotice(work.new_id(), mandate.party_id, mandate.id, kind, sent_date, "", text)
    notices.add_notice(work, new, [debit])
    work.say("record_notice", f"mandate:{mandate.id}", reason=kind.value, announced=1)
    return new.announcement_id
