"""The gallery: every component with its own documentation and the example that stands in it.

Sample data only, and only in a demonstration; the example of a component is rendered from the
comment at the top of its template, so that documentation and look cannot part.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext, engines
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django_cotton.compiler_regex import CottonCompiler

from access.decorators import public
from foundation.forms import DeskDateField
from foundation.timeline import Span, Timeline, lay_out

GROUPS: Final = (
    "Words",
    "The record",
    "Navigation",
    "Actions",
    "Forms",
    "Messages",
    "Tables",
)

_FOLDER: Final = Path(settings.BASE_DIR) / "templates" / "cotton"
_COMMENT: Final = re.compile(r"{% comment %}\n(?P<text>.*?){% endcomment %}", re.DOTALL)
_PARTS: Final = re.compile(
    r"(?P<purpose>.*?)\nProps: (?P<props>.*?)\nSlots: (?P<slots>.*?)\nGroup: (?P<group>.*?)\nExample:\n(?P<example>.*)",
    re.DOTALL,
)


class UndocumentedComponent(Exception):
    """A component's template lacks the comment that says what it is for."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component as its own template describes it."""

    name: str
    purpose: str
    props: str
    slots: str
    group: str
    example: str


def read_components() -> list[Component]:
    """Read every component of the kit, by name. Raises ``UndocumentedComponent``."""
    return [_read(path) for path in sorted(_FOLDER.glob("*.html"))]


def _read(path: Path) -> Component:
    comment = _COMMENT.search(path.read_text(encoding="utf-8"))
    parts = _PARTS.fullmatch(comment["text"].strip()) if comment else None
    if parts is None:
        raise UndocumentedComponent(path.name)
    return Component(name=path.stem.replace("_", "-"), **parts.groupdict())


def render_example(component: Component, request: HttpRequest) -> SafeString:
    """Render a component's example with the gallery's sample data."""
    engine = engines["django"].engine  # type: ignore[attr-defined]  # the Django backend's own engine
    template = engine.from_string(CottonCompiler().process(component.example))
    return SafeString(template.render(RequestContext(request, sample())))


@public("sample data only; not found unless this is a demonstration")
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; 404 outside a demonstration."""
    if not settings.DEMO:
        raise Http404
    components = read_components()
    groups = [
        (
            group,
            [(component, render_example(component, request)) for component in components if component.group == group],
        )
        for group in GROUPS
    ]
    return render(request, "gallery/index.html", {"groups": groups})


class SampleForm(forms.Form):
    """One field of each kind."""

    office = forms.ChoiceField(
        choices=[
            ("", "Choose an office"),
            ("bos", "HSI Boston"),
            ("nyc", "HSI New York"),
        ]
    )
    sent_on = DeskDateField(label="Sent on", initial=dt.date(2026, 7, 10))
    days = forms.IntegerField(label="Answer within", min_value=1, max_value=90, initial=10)
    reason = forms.ChoiceField(
        label="Reason",
        choices=[
            ("stay", "Stay ended"),
            ("work", "Unauthorized work"),
            ("doc", "False document"),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note to the office",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Seen by headquarters and the office.",
    )
    urgent = forms.BooleanField(label="Ask for an answer today", required=False)


class SampleFilter(forms.Form):
    """A bar of filters."""

    rule = forms.ChoiceField(choices=[("", "Any"), ("overstay", "Overstay")], required=False)
    clock = forms.ChoiceField(choices=[("", "Any"), ("due", "Due this week")], required=False)
    office = forms.ChoiceField(choices=[("", "Any"), ("bos", "HSI Boston")], required=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of sample data for the components that take a list."""

    label: str
    value: int | None = None
    url: str = ""
    current: bool = False
    count: int | None = None
    state: str = ""
    detail: str = ""
    sign: str = ""
    name: str = ""
    date: dt.date | None = None


def sample() -> dict[str, Any]:
    """Sample data of the examples; nothing in it is a person."""
    wrong = SampleForm(
        {
            "office": "",
            "sent_on": "31 Feb 2026",
            "days": "9",
            "reason": "stay",
            "note": "",
        },
        prefix="wrong",
    )
    return {
        "form": SampleForm(),
        "wrong_form": wrong,
        "filter_form": SampleFilter(prefix="filter"),
        "as_of": dt.date(2026, 11, 22),
        "day": dt.date(2026, 7, 10),
        "archive_on": dt.date(2046, 8, 2),
        "destroy_on": dt.date(2051, 8, 2),
        "moment": dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC),
        "nothing": None,
        "timeline": sample_timeline(),
        "due": [
            (2026, 310, 0),
            (2027, 1240, 0),
            (2028, 980, 0),
            (2029, 1544, 210),
            (2030, 760, 480),
        ],
        **sample_lists(),
    }


def sample_lists() -> dict[str, list[Row]]:
    """Lists for tabs, chips, steps, figures and sources."""
    return {
        "tabs": [
            Row("Facts by source", url="/gallery/", current=True, count=41),
            Row("Links", url="/gallery/", count=3),
            Row("Notes", url="/gallery/", count=2),
            Row("Who looked", url="/gallery/"),
        ],
        "chips": [Row("overstay", url="/gallery/"), Row("risk high", url="/gallery/")],
        "steps": [
            Row("Received", state="done", count=150_000),
            Row("Checked", state="done", count=149_927, detail="73 in quarantine"),
            Row("Preview", state="current", detail="412 new subjects"),
            Row("Applied", state="waiting"),
        ],
        "figures": [
            Row("in", 150_000, sign=""),
            Row("applied", 148_213, sign="="),
            Row("unchanged", 1_102, sign="+"),
            Row("buffered", 612, sign="+"),
            Row("quarantined", 73, sign="+", url="/gallery/"),
        ],
        "sources": [
            Row("", name="ADIS", date=dt.date(2026, 11, 20), state="ok"),
            Row("", name="SEVIS", date=dt.date(2026, 11, 21), state="ok"),
            Row("", name="CLAIMS 3", date=dt.date(2026, 11, 13), state="stale"),
        ],
    }


def sample_timeline() -> Timeline:
    """A visa, a stay, a filing that was denied, an overstay."""
    return lay_out(
        [
            Span(
                "Visa B2",
                dt.date(2025, 6, 1),
                dt.date(2026, 5, 31),
                "quiet",
                "issued in Lisbon",
            ),
            Span(
                "Admitted",
                dt.date(2026, 1, 11),
                dt.date(2026, 1, 11),
                "event",
                "Boston",
            ),
            Span("Stay authorized", dt.date(2026, 1, 11), dt.date(2026, 7, 10), "lawful"),
            Span(
                "Extension asked for",
                dt.date(2026, 5, 2),
                dt.date(2026, 6, 30),
                "pending",
                "denied",
            ),
            Span("Overstay", dt.date(2026, 7, 11), None, "over"),
        ],
        as_of=dt.date(2026, 11, 22),
    )
