"""Debtors are told of debits to come, by mail or letter, and the plan collects on the day that was announced."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from config.letters import load_templates
from gateway.domain.collecting.model import LeftOutReason, Plan
from gateway.domain.collecting.notices import HeldDebit, NoticeDue
from gateway.services.announce_collections import (
    Announcement,
    AnnouncingAlready,
    InvalidNotice,
    NothingToAnnounce,
    Post,
    announce_collections,
    record_notice,
)
from gateway.services.plan_collections import plan_collections
from gateway.services.plan_notices import NoticesWanted, plan_notices
from gateway.services.send_mail import Mailer
from gateway.store.collections import Collection, Instalment, Notice
from gateway.store.database import Database
from gateway.store.journal import Journal
from gateway.store.parties import parties
from schemas.errors import NotFound
from schemas.states import Language, NoticeKind
from support.mails import mail_server, mailer
from support.templates import CopyOf
from support.treasury import DUE, NOW, TOLD, UNTIL, Treasury, make_treasury, told_invoice

TODAY = NOW.date()
FIRST_DAY = dt.date(2026, 12, 7)  # Fourteen days from today.
OVERDUE = dt.date(2026, 11, 10)


async def with_nobody_told(database: Database, folder: Path) -> Treasury:
    invoices = [
        told_invoice("FA-1", 10_000, customer="C1", due_date=OVERDUE, notified_date=None),
        told_invoice("FA-2", 20_000, customer="C2", notified_date=None),
        told_invoice("FA-3", 30_000, customer="C3", due_date=OVERDUE, notified_date=OVERDUE),
    ]
    return await make_treasury(database, folder, invoices=invoices)


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    """A company whose three customers were told nothing: two invoices are overdue, one is due in time."""
    return await copy_of(with_nobody_told)


async def announced(treasury: Treasury, *, mail: Mailer | None = None, **options: Any) -> Announcement:
    chosen = options.pop("chosen", frozenset())
    post = Post(load_templates()["notice"], mail, **options)
    wanted = NoticesWanted(treasury.company_id, UNTIL, {}, chosen)

    async def find() -> Sequence[NoticeDue]:
        return await plan_notices(treasury.database, lambda: treasury.now, wanted)

    actor = treasury.actor("clara")
    return await announce_collections(treasury.place, post, find, company_id=treasury.company_id, actor=actor)


async def planned(treasury: Treasury) -> Plan:
    async with treasury.database.read() as session:
        return await plan_collections(
            session, company_id=treasury.company_id, until_date=UNTIL, now=treasury.now, profiles={}
        )


async def set_party(treasury: Treasury, number: str, **values: Any) -> None:
    async with treasury.work() as work:
        await work.session.execute(update(parties).where(parties.c.number == number).values(**values))


def days(plan: Plan) -> list[dt.date]:
    return [one.collection_date for one in plan.collections]


async def test_what_was_announced_by_letter_is_collected_on_the_day_announced(treasury: Treasury) -> None:
    assert len((await planned(treasury)).left_out) == 3

    done = await announced(treasury)

    assert (done.mails, done.letters, done.waiting, done.failed) == (0, 3, 0, [])
    plan = await planned(treasury)
    assert plan.left_out == ()
    assert days(plan) == [FIRST_DAY, FIRST_DAY, DUE]
    assert {(one.notice, one.notified_date) for one in plan.collections} == {(NoticeKind.LETTER, TODAY)}
    treasury.now += dt.timedelta(days=10)
    assert days(await planned(treasury)) == [FIRST_DAY, FIRST_DAY, DUE]


async def test_the_run_carries_the_notice_and_the_notice_is_used_up(treasury: Treasury) -> None:
    await announced(treasury)
    await treasury.freeze()
    rows = await treasury.rows(Collection)
    await treasury.add_invoices(told_invoice("FA-4", 9_000, customer="C1", due_date=OVERDUE, notified_date=None))

    plan = await planned(treasury)

    assert {(row.notice, row.notified_date) for row in rows} == {(NoticeKind.LETTER, TODAY)}
    assert [one.reason for one in plan.left_out] == [LeftOutReason.NOTICE_MISSING]
    assert await treasury.broken() == []


async def test_a_discarded_run_gives_the_notice_back(treasury: Treasury) -> None:
    await announced(treasury)
    frozen = await treasury.freeze()
    await treasury.discard(frozen.run_ids[0])

    assert days(await planned(treasury)) == [FIRST_DAY, FIRST_DAY, DUE]


async def test_announcing_twice_announces_once(treasury: Treasury) -> None:
    await announced(treasury)

    with pytest.raises(NothingToAnnounce):
        await announced(treasury)

    assert len(await treasury.rows(Notice)) == 3


async def test_two_at_once_do_not_tell_a_debtor_twice(treasury: Treasury) -> None:
    async def meanwhile() -> Sequence[NoticeDue]:
        with pytest.raises(AnnouncingAlready):
            await announced(treasury)
        return []

    post = Post(load_templates()["notice"])
    with pytest.raises(NothingToAnnounce):
        await announce_collections(
            treasury.place, post, meanwhile, company_id=treasury.company_id, actor=treasury.actor("clara")
        )


async def test_a_customer_with_an_address_gets_a_mail_in_his_language(treasury: Treasury) -> None:
    await set_party(treasury, "C1", email="c1@example.org", language="de")

    async with mail_server() as server:
        done = await announced(treasury, mail=mailer(server.port), language=Language.FR)

    (mail,) = [one for one in await treasury.rows(Notice) if one.kind is NoticeKind.MAIL]
    kept = treasury.place.originals.path_of(mail.sha256).read_text()
    assert (done.mails, done.letters) == (1, 2)
    assert "To: c1@example.org" in server.mails[0]
    assert mail.proof == "c1@example.org: FA-1"
    assert (mail.sent_date, mail.collection_date, mail.amount_minor) == (TODAY, FIRST_DAY, 10_000)
    said = ("Vorankündigung", "M-1", "DE98ZZZ09999999999", "100,00 EUR", "07.12.2026", "FA-1", "**** ****")
    assert [words for words in said if words not in kept] == []


async def test_a_mail_that_fails_leaves_no_notice_and_is_said(treasury: Treasury) -> None:
    await set_party(treasury, "C1", email="c1@example.org")

    async with mail_server(refuses=True) as server:
        done = await announced(treasury, mail=mailer(server.port))

    assert ([one.name for one in done.failed], done.letters, done.waiting) == (["Kunde C1"], 2, 1)
    assert {one.kind for one in await treasury.rows(Notice)} == {NoticeKind.LETTER}
    assert [one.lines[0].amount_minor for one in (await planned(treasury)).left_out] == [10_000]


async def test_a_server_that_takes_nothing_is_not_asked_for_ever(database: Database, tmp_path: Path) -> None:
    invoices = [told_invoice(f"FA-{n}", 100, customer=f"C{n}", notified_date=None) for n in range(1, 13)]
    treasury = await make_treasury(database, tmp_path, customers=12, invoices=invoices)
    for n in range(1, 13):
        await set_party(treasury, f"C{n}", email=f"c{n}@example.org")

    done = await announced(treasury, mail=mailer(1))

    assert (len(done.failed), done.waiting, done.id) == (5, 12, 0)


async def test_letters_instead_of_mails_are_wanted_sometimes(treasury: Treasury) -> None:
    await set_party(treasury, "C1", email="c1@example.org")

    done = await announced(treasury, mail=mailer(1), only_letters=True)

    assert (done.mails, done.letters) == (0, 3)


async def test_the_period_agreed_with_a_customer_counts(treasury: Treasury) -> None:
    await set_party(treasury, "C1", notice_days=2)

    await announced(treasury)

    assert days(await planned(treasury)) == [dt.date(2026, 11, 25), FIRST_DAY, DUE]


async def test_only_what_is_chosen_is_announced(treasury: Treasury) -> None:
    held = next(one for one in (await planned(treasury)).left_out if one.amount_minor == 20_000)

    done = await announced(treasury, chosen=frozenset({(held.mandate_id, held.due_date)}))

    assert done.letters == 1
    assert [one.amount_minor for one in (await planned(treasury)).collections] == [20_000]


async def test_less_than_announced_needs_no_new_notice_and_more_does(treasury: Treasury) -> None:
    await announced(treasury)
    await treasury.execute("UPDATE open_item SET disputed_minor = 4000 WHERE number = 'FA-1'")
    await treasury.add_invoices(told_invoice("FA-9", 500, customer="C3", due_date=OVERDUE, notified_date=None))

    plan = await planned(treasury)

    assert [one.amount_minor for one in plan.collections] == [6_000, 20_000]
    assert [(one.reason, one.amount_minor) for one in plan.left_out] == [(LeftOutReason.NOTICE_DIFFERS, 30_500)]


async def test_an_instalment_plan_is_announced_whole_by_one_letter(treasury: Treasury) -> None:
    item = await treasury.item("FA-2")
    dates = [DUE, dt.date(2027, 1, 15), dt.date(2027, 2, 15)]
    async with treasury.work() as work:
        for position, (due_date, amount) in enumerate(zip(dates, (5_000, 5_000, 10_000), strict=True), start=1):
            work.add(
                Instalment(
                    id=work.new_id(), company_id=work.company_id, open_item_id=item.id, position=position,
                    due_date=due_date, amount_minor=amount,
                )
            )  # fmt: skip

    done = await announced(treasury)

    series = [one for one in await treasury.rows(Notice) if one.party_id == item.party_id]
    assert done.letters == 3
    assert [(one.collection_date, one.amount_minor) for one in series] == list(
        zip(dates, (5_000, 5_000, 10_000), strict=True)
    )
    assert len({(one.sha256, one.announcement_id) for one in series}) == 1


async def test_letters_are_kept_and_the_same_facts_are_the_same_bytes(treasury: Treasury) -> None:
    done = await announced(treasury)

    rows = await treasury.rows(Notice)
    assert {row.announcement_id for row in rows} == {done.id}
    assert len({row.sha256 for row in rows}) == 3
    assert all(treasury.place.originals.path_of(row.sha256).read_bytes().startswith(b"%PDF-") for row in rows)
    said = [(row.verb, row.counts.get("announced")) for row in await journal(treasury)][-3:]
    assert said == [("announce_collections", 1)] * 3


async def journal(treasury: Treasury) -> list[Any]:
    from sqlalchemy import select

    async with treasury.database.read() as session:
        return list((await session.execute(select(Journal).order_by(Journal.__table__.c.id))).scalars())  # type: ignore[attr-defined]


async def test_a_notice_that_was_sent_elsewhere_is_written_down(treasury: Treasury) -> None:
    held = next(one for one in (await planned(treasury)).left_out if one.amount_minor == 20_000)
    assert held.mandate_id is not None
    debit = HeldDebit(held.due_date, DUE, 20_000, ())

    async with treasury.work() as work:
        await record_notice(
            work, mandate_id=held.mandate_id, kind=NoticeKind.SCHEDULE, sent_date=TOLD, debit=debit, proof="plan of May"
        )

    (found,) = (await planned(treasury)).collections
    assert (found.notice, found.notified_date, found.amount_minor) == (NoticeKind.SCHEDULE, TOLD, 20_000)


@pytest.mark.parametrize(
    ("sent_date", "collection_date", "amount", "mandate", "error"),
    [
        pytest.param(TODAY + dt.timedelta(days=1), DUE, 100, None, InvalidNotice, id="told tomorrow"),
        pytest.param(TOLD, TOLD - dt.timedelta(days=1), 100, None, InvalidNotice, id="told after the debit"),
        pytest.param(TOLD, DUE, 0, None, InvalidNotice, id="of nothing"),
        pytest.param(TOLD, DUE, 100, 999_999, NotFound, id="of a mandate that is not there"),
    ],
)
async def test_a_notice_that_cannot_be_is_refused(
    treasury: Treasury, sent_date: dt.date, collection_date: dt.date, amount: int, mandate: int | None, error: Any
) -> None:
    held = (await planned(treasury)).left_out[0]
    debit = HeldDebit(collection_date, collection_date, amount, ())

    with pytest.raises(error):
        async with treasury.work() as work:
            await record_notice(
                work, mandate_id=mandate or held.mandate_id or 0, kind=NoticeKind.LETTER, sent_date=sent_date,
                debit=debit, proof="letter",
            )  # fmt: skip
    assert await treasury.rows(Notice) == []
