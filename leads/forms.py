"""What a person enters about a lead or a referral. Services decide; forms only read and word what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings

from access.models import Office, User
from foundation.forms import DeskDateField
from leads.papers.kinds import ALLOWED, KINDS
from leads.routing.areas import offices
from leads.rules.freshness import WORDS
from leads.rules.registry import ALL
from leads.services.attachments import MEGABYTE
from leads.services.checks import NOTHING_NEW, RESULTS
from leads.states import CloseReason, OutcomeCode, ReturnReason

REASON_LENGTH = 2_000
NOTE_LENGTH = 20_000
ABOUT_LENGTH = 300
MOST_OF_A_NAME = 200
SYSTEM_REASONS = frozenset({CloseReason.JOINED, CloseReason.LEGACY})  # set by the system alone


def _attachment(label: str, *, required: bool = True) -> forms.FileField:
    """The field of a file that is attached to a lead; its name is the one that `foundation.uploads` keeps in memory."""
    # the types beside the endings: a phone then offers its camera
    taken = ",".join(word for kind in KINDS.values() for word in (kind.content_type.partition(";")[0], *kind.endings))
    return forms.FileField(
        label=label,
        required=required,
        max_length=MOST_OF_A_NAME,
        widget=forms.FileInput(attrs={"accept": taken}),
        help_text=f"{ALLOWED}, at most {settings.ATTACHMENT_BYTES // MEGABYTE} MB.",
        error_messages={"required": "Choose the file.", "max_length": "The name of the file is too long.", "empty": "The file is empty."},
    )


class VersionedForm(forms.Form):
    """A form that says which version of the record its page showed."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReasonForm(VersionedForm):
    """A reason in words."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why: a reason is needed."},
    )


class DeclineForm(ReasonForm):
    """Why a referral is sent back: whether the finding is wrong decides what counts against its rule."""

    WRONG = "finding"
    because = forms.ChoiceField(
        label="What is wrong",
        choices=[(WRONG, "The finding: the rule should not have said so"), ("rest", "Not the finding: the address, the office, the files")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the finding is wrong: only that counts against the rule."},
    )
    field_order = ["because", "reason", "version"]


class CloseForm(VersionedForm):
    """Close with a reason from the list; the words are needed only where the list does not say enough."""

    code = forms.ChoiceField(
        label="Why is it closed?",
        choices=[(value, label) for value, label in CloseReason.choices if value not in SYSTEM_REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why the lead is closed."},
    )
    reason = forms.CharField(
        label="In words",
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What you saw. Whoever opens the lead later reads this first.",
    )

    def words(self) -> str:
        """What goes on record: the person's words, or the label of the reason."""
        typed: str = self.cleaned_data["reason"].strip()
        return typed or str(CloseReason(self.cleaned_data["code"]).label)


class HoldForm(ReasonForm):
    """Put on hold until a day, until something happens, or whichever comes first."""

    until = DeskDateField(label="Until", required=False)
    waits_for = forms.ChoiceField(label="Or as soon as", required=False)
    field_order = ["until", "waits_for", "reason", "version"]

    def __init__(self, *args: Any, today: date, waits: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        cast(forms.ChoiceField, self.fields["waits_for"]).choices = [("", "nothing else"), *waits]

    def clean_until(self) -> date | None:
        """A day that lies ahead."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and until <= self.today:
            message = "The day must lie ahead."
            raise forms.ValidationError(message)
        return until

    def clean(self) -> dict[str, Any]:
        """A hold without an end is nobody's."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("until") is None and not cleaned.get("waits_for"):
            self.add_error("until", "Until which day, or until what happens?")
        return cleaned


class CheckForm(VersionedForm):
    """A system asked by hand: which, when, what it said; the day of anything new, and where it can be read."""

    source = forms.ChoiceField(
        label="System", choices=[("", "Choose"), *((code, name) for code, name in WORDS.items() if code != "manual")]
    )
    checked_on = DeskDateField(label="Asked on")
    result = forms.ChoiceField(label="It says", choices=list(RESULTS.items()), widget=forms.RadioSelect, initial=NOTHING_NEW)
    happened_on = DeskDateField(
        label="Since, or on which day", required=False, help_text="The day of what is new, for example 10 Jul 2026."
    )
    reference = forms.CharField(
        label="Where it can be read again",
        required=False,
        max_length=500,
        help_text="The address of a public source, or a file number. Kept in a note of headquarters.",
    )
    attachment = _attachment("A file that shows it", required=False)
    field_order = ["source", "checked_on", "result", "happened_on", "reference", "attachment", "version"]


class OfficeFileForm(forms.Form):
    """A file that an office adds to its referral, and what it shows."""

    attachment = _attachment("File")
    about = forms.CharField(label="What it shows", required=False, max_length=ABOUT_LENGTH)


class FileForm(OfficeFileForm):
    """A file for the lead, what it shows, and who reads it."""

    audience = forms.ChoiceField(
        label="Who reads it",
        choices=[("hq", "Headquarters only"), ("office", "Headquarters and the office")],
        initial="hq",
        widget=forms.RadioSelect,
    )


class NoteForm(VersionedForm):
    """A note, for headquarters or for the office too; a correction names the note that it replaces."""

    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    text = forms.CharField(
        label="Note",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the note first."},
    )
    audience = forms.ChoiceField(
        label="Who reads it",
        choices=[("hq", "Headquarters only"), ("office", "Headquarters and the office")],
        initial="hq",
        widget=forms.RadioSelect,
    )


class OverrideForm(ReasonForm):
    """Take responsibility for one stop sign."""

    reason = forms.CharField(
        label="Why it does not hold here",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Your name and this reason stand on page 1 of the packet.",
        error_messages={"required": "Say why this stop sign does not hold here."},
    )


class AssignForm(ReasonForm):
    """Give the lead to a person."""

    user = forms.ChoiceField(label="To", error_messages={"required": "Choose a person."})
    field_order = ["user", "reason", "version"]

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.uuid): user for user in people}
        cast(forms.ChoiceField, self.fields["user"]).choices = [(key, user.label) for key, user in self.people.items()]

    def clean_user(self) -> User:
        """The person behind the choice."""
        return self.people[self.cleaned_data["user"]]


class OfficeForm(VersionedForm):
    """Step 1 of a referral: the office, and why another than the proposed one."""

    office = forms.ChoiceField(label="Office", error_messages={"required": "Choose the office."})
    other_reason = forms.CharField(
        label="Why this office",
        required=False,
        max_length=300,
        help_text="Only when it is not the proposed one.",
    )

    along = forms.MultipleChoiceField(
        label="Files to send along",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The packet names each one that you choose, and the office gets a copy. What you do not choose stays here.",
        error_messages={"invalid_choice": "A chosen file is not among the files of the lead. Choose again."},
    )

    def __init__(
        self, *args: Any, offices: list[tuple[str, str]], proposed: str, files: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = proposed
        cast(forms.ChoiceField, self.fields["along"]).choices = list(files)
        cast(forms.ChoiceField, self.fields["office"]).choices = offices

    def clean(self) -> dict[str, Any]:
        """Another office than the proposed one needs a reason."""
        cleaned = super().clean() or {}
        chosen = cleaned.get("office")
        if chosen and chosen != self.proposed and not cleaned.get("other_reason", "").strip():
            self.add_error("other_reason", "Say why another office than the proposed one.")
        return cleaned


class ReviewForm(VersionedForm):
    """Step 2 of a referral: what the person saw, to be compared with what stands when it is sent."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    office = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    along = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, files: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["along"]).choices = list(files)


class OfficeFilter(forms.Form):
    """Which office's referrals are listed."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    office = forms.ChoiceField(label="Office", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((office.code, office.name) for office in offices().values()), key=lambda each: each[1])
        cast(forms.ChoiceField, self.fields["office"]).choices = [("", "any"), *named]

    @property
    def chosen(self) -> str:
        """The code of an office that there is; empty for all."""
        return str(self.cleaned_data["office"]) if self.is_valid() else ""


class RuleFilter(forms.Form):
    """Suspicions of which rule are listed."""

    rule = forms.ChoiceField(label="Rule", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = sorted(((each.id, each.title) for each in ALL), key=lambda each: each[1])
        cast(forms.ChoiceField, self.fields["rule"]).choices = [("", "any"), *rules]

    @property
    def chosen(self) -> str:
        """The id of a rule that there is; empty for all."""
        return str(self.cleaned_data["rule"]) if self.is_valid() else ""


class PacketForm(forms.Form):
    """The id that stands on each page of a packet."""

    id = forms.UUIDField(
        label="Packet id",
        help_text="It stands at the foot of every page, for example 3f0c2a9e-5b1d-4c6e-9a70-1e2d3c4b5a69.",
        error_messages={"required": "Enter the id of the packet.", "invalid": "A packet id has 32 letters and digits, in five groups."},
    )


class ReturnForm(VersionedForm):
    """Send a referral back, with one of the listed reasons."""

    code = forms.ChoiceField(
        label="Why does it go back?",
        choices=ReturnReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it goes back."},
    )
    words = forms.CharField(
        label="In words",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence what the desk should do."},
    )


class GiveForm(VersionedForm):
    """Give a referral to an officer of the office."""

    user = forms.ChoiceField(label="To", error_messages={"required": "Choose an officer."})
    field_order = ["user", "version"]

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.uuid): user for user in people}
        cast(forms.ChoiceField, self.fields["user"]).choices = [(key, user.label) for key, user in self.people.items()]

    def clean_user(self) -> User:
        """The person behind the choice."""
        return self.people[self.cleaned_data["user"]]


class TransferForm(VersionedForm):
    """Hand a referral to another office: HSI offices, and ERO offices for a hand-over."""

    office = forms.ChoiceField(label="To which office", error_messages={"required": "Choose the office."})
    reason = forms.CharField(
        label="Why that office",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="That office and the desk read it.",
        error_messages={"required": "Say why that office should have it."},
    )
    field_order = ["office", "reason", "version"]

    def __init__(self, *args: Any, offices: Iterable[Office], ero: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {office.code: office for office in offices}
        self.fields["office"].help_text = ero
        kinds = {Office.Kind.HSI: "HSI", Office.Kind.ERO: "ERO (hand-over)"}
        groups = [
            (label, [(code, office.name) for code, office in self.offices.items() if office.kind == kind]) for kind, label in kinds.items()
        ]
        cast(forms.ChoiceField, self.fields["office"]).choices = [("", "Choose"), *((label, some) for label, some in groups if some)]

    def clean_office(self) -> Office:
        """The office behind the choice."""
        return self.offices[self.cleaned_data["office"]]


class OutcomeForm(VersionedForm):
    """What the office found. The service makes one outcome of a form that was sent twice."""

    field_order = ["code", "occurred_on", "remarks", "version"]
    code = forms.ChoiceField(
        label="What did you find?",
        choices=OutcomeCode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you found."},
    )
    occurred_on = DeskDateField(label="On which day", error_messages={"required": "On which day?"})
    remarks = forms.CharField(label="Remarks", required=False, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_occurred_on(self) -> date:
        """A day that is not ahead."""
        day: date = self.cleaned_data["occurred_on"]
        if day > self.today:
            message = "The day lies ahead."
            raise forms.ValidationError(message)
        return day
