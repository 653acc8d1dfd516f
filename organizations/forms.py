"""How the list of organizations is narrowed."""

from __future__ import annotations

from django import forms

from ingest.codes.states import STATES
from organizations.models import Organization


class OrganizationFilter(forms.Form):
    """Kind and State: both may stand in an address. A name is searched by a post."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "any"), *Organization.Kind.choices])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "any"), *((code, code) for code in sorted(STATES))])
