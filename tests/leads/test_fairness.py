"""Rates are counted from outcomes, the report sets groups side by side, and what people are moves nothing."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from access.context import acting_as
from access.models import Office, User
from leads.models import Lead, MeasuredRate
from leads.selectors.fairness import REST, FairnessLine, FairnessTable, fairness_for
from leads.services.answer import accept_referral, report_outcome
from leads.services.deciding import close_lead
from leads.services.group_counts import count_groups
from leads.services.measuring import measure_rates
from leads.services.referral import refer_lead
from leadtrac.bench.client import signed_in
from subjects.models import NameFact, Subject
from subjects.services.protect import protect
from tests.factories.facts import NOW, a_subject, admitted, lives, told, works
from tests.factories.people import person
from tests.leads.conftest import Desk


def found(desk: Desk, code: str) -> Lead:
    """A lead that was referred to Boston, which reported what it found."""

    def here() -> Subject:
        subject = a_subject()
        admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
        lives(subject)
        return subject

    lead = desk.opened(here)
    with acting_as(desk.analyst):
        referral = refer_lead(actor=desk.analyst, lead=lead, office=Office.objects.get(code="HSI-BOS"), reason="", now=NOW)
    with acting_as(desk.boston):
        referral = accept_referral(actor=desk.boston, referral=referral, now=NOW)
        report_outcome(actor=desk.boston, referral=referral, code=code, occurred_on=NOW.date(), now=NOW + timedelta(hours=1))
    return lead


def counted(desk: Desk) -> None:
    with acting_as(desk.service):
        count_groups(actor=desk.service, now=NOW)


def test_a_band_says_what_was_measured_and_nothing_before(desk: Desk) -> None:
    lead = desk.opened(lambda: _overstayer("UNMEASURED"))
    before = signed_in(desk.analyst).get(f"/leads/{lead.number}/").content.decode()
    for code in ("arrested", "located", "not_located", "wrong_person"):
        found(desk, code)

    with acting_as(desk.service):
        counted = measure_rates(actor=desk.service, now=NOW + timedelta(hours=2))
        rate = MeasuredRate.objects.get(kind="presence", band="likely")

    assert "not yet measured" in before
    assert counted == 3  # another person's lead measures nothing
    assert (rate.hits, rate.sample) == (2, 3)
    after = signed_in(desk.analyst).get(f"/leads/{lead.number}/").content.decode()
    assert "of 1,000 like this, 667 were still here" in after


def test_measuring_again_replaces_the_figures(desk: Desk) -> None:
    found(desk, "arrested")
    with acting_as(desk.service):
        measure_rates(actor=desk.service, now=NOW)
        measure_rates(actor=desk.service, now=NOW)
        assert MeasuredRate.objects.get(kind="presence").sample == 1


def test_groups_stand_side_by_side_with_intervals(desk: Desk) -> None:
    for place in range(12):
        desk.opened(partial(_overstayer, f"PERSON {place}", citizenship="PRT"))
    small = desk.opened(lambda: _overstayer("ALONE", citizenship="AND"))
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=small, close_reason="data_error", reason="Wrong row.", now=NOW)
        assert {table.lines for table in fairness_for(desk.analyst)} == {()}, "nobody has counted yet"
    assert "Nobody has counted yet" in signed_in(desk.analyst).get("/rules/fairness/").content.decode()
    counted(desk)
    with acting_as(desk.analyst):
        tables = {table.title: table for table in fairness_for(desk.analyst)}

    lines = {line.value: line for line in tables["Citizenship"].lines}
    assert set(lines) == {"Portugal", REST}  # one person alone is not told apart
    assert (lines["Portugal"].people, lines["Portugal"].open, lines[REST].cleared) == (12, 12, 1)
    assert lines["Portugal"].open_words.startswith("100.0 % (")
    proxies = {title for title, table in tables.items() if table.proxy}
    assert proxies == {"Class of admission", "Port of arrival", "Carrier", "State of the newest home", "School or program"}
    page = signed_in(desk.analyst).get("/rules/fairness/").content.decode()
    assert "A possible proxy" in page
    assert "Counted on" in page


def test_what_lies_in_a_compartment_is_added_up_for_the_cleared_alone(desk: Desk) -> None:
    for place in range(11):
        desk.opened(partial(_overstayer, f"PERSON {place}", citizenship="PRT"))
    hidden = desk.opened(lambda: _overstayer("HIDDEN", citizenship="PRT"))
    assert hidden.subject is not None
    with acting_as(desk.service):
        protect([hidden.subject_id])
    desk.judge(hidden.subject)
    counted(desk)
    counted(desk)  # again: in the place of the earlier figures
    cleared = person("cleo.cleared", "analyst", cleared_for="protected-person")

    def portuguese(reader: User) -> tuple[int, int]:
        with acting_as(reader):
            (line,) = next(table for table in fairness_for(reader) if table.title == "Citizenship").lines
        return line.people, line.open

    assert (portuguese(desk.analyst), portuguese(cleared)) == ((11, 11), (12, 12))


def test_a_group_is_named_only_when_the_difference_is_beyond_chance() -> None:
    alike = FairnessTable("Sex", proxy=False, lines=(FairnessLine("F", 40, 10, 0, 0), FairnessLine("M", 40, 12, 0, 0)))
    apart = FairnessTable("Sex", proxy=False, lines=(FairnessLine("F", 400, 40, 0, 0), FairnessLine("M", 400, 160, 0, 0)))
    assert alike.apart == ()
    assert apart.apart == ("F", "M")


def test_what_a_person_is_moves_no_lead(desk: Desk) -> None:
    lead = desk.opened(lambda: _overstayer("SAMPLE"))
    assert lead.subject is not None
    before = (lead.presence, lead.risk_points, lead.evaluation_digest, lead.why, lead.state)
    with desk.facts():
        told(
            NameFact,
            lead.subject,
            "adis",
            family_name="ДРУГОЙ",
            given_name="李",
            sex="M",
            country_of_birth="IRN",
            citizenship_iso3="IRN",
        )
        Subject.objects.filter(pk=lead.subject_id).update(sex="M", citizenship="IRN")

    desk.judge(lead.subject)

    after = desk.fresh(lead)
    assert (after.presence, after.risk_points, after.evaluation_digest, after.why, after.state) == before


def _overstayer(family: str, **columns: Any) -> Subject:
    subject = a_subject(family, **columns)
    admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
    works(subject, date(2026, 8, 3))
    return subject
