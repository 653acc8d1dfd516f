"""A sealed record can be found and opened, also one about somebody of whom no number is known, or about an organization."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from foundation.registries import births
from leads.models import Lead
from leadtrac.bench.client import signed_in
from organizations.models import Organization
from retention.models import ArchivePackage
from subjects.models import IdentifierFact
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.records import NOW, archived, old_lead, twenty_five_years

pytestmark = pytest.mark.usefixtures("world")


def lead_about(school: Organization) -> Lead:
    """An old lead about an organization, about no person."""
    lead = Lead.objects.create(
        number="L-0A0A-0B0B", access_class_id=school.access_class_id, organization=school, state="closed", close_reason="data_error",
        state_since=NOW, record_created_on=date(2001, 3, 14), why="few students",
    )  # fmt: skip
    for birth in births:
        birth.born("lead", [lead.pk], NOW)
    return lead


def test_a_sealed_record_is_found_by_its_own_number_and_a_school_by_its_code(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        school = cases.school(code="BOS214F00123000")
        about, unknown = lead_about(school), old_lead()
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM subjects_identifierfact")
    archived(team)
    with acting_as(team.rita):
        packages = dict(ArchivePackage.objects.values_list("lead_number", "uuid"))
        assert not IdentifierFact.objects.exists()
    rita = signed_in(team.rita)

    def found(kind: str, number: str) -> list[str]:
        page = rita.post(reverse("retention_archive"), {"kind": kind, "number": number}).content.decode()
        return sorted(each for each, package in packages.items() if reverse("retention_package", args=[package]) in page)

    assert found("lead", unknown.number.lower()) == [unknown.number]
    assert found("organization", "bos 214f 00123000") == [about.number]
    assert found("organization", "BOS214F00124000") == []
    assert found("lead", "L-0000-0000") == []

    due = rita.get(f"{reverse('retention_due', args=['destroy'])}?as_of=2027-01-01")
    for package in packages.values():
        assert reverse("retention_package", args=[package]) in due.content.decode()
