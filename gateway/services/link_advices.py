"""Link remittance advices to the credits that they belong to, whichever came first."""

import datetime as dt
from collections.abc import Callable

from gateway.domain.matching import advice_links
from gateway.store import advices
from gateway.store.database import Database, ReadSession
from gateway.store.work import Actor, Work


async def link_advices(
    database: Database, *, company_id: int, actor: Actor, now: Callable[[], dt.datetime]
) -> list[int]:
    """Link what waits in a company; return the bank transactions whose advice is another now. Usually none is."""
    async with database.read() as session:
        fitting = await advices.fitting(session, company_id=company_id)
        changed = await _changed(session, fitting)
    if not changed:
        return []
    async with database.begin(actor=actor, now=now(), company_id=company_id) as work:
        return await link_waiting(work)


async def link_waiting(work: Work) -> list[int]:
    """Link what waits; return the bank transactions whose advice is another now."""
    fitting = await advices.fitting(work.session, company_id=work.company_id)
    changed = await _changed(work.session, fitting)
    moved: set[int] = set()
    for row, link in changed:
        await advices.set_link(work, advice_id=row.id, link=link)
        moved.update(key for key in (row.bank_transaction_id, link.credit_id) if key is not None)
    if changed:
        work.say("link_advices", f"advice:{changed[0][0].id}", advices=len(changed))
    return sorted(moved)


async def _changed(
    session: ReadSession, fitting: list[advice_links.Fitting]
) -> list[tuple[advices.RemittanceAdvice, advice_links.Link]]:
    """Return the advices that are to be linked otherwise than they are."""
    if not fitting:
        return []
    rows = await advices.standing(session, sorted({one.advice_id for one in fitting}))
    links = advice_links.link_advices(await advices.senders(session, rows), fitting)
    return [
        (row, links[key]) for key, row in rows.items() if (row.bank_transaction_id, row.sign, row.wait) != links[key]
    ]
