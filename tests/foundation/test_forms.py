"""The words that forms have for what is missing."""

from __future__ import annotations

import pytest
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


@pytest.mark.parametrize(("typed", "taken"), [("31 Dec 9999", False), ("1 Jan 1899", False), ("0001-01-01", False), ("31 Dec 2999", True)])
def test_a_day_with_which_nobody_can_reckon_is_sent_back(typed: str, *, taken: bool) -> None:
    form = Asked({"reason": "r", "kind": "a", "day": typed, "own": "o"})
    assert form.errors == ({} if taken else {"day": ["Enter a year from 1900 to 2999."]})
