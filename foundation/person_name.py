"""How a person's name is printed: one spelling on every page, list and chart. Pure.

What a source wrote stands letter by letter among its facts and in the packet; this is the heading that people recognize it by.
"""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    """Whoever has a name in two parts; `full_name_source_script` is read where there is one."""

    @property
    def family_name(self) -> str: ...
    @property
    def given_name(self) -> str: ...


def person_name(person: Named) -> str:
    """`DOE EXAMPLE, Ana`: the last name in capitals, a first name that came in capitals set as a name.

    A name of one part stays as it was written (an organization's too), then the name in its own script; a nameless person says so.
    """
    family, given = person.family_name, person.given_name
    if family and given:
        return f"{family.upper()}, {given.title() if given.isupper() else given}"
    return family or given or getattr(person, "full_name_source_script", "") or "Name not known"
