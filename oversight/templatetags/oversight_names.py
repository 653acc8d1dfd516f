"""Names of records by their random id, on the pages of the auditor's desk."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[UUID, str], record: UUID | None) -> str:
    """The name of a record among those that the page found; empty for none."""
    return names.get(record, "") if record else ""
