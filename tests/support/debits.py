"""A desk whose customers pay by direct debit, and its runs by the forms of the pages, each in another state."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.fake_bank.bank import FakeBank, Letter
from schemas.states import PaymentMethod, Role
from support.desk import Desk
from support.master_data import customer, imported, table
from support.treasury import CREDITOR, CUSTOMER_COLUMNS, INVOICE_COLUMNS
from support.web import Browser


async def bring_debtors(desk: Desk, names: Sequence[str], invoices: Sequence[Any]) -> None:
    """Add customers D1, D2, ... who pay by direct debit, their invoices, and who we are to banks."""
    company = await desk.site.company()
    method = PaymentMethod.DIRECT_DEBIT
    rows = [customer(f"D{place}", name, payment_method=method) for place, name in enumerate(names, start=1)]
    await imported(desk.site.gateway.database, company.id, table(*rows, columns=CUSTOMER_COLUMNS))
    await imported(desk.site.gateway.database, company.id, table(*invoices, columns=INVOICE_COLUMNS))
    keeper = await desk.site.sign_in(Role.ADMINISTRATOR)
    account = re.search(r'<option value="(\d+)">Main account', (await keeper.get("/settings/creditors")).text)
    assert account is not None
    form = {"identifier": CREDITOR, "name": "Beispiel GmbH", "account": account[1]}
    assert (await keeper.post("/settings/creditors", form)).status == 303


async def frozen_run(desk: Desk, until: dt.date) -> str:
    """Freeze what is due until a day; return the address of the run."""
    answer = await desk.clerk.post("/collections/freeze", {"until": until.isoformat()})
    assert re.fullmatch(r"/collections/runs/\d+", answer.location), answer.text
    return answer.location


async def discarded_run(desk: Desk, until: dt.date) -> str:
    """Discard what was frozen."""
    run = await frozen_run(desk, until)
    assert (await desk.clerk.post(f"{run}/discard", {"reason": "wrong month"})).status == 303
    return run


async def run_being_sent(desk: Desk, until: dt.date) -> str:
    """Freeze, let another person approve, and begin to send."""
    run = await frozen_run(desk, until)
    user = await desk.site.add_user(Role.APPROVER)
    approver = await desk.site.sign_in(user=user)
    page = (await approver.get(f"{run}/approve")).text
    seen = dict(re.findall(r'type="hidden" name="(sha256|sum|count)" value="(\w+)"', page))
    answer = await approver.post(f"{run}/approve", {**seen, "code": desk.site.code(user)})
    assert answer.status == 303, answer.text
    assert (await desk.clerk.post(f"{run}/submit")).status == 303
    return run


async def answered_run(desk: Desk, until: dt.date, *, back: dt.date) -> str:
    """Send a run, let days pass until some of it came back, and bring the bank's answers in."""
    run, bank = await run_being_sent(desk, until), FakeBank()
    file = (await desk.clerk.post(f"{run}/file")).text
    assert (await desk.clerk.post(f"{run}/end", {"outcome": "sent", "proof": "order 4711"})).status == 303
    bank.take_order(file.encode(), desk.site.clock())
    bank.close_day(back)
    await wait_until(desk, back)
    for letter in bank.letters():
        await desk.upload(letter.data, letter.name)
    return run


async def wait_until(desk: Desk, day: dt.date) -> Browser:
    """Let days pass; the clerk has to log in again."""
    await desk.site.clock.pass_time(days=(day - desk.site.clock().date()).days)
    desk.clerk = await desk.site.sign_in(Role.CLERK)
    return desk.clerk


def saved(letters: Sequence[Letter], folder: Path) -> list[Path]:
    """Save what a bank sent; return the paths."""
    for letter in letters:
        (folder / letter.name).write_bytes(letter.data)
    return [folder / letter.name for letter in letters]
