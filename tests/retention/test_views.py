"""The records desk in the browser's words."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from audit.models import Event
from foundation.headquarters import desk_day
from leads.organizations.signals import signal_words
from leadtrac.bench.client import signed_in
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Schedule
from retention.opened_words import parts_of
from retention.services.holds import place_hold
from retention.services.opening import extend_record
from retention.services.schedules import FICTIONAL_AUTHORITY
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.factories.records import NOW, archived, old_lead, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


def test_the_desk_shows_the_schedule_in_force_beside_the_proposed_one() -> None:
    with acting_as(service_actor("leads")):
        make_lead(created_on=date(2004, 5, 1))

    page = words(signed_in(person("rita", "records_officer")).get(reverse("retention_desk")))

    assert "75 years from creation" in page
    assert "2029" in page
    assert "2079" in page


def test_a_retrieval_hands_out_rows_packets_and_attached_files_in_one_zip() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead(words="quokka")
    archived(team, maintained=False)
    with acting_as(team.rita):
        package = ArchivePackage.objects.get()
    given = {"reason": "a suit", "authority_kind": "court_order", "authority": "1:26-cv-00001"}

    answer = signed_in(team.rita).post(reverse("retention_retrieve", args=[package.uuid]), given)

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        tables = json.loads(packed.read("record.json"))["tables"]
        assert packed.read(tables["leads_attachment"][0]["content"]) == b"quokka"
        assert {packed.read(name) for name in packed.namelist()} >= {b"quokka", b"%PDF-1.7 quokka"}


def test_an_empty_calendar_says_where_dates_come_from() -> None:
    page = words(signed_in(person("rita", "records_officer")).get(reverse("retention_desk")))

    assert "No lead has a date yet" in page


def test_what_is_due_depends_on_the_day_asked_for() -> None:
    with acting_as(service_actor("leads")):
        lead = make_lead(created_on=date(2004, 5, 1))
    client = signed_in(person("rita", "records_officer"))

    today = words(client.get(reverse("retention_due", args=["destroy"])))
    later = words(client.get(reverse("retention_due", args=["destroy"]), {"as_of": "1 May 2079"}))

    assert lead.number not in today
    assert lead.number in later


def test_proposing_and_approving_takes_two_people() -> None:
    first, second = person("rita", "records_officer"), person("rob", "records_officer")
    signed_in(first).post(
        reverse("retention_schedules"), {"condition": "leads", "title": "30 years", "active_years": 30, "archived_years": 0}
    )
    schedule = Schedule.objects.get(version=3)
    address = reverse("retention_approve", args=[schedule.uuid])

    refused = signed_in(first).post(address, {"authority": "DAA-0000-0000"})
    accepted = signed_in(second).post(address, {"authority": "DAA-0000-0000"})

    assert refused.status_code == 403
    assert accepted.status_code == 302
    schedule.refresh_from_db()
    assert schedule.status == "approved"


def test_approval_asks_again_who_is_there_after_five_minutes() -> None:
    client = signed_in(person("rita", "records_officer"))
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 301
    session.save()

    response = client.get(reverse("retention_approve", args=[Schedule.objects.get(version=2).uuid]))

    assert response.status_code == 302
    assert "reauthenticate" in response.headers["Location"]


@pytest.mark.parametrize("role", ["analyst", "field_officer", "auditor", "administrator", "data_operator"])
def test_other_roles_are_told_that_the_desk_is_not_theirs(role: str) -> None:
    assert signed_in(person("other", role)).get(reverse("retention_desk")).status_code == 403


def test_the_lead_page_shows_when_the_record_must_be_gone() -> None:
    with acting_as(service_actor("leads")):
        lead = make_lead(created_on=date(2026, 8, 2))

    page = words(signed_in(person("ana", "analyst")).get(reverse("lead_page", args=[lead.number])))

    assert "2 Aug 2101" in page
    assert "75 years from creation" in page


def test_the_day_that_is_shown_stands_in_the_filter() -> None:
    client = signed_in(person("rita", "records_officer"))
    today = f"{desk_day(timezone.now()):%-d %b %Y}"

    assert f'value="{today}"' in client.get(reverse("retention_desk")).content.decode()
    assert 'value="1 May 2079"' in client.get(reverse("retention_desk"), {"as_of": "2079-05-01"}).content.decode()


def test_a_year_of_the_calendar_opens_by_month() -> None:
    with acting_as(service_actor("leads")):
        for day in (date(2004, 5, 1), date(2004, 5, 9), date(2004, 11, 3)):
            make_lead(created_on=day)
    client = signed_in(person("rita", "records_officer"))

    page = words(client.get(reverse("retention_desk"), {"year": "2029"}))

    assert "May 2029" in page
    assert "Nov 2029" in page
    assert "May 2079" not in page
    assert "Nothing is due in 2030" in words(client.get(reverse("retention_desk"), {"year": "2030"}))


def test_any_two_versions_are_compared_by_year_and_record_by_record() -> None:
    with acting_as(service_actor("leads")):
        leap, other = make_lead(created_on=date(2004, 2, 29)), make_lead(created_on=date(2005, 3, 1))
    client = signed_in(person("rita", "records_officer"))
    client.post(reverse("retention_schedules"), {"condition": "leads", "title": "30 years", "active_years": 30, "archived_years": 0})
    second, third = (str(Schedule.objects.get(version=version).uuid) for version in (2, 3))
    address = reverse("retention_compare")

    years = words(client.get(address, {"old": second, "new": third}))
    listed = words(client.get(address, {"old": second, "new": third, "what": "destroy", "year": "2034"}))

    assert "From 25 years from creation: 20 active, 5 archived (version 2, proposed) to 30 years (version 3, proposed)" in years
    assert "2034 0 0 1" in years
    assert f"{leap.number} 29 Feb 2004 29 Feb 2024 – 1 Mar 2029 1 Mar 2034" in listed
    assert other.number not in listed
    before = client.get(address, {"old": second, "new": third, "what": "destroy", "year": "2029", "with": "old"})
    assert "To be destroyed in 2029 with version 2 (before)" in words(before)
    assert f"{leap.number} 29 Feb 2004 29 Feb 2024 – 1 Mar 2029 1 Mar 2034" in words(before)
    assert "what=destroy&amp;year=2029&amp;with=old" in client.get(address, {"old": second, "new": third}).content.decode()
    assert client.get(address, {"old": "x", "new": "y"}).status_code == 422


def test_a_due_record_says_on_one_line_why_on_that_day_and_what_stops_it() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, kept, still_open, free = old_lead(), old_lead(), old_lead(state="in_research", close_reason=""), old_lead()
    with acting_as(team.rosa):
        place_hold(
            actor=team.rosa, kind="litigation", issuer="District court", authority="1:26", reason="suit", now=NOW, numbers=[held.number]
        )
        extend_record(
            actor=team.rosa, lead_uuid=kept.uuid, lead_number=kept.number, now=NOW, authority_kind="nara_letter", authority="NARA letter",
            ends_on=date(2028, 11, 22), review_on=date(2027, 11, 22),
        )  # fmt: skip
    page = signed_in(team.rita).get(reverse("retention_due", args=["archive"]), {"as_of": "22 Nov 2026"})

    stops = {row.number: row.stops for row in page.context["rows"]}

    said = "20 years after its creation on 14 Mar 2001, under version 2 (25 years from creation: 20 active, 5 archived"
    assert f"{said}; {FICTIONAL_AUTHORITY})." in words(page)
    assert stops == {
        held.number: ("Litigation hold of District court since 22 Nov 2026.",),
        kept.number: ("Kept until 22 Nov 2028 under NARA letter.",),
        still_open.number: ("The lead is open.",),
        free.number: (),
    }


def test_what_is_live_and_due_for_destruction_says_what_stops_its_sealing() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        still_open, free = old_lead(state="in_research", close_reason=""), old_lead()

    page = signed_in(team.rita).get(reverse("retention_due", args=["destroy"]), {"as_of": "22 Nov 2026"})

    assert {row.number: row.stops for row in page.context["rows"]} == {still_open.number: ("The lead is open.",), free.number: ()}
    assert "Dated under a fictional authority: this is a demonstration." in words(page)
    assert f"(25 years from creation: 20 active, 5 archived; {FICTIONAL_AUTHORITY})" in words(page)


def test_the_desk_and_the_figures_count_what_the_lists_of_due_records_list() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team, maintained=False)
    with acting_as(service_actor("leads")):
        old_lead(), old_lead(date(2005, 1, 1))
    rita = signed_in(team.rita)

    desk = rita.get(reverse("retention_desk"), {"as_of": "22 Nov 2026"}).context["figures"]
    lists = [
        len(rita.get(reverse("retention_due", args=[what]), {"as_of": "22 Nov 2026"}).context["rows"]) for what in ("archive", "destroy")
    ]

    assert [figure["value"] for figure in desk] == lists == [2, 2], "one sealed, one that is sealed first, one for the archive alone"


def test_the_line_of_a_record_says_until_when_an_authority_keeps_it() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        sealed, live = old_lead(), old_lead(date(2026, 8, 2))
    archived(team, maintained=False)
    for lead in (sealed, live):
        with acting_as(team.rita):
            extend_record(
                actor=team.rita, lead_uuid=lead.uuid, lead_number=lead.number, now=NOW, authority_kind="court_order", authority="1:26",
                ends_on=date(2060, 1, 1), review_on=date(2059, 1, 1),
            )  # fmt: skip
    kept = "no hold kept until 1 Jan 2060 (a court order)"

    assert kept in words(signed_in(person("ana", "analyst")).get(reverse("lead_page", args=[live.number])))
    with acting_as(team.rita):
        package = ArchivePackage.objects.get(lead_uuid=sealed.uuid)
    for page in ("retention_package", "retention_retrieve"):
        shown = words(signed_in(team.rita).get(reverse(page, args=[package.uuid])))
        assert kept in shown
        assert FICTIONAL_AUTHORITY in shown


def test_two_versions_are_compared_under_the_mark_of_a_fictional_authority() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        make_lead(created_on=date(2004, 2, 29))

    assert FICTIONAL_AUTHORITY in words(signed_in(team.rita).get(reverse("retention_compare")))


def test_the_log_names_the_records_that_a_list_showed_and_keeps_no_numbers_of_them() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    with acting_as(team.rita):
        extend_record(
            actor=team.rita, lead_uuid=lead.uuid, lead_number=lead.number, now=NOW, authority_kind="court_order", authority="1:26",
            ends_on=date(2060, 1, 1), review_on=date(2059, 1, 1),
        )  # fmt: skip
    rita = signed_in(team.rita)
    version = str(Schedule.objects.get(version=2).uuid)
    compared = {"old": version, "new": version, "what": "archive", "year": "2021"}

    for address, given in (
        (reverse("retention_due", args=["archive"]), {"as_of": "22 Nov 2026"}),
        (reverse("retention_compare"), compared),
        (reverse("retention_extensions"), {}),
    ):
        assert lead.number in words(rita.get(address, given))
        with acting_as(person("otto", "auditor")):
            event = Event.objects.filter(act="list").latest("id")
            assert (event.result_uuids, event.payload_scope) == ([lead.uuid], None), address


def test_a_page_that_asks_how_far_a_hold_is_counts_no_records() -> None:
    team = twenty_five_years()
    with acting_as(team.rita):
        hold = place_hold(actor=team.rita, kind="litigation", issuer="Court", authority="1:26", reason="suit", now=NOW, query=HoldQuery())
    rita = signed_in(team.rita)
    rita.get(reverse("retention_desk"))

    with CaptureQueriesContext(connection) as asked:
        assert rita.get(reverse("retention_hold_progress", args=[hold.uuid])).status_code == 200

    assert not [query for query in asked.captured_queries if "retention_holdlead" in query["sql"]]


def test_a_hold_form_left_empty_holds_nothing_and_every_record_is_asked_for_by_name() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    rita = signed_in(team.rita)
    given = {"kind": "litigation", "issuer": "Court", "authority": "1:26", "reason": "suit", "numbers": ""}

    refused = rita.post(reverse("retention_holds"), given)

    assert refused.status_code == 422
    assert "one of the four" in words(refused)
    assert '<optgroup label="Signals of organizations">' in refused.content.decode()
    assert rita.post(reverse("retention_holds"), given | {"everything": "on", "closed": "yes"}).status_code == 422
    held = rita.post(reverse("retention_holds"), given | {"everything": "on"}, follow=True)
    assert "The hold stands." in words(held)
    assert "Records at issue 1 Records now 1 Added since 0" in words(held)
    assert "neither a live nor an archived" in words(rita.post(reverse("retention_holds"), given | {"person_of": "L-0000-0000"}))
    by_rule = rita.post(reverse("retention_holds"), given | {"rule_id": "overstay-dated"}, follow=True)
    assert "Overstay of a dated admission" in words(by_rule)
    by_signal = rita.post(reverse("retention_holds"), given | {"rule_id": "org-drop-many"}, follow=True)
    assert f"rule “{signal_words('org-drop-many')}”" in words(by_signal), "the leads of organizations are held by their signals"


def test_an_opened_record_speaks_the_words_of_the_desk() -> None:
    sealed: dict[str, list[dict[str, Any]]] = {
        "leads_lead": [
            {"state": "closed", "state_since": "2000-07-02T12:00:00+00:00", "record_created_on": "2000-02-01", "risk_points": 0}
        ],
        "subjects_identifierfact": [{"kind": "i94", "source": "adis", "as_of": "2000-02-01", "words": "2000-02"}],
    }

    assert parts_of(sealed) == [
        ("Lead", [[("State", "Closed"), ("State since", "2 Jul 2000, 12:00 UTC"), ("Record created on", "1 Feb 2000")]]),
        ("Numbers", [[("Kind", "I-94"), ("Source", "ADIS"), ("As of", "1 Feb 2000"), ("Number", "2000-02")]]),
    ]
