"""The parts that pages are made of, each in every state: for developers, translators and whoever looks at a theme."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.web.context import Call
from gateway.web.routing import page
from gateway.web.words import RULES, STAGES, WORD_SETS


async def show_parts(call: Call) -> web.StreamResponse:
    """Show all parts and all words of closed sets."""
    sets = {kind.__name__: list(words) for kind, words in WORD_SETS.items()}
    return call.page("parts/all.html", sets=sets | {"Rule": list(RULES), "Stage": list(STAGES)}, today=call.now.date())


ROUTES = (page("GET", "/parts", Right.ACCOUNT, show_parts),)
