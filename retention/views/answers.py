"""What every view of the desk needs: who asks, and a service's objection beside the field that it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest

    from access.models import User

Made = TypeVar("Made")


def who(request: HttpRequest) -> User:
    """The person at the desk."""
    return cast("User", request.user)


def attempt(form: forms.Form, act: Callable[[], Made]) -> Made | None:
    """Do it; an objection becomes an error of the form, and None comes back."""
    try:
        return act()
    except InvalidInput as error:
        object_to(form, error)
    except Conflict as error:
        form.add_error(None, error.message)
    return None
