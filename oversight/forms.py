"""How the record of acts is narrowed. An address may carry an act, a day, an account's random id; never a name."""

from __future__ import annotations

from typing import Any

from django import forms

from access.models import User
from audit.acts import Act
from foundation.forms import DeskDateField


def account_choices() -> list[tuple[str, str]]:
    """Every account, people before services, by the name that colleagues see."""
    accounts = sorted(User.objects.all(), key=lambda user: (user.kind, user.label.lower()))
    return [("", "Anybody"), *((str(user.uuid), user.label) for user in accounts)]


class EventFilter(forms.Form):
    """Who, what, and between which days (both included, UTC)."""

    person = forms.ChoiceField(label="Who", required=False, choices=account_choices)
    act = forms.ChoiceField(label="What", required=False, choices=[("", "Anything"), *sorted(Act.choices, key=lambda entry: str(entry[1]))])
    first = DeskDateField(label="From", required=False)
    last = DeskDateField(label="To", required=False)

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", "This day is before the first one.")
        return cleaned


class RecordForm(forms.Form):
    """The number of a lead, or the id of any record."""

    record = forms.CharField(label="Who looked at", max_length=40, help_text="A lead number such as L-7K4Q-92MD, or a record's id.")
