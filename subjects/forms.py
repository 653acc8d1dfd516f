"""What people type about people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from foundation.forms import DeskDateField
from ingest.codes import countries
from subjects import words
from subjects.search.dates import UnreadableDate, read_birth
from subjects.search.purposes import Purpose
from subjects.search.terms import Terms, readings
from subjects.selectors.page import FactLine


def country_choices() -> list[tuple[str, str]]:
    """Every country by its name, the empty choice first."""
    return [("", "any"), *sorted(countries.names().items(), key=lambda entry: entry[1])]


class SearchForm(forms.Form):
    """Any of name, date of birth, number, address and employer or school; citizenship, country of birth and sex only narrow."""

    ANY = ("name", "birth", "number", "address", "workplace")
    NARROWING = ("citizenship", "birth_country", "sex")
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=120,
        help_text="Any part, any order, any script. Spelling mistakes are found too.",
    )
    birth = forms.CharField(
        label="Date of birth", required=False, max_length=30, help_text="3 Mar 1991 or 1991-03-03; Mar 1991 or 1991 will do."
    )
    number = forms.CharField(
        label="Any number",
        required=False,
        max_length=80,
        help_text="Passport, I-94, A-number, SEVIS ID, receipt, visa, SSN, phone, email, plate, EID event or TECS record, as you have it.",
    )
    address = forms.CharField(
        label="Address", required=False, max_length=120, help_text="As the line begins: 14 Example St, or 14 Example St, Boston."
    )
    workplace = forms.CharField(
        label="Employer or school", required=False, max_length=120, help_text="Words of its name, or the code of a school."
    )
    citizenship = forms.ChoiceField(label="Citizenship", required=False, choices=country_choices)
    birth_country = forms.ChoiceField(label="Country of birth", required=False, choices=country_choices)
    sex = forms.ChoiceField(
        label="Sex", required=False, choices=[("", "any"), *((code, said.capitalize()) for code, said in words.SEX.items())]
    )
    purpose = forms.ChoiceField(
        label="What is it for?", choices=[("", "Choose"), *Purpose.choices], help_text="Kept with the record of this search."
    )

    def clean_birth(self) -> str:
        """The text as typed, when it can be read."""
        text = str(self.cleaned_data["birth"]).strip()
        if text:
            try:
                read_birth(text)
            except UnreadableDate as error:
                raise forms.ValidationError(str(error)) from error
        return text

    def clean_number(self) -> str:
        """The text as typed, when some kind of number looks like it."""
        text = str(self.cleaned_data["number"]).strip()
        if text and not readings(text):
            message = "No kind of number that the sources hold looks like this. Check it, or search by name."
            raise forms.ValidationError(message)
        return text

    def clean(self) -> dict[str, Any]:
        """At least one element that singles somebody out."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(str(cleaned.get(name, "")).strip() for name in self.ANY):
            self.add_error("name", "Enter a name, a date of birth, a number, an address or an employer.")
        return cleaned

    def terms(self) -> Terms:
        """The valid form as terms."""
        return Terms(**{name: str(self.cleaned_data[name]).strip() for name in (*self.ANY, *self.NARROWING)})


class VerdictForm(forms.Form):
    """Same, different or unsure, and why. The three buttons carry the verdict."""

    GROUNDS = (
        ("The fields as shown.", "The fields as shown"),
        ("The same photograph or fingerprints.", "The same photograph or fingerprints"),
        ("Another system says so.", "Another system says so"),
        ("Another reason, in words.", "Another reason, in words"),
    )
    verdict = forms.ChoiceField(choices=[("same", "Same"), ("different", "Different"), ("unsure", "Unsure")], widget=forms.HiddenInput)
    grounds = forms.ChoiceField(label="It rests on", choices=GROUNDS)
    words = forms.CharField(label="In words", required=False, max_length=250, help_text="Kept with the verdict.")

    def clean(self) -> dict[str, Any]:
        """Another reason is said in words."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned["grounds"] == self.GROUNDS[-1][0] and not cleaned["words"].strip():
            self.add_error("words", "Say what it rests on.")
        return cleaned

    def answer(self) -> dict[str, str]:
        """The verdict with its reason, as the service takes them."""
        grounds, words = self.cleaned_data["grounds"], self.cleaned_data["words"].strip()
        reason = words if grounds == self.GROUNDS[-1][0] else f"{grounds} {words}".strip()
        return {"verdict": self.cleaned_data["verdict"], "reason": reason}


class WrongPersonForm(forms.Form):
    """One record that is about somebody else, and why."""

    record = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Why is this record about somebody else?", max_length=250)


class AssociateForm(forms.Form):
    """An associate by hand: only the elements that the notice lists (DHS/ICE-015, categories of records)."""

    relation = forms.ChoiceField(label="Relation to the person", choices=[("", "Choose"), *words.RELATIONS.items()])
    family_name = forms.CharField(label="Last name", required=False, max_length=100)
    given_name = forms.CharField(label="First and middle names", required=False, max_length=100)
    organization_name = forms.CharField(label="Organization, for an employer or sponsor", required=False, max_length=200)
    date_of_birth = DeskDateField(label="Date of birth", required=False)
    contact = forms.CharField(label="Contact information", required=False, max_length=200, help_text="Address, phone or email.")
    identifying_number = forms.CharField(label="Other identifying number", required=False, max_length=40)
    us_person = forms.TypedChoiceField(
        label="Citizen or permanent resident",
        required=False,
        choices=[("", "Not known"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda text: text == "yes",
        empty_value=None,
    )

    def clean(self) -> dict[str, Any]:
        """Somebody, or some organization, must be named."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("family_name") or cleaned.get("organization_name")):
            self.add_error("family_name", "Enter a last name, or the organization.")
        return cleaned


class AssociateLinkForm(forms.Form):
    """Whose record an associate has, among those that look like it, and why."""

    NOBODY = "nobody"
    record = forms.ChoiceField(label="Whose record is it?", widget=forms.RadioSelect)
    reason = forms.CharField(label="Why?", max_length=250, help_text="Kept with the record of this act.")

    def __init__(self, *args: Any, likely: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["record"]).choices = [*likely, (self.NOBODY, "Nobody's here")]


class FactFilter(forms.Form):
    """Which facts of a person are listed: of one kind, of one source."""

    kind = forms.ChoiceField(label="Kind", required=False)
    source = forms.ChoiceField(label="Source", required=False)

    def __init__(self, *args: Any, lines: Sequence[FactLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        kinds = sorted({(line.kind, line.title) for line in lines}, key=lambda each: each[1])
        sources = sorted({(line.fact.source, words.source_name(line.fact.source)) for line in lines}, key=lambda each: each[1])
        for name, listed in (("kind", kinds), ("source", sources)):
            cast(forms.ChoiceField, self.fields[name]).choices = [("", "any"), *listed]

    @property
    def kept(self) -> list[FactLine]:
        """The lines that fit; all where the address asks for what there is not."""
        asked = self.cleaned_data if self.is_valid() else {"kind": "", "source": ""}
        return [line for line in self.lines if asked["kind"] in ("", line.kind) and asked["source"] in ("", line.fact.source)]
