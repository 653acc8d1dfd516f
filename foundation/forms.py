"""Form fields that every page shares, and a service's objection on a form."""

from datetime import date
from typing import Any, Final

from django import forms

from foundation.errors import InvalidInput
from foundation.templatetags.desk import format_date

_YEARS: Final = range(1900, 3000)
_INPUT_FORMATS: Final = ("%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y")


_PLAIN_WORDS: Final[tuple[tuple[type[forms.Field], dict[str, str]], ...]] = (
    (forms.Field, {"required": "Fill this in."}),
    (forms.ChoiceField, {"required": "Choose one.", "invalid_choice": "This can no longer be chosen. Choose again."}),
    (forms.MultipleChoiceField, {"required": "Choose at least one.", "invalid_choice": "This can no longer be chosen. Choose again."}),
    (forms.ModelChoiceField, {"required": "Choose one.", "invalid_choice": "This can no longer be chosen. Choose again."}),
    (forms.DateField, {"required": "Enter the day."}),
    (forms.IntegerField, {"required": "Enter the number.", "invalid": "Enter a whole number."}),
    (forms.FileField, {"required": "Choose the file."}),
)


def speak_plainly() -> None:
    """Let every form, the sign-in library's too, say what to do where Django says what is wrong; a form's own words go first."""
    for kind, words in _PLAIN_WORDS:
        kind.default_error_messages = {**kind.default_error_messages, **words}


class DeskDateInput(forms.DateInput):
    """One text field for a date; a date that is already known reads ``10 Jul 2026``."""

    def format_value(self, value: Any) -> str | None:
        """Print a date in the desk's form; leave what a person typed as it was typed."""
        if hasattr(value, "month"):
            return format_date(value)
        return super().format_value(value)


class DeskDateField(forms.DateField):
    """A date typed in one field: ``10 Jul 2026``, ``2026-07-10`` or ``07/10/2026``."""

    widget = DeskDateInput
    input_formats = _INPUT_FORMATS
    default_error_messages = {
        "invalid": "Enter a date such as 10 Jul 2026 or 2026-07-10.",
        "no_day": f"Enter a year from {_YEARS[0]} to {_YEARS[-1]}.",
    }

    def to_python(self, value: Any) -> date | None:
        """The day; of a year in which the day after it, or a retention of two hundred years, is a day too."""
        found: date | None = super().to_python(value)
        if found is not None and found.year not in _YEARS:
            raise forms.ValidationError(self.error_messages["no_day"], code="no_day")
        return found


class LookForm(forms.Form):
    """Why something closed is opened."""

    reason = forms.CharField(
        label="Why do you need it?",
        max_length=300,
        help_text="Kept with the record of this look.",
        error_messages={"required": "Say why: a reason is needed."},
    )


def object_to(form: forms.Form, error: InvalidInput) -> None:
    """Put a service's objection beside the field that it is about, or above the form when it is about none of its fields."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
