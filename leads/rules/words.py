"""How the rules write dates and counts: the desk's words, for example `10 Jul 2026` and `1 day`."""

from __future__ import annotations

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """Return `10 Jul 2026` whatever the locale of the machine."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def day_of_year(value: date) -> str:
    """Return `10 Jul`: a date whose year the sentence has named before."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def count(number: int, noun: str) -> str:
    """Return `1 day`, `137 days`, `1,204 days`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(octets: int) -> str:
    """Return `840 bytes`, `12.4 kB`, `3.1 MB`: units of 1,000, as the limits of files are told."""
    if octets < 1_000:
        return count(octets, "byte")
    return f"{octets / 1_000:.1f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def listed(items: tuple[str, ...]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
