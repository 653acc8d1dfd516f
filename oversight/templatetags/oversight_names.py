"""Names of records by their random id, on the pages of the auditor's desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import template

from audit.log.destruction import MARK

register = template.Library()


@register.filter
def elements(names: Sequence[str]) -> str:
    """The names of an event's fields in one line; of a signature among them only that it is there."""
    plain = [name for name in names if not name.startswith(MARK)]
    return ", ".join(plain if len(plain) == len(names) else [*plain, "signed"])


@register.filter
def named(names: Mapping[UUID, str], record: UUID | None) -> str:
    """The name of a record among those that the page found; empty for none."""
    return names.get(record, "") if record else ""
