"""What a packet about a school, program or employer says in place of a person: who runs it, and which signals speak."""

from __future__ import annotations

from typing import Any

from leads.models import Finding, Lead
from leads.organizations.signals import signal_words
from leads.rules.words import day
from organizations.models import Organization
from organizations.selectors import officials_of


def place_of(organization: Organization) -> str:
    """`1 Campus Way, Boston, MA 02108`; what no source states is left out."""
    region = " ".join(part for part in (organization.state, organization.postal_code) if part)
    return ", ".join(part for part in (organization.address, organization.city, region) if part)


def organization_body(lead: Lead) -> dict[str, Any] | None:
    """The organization of the lead as plain JSON values; None for a lead about a person.

    Of officials only name, role and contact: the packet alleges nothing of them, nor of any student.
    """
    organization = lead.organization
    if organization is None:
        return None
    newest = Finding.objects.filter(organization=organization).order_by("rule_id", "-pk").distinct("rule_id")
    return {
        "name": organization.name,
        "kind": str(organization.get_kind_display()),
        "code": organization.code,
        "place": place_of(organization),
        "phone": organization.phone,
        "certified": day(organization.certified_on) if organization.certified_on else "",
        "withdrawn": day(organization.withdrawn_on) if organization.withdrawn_on else "",
        "officials": [
            {
                "name": ", ".join(part for part in (each.family_name, each.given_name) if part),
                "role": str(each.get_role_display()),
                "contact": each.contact,
            }
            for each in officials_of(organization)
        ],
        "signals": [
            {"title": signal_words(each.rule_id), "sentence": each.sentence, "as_of": day(each.as_of)} for each in newest if each.holds
        ],
    }
