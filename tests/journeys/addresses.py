"""Every named address of the product, with values that stand for no record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from access.middleware import SELF_SERVICE_PREFIXES

MADE_UP = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "slug": "made-up",
    "str": "made-up",
    "path": "made-up",
}
SPECIAL = {
    "number": "L-ZZZZ-ZZZZ",
    "form": "json",
    "kind": "name",
    "what": "archive",
    "provider_id": "made-up",
    "uidb36": "1",
    "key": "made-up",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One named address."""

    name: str
    path: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def is_of_the_account(self) -> bool:
        """Whether it is one of the sign-in library's own pages about one's own account."""
        return self.name.startswith(SELF_SERVICE_PREFIXES)


def every_address(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Address]:
    """All addresses with a name, in the order of the address table."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + _filled(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from every_address(entry, route)
        elif isinstance(entry, URLPattern) and entry.name:
            parameters = tuple(re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern)))
            yield Address(entry.name, "/" + route, entry.callback, parameters)


def _filled(route: str) -> str:
    """The route with made-up values in its places; regular expressions of the API and of files too."""

    def value(match: re.Match[str]) -> str:
        kind, name = match["kind"] or "str", match["name"]
        return SPECIAL.get(name) or (MADE_UP["uuid"] if name.endswith("uuid") else MADE_UP[kind])

    route = re.sub(r"\(\?P<(?P<name>\w+)>(?P<kind>)(?:\[[^\]]*\]|[^()])*\)", value, route)
    route = re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", value, route)
    return re.sub(r"[\\^$]|/\?$", "", route)
