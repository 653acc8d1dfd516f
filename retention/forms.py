"""What a records officer types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms

from access.models import Office
from foundation.forms import DeskDateField
from leads.organizations.signals import signals
from leads.rules.registry import ALL
from leads.states import CloseReason
from retention.conditions import CODES, EVERY_RECORD, applies_to
from retention.hold_query import FIELDS, HoldQuery
from retention.models import Disposition, Hold, RegisterEntry, Schedule
from retention.models.archive import AUTHORITIES
from retention.models.schedule import GENERAL
from retention.removal.codes import ORGANIZATION_CODE, OWN_NUMBER
from subjects.words import IDENTIFIERS


class ProposalForm(forms.Form):
    """A new version of the schedule for every record, or of one for records that meet a condition."""

    condition = forms.ChoiceField(
        choices=[(code or GENERAL, applies_to(code)) for code in (EVERY_RECORD, *CODES)],
        label="Which records",
        help_text="Where several schedules apply to a record, the longest dates it.",
    )
    title = forms.CharField(max_length=120, label="Title", help_text="For example: 25 years from creation, 20 active and 5 archived.")
    active_years = forms.IntegerField(min_value=1, max_value=200, label="Years in the live tables")
    archived_years = forms.IntegerField(min_value=0, max_value=200, label="Years archived after that", initial=0)

    def clean_condition(self) -> str:
        """The code of the condition; empty for every record."""
        chosen = str(self.cleaned_data["condition"])
        return EVERY_RECORD if chosen == GENERAL else chosen


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


class CompareForm(forms.Form):
    """Two versions beside each other."""

    old = forms.ChoiceField(label="Version")
    new = forms.ChoiceField(label="Beside it")

    def __init__(self, *args: Any, versions: Iterable[Schedule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (str(each.uuid), f"{each.applies_to}: {each.title} (version {each.version}, {each.get_status_display().lower()})")
            for each in versions
        ]
        for name in ("old", "new"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


YES_NO = [("", "either"), ("yes", "yes"), ("no", "no")]


class RunForm(forms.Form):
    """A list to be frozen."""

    kind = forms.ChoiceField(choices=Disposition.Kind.choices, label="What is to be done")
    as_of = DeskDateField(label="Records due on", help_text="Today, or a day before. A day ahead is accepted in the demonstration only.")
    marks = forms.ChoiceField(
        label="Which records", required=False, help_text="A run never mixes the records of a compartment with others."
    )

    schedule = forms.ChoiceField(
        label="Under which schedule", help_text="A run has one authority: it lists the records that this schedule dates."
    )

    def __init__(self, *args: Any, marks: Sequence[tuple[int, ...]], schedules: Sequence[Schedule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schedules = {str(each.uuid): each for each in schedules}
        offered = self.fields["schedule"]
        if isinstance(offered, forms.ChoiceField):
            offered.choices = [(key, f"{each.applies_to}: {each.title}") for key, each in self._schedules.items()]
        if len(self._schedules) < 2:  # nothing to choose
            del self.fields["schedule"]
        self._marks = {",".join(map(str, each)): each for each in marks}
        field = self.fields["marks"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, f"In compartment {key.replace(',', ' and ')}" if key else "In no compartment") for key in self._marks]
        if len(self._marks) == 1:
            del self.fields["marks"]

    def clean(self) -> dict[str, Any]:
        """The compartments as numbers, the schedule itself (None: the one for every record)."""
        cleaned = super().clean() or self.cleaned_data
        return {
            **cleaned,
            "marks": self._marks.get(cleaned.get("marks", ""), ()),
            "schedule": self._schedules.get(cleaned.get("schedule", "")),
        }


class RejectForm(forms.Form):
    """Records that leave the list while it is reviewed."""

    positions = forms.CharField(max_length=400, label="Positions on the list", help_text="For example: 3, 7-12")
    reason = forms.CharField(
        max_length=200,
        label="Why they leave",
        help_text="It stands on the certificate, which is kept: name nobody of whom the records are.",
    )

    def clean_positions(self) -> list[int]:
        """Numbers and spans as a list of numbers."""
        found: set[int] = set()
        for part in self.cleaned_data["positions"].replace(" ", "").split(","):
            first, _, last = part.partition("-")
            if not first.isdigit() or (last and not last.isdigit()):
                message = "Enter positions such as 3, 7-12."
                raise forms.ValidationError(message)
            found |= set(range(int(first), min(int(last or first), int(first) + 20_000) + 1))
        return sorted(found)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=300, label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class SignForm(forms.Form):
    """A signature on the list with this hash."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RetrievalForm(ReasonForm):
    """A retrieval under a typed authority."""

    authority_kind = forms.ChoiceField(choices=AUTHORITIES, label="Kind of authority")
    authority = forms.CharField(max_length=200, label="Number or date of the authority")


class ExtensionForm(forms.Form):
    """A record is kept beyond its day (36 CFR 1226.20)."""

    number = forms.CharField(max_length=12, label="Lead number")
    authority_kind = forms.ChoiceField(choices=AUTHORITIES, label="Kind of authority")
    authority = forms.CharField(max_length=200, label="Number or date of the authority")
    ends_on = DeskDateField(label="Ends on")
    review_on = DeskDateField(label="To be reviewed on")


class ArchiveSearchForm(forms.Form):
    """A number that an archived person or organization carries, looked for by its keyed hash; or the record's own."""

    kind = forms.ChoiceField(
        choices=[
            *((kind.value, f"{words[:1].upper()}{words[1:]}") for kind, words in IDENTIFIERS.items()),
            (ORGANIZATION_CODE, "School or program code"),
            (OWN_NUMBER, "Lead number"),
        ],
        label="Kind of number",
    )
    number = forms.CharField(max_length=40, label="Number")
    country = forms.CharField(
        max_length=3, required=False, label="Issuing country", help_text="For a passport: three letters, such as PRT."
    )


class HoldForm(forms.Form):
    """A hold on named leads, on one person, or on all that a query matches now and later."""

    kind = forms.ChoiceField(choices=Hold.Kind.choices, label="What for")
    issuer = forms.CharField(max_length=120, label="Who asks for it", help_text="The court, the office, the counsel.")
    authority = forms.CharField(max_length=200, label="Authority", help_text="Docket, request number or memorandum.")
    reason = forms.CharField(max_length=300, label="Reason", widget=forms.Textarea(attrs={"rows": 3}))
    numbers = forms.CharField(
        required=False,
        label="Lead numbers",
        help_text="One a line: these records and no others.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    person_of = forms.CharField(
        required=False,
        max_length=12,
        label="Number of one of its leads",
        help_text="Its other leads are held too: live ones, sealed ones, those to come.",
    )
    created_from = DeskDateField(required=False, label="Created on or after")
    created_to = DeskDateField(required=False, label="Created on or before")
    closed = forms.ChoiceField(required=False, choices=YES_NO, label="Closed")
    close_reason = forms.ChoiceField(required=False, choices=[("", "any"), *CloseReason.choices], label="Closed as")
    rule_id = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("Rules", [(rule.id, rule.title) for rule in ALL]), ("Signals of organizations", [*signals().items()])],
        label="Rule or signal",
    )
    office_code = forms.ChoiceField(required=False, label="Office")
    legacy = forms.ChoiceField(required=False, choices=YES_NO, label="Of the legacy system")
    everything = forms.BooleanField(required=False, label="Every record, those to come too")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["office_code"]
        if isinstance(offered, forms.ChoiceField):
            offered.choices = [("", "any"), *Office.objects.order_by("name").values_list("code", "name")]

    def clean(self) -> dict[str, Any]:
        """One of four: numbers, a person, a query, or every record; a form left empty holds nothing."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            by_query = replace(self.query(), person_of="") != HoldQuery()
            asked = [bool(self.named()), bool(cleaned["person_of"]), by_query, bool(cleaned["everything"])]
            if sum(asked) != 1:
                message = "Name the leads, or a lead of the person, or ask by a query, or hold every record: one of the four."
                raise forms.ValidationError(message)
        return cleaned

    def clean_person_of(self) -> str:
        """As numbers are printed."""
        return str(self.cleaned_data["person_of"]).strip().upper()

    def named(self) -> list[str]:
        """The numbers that were typed."""
        return str(self.cleaned_data["numbers"]).replace(",", " ").split()

    def query(self) -> HoldQuery:
        """What the query part asks."""
        asked = {name: self.cleaned_data[name] for name in FIELDS}
        switches = {name: {"yes": True, "no": False}.get(asked[name]) for name in ("closed", "legacy")}
        return HoldQuery(**{**asked, **switches})


class ReleaseForm(forms.Form):
    """The end of a hold."""

    authority = forms.CharField(max_length=200, label="Authority for the release", help_text="The order, letter or memorandum.")


class RegisterForm(forms.Form):
    """Records kept elsewhere: no content."""

    medium = forms.ChoiceField(choices=RegisterEntry.Medium.choices, label="Medium")
    title = forms.CharField(max_length=160, label="What it is")
    location = forms.CharField(max_length=200, label="Where it is")
    container = forms.CharField(max_length=80, required=False, label="Accession or box")
    years_from = forms.IntegerField(required=False, min_value=1900, max_value=2200, label="First year")
    years_to = forms.IntegerField(required=False, min_value=1900, max_value=2200, label="Last year")
    schedule = forms.CharField(max_length=160, label="Schedule")
    destroy_on = DeskDateField(required=False, label="To be destroyed on")
    disposition = forms.CharField(max_length=200, required=False, label="What became of it")


class ReviewForm(forms.Form):
    """What the yearly review of the schedules found."""

    finding = forms.CharField(max_length=300, label="Finding", widget=forms.Textarea(attrs={"rows": 3}))


class ReportForm(forms.Form):
    """Records lost or destroyed without authority."""

    discovered_on = DeskDateField(label="Discovered on")
    description = forms.CharField(max_length=500, label="Which records", help_text="No content.", widget=forms.Textarea(attrs={"rows": 2}))
    record_count = forms.IntegerField(required=False, min_value=0, label="How many, if known")
    circumstances = forms.CharField(max_length=500, label="What happened", widget=forms.Textarea(attrs={"rows": 3}))
    safeguards = forms.CharField(max_length=500, required=False, label="What was done against it", widget=forms.Textarea(attrs={"rows": 2}))


class SentForm(forms.Form):
    """A report was sent."""

    on = DeskDateField(label="Sent on")
    reference = forms.CharField(max_length=120, label="Reference of the letter")
