"""What a records officer types."""

from __future__ import annotations

from django import forms

from foundation.forms import DeskDateField


class ProposalForm(forms.Form):
    """A new version of the leads' schedule."""

    title = forms.CharField(max_length=120, label="Title", help_text="For example: 25 years from creation, 20 active and 5 archived.")
    active_years = forms.IntegerField(min_value=1, max_value=200, label="Years in the live tables")
    archived_years = forms.IntegerField(min_value=0, max_value=200, label="Years archived after that", initial=0)


class ApprovalForm(forms.Form):
    """The typed authority that puts a version in force."""

    authority = forms.CharField(
        max_length=200,
        label="Authority",
        help_text="The number of the schedule that the National Archives approved, as it stands on the paper.",
    )


class AsOfForm(forms.Form):
    """The day for which the calendar is shown."""

    as_of = DeskDateField(required=False, label="As of")
