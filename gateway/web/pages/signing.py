"""The page on which a debtor signs: public, known only by its link, and about nothing but his mandate."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import sign_mandate_online
from gateway.services.log_in import count_attempts, subject_of
from gateway.services.send_mail import Mailer
from gateway.services.sign_mandate_online import Signing, Visitor, WrongSigningCode, find_signing
from gateway.web import background
from gateway.web.address import address_of
from gateway.web.context import Call
from gateway.web.pages.mandate_papers import papers_of
from gateway.web.routing import page
from generators.letters_mandate import legal_text
from schemas.states import Language


async def show(call: Call) -> web.StreamResponse:
    """Show the mandate."""
    return await _answer(call, await _find(call))


async def _find(call: Call) -> Signing:
    """Return what stands behind the link, in the debtor's language. Raises SigningLinkUnknown or TooManyAttempts."""
    await _limit(call)
    async with call.gateway.database.read() as session:
        signing = await find_signing(session, secret=_secret(call), now=call.now)
    call.language = Language(signing.link.language)
    return signing


async def _limit(call: Call) -> None:
    """Count each call of an address, so that nobody tries links."""
    rules = call.gateway.log_in_rules
    place = subject_of("signing", address_of(call.request, call.gateway.proxies))
    allowed = {place: rules.address_attempts_max}
    await count_attempts(call.gateway.database, allowed, now=call.now, rules=rules)


def _secret(call: Call) -> str:
    return call.word("secret")[:100]


async def _answer(call: Call, signing: Signing, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    form = signing.form
    return call.page(
        "mandates/sign.html",
        status=status,
        form=form,
        legal=legal_text(form.language, form.scheme, form.creditor_name),
        path=f"/sign/{_secret(call)}",
        has_code=sign_mandate_online.is_code_fresh(signing.link, call.now),
        sends_mail=call.gateway.mailer is not None,
        email=_hidden(signing.link.email),
        fault=fault,
        faults={"code": fault} if fault else {},
    )


def _hidden(email: str) -> str:
    """Return a mail address as far as its owner needs to know it again."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


async def ask_code(call: Call) -> web.StreamResponse:
    """Send a code by mail, or make one that the clerk reads to the debtor."""
    signing = await _find(call)
    gateway = call.gateway
    code, email = await sign_mandate_online.ask_code(gateway.database, gateway.key, secret=_secret(call), now=call.now)
    if gateway.mailer is not None:
        background.start(_send(call, gateway.mailer, email, code, signing), name="send_signing_code")
    return call.redirect(f"/sign/{_secret(call)}")


async def _send(call: Call, mailer: Mailer, email: str, code: str, signing: Signing) -> None:
    name = signing.form.creditor_name
    subject = call._("Your code for the mandate of %(creditor)s", creditor=name)
    text = call._(
        "Your code is %(code)s. It works for 15 minutes. You need it to sign the direct debit mandate of %(creditor)s."
        " If you did not ask for it, you need not do anything.",
        code=code, creditor=name,
    )  # fmt: skip
    await mailer.send(to=email, subject=subject, text=text)


async def sign(call: Call) -> web.StreamResponse:
    """Sign with the code."""
    signing = await _find(call)
    form = await call.form()
    if "accepted" not in form:
        return await _answer(call, signing, fault=call._("Tick that you agree."), status=422)
    visitor = Visitor(address_of(call.request, call.gateway.proxies), call.request.headers.get("User-Agent", ""))
    try:
        await sign_mandate_online.sign_online(
            call.gateway.database,
            papers_of(call),
            secret=_secret(call),
            code=form.get("code", "")[:20],
            visitor=visitor,
            now=call.now,
        )
    except WrongSigningCode as error:
        return await _answer(call, await _find(call), fault=str(error), status=422)
    return call.page("mandates/signed.html", form=signing.form)


ROUTES = (
    page("GET", "/sign/{secret}", Right.PUBLIC, show),
    page("POST", "/sign/{secret}/code", Right.PUBLIC, ask_code),
    page("POST", "/sign/{secret}", Right.PUBLIC, sign),
)
