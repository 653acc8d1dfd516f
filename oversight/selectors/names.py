"""What the random ids of events mean, as far as the reader may see it: a number, a name, or only the kind of record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from access.context import through_service
from access.models import Office, User
from access.selectors import service_actor
from foundation.person_name import person_name
from ingest.models import Extract
from leads.models import Lead, Packet, Referral
from organizations.models import Organization
from oversight.selectors.closed import closed_among
from retention.models import ArchivePackage, Disposition, Tombstone
from subjects.models import PersonSearch, Subject


def names_for(user: User, ids: Collection[UUID]) -> dict[UUID, str]:
    """Each of `ids` that has a name for `user`; the rest is absent. A dozen queries whatever their number.

    Numbers of leads are no personal data and are looked up by the service actor of leads: whoever reads the record of acts
    must be able to say which lead it was. Names of people and organizations come under the reader's own sight alone: an
    auditor sees "person", a privacy officer the name. What lies in a compartment for which the reader is not cleared has none.
    """
    wanted = list(set(ids) - closed_among(ids))
    if not wanted:
        return {}
    found: dict[UUID, str] = {}
    with through_service(service_actor("leads")):
        found |= dict(Lead.objects.filter(uuid__in=wanted).values_list("uuid", "number"))
        for uuid, number in Referral.objects.filter(uuid__in=wanted).values_list("uuid", "lead_number"):
            found[uuid] = f"referral of {number}"
        for uuid, number in Packet.objects.filter(uuid__in=wanted).values_list("uuid", "referral__lead_number"):
            found[uuid] = f"packet of {number}"
        searches = set(PersonSearch.objects.filter(uuid__in=wanted).values_list("uuid", flat=True))
        people = set(Subject.objects.filter(uuid__in=wanted).values_list("uuid", flat=True))
    with through_service(service_actor("retention")):
        archived = ArchivePackage.objects.filter(lead_uuid__in=wanted).values_list("lead_uuid", "lead_number")
        found |= {uuid: f"{number} (archived)" for uuid, number in archived}
        destroyed = Tombstone.objects.filter(lead_uuid__in=wanted).values_list("lead_uuid", "lead_number")
        found |= {uuid: f"{number} (destroyed)" for uuid, number in destroyed}
    found |= dict.fromkeys(searches, "search") | dict.fromkeys(people, "person")
    found |= _seen_by_reader(wanted)
    return found


def _seen_by_reader(wanted: Sequence[UUID]) -> dict[UUID, str]:
    """What needs no more than the reader's own sight."""
    found: dict[UUID, str] = {}
    for subject in Subject.objects.filter(uuid__in=wanted):
        found[subject.uuid] = person_name(subject)
    found |= dict(Organization.objects.filter(uuid__in=wanted).values_list("uuid", "name"))
    found |= {account.uuid: account.label for account in User.objects.filter(uuid__in=wanted)}
    found |= dict(Office.objects.filter(uuid__in=wanted).values_list("uuid", "name"))
    found |= dict(Extract.objects.filter(uuid__in=wanted).values_list("uuid", "extract_id"))
    for run in Disposition.objects.filter(uuid__in=wanted):
        found[run.uuid] = f"{run.get_kind_display().lower()} run of {run.as_of:%d %b %Y}".replace(" 0", " ")
    return found
