"""Mails go through the operator's server: the code of a signing link, and nothing where the server says no."""

import re
from pathlib import Path

import pytest

from gateway.services.send_mail import MailNotSent
from gateway.store.companies import Company
from gateway.store.work import SYSTEM
from gateway.web import background
from schemas.states import Role
from support.mails import mail_server, mailer
from support.master_data import customer, german_iban, imported
from support.web import open_site


async def test_a_mail_is_handed_to_the_server() -> None:
    async with mail_server() as server:
        await mailer(server.port).send(to="anna@example.org", subject="Code für Anna", text="Ihr Code ist 123456.")

    assert "To: anna@example.org" in server.mails[0]
    assert "123456" in server.mails[0]


async def test_a_server_that_says_no_is_an_error_without_the_address() -> None:
    async with mail_server(refuses=True) as server:
        with pytest.raises(MailNotSent) as refused:
            await mailer(server.port).send(to="anna@example.org", subject="Code", text="123456")

    assert "anna" not in str(refused.value)


async def test_a_header_cannot_be_planted() -> None:
    with pytest.raises(MailNotSent):
        await mailer(1).send(to="anna@example.org\nBcc: eve@example.org", subject="Code", text="123456")


async def test_the_code_of_a_signing_link_comes_by_mail_only(database_url: str, tmp_path: Path) -> None:
    async with mail_server() as server:
        settings = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_sender": "gateway@example.org"}
        async with open_site(database_url, tmp_path, smtp_security="none", **settings) as site:
            company = await site.company()
            async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
                stored = await work.session.get(Company, company.id)
                assert stored is not None
                stored.creditor_identifier = "DE98ZZZ09999999999"
                work.session.add(stored)
            await imported(site.gateway.database, company.id, customer("C1", "Anna Muster"))
            clerk, debtor = await site.sign_in(Role.CLERK), site.browser()
            entry = {"customer": "C1", "iban": german_iban(1), "scheme": "CORE", "type": "recurrent"}
            path = (await clerk.post("/mandates/new", entry)).location
            made = await clerk.post(f"{path}/link", {"email": "anna@example.org", "language": "de"})
            link = re.findall(r"/sign/[\w-]+", made.text)[0]
            await debtor.get(link)
            await debtor.post(f"{link}/code")
            await background.finished()
            shown = await clerk.post(f"{path}/code")
            code = re.findall(r"Code ist (\d{6})", server.mails[0].replace("=\r\n", ""))[0]
            signed = await debtor.post(link, {"code": code, "accepted": "on"})

    assert code not in shown.text
    assert signed.status == 200
