"""A version is replayed over past knowledge before two people put it in force; rolling back gives the first verdicts again."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client

from access.context import acting_as
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.book import UnknownVersion, compose, parts, versions_of
from leads.looking import Look, look_at
from leads.models import Finding, Lead, Promotion, QualitySample, Rejudging, Replay, ReplayEffect, RuleStop
from leads.replaying import SAME, VANISHES, Tally, group_lines
from leads.selectors.book import book_now, replay_view
from leads.services import rejudging, replays
from leads.services.evaluation import evaluate_touched
from leads.services.promotion import approve_promotion, propose_promotion, propose_roll_back
from leads.services.referral import DRAWN, ask_review, decline_review, propose_referral, refer_lead
from leads.services.rejudging import mark_for_judgement
from leads.services.replays import ask_replay, work_replays
from leads.services.stops import lift_stop, stop_disputed_rules, stop_rule
from leadtrac.bench.client import signed_in
from subjects.models import EmploymentFact, Subject
from subjects.services.protect import protect
from tests.factories.facts import NOW, a_subject, admitted, loaded, overstayer
from tests.factories.people import person
from tests.leads.conftest import Desk

FIRST, IN_FORCE = 1, 2  # versions of the weights of presence


def seen_lately(desk: Desk) -> Subject:
    """Over for some days, at work since: version 1 of the weights waits for the settling time, version 2 does not."""
    with desk.facts():
        subject = a_subject("RECENT")
        admitted(subject, date(2026, 11, 1), arrived=date(2026, 5, 5))
        EmploymentFact.objects.create(
            subject=subject, access_class_id=subject.access_class_id, source="commercial", as_of=date(2026, 11, 22), record_key=77,
            known_at=NOW - timedelta(days=1), employer_name="Sample Works LLC", kind="reported", started_on=date(2026, 11, 5),
        )  # fmt: skip
    return subject


def ask(desk: Desk, version: int = FIRST, *, known_at: datetime = NOW) -> Replay:
    with acting_as(desk.supervisor):
        return ask_replay(actor=desk.supervisor, part="presence", version=version, known_at=known_at, permille=1000, now=NOW)


def worked(desk: Desk, replay: Replay) -> Replay:
    work_replays(actor=desk.service, now=NOW)
    with desk.facts():
        return Replay.objects.get(pk=replay.pk)


def in_force(desk: Desk, promotion: Promotion) -> None:
    colleague = person("second.supervisor", "supervisor")
    with acting_as(colleague):
        approve_promotion(actor=colleague, promotion=promotion, now=NOW)
    evaluate_touched(actor=desk.service, now=NOW + timedelta(minutes=1))


def verdicts(desk: Desk) -> list[tuple[object, ...]]:
    """What is recorded of everybody, bit for bit, but for when and under which row."""
    columns = ("subject_id", "rule_id", "rule_version", "matter_key", "outcome", "holds_from", "sentence", "evidence_digest", "closing")
    with desk.facts():
        newest = Finding.objects.order_by("subject", "rule_id", "matter_key", "-pk").distinct("subject", "rule_id", "matter_key")
        leads = Lead.objects.order_by("pk").values_list("subject_id", "presence", "risk", "risk_points", "evaluation_digest", "why")
        return [*newest.values_list(*columns), *leads]


def test_a_replay_says_what_would_vanish_and_touches_nothing(desk: Desk) -> None:
    settled, recent = desk.opened(overstayer), desk.opened(lambda: seen_lately(desk))
    before = verdicts(desk)

    replay = worked(desk, ask(desk))

    with desk.facts():
        effects = {effect.subject_id: effect for effect in ReplayEffect.objects.filter(replay=replay)}
    assert replay.state == "done"
    assert effects[recent.subject_id].change == "vanishes"
    assert settled.subject_id not in effects
    assert (replay_view(replay).vanishes, replay_view(replay).appears) == (1, 0)
    assert verdicts(desk) == before


def test_a_replay_counts_nobody_in_a_compartment(desk: Desk) -> None:
    settled, recent = desk.opened(overstayer), desk.opened(lambda: seen_lately(desk))
    with desk.facts():
        protect([recent.subject_id])

    replay = worked(desk, ask(desk))

    assert (replay.total, replay.done) == (1, 1)
    assert replay_view(replay).vanishes == 0
    with desk.facts():
        assert Subject.objects.get(access_class__compartments=[]).pk == settled.subject_id
        assert not ReplayEffect.objects.filter(replay=replay).exists()


def test_a_replay_knows_only_what_was_known_then(desk: Desk) -> None:
    desk.opened(lambda: seen_lately(desk))
    with desk.facts():
        loaded(as_of=date(2026, 11, 10))

    replay = worked(desk, ask(desk, known_at=NOW - timedelta(days=10)))

    with desk.facts():
        assert not ReplayEffect.objects.filter(replay=replay).exists()  # neither the stay nor the work was known


def test_a_killed_worker_loses_one_step_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        desk.opened(lambda: seen_lately(desk))
    monkeypatch.setattr(replays, "AT_ONCE", 2)
    replay = ask(desk)
    steps, real = [], replays._work

    def dies(given: Replay, now: datetime) -> int:
        done = real(given, now)
        steps.append(done)
        if len(steps) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(replays, "_work", dies)
    with pytest.raises(KeyboardInterrupt):
        work_replays(actor=desk.service, now=NOW)
    monkeypatch.setattr(replays, "_work", real)
    with desk.facts():
        assert Replay.objects.get(pk=replay.pk).done == 2  # the second step was rolled back with its effects

    again = worked(desk, replay)

    with desk.facts():
        assert (again.state, again.done, ReplayEffect.objects.filter(replay=replay).count()) == ("done", 5, 5)


def test_two_people_put_a_version_in_force_and_rolling_back_gives_the_first_verdicts_again(desk: Desk) -> None:
    desk.opened(overstayer)
    lead = desk.opened(lambda: seen_lately(desk))
    first = verdicts(desk)
    replay = worked(desk, ask(desk))

    with acting_as(desk.supervisor):
        in_force(desk, propose_promotion(actor=desk.supervisor, replay=replay, now=NOW))
    assert book_now().presence.version == FIRST
    assert desk.fresh(lead).state == "on_hold"  # what showed the person is not enough by version 1
    with acting_as(desk.supervisor):
        back = propose_roll_back(actor=desk.supervisor, part="presence", version=IN_FORCE, now=NOW)
    third = person("third.supervisor", "supervisor")
    with acting_as(third):
        approve_promotion(actor=third, promotion=back, now=NOW + timedelta(minutes=2))
    evaluate_touched(actor=desk.service, now=NOW + timedelta(minutes=3))

    assert book_now().presence.version == IN_FORCE
    assert verdicts(desk) == first
    assert desk.fresh(lead).state == "queued"


def test_nobody_approves_their_own_proposal(desk: Desk) -> None:
    replay = worked(desk, ask(desk))
    with acting_as(desk.supervisor):
        promotion = propose_promotion(actor=desk.supervisor, replay=replay, now=NOW)
        with pytest.raises(Forbidden, match="another supervisor"):
            approve_promotion(actor=desk.supervisor, promotion=promotion, now=NOW)
        with pytest.raises(IntegrityError, match="promotion_takes_two_people"), transaction.atomic():
            Promotion.objects.filter(pk=promotion.pk).update(approved_by=desk.supervisor, approved_at=NOW)


def test_what_was_not_replayed_or_is_in_force_is_not_proposed(desk: Desk) -> None:
    with acting_as(desk.supervisor):
        unfinished = ask(desk)
        with pytest.raises(Conflict, match="not finished"):
            propose_promotion(actor=desk.supervisor, replay=unfinished, now=NOW)
        with pytest.raises(Conflict, match="never in force"):
            propose_roll_back(actor=desk.supervisor, part="presence", version=FIRST, now=NOW)
    same = worked(desk, ask(desk, IN_FORCE))
    with acting_as(desk.supervisor), pytest.raises(Conflict, match="in force already"):
        propose_promotion(actor=desk.supervisor, replay=same, now=NOW)


def test_a_version_that_is_not_written_is_refused(desk: Desk) -> None:
    with acting_as(desk.supervisor), pytest.raises(InvalidInput, match="is written"):
        ask_replay(actor=desk.supervisor, part="presence", version=9, known_at=NOW, permille=1000, now=NOW)
    with pytest.raises(UnknownVersion):
        compose({"overstay-dated": 9})


def test_every_version_of_every_part_can_judge() -> None:
    for part in parts():
        for version in versions_of(part):
            assert compose({part: version}).version_of(part) == version


def test_a_stopped_rule_opens_nothing_flags_its_leads_and_is_lifted_with_a_reason(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.supervisor):
        stop = stop_rule(actor=desk.supervisor, rule_id="overstay-dated", because="The feed of September was wrong.", now=NOW)
    with desk.facts():
        late = overstayer(family="LATE")
    evaluate_touched(actor=desk.service, now=NOW)
    held = desk.fresh(lead)
    with desk.facts():
        assert not Lead.objects.filter(subject=late).exists()
    with acting_as(desk.supervisor):
        with pytest.raises(InvalidInput, match="a reason is needed"):
            lift_stop(actor=desk.supervisor, stop=stop, reason=" ", now=NOW)
        lift_stop(actor=desk.supervisor, stop=stop, reason="The feed is mended.", now=NOW)
    evaluate_touched(actor=desk.service, now=NOW + timedelta(minutes=1))

    assert (held.state, held.blocking_signs) == ("on_hold", 1)
    assert desk.fresh(lead).state == "queued"
    with desk.facts():
        assert Lead.objects.filter(subject=late).exists()


@pytest.fixture
def everything_is_drawn(settings: LazySettings) -> None:
    settings.REFERRAL_SAMPLE_PERMILLE = 1000


@pytest.mark.usefixtures("everything_is_drawn")
def test_a_drawn_referral_is_sent_by_a_second_person_only(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)
        assert (proposal.must_ask, proposal.approval_because) == (True, DRAWN)
        office = proposal.candidates[0]
        with pytest.raises(Conflict, match="Drawn by chance"):
            refer_lead(actor=desk.analyst, lead=lead, office=office, reason="", now=NOW)
        lead = ask_review(actor=desk.analyst, lead=lead, reason="Boston: newest address.", now=NOW)
    with acting_as(desk.supervisor):
        refer_lead(actor=desk.supervisor, lead=desk.fresh(lead), office=office, reason="", now=NOW)
        sample = QualitySample.objects.get(lead=lead)

    assert (sample.kind, sample.verdict, sample.rule_id, sample.reviewed_by) == ("referral", "agree", "overstay-dated", desk.supervisor)


def sent_back(desk: Desk, reason: str, *, finding_is_wrong: bool) -> None:
    """Six drawn referrals, each sent back."""
    for _ in range(6):
        lead = desk.opened(overstayer)
        with acting_as(desk.analyst):
            lead = ask_review(actor=desk.analyst, lead=lead, reason="Boston: newest address.", now=NOW)
        with acting_as(desk.supervisor):
            decline_review(actor=desk.supervisor, lead=desk.fresh(lead), reason=reason, finding_is_wrong=finding_is_wrong, now=NOW)


@pytest.mark.usefixtures("everything_is_drawn")
def test_what_is_wrong_with_an_address_says_nothing_against_the_rule(desk: Desk, settings: LazySettings) -> None:
    settings.DISAGREEMENT_STOP_PERCENT = 20
    sent_back(desk, "The address is a hotel.", finding_is_wrong=False)

    with acting_as(desk.service):
        assert stop_disputed_rules(actor=desk.service, now=NOW) == []
        assert set(QualitySample.objects.values_list("verdict", flat=True)) == {"agree"}


@pytest.mark.usefixtures("everything_is_drawn")
def test_disagreement_with_drawn_referrals_stops_the_rule(desk: Desk, settings: LazySettings) -> None:
    settings.DISAGREEMENT_STOP_PERCENT = 20
    sent_back(desk, "She had extended her stay.", finding_is_wrong=True)

    with acting_as(desk.service):
        stopped = stop_disputed_rules(actor=desk.service, now=NOW)
        again = stop_disputed_rules(actor=desk.service, now=NOW)

    assert [stop.rule_id for stop in stopped] == ["overstay-dated"]
    assert again == []
    assert book_now().stopped == {"overstay-dated"}
    with acting_as(desk.supervisor):
        lift_stop(actor=desk.supervisor, stop=stopped[0], reason="Hotels are known by now.", now=NOW + timedelta(minutes=1))
    with acting_as(desk.service):
        assert stop_disputed_rules(actor=desk.service, now=NOW + timedelta(minutes=2)) == []  # the same reviews do not count twice


class TestPages:
    @pytest.fixture
    def supervisor(self, desk: Desk) -> Client:
        return signed_in(desk.supervisor)

    def test_the_way_from_a_replay_to_a_version_in_force(self, desk: Desk, supervisor: Client) -> None:
        lead = desk.opened(lambda: seen_lately(desk))
        assert "Weights of presence" in supervisor.get("/rules/versions/").content.decode()
        asked = supervisor.post("/rules/versions/presence/1/replay/", {"known_on": "2026-11-23", "share": "1000"})
        address = asked["Location"]
        work_replays(actor=desk.service, now=NOW)

        page = supervisor.get(address).content.decode()
        assert lead.number in page
        assert "Propose this version" in page
        listed = supervisor.get(f"/queue/?tab=all&replay={address.rstrip('/').split('/')[-1]}").content.decode()
        assert lead.number in listed
        supervisor.post(f"{address}propose/")
        with desk.facts():
            promotion = Promotion.objects.get()
        mine = supervisor.post(f"/rules/promotions/{promotion.uuid}/")
        assert mine.status_code == 409
        other = signed_in(person("second.supervisor", "supervisor"))
        other.post(f"/rules/promotions/{promotion.uuid}/")

        assert book_now().presence.version == FIRST
        assert "Roll back" in supervisor.get("/rules/versions/").content.decode()

    def test_a_rule_is_stopped_and_the_rule_book_says_so(self, desk: Desk, supervisor: Client) -> None:
        supervisor.post("/rules/overstay-dated/stop/", {"reason": "The feed of September was wrong."})

        assert "Stopped on" in supervisor.get("/rules/").content.decode()
        supervisor.post("/rules/overstay-dated/stop/", {"reason": "Mended."})
        with desk.facts():
            assert RuleStop.objects.get().lifted_because == "Mended."

    def test_an_analyst_reads_and_does_not_promote(self, desk: Desk) -> None:
        analyst = signed_in(desk.analyst)
        assert analyst.get("/rules/versions/").status_code == 200
        assert analyst.post("/rules/versions/presence/1/replay/", {"known_on": "2026-11-23", "share": "1000"}).status_code in {403, 404}

    @pytest.mark.parametrize("address", ["/rules/versions/", "/rules/", "/quality/"])
    def test_the_pages_open(self, supervisor: Client, address: str) -> None:
        assert supervisor.get(address).status_code == 200


def test_a_group_shows_the_share_that_a_version_would_touch() -> None:
    tally = Tally(Counter(), Counter(), Counter())
    for number in range(40):
        change = VANISHES if number < 6 else SAME
        tally.add(change, [("sex", "M" if number < 30 else "F")], "", change)
    lines = {line.value: line for line in group_lines(tally)}

    assert (lines["M"].people, lines["M"].vanishes, lines["M"].vanishes_per_thousand) == (30, 6, 200)
    assert (lines["F"].vanishes_per_thousand, lines["F"].appears_per_thousand) == (0, 0)


def test_everybody_is_judged_again_also_whom_the_approving_supervisor_may_not_see(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        protect([lead.subject_id])
    desk.judge(lead.subject)

    with acting_as(desk.supervisor):
        assert not Subject.objects.filter(pk=lead.subject_id).exists()
        stop_rule(actor=desk.supervisor, rule_id="overstay-dated", because="The feed of September was wrong.", now=NOW)
    evaluate_touched(actor=desk.service, now=NOW + timedelta(minutes=1))

    assert any(sign.code == "rule_stopped_overstay-dated" for sign in look(desk, lead).picture.stop_signs)
    assert desk.fresh(lead).blocking_signs == 1
    assert mark_for_judgement(actor=desk.service, now=NOW) == 0  # once, not at every sweep


def look(desk: Desk, lead: Lead) -> Look:
    with desk.facts():
        return look_at(lead, NOW)


def test_only_the_service_that_sees_everybody_marks_them(desk: Desk) -> None:
    with acting_as(desk.supervisor), pytest.raises(Forbidden):
        mark_for_judgement(actor=desk.supervisor, now=NOW)


def test_marking_goes_on_where_a_killed_worker_left_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    leads = [desk.opened(overstayer) for _ in range(3)]
    monkeypatch.setattr(rejudging, "BATCH", 1)
    with desk.facts():
        asked = rejudging.judge_everybody_again(now=NOW)
        Rejudging.objects.filter(pk=asked.pk).update(last_subject=min(lead.subject_id or 0 for lead in leads))

    assert mark_for_judgement(actor=desk.service, now=NOW) == 2
