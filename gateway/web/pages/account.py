"""What everybody sets for himself: language, theme, company. And the way to the first page."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import manage_users
from gateway.services.use_second_factor import codes_left
from gateway.web.address import local_path
from gateway.web.context import Call
from gateway.web.routing import page
from schemas.errors import NotFound
from schemas.states import Language

THEMES = frozenset({"", "light", "dark"})


async def go_to_start(call: Call) -> web.StreamResponse:
    """Go to the first page that the caller may see."""
    return call.redirect(call.gateway.pages.frame.first_path(call.caller.rights))


async def show_account(call: Call) -> web.StreamResponse:
    """Show who is logged in, and with which roles."""
    left = await codes_left(call.gateway.database, user_id=call.caller.user_id)
    return call.page("account/account.html", codes_left=left)


async def set_preferences(call: Call) -> web.StreamResponse:
    """Store the language or the theme that was clicked, and go back to the page."""
    form, caller = await call.form(), call.caller
    language = _language(form["language"]) if "language" in form else caller.language
    theme = form["theme"] if form.get("theme") in THEMES else caller.theme
    async with call.begin(ids=10, company=False) as work:
        await manage_users.set_preferences(work, user_id=caller.user_id, language=language, theme=theme)
    return call.redirect(local_path(form.get("back", "/")))


async def choose_company(call: Call) -> web.StreamResponse:
    """Work for another company from now on."""
    text = (await call.form()).get("company", "")
    company = next((one for one in call.caller.companies if str(one.id) == text), None)
    if company is None or call.caller.session_id is None:
        raise NotFound("you have no role in that company")
    async with call.begin(ids=10, company=False) as work:
        await manage_users.choose_company(work, session_id=call.caller.session_id, company_id=company.id)
    return call.redirect("/")


def _language(text: str) -> Language | None:
    return Language(text) if text in set(Language) else None


ROUTES = (
    page("GET", "/", Right.ACCOUNT, go_to_start),
    page("GET", "/account", Right.ACCOUNT, show_account),
    page("POST", "/account/preferences", Right.ACCOUNT, set_preferences),
    page("POST", "/company", Right.ACCOUNT, choose_company),
)
