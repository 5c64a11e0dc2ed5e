"""Which language a page is in: what the user chose, else what the browser asks for, else English."""

from aiohttp import web

from schemas.states import Language


def language_of(chosen: Language | None, request: web.Request) -> Language:
    """Return the language for an answer."""
    return chosen or _asked_for(request.headers.get("Accept-Language", "")) or Language.EN


def _asked_for(header: str) -> Language | None:
    known = {language.value: language for language in Language}
    ranked = [_ranked(part) for part in header[:500].split(",")]
    for _, tag in sorted((one for one in ranked if one[0] < 0), key=lambda one: one[0]):
        if tag in known:
            return known[tag]
    return None


def _ranked(part: str) -> tuple[float, str]:
    """Return a language with its weight, negative so that the best comes first."""
    tag, _, weight = part.partition(";")
    try:
        rank = float(weight.strip().removeprefix("q=") or "1")
    except ValueError:
        rank = 0.0
    return -rank, tag.strip().split("-")[0].lower()
