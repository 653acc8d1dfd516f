"""How a view declares its permission. A view that declares none is refused (`access.middleware`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from access.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission, *, step_up: bool = False, hidden: bool = False) -> Callable[[View], View]:
    """Declare what a view needs; `step_up` asks for a sign-in at most five minutes old.

    `hidden`: whoever lacks the permission gets the page of a missing record, not the reason (a field officer must not
    learn from an address whether a subject exists).
    """

    def declare(view: View) -> View:
        view.required_permission = permission  # type: ignore[attr-defined]  # the declaration that the middleware reads
        view.required_step_up = step_up  # type: ignore[attr-defined]
        view.hidden_from_others = hidden  # type: ignore[attr-defined]
        return view

    return declare


def public(reason: str) -> Callable[[View], View]:
    """Declare a view open without sign-in, and say why; the crawler test lists all of them."""

    def declare(view: View) -> View:
        view.public_because = reason  # type: ignore[attr-defined]
        return view

    return declare
