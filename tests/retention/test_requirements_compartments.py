"""Records of a compartment have runs, packages and certificates of their own, and their marking goes with them (R7)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from access.context import acting_as
from access.markings import marking_of
from access.models import User
from access.selectors import class_for, service_actor
from foundation.errors import NotFound
from foundation.exports import in_file_names
from leads.services.compartments import follow_compartments
from leadtrac.bench.client import signed_in
from retention.models import ArchivePackage, Certificate, Disposition, HoldLead
from retention.services.execute import execute_run
from retention.services.opening import open_package
from retention.services.runs import approve_run, close_review, start_run
from retention.tasks import propose_due
from subjects.models import Subject
from subjects.services.protect import protect
from tests.factories.people import person
from tests.factories.records import NOW, archived, old_lead, old_subject, twenty_five_years
from tests.pages import words
from tests.retention.test_requirements_holds import hold
from tests.retention.test_requirements_runs import some_leads

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.requirement("R7")
def test_r7_a_run_lists_one_compartment_only_and_those_outside_meet_neither_it_nor_what_it_made() -> None:
    team = twenty_five_years()
    plain, hidden = some_leads(2)
    cleo, dana = (person(name, "records_officer", cleared_for="protected-person") for name in ("cleo", "dana"))
    assert hidden.subject_id is not None
    with acting_as(service_actor("subjects")):
        protect([hidden.subject_id])
    with acting_as(service_actor("leads")):
        follow_compartments([hidden.subject_id], actor=service_actor("leads"), now=NOW)

    propose_due(actor="svc-retention")

    def listed(user: User) -> list[list[str]]:
        with acting_as(user):
            return sorted([item.lead_number for item in run.items.all()] for run in Disposition.objects.all())

    assert listed(team.rita) == [[plain.number]]
    assert listed(cleo) == sorted([[plain.number], [hidden.number]])
    with acting_as(cleo):
        run = Disposition.objects.get(items__lead_number=hidden.number)
        run = close_review(actor=cleo, run=run, now=NOW)
    with acting_as(dana):
        run = approve_run(actor=dana, run=run, seen=run.list_sha256, now=NOW)
        start_run(actor=dana, run=run, now=NOW)
    execute_run(run.pk, now=NOW)

    with acting_as(cleo):
        package = ArchivePackage.objects.get()
        assert package.lead_number == hidden.number
        certificate = Certificate.objects.get()
        marking = marking_of([package.lead_class_id])
    assert "COMPARTMENT" in marking
    retrieved = retrieve(cleo, package)
    with zipfile.ZipFile(io.BytesIO(retrieved.content)) as packed:
        assert json.loads(packed.read("record.json"))["marking"] == packed.comment.decode() == marking
    paper = signed_in(cleo).get(reverse("retention_certificate", args=[certificate.uuid, "pdf"]))
    assert marking in " ".join(PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
    for answer in (retrieved, paper):
        assert f'filename="{in_file_names(marking)}_' in answer.headers["Content-Disposition"]
    with acting_as(team.rita):
        assert not ArchivePackage.objects.exists()
        assert not Certificate.objects.exists()
    outside = signed_in(team.rita)
    assert outside.get(reverse("retention_run", args=[run.uuid])).status_code == 404
    assert hidden.number not in words(outside.get(reverse("retention_due", args=["archive"])))
    assert "Which records" not in words(outside.get(reverse("retention_runs")))
    assert "Which records" in words(signed_in(cleo).get(reverse("retention_runs")))


def retrieve(officer: User, package: ArchivePackage) -> Any:
    """The content of a package, under an order of a court."""
    given = {"reason": "a suit", "authority_kind": "court_order", "authority": "1:26-cv-00001"}
    return signed_in(officer).post(reverse("retention_retrieve", args=[package.uuid]), given)


@pytest.mark.requirement("R7")
def test_r7_a_sealed_record_follows_its_person_into_a_compartment_and_out_of_it() -> None:
    team = twenty_five_years()
    cleo = person("cleo", "records_officer", cleared_for="protected-person")
    with acting_as(service_actor("leads")):
        subject = old_subject("hidden")
        sealed, _ = old_lead(subject=subject), old_lead(date(2026, 8, 2), subject=subject)
        plain = old_lead()
    archived(team, maintained=False)
    placed = hold(team, sealed.number)
    with acting_as(cleo):
        package = ArchivePackage.objects.get(lead_number=sealed.number)

    def known(user: User) -> tuple[set[str], int]:
        with acting_as(user):
            return set(ArchivePackage.objects.values_list("lead_number", flat=True)), HoldLead.objects.filter(hold=placed).count()

    assert known(team.rita) == ({sealed.number, plain.number}, 1)
    with acting_as(service_actor("subjects")):
        protect([subject.pk])

    assert known(team.rita) == ({plain.number}, 0)
    assert known(cleo) == ({sealed.number, plain.number}, 1)
    with pytest.raises(NotFound), acting_as(team.rita):
        open_package(actor=team.rita, package=package, reason="curious")
    with acting_as(cleo):
        assert open_package(actor=cleo, package=package, reason="discovery").tables["subjects_subject"]
        assert "protected" in ArchivePackage.objects.get(pk=package.pk).conditions

    with acting_as(service_actor("subjects")):
        Subject.objects.filter(pk=subject.pk).update(access_class_id=class_for(audience="hq"))
    assert known(team.rita) == ({sealed.number, plain.number}, 1)
