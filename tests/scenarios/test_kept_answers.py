"""What a page counted is shown again until something is written in the company."""

import pytest

from gateway.store.database import Database
from gateway.web import kept
from gateway.web.kept import Kept
from support.master_data import CLERK, NOW, add_company


class Looks:
    """Counts how often somebody looked."""

    def __init__(self) -> None:
        self.count = 0

    async def look(self) -> int:
        """Look once more."""
        self.count += 1
        return self.count


async def written(database: Database, company_id: int) -> None:
    """Write something in a company."""
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        work.say("look", f"company:{company_id}")


async def test_an_answer_holds_until_something_is_written_in_its_company(database: Database) -> None:
    mine, other = await add_company(database), await add_company(database, "OTHER")
    answers, looks, seen = Kept(), Looks(), []

    for changed in (None, None, other, mine, None):
        if changed is not None:
            await written(database, changed)
        async with database.read() as session:
            seen.append(await answers.ask(session, mine, "how many", looks.look))

    assert seen == [1, 1, 1, 2, 2]


async def test_each_question_of_each_company_has_an_answer_of_its_own(database: Database) -> None:
    companies = [await add_company(database), await add_company(database, "OTHER")]
    answers, looks = Kept(), Looks()

    async with database.read() as session:
        asked = [(company, question) for company in companies for question in ("open", "paid")]
        seen = [await answers.ask(session, *one, looks.look) for one in asked + asked]

    assert seen == [1, 2, 3, 4] * 2


async def test_only_so_many_answers_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_ANSWERS_MAX", 2)
    company_id = await add_company(database)
    answers, looks = Kept(), Looks()

    async with database.read() as session:
        seen = [await answers.ask(session, company_id, question, looks.look) for question in "abaca"]

    assert seen == [1, 2, 1, 3, 1]
