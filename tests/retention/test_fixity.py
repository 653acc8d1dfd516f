"""A sealed record is read again and again; one that cannot be read is said to be damaged, not a page that broke (R25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from leadtrac.bench.client import signed_in
from retention.models import ArchiveOpening, ArchivePackage
from retention.removal import files
from retention.services import fixity
from retention.tasks import keep_up
from tests.databases import owner_connection
from tests.factories.records import Officers, archived, old_lead, twenty_five_years
from tests.pages import words

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.requirement("R25")]


def changed(world: str, package: ArchivePackage) -> None:
    sealed = bytearray(files.read(package.uuid.hex))
    sealed[-1] ^= 1
    files.FOLDER.path(package.uuid.hex).write_bytes(bytes(sealed))


def lost(world: str, package: ArchivePackage) -> None:
    files.remove(package.uuid.hex)


def key_lost(world: str, package: ArchivePackage) -> None:
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM audit_datakey WHERE scope = %s", [package.uuid])


def sealed(team: Officers) -> ArchivePackage:
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team, maintained=False)
    with acting_as(team.rita):
        return ArchivePackage.objects.get()


@pytest.mark.parametrize("harm", [changed, lost, key_lost])
def test_a_record_that_cannot_be_read_is_refused_noted_and_to_be_reported(world: str, harm: Callable[[str, ArchivePackage], None]) -> None:
    team = twenty_five_years()
    package = sealed(team)
    harm(world, package)
    rita = signed_in(team.rita)

    answer = rita.post(reverse("retention_package", args=[package.uuid]), {"reason": "a question of the court"})

    assert answer.status_code == 422
    assert words(answer).count("this record cannot be read") == 1
    assert "needs a correction" not in words(answer)
    assert reverse("retention_reviews") in answer.content.decode()
    assert "1 sealed record cannot be read any more" in words(rita.get(reverse("retention_desk")))
    assert package.lead_number in words(rita.get(reverse("retention_archive")))
    retrieval = {"reason": "an order", "authority_kind": "court_order", "authority": "1:26-cv-00001"}
    assert rita.post(reverse("retention_retrieve", args=[package.uuid]), retrieval).status_code == 422
    with acting_as(service_actor("audit")):
        refused = Event.objects.filter(act=Act.ARCHIVE_OPENED, allowed=False, object_uuid=package.lead_uuid)
        noted = Event.objects.filter(act=Act.DISPOSITION, field_names=["damaged"], object_uuid=package.lead_uuid)
        assert (refused.count(), noted.count()) == (2, 1)
    with acting_as(team.rita):
        assert not ArchiveOpening.objects.exists(), "nobody has seen it"


def test_the_night_reads_what_was_read_longest_ago_and_takes_back_what_was_mended(world: str) -> None:
    team = twenty_five_years()
    package = sealed(team)
    with owner_connection(world) as owner:
        owner.execute("UPDATE retention_archivepackage SET fixity_checked_at = fixity_checked_at - interval '1 year'")
    whole = files.read(package.uuid.hex)
    changed(world, package)

    keep_up(actor="svc-retention")

    with acting_as(team.rita):
        package.refresh_from_db()
    assert package.damaged_at is not None
    assert timezone.now() - package.fixity_checked_at < timedelta(minutes=5)

    files.FOLDER.path(package.uuid.hex).write_bytes(whole)
    with acting_as(service_actor("retention")):
        assert not fixity.check_next(now=timezone.now()), "read today"
        assert fixity.check_next(now=timezone.now() + timedelta(days=2))
        package.refresh_from_db()
    assert package.damaged_at is None
