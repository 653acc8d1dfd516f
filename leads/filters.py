"""What the queue's address says: tab, filters, sort, place. Never a name or a number of a person.

Whatever the address holds beyond this list is dropped; an unknown value is as good as none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.http import urlencode

from leads.selectors.queue import QueueFilter, queue_choices
from leads.states import LeadState

TABS = {"mine": "My queue", "unclaimed": "Unclaimed", "hold": "On hold", "returned": "Returned", "all": "All"}
STATES_OF_TABS = {"hold": LeadState.ON_HOLD.value, "returned": LeadState.RETURNED.value}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILTERS = ("state", "rule", "risk", "presence", "clock", "office", "signs")
DEFAULT_SORT = "clock"
CURSOR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """One view of the queue."""

    tab: str = "mine"
    sort: str = DEFAULT_SORT
    state: str = ""
    rule: str = ""
    risk: str = ""
    presence: str = ""
    clock: str = ""
    office: str = ""
    replay: str = ""  # the opaque id of a replay: the leads that it would touch
    signs: str = ""
    cursor: str = ""
    before: str = ""

    @property
    def encoded(self) -> str:
        """The query string without its question mark: only what differs from the default."""
        default = QueueQuery()
        given = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in given.items() if value != getattr(default, name)})

    @property
    def url(self) -> str:
        """The address of this view."""
        return with_query(reverse("queue"), self.encoded)

    @property
    def wanted(self) -> QueueFilter:
        """The same, as the selector asks for it."""
        return QueueFilter(
            state=STATES_OF_TABS.get(self.tab, self.state),
            rule=self.rule,
            risk=self.risk,
            presence=self.presence,
            clock=self.clock,
            office=self.office,
            replay=self.replay,
            signs=self.signs,
            mine=self.tab == "mine",
            unclaimed=self.tab == "unclaimed",
            sort=self.sort,
        )

    def but(self, **changes: str) -> QueueQuery:
        """This view from its first page, with something changed."""
        return replace(self, **{"cursor": "", "before": "", **changes})

    @property
    def in_words(self) -> list[str]:
        """What the event says of the question: `rule overstay-dated`, `risk high`."""
        return [self.tab, *(f"{name} {getattr(self, name)}"[:60] for name in FILTERS if getattr(self, name))]

    @property
    def filtered(self) -> bool:
        """Whether any filter narrows the tab."""
        return any(getattr(self, name) for name in (*FILTERS, "replay"))


def read_query(given: Mapping[str, Any]) -> QueueQuery:
    """The view that an address names; unknown values are dropped."""
    values = {name: str(given.get(name, "")).strip()[:CURSOR_LENGTH] for name in QueueQuery.__slots__}
    listed = choices()
    for name in (*FILTERS, "sort"):
        if values[name] not in listed[name]:
            values[name] = ""
    values["sort"] = values["sort"] or DEFAULT_SORT
    values["replay"] = values["replay"] if _UUID.fullmatch(values["replay"]) else ""
    if values["tab"] not in TABS:
        values["tab"] = "mine"
    return QueueQuery(**values)


def choices() -> dict[str, dict[str, str]]:
    """The closed list of each field: value and label."""
    found = queue_choices()
    singular = {
        "states": "state",
        "rules": "rule",
        "risks": "risk",
        "presences": "presence",
        "clocks": "clock",
        "offices": "office",
        "signs": "signs",
        "sorts": "sort",
    }
    return {singular[name]: {str(value): str(label) for value, label in listed} for name, listed in found.items() if name in singular}


class QueueFilterForm(forms.Form):
    """The filter bar; its choices are closed lists, so that nothing else can stand in an address."""

    tab = forms.CharField(widget=forms.HiddenInput, required=False)
    replay = forms.CharField(widget=forms.HiddenInput, required=False)
    sort = forms.CharField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(label="Status", required=False)
    rule = forms.ChoiceField(label="Rule", required=False)
    risk = forms.ChoiceField(label="Risk", required=False)
    presence = forms.ChoiceField(label="Presence", required=False)
    clock = forms.ChoiceField(label="Clock", required=False)
    office = forms.ChoiceField(label="Office", required=False)
    signs = forms.ChoiceField(label="Stop signs", required=False)

    def __init__(self, query: QueueQuery, listed: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(initial={name: getattr(query, name) for name in ("tab", "sort", "replay", *FILTERS)}, auto_id="filter_%s")
        for name in FILTERS:
            some = [(value, label) for value, label in listed[name].items() if value]
            self.fields[name].choices = [("", "any"), *some]  # type: ignore[attr-defined]  # every filter is a choice field
        if query.tab in STATES_OF_TABS:
            del self.fields["state"]
        if not query.replay:
            del self.fields["replay"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force and the address of the view without it."""

    label: str
    url: str


def chips(query: QueueQuery, listed: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    """The filters in force."""
    spoken = {"risk": "risk ", "presence": "presence ", "clock": "clock "}
    replayed = [Chip("touched by a replay", query.but(replay="").url)] if query.replay else []
    return replayed + [
        Chip(f"{spoken.get(name, '')}{listed[name][value].lower() if name in spoken else listed[name][value]}", query.but(**{name: ""}).url)
        for name in FILTERS
        if (value := getattr(query, name))
    ]


def with_query(path: str, query: str) -> str:
    """`path?query`, or the bare path."""
    return f"{path}?{query}" if query else path
