"""Formatting for the pages: dates, counts, identifiers and names in the words of the desk.

Pure formatting: nothing here reads the database or a clock. Where a distance in days is
printed, the day that it is counted to is an argument.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.safestring import SafeString

from foundation.person_name import person_name

register = template.Library()
register.filter("person_name", person_name)

#: What an unknown value looks like. Never "None", never an empty cell.
BLANK: Final = "\N{EN DASH}"

#: Up to which number a count is printed exactly; above it the page says "1,000+".
COUNT_CAP: Final = 1_000

#: Stands before the last four characters of a masked identifier.
MASK: Final = "\N{BULLET}" * 4

# Fixed, so that a server's locale never changes how a date reads.
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip

_DAYS_BEFORE_MONTHS: Final = 61
_DAYS_BEFORE_YEARS: Final = 731
_DAYS_PER_MONTH: Final = 30.4375
_DAYS_PER_YEAR: Final = 365.25


def format_date(day: dt.date) -> str:
    """Return ``day`` as ``10 Jul 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


def distance_in_words(days: int) -> str:
    """Return a signed number of days in words; positive lies ahead, negative lies back.

    Up to two months the days are counted, up to two years months, then years.
    """
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days == -1:
        return "yesterday"
    size = abs(days)
    if size < _DAYS_BEFORE_MONTHS:
        amount = f"{size} days"
    elif size < _DAYS_BEFORE_YEARS:
        amount = f"{round(size / _DAYS_PER_MONTH)} months"
    else:
        amount = f"{int(size / _DAYS_PER_YEAR)} years"
    return f"in {amount}" if days > 0 else f"{amount} ago"


@register.filter(expects_localtime=True)
def desk_date(value: dt.date | None) -> str:
    """Print a date, or the local date of a moment, as ``10 Jul 2026``."""
    if not isinstance(value, dt.date):
        return BLANK
    return format_date(value)


@register.filter(expects_localtime=True)
def desk_datetime(value: dt.datetime | None) -> str:
    """Print a moment as ``10 Jul 2026, 14:05 UTC``, in the time zone that is active."""
    if not isinstance(value, dt.datetime):
        return desk_date(value)
    zone = f" {value.tzname()}" if timezone.is_aware(value) else ""
    return f"{format_date(value)}, {value.hour:02d}:{value.minute:02d}{zone}"


@register.filter(expects_localtime=True)
def desk_time(value: dt.datetime | None) -> str:
    """Print the hour of a moment as ``14:05``, in the time zone that is active."""
    if not isinstance(value, dt.datetime):
        return BLANK
    return f"{value.hour:02d}:{value.minute:02d}"


@register.filter(expects_localtime=True)
def iso(value: dt.date | None) -> str:
    """Give the machine form of a date or moment, for the ``datetime`` attribute only."""
    return value.isoformat() if isinstance(value, dt.date) else ""


@register.filter(expects_localtime=True)
def days_ago(value: dt.date | None, as_of: dt.date | None) -> str:
    """Say how far ``value`` lies from ``as_of``: ``today``, ``3 days ago``, ``in 2 years``.

    Returns an empty text when either is unknown.
    """
    if not isinstance(value, dt.date) or not isinstance(as_of, dt.date):
        return ""
    return distance_in_words((_as_day(value) - _as_day(as_of)).days)


def _as_day(value: dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def masked(value: object) -> str:
    """Mask an identifier to its last four characters: ``••••4821``.

    A value of four characters or fewer is masked whole, so that nothing is given away.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return BLANK
    return MASK + text[-4:] if len(text) > len(MASK) else MASK


@register.filter
def in_sentence(words: str) -> str:
    """A label in the middle of a sentence: `departed`, but `SEVIS record corrected` keeps its letters."""
    first = str(words).partition(" ")[0]
    return str(words) if first[1:] != first[1:].lower() or "." in first else f"{str(words)[:1].lower()}{str(words)[1:]}"


@register.filter
def thousands(value: float | str | None) -> str:
    """Print a number with thousands marks: ``1,904``."""
    if value is None or isinstance(value, str):
        return value or BLANK
    return f"{value:,}"


@register.filter
def count_cap(value: int | None, cap: int = COUNT_CAP) -> str:
    """Print a count that was read with a limit: exact up to ``cap``, then ``1,000+``."""
    if value is None:
        return BLANK
    return f"{value:,}" if value < cap else f"{cap:,}+"


@register.filter
def blank(value: object) -> object:
    """Print an en dash in place of nothing (None, an empty text, an empty list)."""
    if value is None or value in ("", [], (), {}):
        return BLANK
    return value


@register.filter
def percent_of(value: float, total: float) -> int:
    """Return ``value`` as a whole percentage of ``total``; 0 when the total is 0."""
    return round(100 * value / total) if total else 0


_KIND_OF_WIDGET: Final = {
    "CheckboxInput": "checkbox",
    "CheckboxSelectMultiple": "checkboxes",
    "RadioSelect": "radio",
    "Select": "select",
    "SelectMultiple": "select",
    "NullBooleanSelect": "select",
    "Textarea": "textarea",
    "DateInput": "date",
    "DeskDateInput": "date",
    "FileInput": "file",
    "ClearableFileInput": "file",
    "HiddenInput": "hidden",
}

_CONTROL_CLASS: Final = {
    "select": "usa-select",
    "textarea": "usa-textarea",
    "file": "desk-file",
    "checkbox": "usa-checkbox__input",
}


@register.simple_tag
def field_kind(field: BoundField, asked: str = "") -> str:
    """Name the control that a form field needs: what the page asks for, else by its widget."""
    return asked or _KIND_OF_WIDGET.get(type(field.field.widget).__name__, "input")


@register.simple_tag
def control(field: BoundField, *, hint: str = "", **attributes: Any) -> SafeString:
    """Render a form field's control with its class, its state and what describes it.

    ``attributes`` with an empty value are left out; ``data_`` becomes ``data-``. A placeholder
    that only repeats the label is dropped: it vanishes while one types, the label stays.
    """
    css = _CONTROL_CLASS.get(field_kind(field), "usa-input")
    described = [f"{field.auto_id}_helptext"] if hint or field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        css += f" {css}--error" if css in {"usa-input", "usa-textarea", "usa-select"} else ""
    given = {name.replace("_", "-"): value for name, value in attributes.items() if value not in ("", None)}
    given.setdefault("placeholder", False)
    given["class"] = f"{field.field.widget.attrs.get('class', '')} {css}".strip()
    if described:
        given["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=given)


@register.filter
def html_attrs(attributes: Mapping[str, Any]) -> SafeString:
    """Render the attributes that a component was given beyond its own, escaped, empty ones left out.

    The component library's own rendering does not escape values that were bound by name.
    """
    given = getattr(attributes, "attrs_dict", None)
    every = given() if given else dict(attributes)
    return flatatt({name: value for name, value in every.items() if value != ""})


@register.simple_tag
def sort_state(key: str, current: str | None) -> dict[str, str]:
    """Say how a column stands and where a click on its head leads.

    ``current`` is the sort that the address names: ``risk`` (ascending) or ``-risk``.
    Returns ``aria`` (ascending, descending or none), ``next`` (the sort to ask for), ``hint``.
    """
    if current == key:
        return {"aria": "ascending", "next": f"-{key}", "hint": "sorted, lowest first"}
    if current == f"-{key}":
        return {"aria": "descending", "next": key, "hint": "sorted, highest first"}
    return {"aria": "none", "next": key, "hint": "sort by this"}
