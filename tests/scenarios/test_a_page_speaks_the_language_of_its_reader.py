"""The language of a page: that of the browser at first, then the one chosen in the account; errors speak it too."""

import pytest

from schemas.states import Role
from support.desk import Desk, words_of
from support.web import Site


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        pytest.param("fr-CA,fr;q=0.9,en;q=0.5", "fr", "Se connecter", id="French"),
        pytest.param("de-AT", "de", "Anmelden", id="German"),
        pytest.param("nl,de;q=0.2,fr;q=0.7", "fr", "Se connecter", id="the best that is known"),
        pytest.param("nl", "en", "Log in", id="none that is known"),
    ],
)
async def test_log_in_speaks_the_language_of_the_browser(
    light_site: Site, asked: str, language: str, title: str
) -> None:
    page = await light_site.browser().get("/log-in", **{"Accept-Language": asked})

    assert f'<html lang="{language}"' in page.text
    assert f"<h1>{title}</h1>" in page.text


async def test_the_choice_in_the_account_stays_in_every_browser_of_the_person(light_site: Site) -> None:
    first = await light_site.sign_in(Role.CLERK)

    await first.post("/account/preferences", {"language": "de"})
    page = await first.get("/account", **{"Accept-Language": "fr"})

    assert '<html lang="de"' in page.text
    assert "Ihr Konto" in page.text


async def test_amounts_days_and_what_is_refused_are_written_for_the_reader(quiet_desk: Desk) -> None:
    await quiet_desk.clerk.post("/account/preferences", {"language": "fr"})

    page = words_of((await quiet_desk.clerk.get("/invoices?which=overdue")).text)
    refused = await quiet_desk.clerk.post(
        "/customers/new", {"number": "C-1", "name": "Alpha", "iban": "DE00370400440532013000"}
    )
    lost = await quiet_desk.clerk.get("/invoices/123456")

    assert "Les 2 postes de cette liste 400,00 EUR 400,00 EUR" in page
    assert "clé de contrôle" in refused.text
    assert "Il n’y a pas de poste 123456" in lost.text
