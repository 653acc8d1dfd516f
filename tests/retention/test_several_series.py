"""Several schedules over one record (R8): all that apply are found, the longest dates it, and what lost is said."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict, InvalidInput
from foundation.registries import births
from ingest.facts import EncounterKind
from leads.models import Lead, Referral
from leads.states import ReferralState
from leadtrac.bench.client import signed_in
from retention.conditions import CODES, CONDITIONS
from retention.longest import longest
from retention.models import ArchivePackage, Disposition, Hold, Restatement, RetentionClock, Schedule
from retention.removal.archive import archive_batch
from retention.selectors import both_ways, changes_for, compare_years, dated_by, due_for, in_place, schedules_in_force
from retention.selectors.runs import runs_for
from retention.services import clocks
from retention.services.clocks import finish_restatement
from retention.services.execute import execute_run
from retention.services.holds import place_hold, release_hold
from retention.services.runs import cancel_run, propose_run, start_run
from retention.services.schedules import FICTIONAL_AUTHORITY, approve_schedule, propose_schedule
from retention.tasks import propose_due
from subjects.models import EncounterFact, Subject
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.factories.records import NOW, Officers, archived, old_lead, outcomes, signed_run, started_run, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


def in_force(team: Officers, condition: str, active: int, kept_sealed: int = 0, *, title: str = "", series: str = "") -> Schedule:
    """A version for records that meet the condition, proposed by one officer and approved by another."""
    with acting_as(team.rita):
        proposed = propose_schedule(
            actor=team.rita,
            title=title or f"{condition or 'all'} {active} + {kept_sealed}",
            active_years=active,
            archived_years=kept_sealed,
            condition=condition,
            series=series,
        )
    with acting_as(team.rob):
        return approve_schedule(actor=team.rob, schedule=proposed, authority="DAA-0000-0000", now=NOW)


def clock_of(lead: Lead) -> RetentionClock:
    with acting_as(service_actor("retention")):
        return RetentionClock.objects.select_related("schedule").get(lead_id=lead.pk)


def accepted(lead: Lead) -> None:
    """An office accepts the lead's referral."""
    who = service_actor("leads")
    with acting_as(who):
        Referral.objects.filter(lead=lead).update(state=ReferralState.ACCEPTED, accepted_by=who, accepted_at=NOW)


def told_of_case(subject: Subject, source: str) -> EncounterFact:
    """A source tells of a case of the person."""
    return cases.fact(EncounterFact, subject, source=source, event_number="SIM2606000234", kind=EncounterKind.CASE, occurred_on=NOW.date())


def of_a_school() -> Lead:
    """The closed lead of an organization."""
    school = cases.school()
    lead = Lead.objects.create(
        number="L-0A0A-0B0B", access_class_id=school.access_class_id, organization=school, state="closed", close_reason="data_error",
        state_since=NOW, record_created_on=date(2001, 3, 14),
    )  # fmt: skip
    for birth in births:
        birth.born("lead", [lead.pk], NOW)
    return lead


def sued(team: Officers, lead: Lead, kind: str = "litigation") -> Hold:
    numbers = [lead.number]
    with acting_as(team.rosa):
        return place_hold(actor=team.rosa, kind=kind, issuer="District court", authority="1:26", reason="suit", now=NOW, numbers=numbers)


@pytest.mark.requirement("R8")
def test_r8_the_database_and_the_rule_choose_the_same_of_all_combinations(world: str) -> None:
    terms = [("leads", "", 20, 5), ("litigation", "litigation", 20, 5), ("second", "litigation", 25, 0), ("protected", "protected", 10, 40)]
    made = [
        Schedule(series=series, condition=condition, version=7, title=series, active_years=active, archived_years=kept, status="approved",
                 authority="x", approved_at=NOW, effective_from=NOW.date())
        for series, condition, active, kept in terms
    ]  # fmt: skip
    met = [list(some) for size in range(3) for some in itertools.combinations(("eid_case", "litigation", "protected"), size)]

    copied = [field.name for field in Schedule._meta.concrete_fields if field.name not in ("id", "uuid", "recorded_at")]
    for chosen in (made[:1], made[:2], made[:3], made):
        with owner_connection(world) as owner:
            owner.execute("ALTER TABLE retention_schedule DISABLE TRIGGER retention_version_stays; DELETE FROM retention_schedule")
        Schedule.objects.bulk_create(Schedule(**{name: getattr(each, name) for name in copied}) for each in chosen)
        for conditions in met:
            wins = longest(schedules_in_force(), conditions)
            with connection.cursor() as cursor:
                cursor.execute("SELECT retention_longest(%s::varchar[])", [conditions])
                assert cursor.fetchone() == (wins.pk if wins else None,), (conditions, [each.series for each in chosen])


@pytest.mark.requirement("R8")
def test_r8_each_condition_dates_the_records_that_meet_it_and_no_others() -> None:
    team = twenty_five_years()
    for number, code in enumerate(CODES):
        in_force(team, code, 30 + number, title=f"for {code}")
    with acting_as(service_actor("leads")):
        plain, case, suit, referred = old_lead(), old_lead(), old_lead(), old_lead()
        school = of_a_school()
        hidden = old_lead(subject=cases.subject(protected=True))
        told_of_case(case.subject, "eid")
        told_of_case(plain.subject, "tecs")
    sued(team, suit)
    sued(team, plain, kind="foia")
    accepted(referred)

    found = {
        lead.number: (clock_of(lead).conditions, clock_of(lead).schedule.title) for lead in (plain, case, suit, school, hidden, referred)
    }

    assert found == {
        plain.number: ([], "25 years from creation: 20 active, 5 archived"),
        case.number: (["eid_case"], "for eid_case"),
        suit.number: (["litigation"], "for litigation"),
        school.number: (["organization"], "for organization"),
        hidden.number: (["protected"], "for protected"),
        referred.number: (["referral_accepted"], "for referral_accepted"),
    }
    assert [condition.code for condition in CONDITIONS] == sorted(CODES)


@pytest.mark.requirement("R8")
def test_r8_the_due_line_and_the_leads_page_say_which_schedule_won_and_which_lost() -> None:
    team = twenty_five_years()
    in_force(team, "litigation", 25, 15, title="40 years after litigation")
    in_force(team, "referral_accepted", 20, 10, title="30 years after a referral")
    with acting_as(service_actor("leads")):
        lead, plain = old_lead(date(1999, 3, 14)), old_lead(date(1999, 3, 14))
    sued(team, lead)
    accepted(lead)

    with acting_as(team.rita):
        why = {row.number: row.why for row in due_for(team.rita, what="archive", as_of=NOW.date())}
    shown = words(signed_in(person("ana", "analyst")).get(reverse("lead_page", args=[lead.number])))

    told = (
        "The longest of 3 schedules that apply (a litigation hold stands or stood on it). Not used, because not longer: 30 years after "
        "a referral (an office accepted its referral); 25 years from creation: 20 active, 5 archived (it is for every record)."
    )
    assert why[lead.number] == f"25 years after its creation on 14 Mar 1999, under version 1 (40 years after litigation). {told}"
    assert why[plain.number].endswith(f"(25 years from creation: 20 active, 5 archived; {FICTIONAL_AUTHORITY}).")
    assert told in shown
    assert "14 Mar 2039" in shown


@pytest.mark.requirement("R8")
def test_r8_a_condition_that_goes_takes_its_schedule_with_it_and_a_released_hold_does_not(world: str) -> None:
    team = twenty_five_years()
    in_force(team, "eid_case", 30)
    in_force(team, "litigation", 40)
    with acting_as(service_actor("leads")):
        lead, other = old_lead(), old_lead()
        told = told_of_case(lead.subject, "eid")
    assert clock_of(lead).destroy_on == date(2031, 3, 14)
    with owner_connection(world) as owner:  # it was somebody else's
        owner.execute("UPDATE subjects_encounterfact SET subject_id = %s WHERE id = %s", [other.subject_id, told.pk])
    assert (clock_of(lead).conditions, clock_of(other).conditions) == ([], ["eid_case"])
    with owner_connection(world) as owner:  # its extract was un-imported
        owner.execute("UPDATE subjects_encounterfact SET retracted_at = now() WHERE id = %s", [told.pk])
    assert (clock_of(other).conditions, clock_of(other).schedule.version) == ([], 2)

    hold = sued(team, lead)
    with acting_as(team.rosa):
        release_hold(actor=team.rosa, hold=hold, authority="order of 1 Dec 2026", now=NOW)
    assert (clock_of(lead).conditions, clock_of(lead).destroy_on) == (["litigation"], date(2041, 3, 14))


@pytest.mark.requirement("R8")
def test_r8_a_sealed_record_keeps_what_it_met_and_what_comes_true_later() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        referred, suit = old_lead(), old_lead()
    accepted(referred)
    archived(team, maintained=False)
    sued(team, suit)
    in_force(team, "referral_accepted", 20, 20)
    in_force(team, "litigation", 20, 30)

    with acting_as(team.rita):
        found = {package.lead_number: (package.conditions, package.destroy_on) for package in ArchivePackage.objects.all()}
        (row,) = due_for(team.rita, what="destroy", as_of=date(2041, 3, 14))

    assert found == {
        referred.number: (["referral_accepted"], date(2041, 3, 14)),
        suit.number: (["litigation"], date(2051, 3, 14)),
    }
    assert "The longest of 2 schedules that apply (an office accepted its referral)." in row.why


@pytest.mark.requirement("R8")
def test_r8_a_run_has_one_authority_and_leaves_what_another_schedule_dates() -> None:
    team = twenty_five_years()
    special = in_force(team, "referral_accepted", 22, 5)
    with acting_as(service_actor("leads")):
        plain, referred, later = old_lead(), old_lead(), old_lead()
    accepted(referred)

    propose_due(actor="svc-retention")
    with acting_as(team.rita):
        listed = {run.schedule.series: {item.lead_number for item in run.items.all()} for run in Disposition.objects.all()}
        assert listed == {"leads": {plain.number, later.number}, special.series: {referred.number}}
        for run in Disposition.objects.all():
            cancel_run(actor=team.rita, run=run, reason="again")
    run = started_run(team, "archive")
    accepted(later)  # due under its new schedule too, but that is not the authority that was signed
    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {plain.number: "archived", later.number: "blocked"}
    with acting_as(team.rita):
        shown = [(each.proposed_at, each.pk) for each in runs_for(team.rita)]
        assert shown == sorted(shown, reverse=True)  # the newest first


@pytest.mark.requirement("R8")
def test_r8_a_simulation_counts_each_record_under_its_longest_schedule() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        plain, referred = old_lead(date(2003, 3, 14)), old_lead(date(2003, 5, 1))
    accepted(referred)
    with acting_as(team.rita):
        beside = propose_schedule(actor=team.rita, title="30 + 10", active_years=30, archived_years=10, condition="referral_accepted")
        years = [(row.year, row.in_force, row.considered) for row in compare_years(schedules_in_force(), in_place(beside))]
        old, new = both_ways(Schedule.objects.get(version=2, series="leads"), beside)
        listed = {
            what: changes_for(team.rita, old=old, new=new, what=what, year=year) for what, year in (("archive", 2033), ("destroy", 2043))
        }
        unchanged = changes_for(team.rita, old=old, new=new, what="archive", year=2023)

    assert [(year, now.archive, now.destroy, then.archive, then.destroy) for year, now, then in years if then] == [
        (2023, 2, 0, 1, 0),
        (2028, 0, 2, 0, 1),
        (2033, 0, 0, 1, 0),
        (2043, 0, 0, 0, 1),
    ]
    assert {what: [row.number for row in rows] for what, rows in listed.items()} == {
        "archive": [referred.number],
        "destroy": [referred.number],
    }
    assert (listed["archive"][0].old_version.version, listed["archive"][0].new_version) == (2, beside)
    assert [row.number for row in unchanged] == [plain.number]
    page = words(
        signed_in(team.rita).get(
            reverse("retention_compare"), {"old": str(old[0].uuid), "new": str(beside.uuid), "what": "archive", "year": "2033"}
        )
    )
    assert f"{referred.number} 1 May 2003 30 + 10, before: 25 years from creation: 20 active, 5 archived 1 May 2023 1 May 2033" in page
    assert plain.number not in page


@pytest.mark.requirement("R8")
def test_r8_an_approval_dates_in_batches_that_can_be_resumed_and_nothing_is_disposed_of_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        leads = [old_lead() for _ in range(2)]
        young = [make_lead(created_on=date(2020, 5, 1)) for _ in range(3)]
    archived(team, maintained=False)
    run = signed_run(team, "destroy", date(2026, 11, 22))
    monkeypatch.setattr(clocks, "BATCH_RECORDS", 2)
    in_force(team, "", 30, 5, title="35 years")

    with acting_as(team.rita):
        versions = [clock.schedule.title for clock in RetentionClock.objects.select_related("schedule").order_by("pk")]
        assert versions.count("35 years") == 2  # the first batch went with the approval
        with pytest.raises(Conflict, match="dated anew"):
            propose_run(actor=team.rita, kind="archive", as_of=NOW.date(), now=NOW)
        with pytest.raises(Conflict, match="dated anew"):
            start_run(actor=team.rita, run=run, now=NOW)
        another = propose_schedule(actor=team.rita, title="36", active_years=36, archived_years=0)
    with acting_as(team.rob), pytest.raises(Conflict, match="still being dated"):
        approve_schedule(actor=team.rob, schedule=another, authority="DAA", now=NOW)
    assert "Records are being dated anew: 40 %" in words(signed_in(team.rita).get(reverse("retention_desk")))

    real, calls = clocks.restate_batch, itertools.count()

    def killed(asked: Restatement, *, now: object) -> bool:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return real(asked, now=NOW)

    monkeypatch.setattr(clocks, "restate_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        finish_restatement(now=NOW)
    monkeypatch.setattr(clocks, "restate_batch", real)
    assert finish_restatement(now=NOW) == 2  # the sealed ones; what the killed worker had committed is not done again

    with acting_as(team.rita):
        assert set(RetentionClock.objects.values_list("destroy_on", flat=True)) == {date(2055, 5, 1)}
        assert dict(ArchivePackage.objects.values_list("lead_number", "destroy_on")) == {lead.number: date(2036, 3, 14) for lead in leads}
        assert [(schedule.title, records) for schedule, records in dated_by()] == [("35 years", len(leads) + len(young))]
        assert Restatement.objects.filter(finished_at=None).count() == 0
    assert finish_restatement(now=NOW) == 0


@pytest.mark.requirement("R8")
def test_r8_no_batch_of_a_run_is_carried_out_while_records_are_dated_anew(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    run = started_run(team, "archive")
    with owner_connection(world) as owner:
        owner.execute("UPDATE retention_restatement SET finished_at = NULL")

    with pytest.raises(DatabaseError, match="dated anew"), acting_as(service_actor("retention")):
        archive_batch(run, now=NOW, most=1)
    with acting_as(service_actor("leads")):
        assert Lead.objects.filter(pk=lead.pk).exists()

    execute_run(run.pk, now=NOW)  # dates them first
    with acting_as(service_actor("leads")):
        assert not Lead.objects.filter(pk=lead.pk).exists()


@pytest.mark.requirement("R8")
def test_r8_records_that_the_approver_may_not_know_of_are_dated_too(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, marked = old_lead(), cases.hq(protected=True)
    in_force(team, "protected", 35)
    with owner_connection(world) as owner:  # the person proves to be protected
        owner.execute("UPDATE leads_lead SET class_id = %s", [marked])
    assert clock_of(lead).destroy_on == date(2036, 3, 14)
    in_force(team, "", 30, 10)

    assert clock_of(lead).destroy_on == date(2041, 3, 14)
    with acting_as(team.rita):
        assert not RetentionClock.objects.exists()
        assert [records for _, records in dated_by()] == [0, 0]


@pytest.mark.parametrize(("condition", "series"), [("friend", ""), ("", "suits"), ("litigation", "leads")])
def test_a_series_asks_a_listed_condition_and_the_general_one_asks_none(condition: str, series: str) -> None:
    team = twenty_five_years()
    with acting_as(team.rita):
        with pytest.raises(InvalidInput):
            propose_schedule(actor=team.rita, title="x", active_years=1, archived_years=0, condition=condition, series=series)
        with pytest.raises(IntegrityError), transaction.atomic():
            Schedule.objects.create(series=series or "leads", condition=condition, version=9, title="x", active_years=1)


def test_nobody_sets_a_date_by_hand() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    for statement in (
        "UPDATE retention_retentionclock SET destroy_on = '2020-01-01'",
        "UPDATE retention_retentionclock SET conditions = '{litigation}'",
        "UPDATE retention_archivepackage SET destroy_on = '2020-01-01'",
        "UPDATE retention_schedule SET condition = 'litigation'",
        "SELECT * FROM retention_conditions(ARRAY[1]::bigint[])",
    ):
        with pytest.raises(Exception, match="permission denied"), acting_as(team.rita), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_schedule_for_some_records_is_proposed_and_approved_in_the_browser() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        suit = old_lead()
    sued(team, suit)
    signed_in(team.rita).post(
        reverse("retention_schedules"), {"condition": "litigation", "title": "40 years", "active_years": 30, "archived_years": 10}
    )
    proposed = Schedule.objects.get(series="litigation")
    address = reverse("retention_approve", args=[proposed.uuid])
    rob = signed_in(team.rob)

    before = words(rob.get(address))
    assert "For: records under a litigation hold, now or once. It stands beside what is in force" in before
    rob.post(address, {"authority": "DAA-0000-0001"})
    page = words(rob.get(reverse("retention_schedules")))
    assert "Every record 25 years from creation: 20 active, 5 archived (version 2) 25 0" in page
    assert "Records under a litigation hold, now or once 40 years (version 1) 40 1" in page
    assert "the 2 schedules in force, of which the longest that applies dates a record" in words(rob.get(reverse("retention_desk")))
    assert "Under which schedule" in words(rob.get(reverse("retention_runs")))
