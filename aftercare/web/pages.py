"""Makes the console's pages: templates, translations, and the words and times in them."""

from datetime import datetime
from functools import cached_property
from gettext import NullTranslations
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from aftercare.escalations.working import CONTACTS, OUTCOMES
from aftercare.i18n import Phrasebook
from aftercare.settings import Settings
from aftercare.web.console import filters

HERE = Path(__file__).parent
STATIC = HERE / "static"


class Pages:
    """Every template of the console, in the reader's own language."""

    def __init__(self, settings: Settings, phrasebook: Phrasebook) -> None:
        self._settings = settings
        self._phrasebook = phrasebook

    def response(
        self,
        request: Request,
        template: str,
        now: datetime,
        *,
        locale: str = "en",
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """The page, never to be kept by the browser: it may show patients."""
        page = self._environment.get_template(template).render(
            request=request,
            now=now,
            locale=locale,
            translations=self._phrasebook.console(locale),
            hospital=self._settings.hospital,
            idle_minutes=self._settings.session_minutes,
            **{"visitor": None, "zone": "UTC", "notice": None} | values,
        )
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
        environment.filters |= filters.FILTERS
        environment.tests["rule_cue"] = filters.is_rule
        environment.globals |= {"static": _static, "outcomes": OUTCOMES, "contacts": CONTACTS}
        return environment


def _static(name: str) -> str:
    # The content's hash in the address lets browsers keep the file for ever.
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


@pass_context
def _gettext(context: Context, words: str) -> str:
    return _translations(context).gettext(words)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return _translations(context).ngettext(one, many, count)


def _translations(context: Context) -> NullTranslations:
    return cast(NullTranslations, context["translations"])
