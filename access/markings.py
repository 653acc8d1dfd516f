"""The marking that files carry out of the system: the system's own, and the compartments of what stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from access.models import AccessClass


def marking_of(classes: Iterable[int]) -> str:
    """The marking of a file whose rows carry these access classes: the union of their compartments.

    Compartments stand by number: a name such as that of protected persons would say on every page what must not be said
    (8 USC 1367; 8 CFR 208.6); those who are cleared know the number.
    """
    found = AccessClass.objects.filter(pk__in=set(classes)).exclude(compartments=[]).values_list("compartments", flat=True)
    marks = sorted({mark for marks in found for mark in marks})
    if not marks:
        return str(settings.MARKING)
    word = "COMPARTMENT" if len(marks) == 1 else "COMPARTMENTS"
    return f"{settings.MARKING} // {word} {', '.join(str(mark) for mark in marks)}"
