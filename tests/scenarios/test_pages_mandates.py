"""The pages of mandates: enter, list, change, two persons for another account, papers, and a debtor who signs."""

import io
import re
import zipfile

import aiohttp
import pytest

from gateway.services.sign_mandate_online import ATTEMPTS_MAX
from gateway.store.companies import Company
from gateway.store.users import User
from gateway.store.work import SYSTEM
from schemas.states import Role
from support.master_data import customer, german_iban, imported
from support.web import Answer, Browser, Site

FORM = {"customer": "C1", "iban": german_iban(1).printed, "scheme": "CORE", "type": "recurrent"}
SIGNED = {**FORM, "signature_date": "2026-11-02"}


@pytest.fixture
async def clerk(site: Site) -> Browser:
    company = await site.company()
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        stored = await work.session.get(Company, company.id)
        assert stored is not None
        stored.creditor_identifier = "DE98ZZZ09999999999"
        work.session.add(stored)
    await imported(site.gateway.database, company.id, customer("C1", "Anna Muster", email="anna@example.org"))
    return await site.sign_in(Role.CLERK)


async def add(clerk: Browser, **more: str) -> str:
    """Enter a mandate and return the path of its page."""
    answer = await clerk.post("/mandates/new", {**SIGNED, **more})
    assert answer.status == 303, answer.text
    return answer.location


async def draft(clerk: Browser) -> str:
    return await add(clerk, signature_date="")


async def link_of(clerk: Browser, path: str) -> str:
    """Make a signing link and return its path."""
    page = await clerk.post(f"{path}/link", {"email": "anna@example.org", "language": "de"})
    found = re.search(r"/sign/[\w-]+", page.text)
    assert found is not None
    return found[0]


async def code_of(clerk: Browser, path: str) -> str:
    found = re.search(r"code for the debtor: (\d{6})", (await clerk.post(f"{path}/code")).text)
    assert found is not None
    return found[1]


async def test_a_mandate_is_entered_listed_and_shown(site: Site, clerk: Browser) -> None:
    path = await add(clerk, reference="m-77")

    listed, searched = await clerk.get("/mandates"), await clerk.get("/mandates?q=muster")
    other = await clerk.get("/mandates?which=draft")
    page = await clerk.get(path)

    assert all("m-77" in answer.text for answer in (listed, searched, page))
    assert "m-77" not in other.text
    assert german_iban(1).masked in page.text
    assert german_iban(1).printed not in page.text
    assert german_iban(1).printed in (await clerk.post(f"{path}/iban")).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"iban": "DE00"}, "IBAN"),
        ({"customer": "C9"}, "there is no customer C9"),
        ({"signature_date": "2026-12-24"}, "after today"),
        ({"iban": "CH9300762011623852957"}, "outside the EEA"),
        ({"reference": "ü"}, "mandate reference"),
        ({"bic": "X"}, "BIC"),
    ],
    ids=["no IBAN", "nobody", "signed later", "a bank outside the EEA", "a strange reference", "no BIC"],
)
async def test_what_is_wrong_is_said_at_its_field(clerk: Browser, fields: dict[str, str], told: str) -> None:
    answer = await clerk.post("/mandates/new", {**SIGNED, **fields})

    assert answer.status == 422
    assert re.search(rf'class="fault"[^>]*>[^<]*{re.escape(told[1:])}', answer.text)


async def test_a_mandate_is_suspended_and_comes_back_and_ends(clerk: Browser) -> None:
    path = await add(clerk)

    for what in ("suspend", "activate", "revoke"):
        assert (await clerk.post(f"{path}/{what}", {"reason": "Kunde rief an"})).status == 303
    again = await clerk.post(f"{path}/activate", {"reason": "doch nicht"})

    page = await clerk.get(path)
    assert (again.status, "it is final" in again.text) == (422, True)
    assert page.text.count("Kunde rief an") == 3


async def test_another_account_is_accepted_by_another_person(site: Site, clerk: Browser) -> None:
    path = await add(clerk)
    proposed = await clerk.post(f"{path}/account", {"iban": german_iban(2), "reason": "Bankwechsel"})
    waiting = (await clerk.get("/changes")).text
    [change] = re.findall(r'name="change" value="(\d+)"', await approver_page(site)) or [""]
    refused = await clerk.post("/changes", {"change": change, "decision": "accept"})
    anna = await site.add_user(Role.APPROVER)
    approver = await site.sign_in(user=anna)

    without = await approver.post("/changes", {"change": change, "decision": "accept"})
    accepted = await accept(site, approver, anna, change)
    late = await accept(site, approver, anna, change, steps=1)

    assert (proposed.status, refused.status, accepted.status, late.status) == (303, 403, 303, 422)
    assert (without.status, "The code is not right" in without.text) == (422, True)
    assert german_iban(2).masked in waiting
    assert "another person accepts it" in waiting
    assert german_iban(2).masked in (await clerk.get(path)).text
    assert "Nothing waits" in (await approver.get("/changes")).text


async def accept(site: Site, browser: Browser, user: User, change: str, *, steps: int = 0) -> Answer:
    """Accept a change with a code of the app."""
    code = site.code(user, steps=steps)
    return await browser.post("/changes", {"change": change, "decision": "accept", "code": code})


async def approver_page(site: Site) -> str:
    return (await (await site.sign_in(Role.APPROVER)).get("/changes")).text


async def test_papers_are_written_and_kept(clerk: Browser) -> None:
    path = await add(clerk)
    kept = await upload(clerk, path, b"%PDF-1.7 a signed form")
    wrong = await upload(clerk, path, b"MZ a program that calls itself a scan")

    async with clerk.client.post(
        f"{clerk.site.url}{path}/evidence", data={"csrf": clerk.token}, headers=clerk.origin
    ) as answer:
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))

    assert (kept.status, wrong.status) == (303, 422)
    assert archive.namelist() == [
        "form.pdf", "01-scan.pdf", "documents.csv", "notices.csv", "debits.csv", "changes.csv", "moves.csv",
    ]  # fmt: skip
    assert archive.read("01-scan.pdf") == b"%PDF-1.7 a signed form"
    assert b"draft,active,user:" in archive.read("moves.csv")


async def upload(clerk: Browser, path: str, data: bytes) -> Answer:
    form = aiohttp.FormData([("csrf", clerk.token), ("kind", "scan")])
    form.add_field("file", data, filename="scan.pdf")
    return await clerk.ask("POST", f"{path}/documents", data=form, headers=clerk.origin)


async def test_the_list_is_exported_as_it_can_be_imported(clerk: Browser) -> None:
    await add(clerk, reference="M-1")

    csv = await clerk.get("/mandates/export.csv?which=active")
    empty = await clerk.get("/mandates/export.csv?which=draft")

    assert f"M-1,C1,CORE,recurrent,2026-11-02,{german_iban(1)}" in csv.text
    assert empty.text.count("\n") == 1


async def test_a_debtor_signs_by_a_link(site: Site, clerk: Browser) -> None:
    path = await draft(clerk)
    link, debtor = await link_of(clerk, path), site.browser()

    page = await debtor.get(link)
    asked = await debtor.post(f"{link}/code")
    untold = await debtor.post(link, {"code": await code_of(clerk, path)})
    signed = await debtor.post(link, {"code": await code_of(clerk, path), "accepted": "on"})
    again = await debtor.get(link)

    mandate = (await clerk.get(path)).text
    assert "SEPA" in page.text
    assert german_iban(1).printed in page.text
    assert (asked.status, untold.status, signed.status, again.status) == (303, 422, 200, 404)
    assert "Signature on the signing page" in mandate
    assert "active" in mandate


async def test_a_code_is_tried_a_few_times_only(site: Site, clerk: Browser) -> None:
    path = await draft(clerk)
    link, debtor = await link_of(clerk, path), site.browser()
    await debtor.get(link)
    await debtor.post(f"{link}/code")
    right = await code_of(clerk, path)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    tries = [(await debtor.post(link, {"code": wrong, "accepted": "on"})).status for _ in range(ATTEMPTS_MAX)]
    late = await debtor.post(link, {"code": right, "accepted": "on"})

    assert tries == [422] * (ATTEMPTS_MAX - 1) + [404]
    assert late.status == 404
    assert "To be signed" in (await clerk.get("/mandates?which=draft")).text


async def test_links_that_do_not_work_are_answered_alike(site: Site, clerk: Browser) -> None:
    expired_path, withdrawn_path, debtor = await draft(clerk), await draft(clerk), site.browser()
    expired, withdrawn = await link_of(clerk, expired_path), await link_of(clerk, withdrawn_path)
    await clerk.post(f"{withdrawn_path}/withdraw")
    first = await link_of(clerk, expired_path)
    unknown = "/sign/nobody-knows-it"

    pages = [(await debtor.get(one)) for one in (expired, withdrawn, unknown)]
    works = (await debtor.get(first)).status
    await site.clock.pass_time(days=15)
    pages.append(await debtor.get(first))

    assert works == 200
    assert {page.status for page in pages} == {404}
    said = {re.sub(r"[\w-]{20,}|[0-9a-f]{12}", "", page.text) for page in pages}
    assert len(said) == 1


async def test_an_address_cannot_try_links_for_ever(site: Site) -> None:
    stranger = site.browser()

    found = {(await stranger.get(f"/sign/{number}")).status for number in range(101)}

    assert found == {404, 429}


async def test_a_code_is_too_old_after_a_quarter_of_an_hour(site: Site, clerk: Browser) -> None:
    path = await draft(clerk)
    link, debtor = await link_of(clerk, path), site.browser()
    await debtor.get(link)
    await debtor.post(f"{link}/code")
    code = await code_of(clerk, path)

    await site.clock.pass_time(minutes=16)

    assert (await debtor.post(link, {"code": code, "accepted": "on"})).status == 422


async def test_a_changed_mandate_is_changed_for_the_page_too(clerk: Browser) -> None:
    path = await add(clerk)

    form = await clerk.get(f"{path}/change")
    saved = await clerk.post(f"{path}/change", {**SIGNED, "debtor_name": "Anna Neu", "debtor_town": "Bonn"})

    assert german_iban(1).printed not in form.text
    assert saved.status == 303
    assert "Bonn" in (await clerk.get(path)).text


async def test_creditor_identifiers_are_added_and_change_with_a_second_person(site: Site) -> None:
    anna = await site.add_user(Role.APPROVER)
    keeper, approver = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(user=anna)
    facts = {"identifier": "DE98ZZZ09999999999", "name": "Quellbrunn GmbH", "town": "Bonn"}

    wrong = await keeper.post("/settings/creditors", {**facts, "identifier": "DE00ZZZ1"})
    added = await keeper.post("/settings/creditors", facts)
    [path] = re.findall(r"/settings/creditors/\d+", (await keeper.get("/settings/creditors")).text)
    saved = await keeper.post(path, {**facts, "town": "Köln", "identifier": "NL79ZZZ999999990000"})
    before = (await keeper.get("/settings/creditors")).text
    [change] = re.findall(r'name="change" value="(\d+)"', (await approver.get("/changes")).text)
    accepted = await accept(site, approver, anna, change)

    after = (await keeper.get("/settings/creditors")).text
    assert [answer.status for answer in (wrong, added, saved, accepted)] == [422, 303, 303, 303]
    assert "Köln" in before
    assert "a change waits" in before
    assert re.search(r"<code>(\w+)</code>", before)[1] == "DE98ZZZ09999999999"  # type: ignore[index]
    assert re.search(r"<code>(\w+)</code>", after)[1] == "NL79ZZZ999999990000"  # type: ignore[index]


async def test_who_proposed_cannot_accept_even_with_another_role(site: Site, clerk: Browser) -> None:
    clara = await site.add_user(Role.CLERK, Role.APPROVER)
    both = await site.sign_in(user=clara)
    path = await add(both)
    await both.post(f"{path}/account", {"iban": german_iban(2), "reason": "Bankwechsel"})
    [change] = re.findall(r'name="change" value="(\d+)"', (await both.get("/changes")).text)

    own = await accept(site, both, clara, change)
    taken_back = await both.post("/changes", {"change": change, "decision": "refuse"})

    assert (own.status, taken_back.status) == (422, 303)
