"""A company in a simulated year: who and what it is made of by the dice of a seed, and the doors that things take."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.domain.mandate import MandateEntry
from gateway.fake_bank import FakeBank, Habits
from gateway.fake_bank.books import Account
from gateway.services import freeze_run
from gateway.services.import_statement import Gate, import_file
from gateway.services.manage_accounts import add_account
from gateway.services.manage_creditors import CreditorRecord, add_creditor
from gateway.services.manage_mandates import add_mandate
from gateway.services.receive_file import receive_file
from gateway.store import plan_again
from gateway.store.companies import Company
from gateway.store.creditors import Creditor
from gateway.store.database import Database
from gateway.store.parties import Party
from gateway.store.presence import Presence
from gateway.store.work import SYSTEM
from schemas.bank_profile import BankProfile, DirectDebitVersion, FirstSequence
from schemas.check_digits import check97
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import Iban, MessageId
from schemas.states import PaymentMethod, Role
from schemas.tables import MandateType
from support.gateways import pieces
from support.master_data import customer, german_iban, imported, table
from support.simulation_model import Model
from support.treasury import CREDITOR, CUSTOMER_COLUMNS, OUR_IBAN, Treasury

START = dt.date(2027, 1, 4)  # A Monday.
_MORNING = dt.time(6, 0, tzinfo=dt.UTC)
_OTHER_PROFILE = BankProfile(
    "other", "Other bank", direct_debit_version=DirectDebitVersion.V02, first_sequence=FirstSequence.FIRST,
    is_batch_booked=False, file_name="{date}-{message_id}.xml",
)  # fmt: skip


@dataclass(slots=True)
class Customer:
    """A customer: which account he has now, how his mandates are."""

    number: str
    key: int
    iban: Iban
    scheme: LocalInstrument
    type: MandateType
    pays_himself: float  # How often.


@dataclass
class World:
    """Everything that a simulated year is made of."""

    seed: int
    dice: random.Random
    treasury: Treasury
    bank: FakeBank
    gate: Gate
    model: Model = field(default_factory=Model)
    customers: list[Customer] = field(default_factory=list)
    accounts: tuple[str, ...] = (OUR_IBAN, german_iban(9_001))
    creditor_ids: list[int] = field(default_factory=list)
    called: set[int] = field(default_factory=set)  # What of the register somebody looked after.
    events: Counter[str] = field(default_factory=Counter)  # How often what happened.
    ibans: int = 100
    numbers: int = 0

    @property
    def today(self) -> dt.date:
        """The day that it is."""
        return self.treasury.now.date()

    def at(self, moment: dt.datetime) -> None:
        """Let it be a moment, which is not before now."""
        self.treasury.now = max(moment, self.treasury.now)

    def new_iban(self) -> Iban:
        """Return an account that nobody has."""
        self.ibans += 1
        return german_iban(self.ibans)

    async def bring(self, name: str, data: bytes) -> None:
        """Bring a file of the bank through the door that uploads take."""
        treasury = self.treasury
        receipt = await receive_file(
            treasury.database, self.gate.originals, name=name, pieces=pieces(data), channel="upload",
            company_id=treasury.company_id, companies=[treasury.company_id], actor=treasury.actor("clara"),
            now=treasury.now,
        )  # fmt: skip
        await import_file(self.gate, file_id=receipt.file_id, token=f"{self.dice.random()}")


def creditor_identifier(number: int) -> str:
    """Return a valid German creditor identifier."""
    national = f"{number:011}"
    return f"DE{check97(f'{national}DE00')}ZZZ{national}"


@contextmanager
def same_ids(seed: int) -> Iterator[None]:
    """Inside, ids that are random by nature come from a seed, so that a seed gives the same year again."""
    dice = random.Random(f"{seed}/ids")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(freeze_run, "new_message_id", lambda: MessageId(f"M{dice.getrandbits(44):011X}"))
        patch.setattr(plan_again.secrets, "token_hex", lambda count: dice.randbytes(count).hex())
        yield


async def make_world(seed: int, database: Database, folder: Path) -> World:
    """Return a company on the first morning of its year, with two accounts, two creditors and a few customers."""
    dice = random.Random(seed)
    morning = dt.datetime.combine(START, _MORNING)
    async with database.begin(actor=SYSTEM, now=morning) as work:
        company = Company(id=work.new_id(), code="MAIN", name="Beispiel Handel GmbH", created_at=morning)
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    treasury = Treasury(database, folder, company.id)
    treasury.now = morning
    treasury.place.profiles["other"] = _OTHER_PROFILE  # type: ignore[index]
    for login, roles in (("clara", [Role.CLERK]), ("anna", [Role.APPROVER])):
        await treasury.hire(login, *roles)
    (folder / "scratch").mkdir()
    gate = Gate(
        database, treasury.place.originals, lambda: treasury.now, folder / "scratch", Presence(folder / "alive")
    )
    world = World(seed, dice, treasury, FakeBank(_habits(seed, dice)), gate)
    await _open_accounts(world)
    await _meet_customers(world)
    return world


def _habits(seed: int, dice: random.Random) -> Habits:
    is_harsh = dice.random() < 0.2  # The cents of the amounts decide, and most say trouble.
    return Habits(
        seed=None if is_harsh else seed, is_gross=dice.random() < 0.3, books_each=dice.random() < 0.2, sends_positive=dice.random() < 0.8,
        has_bad_post=dice.random() < 0.7, sums_fees=seed % 4 == 0,
    )  # fmt: skip


async def _open_accounts(world: World) -> None:
    for place, iban in enumerate(world.accounts):
        async with world.treasury.work() as work:
            account = await add_account(work, account=iban, name=f"Account {place}")
            if place == 1:
                account.bank_profile = world.dice.choice(["", "other"])
        async with world.treasury.work() as work:
            record = CreditorRecord(f"Beispiel Handel {place} GmbH")
            identifier = CREDITOR if place == 0 else creditor_identifier(place)
            row = await add_creditor(work, identifier=identifier, record=record, bank_account_id=account.id)
            world.creditor_ids.append(row.id)
        world.bank.state.accounts[iban] = Account(iban, record.name)


async def _meet_customers(world: World) -> None:
    dice, treasury = world.dice, world.treasury
    numbers = [f"C{place}" for place in range(1, dice.randint(5, 8))]
    rows = [customer(number, payment_method=PaymentMethod.DIRECT_DEBIT) for number in numbers]
    await imported(
        treasury.database, treasury.company_id, table(*rows, columns=CUSTOMER_COLUMNS), now=lambda: treasury.now
    )
    keys = {row.number: row.id for row in await treasury.rows(Party)}
    for number in numbers:
        scheme = LocalInstrument.B2B if dice.random() < 0.2 else LocalInstrument.CORE
        kind = MandateType.ONE_OFF if dice.random() < 0.15 else MandateType.RECURRENT
        one = Customer(number, keys[number], world.new_iban(), scheme, kind, dice.choice([0.0, 0.05, 0.2]))
        world.customers.append(one)
        age = dice.choice([30, 200, 700, 1_000, 1_080])  # The oldest end in the year unless they are used.
        await sign(world, one, START - dt.timedelta(days=age))


async def sign(world: World, one: Customer, signed: dt.date) -> None:
    """Let a customer sign a mandate for one of the creditors."""
    creditor = world.dice.choices(world.creditor_ids, (4, 1))[0]
    entry = MandateEntry(
        one.scheme, one.type, one.iban, f"Kunde {one.number}", signature_date=signed,
        b2b_confirmed_date=signed if one.scheme is LocalInstrument.B2B else None,
    )  # fmt: skip
    async with world.treasury.work() as work:
        identifier = (await creditors_of(world))[creditor]
        await add_mandate(work, customer_id=one.key, entry=entry, creditor_identifier=identifier)


async def creditors_of(world: World) -> dict[int, str]:
    """Return the identifiers of our creditors now."""
    return {row.id: row.identifier for row in await world.treasury.rows(Creditor)}
