"""The words that forms have for what is missing."""

from __future__ import annotations

from django import forms

from foundation.forms import DeskDateField


class Asked(forms.Form):
    """One field of each kind."""

    reason = forms.CharField()
    kind = forms.ChoiceField(choices=[("a", "A")])
    day = DeskDateField()
    own = forms.CharField(error_messages={"required": "Say why."})


def test_what_is_missing_is_asked_for_in_plain_words() -> None:
    assert Asked({}).errors == {"reason": ["Fill this in."], "kind": ["Choose one."], "day": ["Enter the day."], "own": ["Say why."]}


def test_a_choice_that_is_gone_says_what_to_do() -> None:
    form = Asked({"reason": "r", "kind": "b", "day": "1 Jan 2026", "own": "o"})
    assert form.errors == {"kind": ["This can no longer be chosen. Choose again."]}
