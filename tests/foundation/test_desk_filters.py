"""Words, dates and numbers as the pages print them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from foundation.forms import DeskDateField
from foundation.templatetags import desk

AS_OF = dt.date(2026, 11, 22)


def test_a_date_has_its_month_in_letters_and_no_leading_zero() -> None:
    assert desk.desk_date(dt.date(2026, 7, 1)) == "1 Jul 2026"


def test_a_moment_is_printed_in_the_active_time_zone() -> None:
    moment = dt.datetime(2026, 7, 10, 3, 5, tzinfo=dt.UTC)
    template = Template("{% load desk %}{{ moment|desk_datetime }} / {{ moment|desk_date }}")
    assert template.render(Context({"moment": moment})) == "10 Jul 2026, 03:05 UTC / 10 Jul 2026"
    with timezone.override(ZoneInfo("America/New_York")):
        assert template.render(Context({"moment": moment})) == "9 Jul 2026, 23:05 EDT / 9 Jul 2026"


@pytest.mark.parametrize("filter_name", ["desk_date", "desk_datetime", "desk_time", "masked", "thousands", "count_cap", "blank"])
def test_an_unknown_value_prints_an_en_dash_and_never_none(filter_name: str) -> None:
    assert getattr(desk, filter_name)(None) == "–"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 11, 22), "today"),
        (dt.date(2026, 11, 21), "yesterday"),
        (dt.date(2026, 11, 23), "tomorrow"),
        (dt.date(2026, 9, 23), "60 days ago"),
        (dt.date(2026, 9, 22), "2 months ago"),
        (dt.date(2026, 7, 10), "4 months ago"),
        (dt.date(2024, 11, 22), "24 months ago"),
        (dt.date(2024, 11, 21), "2 years ago"),
        (dt.date(2046, 11, 22), "in 20 years"),
    ],
)
def test_the_distance_is_said_in_words_up_to_the_given_day(day: dt.date, words: str) -> None:
    assert desk.days_ago(day, AS_OF) == words


def test_no_distance_is_said_when_the_day_to_count_to_is_unknown() -> None:
    assert desk.days_ago(AS_OF, None) == ""


@pytest.mark.parametrize(
    ("identifier", "shown"), [("900124821", "••••4821"), ("  ZZ0004821 ", "••••4821"), ("4821", "••••"), ("12", "••••"), ("", "–")]
)
def test_an_identifier_shows_its_last_four_and_a_short_one_nothing(identifier: str, shown: str) -> None:
    assert desk.masked(identifier) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (999, "999"), (1000, "1,000+"), (1904, "1,000+")])
def test_a_count_is_exact_below_its_cap_and_capped_from_there(count: int, shown: str) -> None:
    assert desk.count_cap(count) == shown


def test_zero_is_a_value_and_not_blank() -> None:
    assert desk.blank(0) == 0
    assert desk.blank([]) == "–"


def test_a_share_of_nothing_is_zero_percent() -> None:
    assert desk.percent_of(5, 0) == 0
    assert desk.percent_of(41_200, 150_000) == 27


@pytest.mark.parametrize(
    ("current", "aria", "following"),
    [("risk", "ascending", "-risk"), ("-risk", "descending", "risk"), ("", "none", "risk"), (None, "none", "risk")],
)
def test_a_column_says_how_it_is_sorted_and_where_a_click_leads(current: str | None, aria: str, following: str) -> None:
    state = desk.sort_state("risk", current)
    assert (state["aria"], state["next"]) == (aria, following)


def test_attributes_given_to_a_component_are_escaped() -> None:
    assert desk.html_attrs({"data-name": '"><script>', "id": "", "hidden": True, "open": False}) == (
        ' data-name="&quot;&gt;&lt;script&gt;" hidden'
    )


class NoteForm(forms.Form):
    text = forms.CharField(help_text="Seen by the office.", widget=forms.TextInput(attrs={"placeholder": "Text"}))
    day = DeskDateField()


def test_a_control_names_its_hint_and_its_error_and_drops_the_placeholder() -> None:
    html = desk.control(NoteForm({"text": ""})["text"])
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert "usa-input--error" in html
    assert "placeholder" not in html


@pytest.mark.parametrize("typed", ["10 Jul 2026", "10 July 2026", "2026-07-10", "07/10/2026"])
def test_a_date_may_be_typed_as_people_write_it(typed: str) -> None:
    form = NoteForm({"text": "x", "day": typed})
    assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date(2026, 7, 10)


def test_a_date_that_does_not_exist_is_refused_with_an_example_and_kept_as_typed() -> None:
    form = NoteForm({"text": "x", "day": "31 Feb 2026"})
    assert form.errors["day"] == ["Enter a date such as 10 Jul 2026 or 2026-07-10."]
    assert 'value="31 Feb 2026"' in str(form["day"])


def test_a_date_that_is_known_reads_as_the_desk_writes_it() -> None:
    assert 'value="1 Jul 2026"' in str(NoteForm(initial={"day": dt.date(2026, 7, 1)})["day"])


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Departed", "departed"),
        ("No-show who never arrived", "no-show who never arrived"),
        ("SEVIS record corrected",) * 2,
        ("U.S. citizen",) * 2,
    ],
)
def test_a_label_within_a_sentence_keeps_its_abbreviations(label: str, within: str) -> None:
    assert desk.in_sentence(label) == within
