"""Pages from templates: one environment per language, with its texts, numbers and dates."""

from collections.abc import Mapping
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from gateway.web import format as formats
from gateway.web.assets import Assets
from gateway.web.context import Call
from gateway.web.filters import page_filters
from gateway.web.frame import Frame
from schemas.states import Language

_FOLDER = Path(__file__).parent / "templates"
_SAID = "said"  # The cookie of what is said once after a redirect.
Catalogs = Mapping[Language, NullTranslations]


class _CompiledOnce(BytecodeCache):
    """Lets the languages share what was compiled: a template is the same code in all of them."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


class Pages:
    """Makes pages in three languages."""

    def __init__(self, *, catalogs: Catalogs, frame: Frame, zone: ZoneInfo, assets: Assets | None = None) -> None:
        self.assets = assets or Assets()
        self.frame = frame
        self.zone = zone
        self._catalogs = catalogs
        self._environments = {language: self._environment(language, zone) for language in Language}

    def gettext(self, language: Language, text: str) -> str:
        """Return a text in a language; English where it is not translated yet."""
        return self._catalogs[language].gettext(text) if text else ""

    def ngettext(self, language: Language, one: str, many: str, count: int) -> str:
        """Return a text in a language for a count."""
        return self._catalogs[language].ngettext(one, many, count)

    def response(self, call: Call, template: str, status: int, values: Mapping[str, Any]) -> web.Response:
        """Return the answer with a page."""
        environment = self._environments[call.language]
        said = _said(call.request)
        html = environment.get_template(template).render(
            {"call": call, "said": said, "csrf": partial(_csrf_field, call), **values}
        )
        response = web.Response(text=html, status=status, content_type="text/html")
        if said:
            response.del_cookie(_SAID, path="/")
        return response

    async def badges(self, call: Call) -> dict[str, str]:
        """Return what waits behind the entries that this caller sees."""
        shown = {entry.path for entry in self.frame.entries(call.caller.rights)}
        return {path: await badge(call) for path, badge in self.frame.badges.items() if path in shown}

    def remember(self, response: web.Response, text: str) -> None:
        """Say something once on the page that comes next."""
        response.set_cookie(_SAID, quote(text), path="/", max_age=60, httponly=True, samesite="Lax")

    def _environment(self, language: Language, zone: ZoneInfo) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            bytecode_cache=_COMPILED,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        catalog = self._catalogs[language]
        environment.install_gettext_callables(catalog.gettext, catalog.ngettext, newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            asset=self.assets.path, frame=self.frame, languages=list(Language), lang=language.value
        )
        environment.filters.update(
            money=partial(_money, language),
            number=partial(_swapped, formats.number, language),
            day=partial(_swapped, formats.day, language),
            weekday=partial(_swapped, formats.weekday, language),
            month=partial(_swapped, formats.month, language),
            moment=lambda at: formats.moment(at, language, zone),
            iban=formats.account,
            **page_filters(language, catalog.gettext),
        )
        return environment


def _money(language: Language, minor: int, currency: str = "EUR", *, bare: bool = False) -> Markup | str:
    """Return an amount with its currency small beside it; ``bare`` leaves the currency out."""
    text = formats.amount(minor, currency, language)
    return text if bare else Markup('{} <small class="cur">{}</small>').format(text, currency)


def _swapped(function: Any, language: Language, value: Any) -> str:
    return "" if value is None else function(value, language)


def _csrf_field(call: Call) -> Markup:
    """Return the hidden field that comes first in each form that changes something."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(call.csrf_token)


def _said(request: web.Request) -> str:
    return unquote(request.cookies.get(_SAID, ""))[:500]
