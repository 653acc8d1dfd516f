"""How the record of acts is narrowed. An address may carry an act, a day, an account's random id; never a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from access.models import Compartment, User
from audit.acts import Act
from foundation.forms import DeskDateField
from oversight.models import BreakGlass, Disclosure, UnusualReading


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
    """Somebody's name, the number of a lead, or the id of any record; posted, for a name stands in no address."""

    record = forms.CharField(
        label="Who looked at",
        max_length=120,
        help_text="A person’s name, a lead number such as L-7K4Q-92MD, or a record’s id. A name is kept with the record of your look.",
    )


class BreakGlassForm(forms.Form):
    """A lead number, or a name with the case number of the older system; and the reason."""

    number = forms.CharField(label="Lead number", max_length=12, required=False, help_text="Such as L-7K4Q-92MD.")
    name = forms.CharField(label="Or a name", max_length=200, required=False, help_text="Together with the case number.")
    case_number = forms.CharField(label="Case number", max_length=20, required=False)
    reason = forms.CharField(
        label="Why you must see it now",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The privacy officers read this at once and review it within one working day.",
    )

    def clean(self) -> dict[str, Any]:
        """A number, or name and case number."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("number") and not (cleaned.get("name") and cleaned.get("case_number")):
            self.add_error("number", "Give the lead number, or a name together with a case number.")
        return cleaned


class GlassReviewForm(forms.Form):
    """What a privacy officer found."""

    verdict = forms.ChoiceField(label="The access was", choices=BreakGlass.Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="What you found", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReadingReviewForm(forms.Form):
    """What a second person found of somebody's reading."""

    verdict = forms.ChoiceField(label="The reading is", choices=UnusualReading.Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="What you found", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class CompartmentForm(forms.Form):
    """Into a compartment that the person is not in, or out of one that they are in."""

    what = forms.ChoiceField(label="What is to be done", widget=forms.RadioSelect)
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, carried: Sequence[Compartment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._all = {each.code: each for each in Compartment.objects.order_by("code")}
        held = {each.code for each in carried}
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # narrows the type of our own field
        field.choices = [
            (f"out:{code}", f"Out of “{each.name}”") if code in held else (f"in:{code}", f"Into “{each.name}”")
            for code, each in self._all.items()
        ]

    def chosen(self) -> tuple[str, Compartment]:
        """The way, and the compartment."""
        way, _, code = self.cleaned_data["what"].partition(":")
        return way, self._all[code]


class CompartmentDecisionForm(forms.Form):
    """Whether a person leaves a compartment."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[("agree", "Agree: the person leaves the compartment"), ("refuse", "Refuse: the person stays in it")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class DisclosureForm(forms.Form):
    """What 5 U.S.C. 552a(c)(1) asks for, and the basis."""

    disclosed_on = DeskDateField(label="Day of the disclosure")
    basis = forms.ChoiceField(label="Basis", choices=[("", "Choose one"), *Disclosure.Use.choices])
    nature = forms.CharField(label="What was disclosed", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    purpose = forms.CharField(label="Purpose", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    recipient = forms.CharField(label="Recipient: person or agency", max_length=200)
    address = forms.CharField(label="Address of the recipient", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    approved = forms.BooleanField(
        label="The Chief Privacy Officer has approved in writing (routine use N)",
        required=False,
        help_text="A second privacy officer confirms it, after looking at the approval.",
    )


class DisclosureConfirmForm(forms.Form):
    """What a second privacy officer vouches for."""

    seen = forms.BooleanField(
        label="I have the written approval of the Chief Privacy Officer before me, and it covers this disclosure",
        error_messages={"required": "Look at the written approval first. Without it the disclosure stays unconfirmed."},
    )
