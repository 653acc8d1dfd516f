"""What a data operator hands in: a drop, a reason, a repaired row."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms

from ingest.models import Extract
from ingest.selectors.pages import RejectedCells
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState


class ExtractFilter(forms.Form):
    """Source and state; both may stand in an address."""

    source = forms.ChoiceField(
        label="Source", required=False, choices=[("", "any"), *((code, source.name) for code, source in SOURCES.items())]
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "any"), *ExtractState.choices])


class DropForm(forms.Form):
    """The two files of a drop."""

    manifest = forms.FileField(label="Manifest", help_text="The .json file that names source, layout, as-of time, row count and SHA-256.")
    data_file = forms.FileField(label="Data file", help_text="The .csv.gz file that the manifest describes.")


class DiscardForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="Why is it thrown away?", max_length=300)


class UnimportForm(forms.Form):
    """Why, and the count typed once more."""

    reason = forms.CharField(label="Why are its facts taken back?", max_length=300)
    confirmation = forms.CharField(label="Type the number of rows that were applied", max_length=20)

    def __init__(self, *args: Any, extract: Extract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = extract.rows_applied

    def clean_confirmation(self) -> str:
        """Thousands marks may be there or not."""
        text = str(self.cleaned_data["confirmation"]).replace(",", "").strip()
        if text != str(self.expected):
            message = f"This is not the number of applied rows, {self.expected:,}."
            raise forms.ValidationError(message)
        return text


class RepairForm(forms.Form):
    """One field for each wrong cell; the whole row as text where it cannot be split, or where it is asked for."""

    def __init__(self, *args: Any, rejected: RejectedCells, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rejected = rejected
        self.whole = whole or not any(cell.reason for cell in rejected.cells)
        if self.whole:
            self.fields["text"] = forms.CharField(
                label="The row",
                initial=rejected.text,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
                help_text=rejected.whole,
            )
            return
        for place, cell in enumerate(rejected.cells):
            if cell.reason:
                empty = not cell.text.strip()  # and wrong so: it must be filled
                self.fields[f"cell_{place}"] = forms.CharField(
                    label=cell.column, initial=cell.text, required=empty, max_length=4000, help_text=cell.reason
                )

    def text(self) -> str:
        """The valid form as one CSV row."""
        if self.whole:
            return str(self.cleaned_data["text"]).rstrip("\r\n")
        cells = [str(self.cleaned_data.get(f"cell_{place}", cell.text)) for place, cell in enumerate(self.rejected.cells)]
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="").writerow(cells)
        return buffer.getvalue()

    def blame(self, column: str, message: str) -> None:
        """Put the service's refusal on the field of its column, or on the row."""
        places = {cell.column: f"cell_{place}" for place, cell in enumerate(self.rejected.cells)}
        name = places.get(column, "text")
        self.add_error(name if name in self.fields else None, message)
