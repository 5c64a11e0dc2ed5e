"""Companies that are used through the API only: each test has its own, and all of them live in one gateway."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from gateway.domain.access import TOKEN_RIGHTS, Right
from gateway.domain.matching.lessons import Lesson
from gateway.services.manage_accounts import add_account
from gateway.services.manage_tokens import make_token
from gateway.store import parties
from gateway.store.companies import Company
from gateway.store.habits import add_lesson
from gateway.store.work import SYSTEM
from schemas.check_digits import check97
from schemas.identifiers import Iban
from schemas.statement import BankEntry
from schemas.states import HabitKind, IbanSource
from support.bank import camt
from support.web import Answer, Machine, Site

_numbers = itertools.count(1)
INVOICE = {"customer_number": "C1", "currency": "EUR", "due_date": "2026-11-30"}


def german_iban(number: int) -> str:
    """Return an invented German IBAN whose check digits are right."""
    national = f"37040044{number:010d}"
    return f"DE{check97(national + 'DE00')}{national}"


class Firm:
    """A company with one account of its own, and a machine that may do all that machines may."""

    def __init__(self, site: Site, company_id: int, code: str, iban: str, account_id: int, machine: Machine) -> None:
        self.site = site
        self.company_id = company_id
        self.code = code
        self.iban = iban
        self.account_id = account_id
        self.machine = machine

    async def get(self, path: str) -> Any:
        """Return what is read at a path."""
        answer = await self.machine.get(path)
        assert answer.status == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        """Send JSON and return the answer, which must have a status."""
        answer = await self.machine.post(path, body, **headers)
        assert answer.status == status, answer.text
        return answer.json()

    async def upload(self, data: bytes, **headers: str) -> Answer:
        """Upload bytes as a raw body."""
        sent = {"Content-Type": "application/octet-stream", **headers}
        return await self.machine.ask("POST", "/statements", data=data, headers=sent)

    def statement(self, *entries: BankEntry, **details: Any) -> bytes:
        """Return a camt.053 of the company's account."""
        return camt(*entries, account=self.iban, **details)

    async def add_customer(self, number: str = "C1", name: str = "Muster GmbH", **more: Any) -> Any:
        """Create a customer."""
        return await self.post("/customers", {"number": number, "name": name, **more}, status=201)

    async def add_invoice(self, number: str, amount_minor: int, **more: Any) -> Any:
        """Create an invoice, of customer C1 unless another is named."""
        body = {**INVOICE, "number": number, "amount_minor": amount_minor, **more}
        return await self.post("/invoices", body, status=201)

    async def until(self, path: str, is_so: Callable[[Any], bool]) -> Any:
        """Read a path until it is so: what goes on in the background ends within half a minute."""
        read: Any = None
        for _ in range(150):
            read = await self.get(path)
            if is_so(read):
                return read
            await asyncio.sleep(0.2)
        raise AssertionError(f"{path} stays {read}")

    async def machine_with(self, *rights: Right) -> Machine:
        """Return a machine that has some rights only."""
        return await _machine(self.site, self.company_id, rights)

    async def pages(self, path: str) -> list[list[Any]]:
        """Return all pages of a list, following its cursors."""
        found: list[list[Any]] = []
        mark = "&" if "?" in path else "?"
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(path + (f"{mark}cursor={cursor}" if cursor else ""))
            found.append(page["items"])
            cursor = page["next_cursor"]
        return found


async def open_firm(site: Site) -> Firm:
    """Add a company with an account to a gateway."""
    number = next(_numbers)
    code, iban = f"FIRM{number}", german_iban(number)
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock()) as work:
        company = Company(id=work.new_id(), code=code, name=f"Firm {number} GmbH", created_at=site.clock())
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        account = await add_account(work, account=iban, name="Main account")
    return Firm(site, company.id, code, iban, account.id, await _machine(site, company.id, sorted(TOKEN_RIGHTS)))


async def teach(firm: Firm, customer_id: str, bank_transaction_id: str) -> tuple[str, str]:
    """Let a decision about a bank transaction teach an account and a habit of a customer; return their keys."""
    now, party_id = firm.site.clock(), int(customer_id)
    iban = Iban.parse("DE02120300000000202051")
    async with firm.site.gateway.database.begin(actor=SYSTEM, now=now, company_id=firm.company_id) as work:
        await parties.add_payer_iban(work, customer_id=party_id, iban=iban, source=IbanSource.DECISION, decisions=1)
        lesson = Lesson(HabitKind.DEDUCTS, 200, is_right=True)
        await add_lesson(work, customer_id=party_id, bank_transaction_id=int(bank_transaction_id), lesson=lesson)
        work.say("remember_payer", f"party:{party_id}")
    [account] = (await firm.get(f"/learned-accounts?customer_id={party_id}"))["items"]
    [habit] = (await firm.get(f"/learned-habits?customer_id={party_id}"))["items"]
    return account["id"], habit["id"]


async def _machine(site: Site, company_id: int, rights: Sequence[Right]) -> Machine:
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company_id) as work:
        return Machine(site.browser(), await make_token(work, name="ERP", rights=rights))
