"""Companies stay apart: what belongs to one is not there for another, whichever call is made."""

from typing import Any

import pytest
import pytest_asyncio

from gateway.store.collection_runs import CollectionRun
from gateway.store.unpaid import Unpaid
from gateway.store.work import SYSTEM
from gateway.web.routes import ROUTES
from gateway.web.routing import API, Route
from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.identifiers import mask_account
from support.api import INVOICE, Firm, open_firm, teach
from support.bank import payment
from support.match_alarms import add_account_at, count_at, write_days
from support.web import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

REASON = {"reason": "A reason of mine"}
# A right body for each call that names a key; the key is what must not be found.
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/customers/{id}"): {"name": "Stolen"},
    ("PUT", "/customers/{id}/iban"): {"iban": None},
    ("PATCH", "/invoices/{id}"): {"amount_minor": 1},
    ("POST", "/invoices/{id}/dispute"): {"disputed_minor": 1, **REASON},
    ("POST", "/invoices/{id}/cancel"): REASON,
    ("PUT", "/invoices/{id}/instalments"): {"instalments": [], **REASON},
    ("POST", "/item-changes/{id}/accept"): {},
    ("POST", "/item-changes/{id}/dismiss"): {},
    ("PATCH", "/bank-accounts/{id}"): {"name": "Stolen"},
    ("POST", "/bank-accounts/{id}/close"): REASON,
    ("POST", "/bank-accounts/{id}/reopen"): REASON,
    ("POST", "/statements/{id}/take"): REASON,
    ("POST", "/statements/{id}/reject"): REASON,
    ("POST", "/bank-transactions/{id}/undo"): REASON,
    ("POST", "/review-items/{id}/accept"): {},
    ("POST", "/review-items/{id}/allocate"): {"on_account_minor": 1},
    ("POST", "/review-items/{id}/ignore"): {"category": "other"},
    ("POST", "/review-items/{id}/assign"): {"user_id": None},
    ("POST", "/review-items/{id}/snooze"): {"until_date": None},
    ("POST", "/review-items/{id}/comment"): {"words": "Hello"},
    ("PATCH", "/learned-habits/{id}"): {"is_off": True},
    ("PATCH", "/mandates/{id}"): {},
    ("POST", "/mandates/{id}/sign"): {"signature_date": "2026-01-31"},
    ("POST", "/mandates/{id}/move"): {"to_state": "revoked", **REASON},
    ("POST", "/mandates/{id}/account"): {"iban": "DE89370400440532013000", **REASON},
    ("POST", "/mandates/{id}/reference"): {"reference": "M-2", **REASON},
    ("PUT", "/creditors/{id}"): {"name": "Stolen"},
    ("POST", "/creditors/{id}/account"): {"bank_account_id": "1", **REASON},
    ("POST", "/creditors/{id}/identifier"): {"identifier": "DE98ZZZ09999999999", **REASON},
    ("POST", "/collection-runs/{id}/end"): {"outcome": "sent", "proof": "A proof of mine"},
    ("POST", "/collection-runs/{id}/discard"): REASON,
    ("POST", "/collection-runs/{id}/cancellations"): {"reason": "DUPL"},
    ("POST", "/collection-runs/{id}/reversals"): {"reason": "AM05"},
    ("POST", "/collection-runs/{id}/cancelled"): {"collection_ids": ["1"], "proof": "camt.029 of today"},
    ("POST", "/refunds/{id}/cancel"): REASON,
    ("POST", "/refunds/{id}/account"): {"iban": "DE89370400440532013000", **REASON},
    ("PUT", "/matching-rules/{id}"): {"name": "S", "conditions": {"code": "166"}, "action": "not_ours", "version": 1},
    ("POST", "/matching-rules/{id}/move"): {"way": "up"},
    ("POST", "/matching-rules/{id}/switch"): {"is_on": False},
    ("POST", "/unpaid/{id}/retry"): {},
    ("POST", "/unpaid/{id}/assign"): {},
    ("POST", "/unpaid/{id}/close"): REASON,
}
KEYED = [route for route in ROUTES if route.is_api and "{id}" in route.path]
LISTS = ("/customers", "/invoices", "/item-changes", "/statements", "/bank-transactions", "/review-items", "/matching-rules",
         "/imports/mappings", "/learned-accounts", "/learned-habits", "/advices")  # fmt: skip
_owners: dict[str, tuple[Firm, dict[str, str]]] = {}


@pytest_asyncio.fixture(loop_scope="session")
async def owner(api_site: Site) -> tuple[Firm, dict[str, str]]:
    """A company that has something of everything, and the keys of that by resource; nothing here changes it."""
    if api_site.url not in _owners:
        firm = await open_firm(api_site)
        _owners[api_site.url] = firm, await fill(firm)
    return _owners[api_site.url]


async def fill(firm: Firm) -> dict[str, str]:
    customer = await firm.add_customer("C1", "Geheim GmbH", iban="DE02120300000000202051")
    invoice = await firm.add_invoice("GEHEIM-1", 10_000, open_minor=9_000)
    change = await firm.machine.ask("PATCH", f"/invoices/{invoice['id']}", json={"due_date": "2026-12-31"})
    held = await firm.upload(firm.statement(payment(123, "geheim", reference="R1"), closing=1))
    file = await firm.upload(firm.statement(payment(456, "geheim", reference="R2")))
    table = b"Beleg;Kunde;Datum;Betrag;Cur\nGEHEIM-9;C1;2026-11-30;1.119,00;EUR\n"
    answers = ["column:number=Beleg", "column:customer_number=Kunde", "column:due_date=Datum", "column:amount=Betrag",
               "column:currency=Cur", "decimal_mark=,", "date_form=ymd"]  # fmt: skip
    params = [("save_mapping", "Geheim"), *(("decided", answer) for answer in answers)]
    saved = await firm.machine.ask("POST", "/imports/invoices", data=table, params=params)
    assert (held.status, file.status, saved.status) == (202, 201, 200), saved.text
    creditor = await firm.post("/creditors", {"name": "Geheim GmbH", "identifier": "DE98ZZZ09999999999"}, status=201)
    mandate = await firm.post("/mandates", {"customer_number": "C1", "iban": "DE02120300000000202051"}, status=201)
    run_id, unpaid_id = await add_run_and_unpaid(firm, int(customer["id"]))
    [question] = (await firm.get("/review-items"))["items"]
    [transaction] = (await firm.get("/bank-transactions"))["items"]
    account_id, habit_id = await teach(firm, customer["id"], transaction["id"])
    await firm.post(f"/creditors/{creditor['id']}/identifier", {"identifier": "NL79ZZZ999999990000", **REASON})
    [waiting] = (await firm.get("/protected-changes"))["items"]
    credit = await firm.add_invoice("GEHEIM-C", -500, kind="credit_note")
    wanted = {"invoice_id": credit["id"], "amount_minor": 500, "iban": "DE02120300000000202051", **REASON}
    refund = await firm.post("/refunds", wanted, status=201)
    asked = {"name": "Geheim", "conditions": {"texts": [{"words": "geheim"}]}, "action": "not_ours"}
    rule = await firm.post("/matching-rules", asked, status=201)
    advice = await firm.machine.ask("POST", "/advices", data=b"Rechnung;Betrag\nGEHEIM-1;12,00\n")
    database = firm.site.gateway.database
    second_account = await add_account_at(database, firm.company_id, "Geheimkonto", "COBADEFFXXX")
    await write_days(database, firm.company_id, second_account)
    await count_at(database, firm.company_id)
    [alarm] = (await firm.get("/matching/alarms"))["items"]
    return {
        "customers": customer["id"], "invoices": invoice["id"], "item-changes": change.json()["change_id"],
        "statements": held.json()["statements"][0]["id"], "files": file.json()["id"],
        "bank-accounts": str(firm.account_id), "review-items": question["id"], "bank-transactions": transaction["id"],
        "creditors": creditor["id"], "mandates": mandate["id"], "collection-runs": run_id, "unpaid": unpaid_id,
        "refunds": refund["id"], "protected-changes": waiting["id"], "matching-rules": rule["id"],
        "learned-accounts": account_id, "learned-habits": habit_id, "advices": advice.json()["id"], "matching": alarm["id"],
    }  # fmt: skip


async def add_run_and_unpaid(firm: Firm, customer_id: int) -> tuple[str, str]:
    """Store a run and a row of the register as they are; return their keys."""
    now = firm.site.clock()
    async with firm.site.gateway.database.begin(actor=SYSTEM, now=now, company_id=firm.company_id) as work:
        run = CollectionRun(
            id=work.new_id(), company_id=firm.company_id, bank_account_id=firm.account_id, message_id="GEHEIM",
            profile={}, left_out=[], created_at=now,
        )  # fmt: skip
        row = Unpaid(
            id=work.new_id(), company_id=firm.company_id, party_id=customer_id, kind=ReturnKind.RETURN,
            amount_minor=100, occurred_date=now.date(), retry=Retry.NO, mandate_action=MandateAction.KEEP,
            next_action=NextAction.READ_TEXT, words="geheim", recorded_at=now,
        )  # fmt: skip
        work.add(run, row)
        work.say("open_run", f"run:{run.id}")
    return str(run.id), str(row.id)


async def test_each_call_with_a_key_has_a_body_here() -> None:
    assert {(route.method, route.path.removeprefix(API)) for route in KEYED if route.takes} == set(BODIES)


@pytest.mark.parametrize("route", KEYED, ids=lambda route: route.name)
async def test_what_another_company_has_is_not_found(
    owner: tuple[Firm, dict[str, str]], firm: Firm, route: Route
) -> None:
    path = route.path.removeprefix(API)
    key = owner[1][path.split("/")[1]]
    body = BODIES.get((route.method, path))

    foreign = await firm.machine.ask(route.method, path.replace("{id}", key), json=body)
    nobody = await firm.machine.ask(route.method, path.replace("{id}", "999999999999"), json=body)

    assert foreign.status == 404, foreign.text
    assert foreign.json()["code"] == nobody.json()["code"]
    assert "eheim" not in foreign.text


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_has_nothing_of_another_company(owner: tuple[Firm, dict[str, str]], firm: Firm, path: str) -> None:
    theirs = (await owner[0].get(path))["items"]

    assert theirs
    assert (await firm.get(path))["items"] == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/invoices", "customer_id={customers}"), ("/customers", "search=Geheim"), ("/invoices", "search=GEHEIM"),
        ("/statements", "bank_account_id={bank-accounts}"), ("/bank-transactions", "bank_account_id={bank-accounts}"),
        ("/customers", "parent_id={customers}"),
    ],
)  # fmt: skip
async def test_a_filter_finds_nothing_of_another_company(
    owner: tuple[Firm, dict[str, str]], firm: Firm, path: str, query: str
) -> None:
    for name, key in owner[1].items():
        query = query.replace(f"{{{name}}}", key)

    assert (await firm.get(f"{path}?{query}"))["items"] == []


@pytest.mark.parametrize("what", ["allocations", "bank-transactions", "invoices"])
async def test_an_export_has_nothing_of_another_company(
    owner: tuple[Firm, dict[str, str]], firm: Firm, what: str
) -> None:
    theirs = await owner[0].machine.get(f"/exports/{what}")
    ours = await firm.machine.get(f"/exports/{what}")

    assert len(theirs.text.splitlines()) > 1
    assert len(ours.text.splitlines()) == 1


async def test_a_body_cannot_name_what_another_company_has(owner: tuple[Firm, dict[str, str]], firm: Firm) -> None:
    keys = owner[1]
    await firm.add_customer("X1", "Eigen GmbH")
    invoice = await firm.add_invoice("FA-1", 100, customer_number="X1")
    await firm.upload(firm.statement(payment(900, "?", reference="R1")))
    [question] = (await firm.get("/review-items"))["items"]
    allocate = f"/review-items/{question['id']}/allocate"
    line = {"item_id": keys["invoices"], "amount_minor": 900}

    answers = [
        await firm.machine.ask("PATCH", f"/invoices/{invoice['id']}", json={"customer_id": keys["customers"]}),
        await firm.machine.post("/invoices", {**INVOICE, "number": "FA-2", "amount_minor": 1}),
        await firm.machine.post(allocate, {"lines": [line]}),
        await firm.machine.post(allocate, {"on_account_minor": 900, "customer_id": keys["customers"]}),
        await firm.machine.post("/review-items/accept", {"review_item_ids": [keys["review-items"]]}),
        await firm.machine.ask("POST", "/imports/invoices", params={"mapping": "Geheim"}, data=b"a;b\n1;2\n"),
    ]

    assert [answer.status for answer in answers] == [404, 404, 409, 404, 404, 404]


async def test_a_statement_of_another_company_is_held_and_shows_nothing_of_it(
    owner: tuple[Firm, dict[str, str]], firm: Firm
) -> None:
    answer = await firm.upload(owner[0].statement(payment(789, "planted", reference="R9")))

    [held] = answer.json()["statements"]
    assert (answer.status, held["hold_reason"]) == (202, "unknown_account")
    assert held["account"] == mask_account(owner[0].iban)
    assert "planted" not in str(await owner[0].get("/bank-transactions"))


async def test_a_token_names_its_own_company_only(owner: tuple[Firm, dict[str, str]], firm: Firm) -> None:
    own = await firm.machine.get("/customers", Company=firm.code)
    other = await firm.machine.get("/customers", Company=owner[0].code)

    assert (own.status, other.status) == (200, 403)
