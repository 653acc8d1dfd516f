"""Every way in which a reader meets records, each beside what the oracle says of it: pages, lists, counts, search, files, API, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.permissions import Permission as P
from leads.models import Attachment, Decision, Finding, Lead, Note, Outcome, Packet, Referral
from leads.selectors.figures import closed_for, open_leads_for, referrals_by_office_for
from leads.selectors.queue import queue_counts_for
from leads.states import CLOSED_STATES
from leadtrac.bench.client import signed_in
from retention.models import Tombstone
from subjects.links.selectors import Wanted, links_of
from subjects.models import AddressFact, AdmissionFact, IdentifierFact, Judgement, NameFact, Subject
from tests.access.oracle import LeadRow, PersonRow, Population, Reader

NUMBER = re.compile(r"L-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TODAY = date(2026, 11, 22)
Pair = tuple[str, Any, Any]  # of what, by the oracle, as found


class Surfaces:
    """What one reader meets."""

    def __init__(self, population: Population, username: str) -> None:
        self.population = population
        self.reader: Reader = population.readers[username]
        self.user = User.objects.get(username=username)
        self.client: Client = signed_in(self.user)

    def disagreements(self, only: Iterable[str] = ()) -> list[str]:
        """Each surface on which oracle and system differ, in words; empty when they agree everywhere."""
        self.now = timezone.now()
        self.leads = self.population.leads_of(self.reader, self.now)
        self.open = [lead for lead in self.leads if lead.state not in CLOSED_STATES]
        wanted = [each for each in ALL if not only or each.__name__ in only]
        pairs = [pair for surface in wanted for pair in surface(self)]
        assert pairs
        return [
            f"{self.user.username} ({', '.join(sorted(each.what for each in self.reader.roles))}) {what}: {_said(wanted, found)}"
            for what, wanted, found in pairs
            if wanted != found
        ]

    def may(self, permission: P) -> bool:
        return self.reader.may(permission, self.now)

    def answered(self, address: str) -> tuple[int, str]:
        response = self.client.get(address)
        return response.status_code, response.content.decode(errors="replace")

    def one(self, what: str, address: str, permission: P, seen: bool, *, refused: int = 404, gone: int = 0) -> Pair:  # the oracle's word
        """A page about one record: 200 when the role may and the record is in sight, else as if it were missing."""
        wanted = refused if not self.may(permission) else (gone or 200) if seen else 404
        return (what, wanted, self.client.get(address).status_code)


def _said(wanted: Any, found: Any) -> str:
    if isinstance(wanted, set) and isinstance(found, set):
        return f"too much {sorted(map(str, found - wanted))}, missing {sorted(map(str, wanted - found))}"
    return f"oracle {wanted}, found {found}"


def tables(s: Surfaces) -> Iterator[Pair]:
    """Row-level security itself: what unfiltered code gets."""
    leads = {lead.pk for lead in s.leads}
    people = {person.pk for person in s.population.people_of(s.reader, s.now)}
    referrals = s.population.referrals_of(s.reader, s.now)
    stones = {stone.number for stone in s.population.stones if s.population.in_class(s.reader, stone.cls, s.now)}
    expected: list[tuple[type[Model], str, set[Any]]] = [
        (Lead, "pk", leads),
        *[(model, "lead_id", leads) for model in (Note, Decision)],
        (Finding, "lead_id", leads | {None for person in s.population.people.values() if _waits(s, person)}),
        (Attachment, "uuid", {uuid for uuid, seen in _files(s) if seen}),
        (Subject, "pk", people | s.population.merged_of(s.reader, s.now).keys()),
        *[(model, "subject_id", people) for model in (NameFact, IdentifierFact, AddressFact, AdmissionFact)],
        (Referral, "uuid", {each.uuid for each in referrals}),
        (Packet, "uuid", {each.packet for each in referrals}),
        (Outcome, "referral__uuid", {each.uuid for each in referrals if each.state == "reported"}),
        (Tombstone, "lead_number", stones),
    ]
    with acting_as(s.user):
        for model, column, wanted in expected:
            yield (f"table {model._meta.db_table}", wanted, set(model._default_manager.values_list(column, flat=True)))


def _waits(s: Surfaces, person: PersonRow) -> bool:
    """Whether the reader may know of something about the person that is no lead: it lies in the person's class, not under the glass."""
    return person.suspected and s.population.in_class(s.reader, person.cls, s.now)


def _files(s: Surfaces) -> Iterator[tuple[Any, bool]]:
    """Every attached file, and whether the reader may see it."""
    with acting_as(User.objects.get(username="svc-leads")):
        known = {row.lead_id: row.uuid for row in Attachment.objects.filter(audience="hq")}
    for lead in s.population.leads.values():
        if lead.pk in known:
            yield known[lead.pk], lead in s.leads
        for referral in lead.referrals:
            yield referral.file, s.population.sees_office_file(s.reader, lead, referral, s.now)


def attachments(s: Surfaces) -> Iterator[Pair]:
    """The files of leads and referrals by their own addresses."""
    with acting_as(User.objects.get(username="svc-leads")):
        known = {row.lead_id: row.uuid for row in Attachment.objects.filter(audience="hq")}
    for lead in s.population.leads.values():
        if lead.pk in known:
            yield s.one(f"file of {lead.number}", reverse("lead_file", args=[lead.number, known[lead.pk]]), P.VIEW_LEAD, lead in s.leads)
        for referral in lead.referrals:
            seen = s.population.sees_office_file(s.reader, lead, referral, s.now)
            address = reverse("lead_file", args=[lead.number, referral.file])
            yield s.one(f"office's file on {lead.number}", address, P.VIEW_LEAD, seen and lead in s.leads)
            address, both = reverse("referral_file", args=[referral.uuid, referral.file]), s.population.referrals_of(s.reader, s.now)
            yield s.one(f"file of the referral of {lead.number}", address, P.VIEW_REFERRAL, seen and referral in both)
            address = reverse("referral_file_add", args=[referral.uuid])
            yield s.one(f"a new file of the referral of {lead.number}", address, P.ANSWER_REFERRAL, referral in both, refused=403)


def queue(s: Surfaces) -> Iterator[Pair]:
    """The list, its closed part, its count of new rows."""
    if not s.may(P.VIEW_QUEUE):
        yield ("queue", 403, s.answered(reverse("queue"))[0])
        return
    closed = {lead.number for lead in s.leads} - {lead.number for lead in s.open}
    for what, query, wanted in (("open", "tab=all", {lead.number for lead in s.open}), ("closed", "tab=all&state=closed", closed)):
        yield (f"queue of {what} leads", wanted, set(NUMBER.findall(s.answered(f"{reverse('queue')}?{query}")[1])))
    since = datetime(2026, 1, 1, tzinfo=s.now.tzinfo).isoformat().replace("+", "%2B")
    response = s.client.get(f"{reverse('queue_new_rows')}?tab=all&since={since}")
    yield ("count of new rows", len(s.open), response.context["count"])


def counts(s: Surfaces) -> Iterator[Pair]:
    """The figures over the queue, and those of the page of figures."""
    if not s.may(P.VIEW_QUEUE):
        text = s.answered(reverse("figures"))[1]  # some roles have figures of their own work, none of them leads
        yield ("figures", set(), {lead.number for lead in s.population.leads.values() if lead.number in text})
        return
    free = [lead for lead in s.open if lead.state in ("queued", "returned", "reopened")]
    referrals = len(s.population.referrals_of(s.reader, s.now))
    with acting_as(s.user):
        shown = queue_counts_for(s.user, now=s.now)
        figures, closed = open_leads_for(s.user, TODAY), closed_for(s.user)
        at_offices = sum(each.total for each in referrals_by_office_for(s.user))
    yield ("count of unclaimed", len(free), shown.unclaimed.number)
    yield ("count on hold", sum(lead.state == "on_hold" for lead in s.open), shown.on_hold.number)
    yield ("count of returned", sum(lead.state == "returned" for lead in s.open), shown.returned.number)
    yield ("figure of open leads", len(s.open), figures.total)
    yield ("figure of closed leads", len(s.leads) - len(s.open), closed.total)
    yield ("figure of referrals", referrals, at_offices)
    yield ("page of figures", len(s.open), s.client.get(reverse("figures")).context["total"])


def files(s: Surfaces) -> Iterator[Pair]:
    """The export."""
    status, text = s.answered(f"{reverse('queue_export', args=['csv'])}?tab=all")
    if not s.may(P.EXPORT):
        yield ("export", 403, status)
        return
    yield ("export", {lead.number for lead in s.open}, set(NUMBER.findall(text)))


def waiting(s: Surfaces) -> Iterator[Pair]:
    """Suspicions without a lead: whoever may know of them, where no open lead of the person is in sight."""
    status, text = s.answered(reverse("waiting_list"))
    if not s.may(P.OPEN_LEAD):
        yield ("waiting list", 403, status)
        return
    worked_on = {lead.subject for lead in s.open}
    wanted = {each.family_name for each in s.population.people.values() if _waits(s, each) and each.pk not in worked_on}
    yield ("waiting list", wanted, {each.family_name for each in s.population.people.values() if each.family_name in text})


def places(s: Surfaces) -> Iterator[Pair]:
    """Organizations: their list, their names, their file, their pages."""
    seen = [place for place in s.population.places if s.population.in_class(s.reader, place.cls, s.now)]
    names = {place.name for place in seen}

    def named(text: str) -> set[str]:
        return {place.name for place in s.population.places if place.name in text}

    if s.may(P.VIEW_ORGANIZATION):
        yield ("list of organizations", names, named(s.answered(reverse("organization_list"))[1]))
        found = s.client.post(reverse("organization_list"), {"q": "CANARYSCHOOL"}).content.decode()
        yield ("search for organizations", names, named(found))
    if s.may(P.EXPORT):
        yield ("export of organizations", names, named(s.answered(reverse("organization_export", args=["csv"]))[1]))
    for place in s.population.places:
        yield s.one(f"page of {place.name}", reverse("organization_detail", args=[place.uuid]), P.VIEW_ORGANIZATION, place in seen)


def pairs(s: Surfaces) -> Iterator[Pair]:
    """Two people of whom somebody asks whether they are one: only for whoever may know of both."""
    with acting_as(User.objects.get(username="svc-subjects")):
        known = {row.uuid: (row.left_id, row.right_id) for row in Judgement.objects.all()}
    people = s.population.people
    seen = {
        uuid
        for uuid, two in known.items()
        if all(s.population.in_class(s.reader, people[pk].cls, s.now) for pk in two if pk in people) and set(two) <= people.keys()
    }
    if not s.may(P.JUDGE_IDENTITY):
        yield ("judging", 403, s.answered(reverse("judging_list"))[0])
        return
    listed = set(re.findall(rf"/judging/({UUID.pattern})/", s.answered(reverse("judging_list"))[1]))
    yield ("judging", {str(uuid) for uuid in seen}, listed)
    for uuid in known:
        yield s.one("page of a pair", reverse("judging_pair", args=[uuid]), P.JUDGE_IDENTITY, uuid in seen)


def api(s: Surfaces) -> Iterator[Pair]:
    """Lists and details of the API."""
    status, text = s.answered("/api/v1/leads/")
    wanted: Any = {lead.number for lead in s.open} if s.may(P.VIEW_LEAD) else 403
    yield ("API list of leads", wanted, set(NUMBER.findall(text)) if s.may(P.VIEW_LEAD) else status)
    for lead in s.population.leads.values():
        yield s.one(f"API lead {lead.number}", f"/api/v1/leads/{lead.number}/", P.VIEW_LEAD, lead in s.leads, refused=403)
    for person in s.population.people.values():
        visible = s.population.sees_person(s.reader, person, s.now)
        yield s.one(f"API person {person.family_name}", f"/api/v1/subjects/{person.uuid}/", P.VIEW_SUBJECT, visible)
    yield from _merged(s, "api_subject-detail", shown=200)
    seen = s.population.referrals_of(s.reader, s.now)
    for lead in s.population.leads.values():
        for referral in lead.referrals:
            address = f"/api/v1/referrals/{referral.uuid}/"
            yield s.one(f"API referral of {lead.number}", address, P.VIEW_REFERRAL, referral in seen, refused=403)
    if s.may(P.VIEW_REFERRAL):
        found = {row["uuid"] for state in ("open", "done") for row in s.client.get(f"/api/v1/referrals/?state={state}").json()["results"]}
        yield ("API list of referrals", {str(each.uuid) for each in seen}, found)


def details(s: Surfaces) -> Iterator[Pair]:
    """The pages of leads, decisions and people; a lead's page names its person only to those who see the person."""
    for lead in s.population.leads.values():
        seen = lead in s.leads
        yield s.one(f"page of {lead.number}", reverse("lead_page", args=[lead.number]), P.VIEW_LEAD, seen)
        if seen and s.may(P.VIEW_LEAD):
            person = s.population.people[lead.subject]
            text = s.answered(reverse("lead_page", args=[lead.number]))[1]
            yield (f"name on the page of {lead.number}", s.population.sees_person(s.reader, person, s.now), person.family_name in text)
            yield from _others_on(s, lead, text)
    for person in s.population.people.values():
        seen = s.population.sees_person(s.reader, person, s.now)
        yield s.one(f"page of {person.family_name}", reverse("subject_detail", args=[person.uuid]), P.VIEW_SUBJECT, seen)
        yield s.one(f"facts of {person.family_name}", reverse("subject_facts", args=[person.uuid]), P.VIEW_SUBJECT, seen)
    yield from _merged(s, "subject_detail", shown=302)


def _merged(s: Surfaces, name: str, *, shown: int) -> Iterator[Pair]:
    """The addresses of people who were merged into others: they lead to the one who is shown, or nowhere."""
    seen = s.population.merged_of(s.reader, s.now)
    for person in s.population.people.values():
        for pk, uuid in person.merged.items():
            what = f"{name} of one merged into {person.family_name}"
            yield s.one(what, reverse(name, args=[uuid]), P.VIEW_SUBJECT, pk in seen, gone=shown)


def _others_on(s: Surfaces, lead: LeadRow, text: str) -> Iterator[Pair]:
    """No page names a lead that its reader may not see (other leads of the person, neighbors)."""
    named = set(NUMBER.findall(text)) - {lead.number}
    yield (f"other leads on {lead.number}", set(), named - {each.number for each in s.leads})


def decisions(s: Surfaces) -> Iterator[Pair]:
    """Frozen decisions, read by their own address."""
    with acting_as(User.objects.get(username="svc-leads")):
        known = {decision.lead_id: decision.uuid for decision in Decision.objects.all()}
    for lead in s.population.leads.values():
        yield (
            s.one(f"decision on {lead.number}", reverse("lead_decision", args=[lead.number, known[lead.pk]]), P.VIEW_LEAD, lead in s.leads)
            if lead.cls.phase == "live"
            else ("archived", True, True)
        )


def stones(s: Surfaces) -> Iterator[Pair]:
    """What is left of destroyed leads: the tombstone for those who could see the lead."""
    for stone in s.population.stones:
        seen = s.population.in_class(s.reader, stone.cls, s.now)
        yield s.one(f"stone of {stone.number}", reverse("lead_page", args=[stone.number]), P.VIEW_LEAD, seen, gone=410)


def search(s: Surfaces) -> Iterator[Pair]:
    """Search by name, by number and by date of birth."""
    if not s.may(P.SEARCH_PERSON):
        yield ("search", 403, s.client.get(reverse("person_search")).status_code)
        return
    visible = {person.pk for person in s.population.people_of(s.reader, s.now) if s.population.in_class(s.reader, person.cls, s.now)}
    for person in s.population.people.values():
        seen = person.pk in visible
        yield (f"search for the name of {person.family_name}", seen, str(person.uuid) in _found(s, name=person.family_name))
        yield (f"search for the number of {person.family_name}", seen, str(person.uuid) in _found(s, number=person.passport))
    if s.may(P.EXPORT):
        opened = s.client.post(reverse("person_search"), {"purpose": "vetting", "birth": "3 Mar 1991"}).headers["Location"]
        text = s.answered(f"{opened}export/csv/")[1]
        named = {each.family_name for each in s.population.people.values() if each.family_name in text}
        yield ("export of people found", {s.population.people[pk].family_name for pk in visible}, named)
    born = {str(s.population.people[pk].uuid) for pk in visible}
    yield ("search by date of birth", born, _found(s, birth="3 Mar 1991") & {str(each.uuid) for each in s.population.people.values()})


def _found(s: Surfaces, **terms: str) -> set[str]:
    posted = s.client.post(reverse("person_search"), {"purpose": "vetting", **terms})
    text = s.client.get(posted.headers["Location"]).content.decode()
    return set(re.findall(rf"/subjects/({UUID.pattern})/", text))


def links(s: Surfaces) -> Iterator[Pair]:
    """The link chart: all people of the population share one address."""
    seen = s.population.people_of(s.reader, s.now)
    for person in [each for each in s.population.people.values() if each in seen][:2]:
        if not s.may(P.VIEW_SUBJECT):
            return
        with acting_as(s.user):
            graph = links_of(s.user, Subject.objects.get(pk=person.pk), Wanted())
        drawn = {node.pk for node in graph.nodes.values() if node.kind == "person"}
        yield (f"link chart of {person.family_name}", {each.pk for each in seen}, drawn)
        text = s.answered(reverse("subject_links", args=[person.uuid]))[1]
        named = {each.family_name for each in s.population.people.values() if each.family_name in text}
        yield (f"page of links of {person.family_name}", {each.family_name for each in seen}, named)


def referrals(s: Surfaces) -> Iterator[Pair]:
    """Lists, pages, packets as files, and the status of a packet by its id."""
    seen = s.population.referrals_of(s.reader, s.now)
    for name, permission in (("office_inbox", P.ANSWER_REFERRAL), ("referral_list", P.RECALL_REFERRAL)):
        pages = [s.answered(f"{reverse(name)}?tab={tab}") for tab in ("open", "done")]
        if not s.may(permission):
            yield (name, {403}, {status for status, _ in pages})
            continue
        listed = {found for _, text in pages for found in re.findall(rf"/referrals/({UUID.pattern})/", text)}
        yield (name, {str(each.uuid) for each in seen}, listed)
    if s.may(P.EXPORT) and s.may(P.RECALL_REFERRAL):
        texts = [s.answered(f"{reverse('referral_export', args=['csv'])}?tab={tab}")[1] for tab in ("open", "done")]
        numbers = {lead.number for lead in s.population.leads.values() if any(each in seen for each in lead.referrals)}
        yield ("export of referrals", numbers, {number for text in texts for number in NUMBER.findall(text)})
    for lead in s.population.leads.values():
        for each in lead.referrals:
            for what, address in (
                ("referral", reverse("referral_page", args=[each.uuid])),
                ("packet PDF", reverse("packet_pdf", args=[each.uuid])),
                ("packet JSON", reverse("packet_json", args=[each.uuid])),
                ("packet status", reverse("packet_status", args=[each.packet])),
            ):
                if what == "referral" and each in seen:
                    continue  # the drawn packet is empty: its page has nothing to print
                yield s.one(f"{what} of {lead.number}", address, P.VIEW_REFERRAL, each in seen)


ALL: tuple[Callable[[Surfaces], Iterator[Pair]], ...] = (
    tables, attachments, queue, counts, files, api, details, decisions, stones, search, links, referrals, waiting, places, pairs,
)  # fmt: skip
