"""A word on who is who, given in a form and taken back: the same for two people and for a record beside a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to
from subjects.forms import VerdictForm


class Word(Protocol):
    """What was judged."""

    uuid: uuid.UUID


def give(form: VerdictForm, judge: Callable[..., object]) -> int:
    """Call `judge` with verdict and reason of the form; returns the status of the answer, 200 when it is done.

    An objection stands on the form: 422, or 409 when things have changed since the form was shown.
    """
    if not form.is_valid():
        return 422
    try:
        judge(**form.answer())
    except InvalidInput as error:
        object_to(form, error)
        return 422
    except Conflict as error:
        form.add_error(None, error.message)
        return 409
    return 200


def take_back(request: HttpRequest, undo: Callable[[], Word], *, said: Word, page: str, what: str) -> HttpResponseRedirect:
    """Undo, and lead to what waits again on `page`, or back to what was `said` when it cannot be taken back."""
    try:
        again = undo()
    except Conflict as error:
        messages.error(request, error.message)
        return redirect(page, said.uuid)
    messages.success(request, f"The verdict is taken back. The {what} waits again.")
    return redirect(page, again.uuid)
