"""The page that says how well matching does: the shares with what was wrong beside them."""

import re

from schemas.states import Role
from support.desk import Desk, words_of
from support.web import Site

PAGE = "/reports/matching"


async def _first(desk: Desk, path: str, pattern: str) -> str:
    """Return the first address on a page that fits."""
    found = re.search(f'href="({pattern})"', (await desk.clerk.get(path)).text)
    assert found is not None
    return found[1]


async def test_the_page_shows_the_shares_and_what_was_wrong_together(asked_desk: Desk) -> None:
    clerk = asked_desk.clerk

    counted = await clerk.post(PAGE)
    page = (await clerk.get(counted.location)).text
    said = words_of(page)

    assert "By payment 25 % 1 of 4" in said
    assert "By value 11.49 % 100.00 of 869.90 EUR" in said
    assert "Taken back as wrong none 0 of 1" in said
    assert "camt.053.001.08" in said
    assert "Number in the text 1" in said
    assert "<svg" in page
    assert ' style="' not in page


async def test_what_was_taken_back_as_wrong_is_never_hidden(asked_desk: Desk) -> None:
    clerk = asked_desk.clerk
    await clerk.post(PAGE)
    paid = await _first(asked_desk, "/invoices?which=paid", r"/invoices/\d+")

    transaction = await _first(asked_desk, paid, r"/bank-transactions/\d+")
    await clerk.post(f"{transaction}/undo", {"reason": "wrong"})
    before = words_of((await clerk.get(PAGE)).text)
    await clerk.post(PAGE)
    after = words_of((await clerk.get(PAGE)).text)

    assert "Taken back as wrong none 0 of 1" in before
    assert "Taken back as wrong one in 1 1 of 1" in after
    assert "By payment 0 % 0 of 4" in after


async def test_an_installation_without_statements_is_told_the_next_step(light_site: Site) -> None:
    clerk = await light_site.sign_in(Role.CLERK)

    page = (await clerk.get(PAGE)).text

    assert "No figures yet" in page
    assert 'href="/statements"' in page


async def test_who_only_reads_sees_the_figures_and_cannot_count(asked_desk: Desk) -> None:
    reader = await asked_desk.site.sign_in(Role.VIEWER)

    page = await reader.get(PAGE)
    refused = await reader.post(PAGE)

    assert page.status == 200
    assert "Count now" not in page.text
    assert refused.status == 403


async def test_the_dashboard_leads_to_the_figures(asked_desk: Desk) -> None:
    assert f'href="{PAGE}"' in (await asked_desk.clerk.get("/dashboard")).text
