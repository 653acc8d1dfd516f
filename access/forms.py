"""The administrator's forms: whom, what, why, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from access.models import Compartment, Leaver, Office, User
from access.roles import ROLES
from access.selectors import offices_on
from access.services.leavers import end_of
from foundation.forms import DeskDateField


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(label="Sign-in name", max_length=150, help_text="Small letters, digits, dots.")
    display_name = forms.CharField(label="Name that colleagues see", max_length=100)
    team = forms.CharField(label="Team", max_length=40, required=False)
    email = forms.EmailField(label="Office email", required=False)
    temporary = forms.BooleanField(label="Temporary: closes by itself after 96 hours", required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Why", max_length=300)


class IdentityForm(ReasonForm):
    """Who a person is at the agency's identity provider."""

    identity = forms.CharField(
        label="Subject id at the agency's provider",
        max_length=190,
        required=False,
        help_text="As the provider writes it (“sub”). Left empty, the account is tied to nobody there.",
    )
    field_order = ("identity", "reason")


class HomeForm(ReasonForm):
    """Where a person lives."""

    line = forms.CharField(label="House number and street", max_length=200, required=False)
    postal_code = forms.CharField(label="ZIP code", max_length=10, required=False, help_text="Both left empty: what was kept is forgotten.")
    field_order = ("line", "postal_code", "reason")


class CompartmentNewForm(ReasonForm):
    """A new compartment."""

    name = forms.CharField(label="Name", max_length=100, help_text="What its people may read: it never tells why somebody is in it.")
    authority = forms.CharField(
        label="Authority that closes it", max_length=200, help_text="Statute, regulation, or the order of an official."
    )
    field_order = ("name", "authority", "reason")


class LeaverForm(ReasonForm):
    """A colleague who leaves or changes duties."""

    who = forms.ChoiceField(label="Who")
    kind = forms.ChoiceField(label="What happens", choices=Leaver.Kind.choices, widget=forms.RadioSelect)
    last_day = DeskDateField(label="Last day", help_text="The last day of work, or of the present duties.")
    field_order = ("who", "kind", "last_day", "reason")

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(user.uuid): user for user in colleagues}
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # narrows the type of our own field
        field.choices = [("", "Choose a colleague"), *((key, user.label) for key, user in self.colleagues.items())]

    def clean_who(self) -> User:
        """The colleague who was chosen."""
        return self.colleagues[self.cleaned_data["who"]]


class GivenForm(ReasonForm):
    """Something given to a person: why, and until when."""

    until = DeskDateField(label="Until", required=False, help_text="The last day; left empty, until it is taken away.")
    field_order = ("what", "reason", "until")

    def clean_until(self) -> datetime | None:
        """The end of the last day, UTC; not in the past."""
        day: date | None = self.cleaned_data.get("until")
        if day is None:
            return None
        if day < timezone.now().date():
            raise forms.ValidationError("This day is over.")
        return end_of(day)


class RoleForm(GivenForm):
    """A role."""

    what = forms.ChoiceField(label="Role", choices=[(code, role.label) for code, role in ROLES.items() if code != "service"])


class OfficeForm(GivenForm):
    """A membership of an office that exists today."""

    what = forms.ModelChoiceField(label="Office", queryset=Office.objects.none(), to_field_name="code", empty_label="Choose an office")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # narrows the type of our own field
        field.queryset = offices_on(timezone.now().date())


class ClearanceForm(GivenForm):
    """A clearance for a compartment."""

    what = forms.ModelChoiceField(label="Compartment", queryset=Compartment.objects.all(), to_field_name="code", empty_label="Choose one")
