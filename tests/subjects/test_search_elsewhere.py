"""People are found by what else the sources state: plates, numbers of events and visa records, addresses, employers, schools."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.source_rows import record_key
from subjects.models import EmploymentFact, EncounterFact, IdentityLink, Subject, VehicleFact
from subjects.search.selectors import find
from subjects.search.services import start_search
from subjects.search.terms import Terms
from tests.factories import cases
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Subject:
    with acting_as(service_actor("subjects")):
        made = cases.subject("DOE EXAMPLE", "ANA")
        cases.name(made, "DOE EXAMPLE", "ANA")
        cases.home(made, line="14 Example St", city="Boston")
        cases.fact(VehicleFact, made, plate="SIM0143", state="TX", source="tecs")
        cases.fact(EncounterFact, made, event_number="SND2608000123", kind="arrest", occurred_on=cases.AS_OF, source="eid")
        school, works = cases.school("Example College"), cases.school("Sample Works", code="")
        cases.student(made, organization=school)
        cases.fact(EmploymentFact, made, employer_name="Sample Works", organization=works, source="commercial")
        other = cases.subject("OTHER", "BEN")
        cases.name(other, "OTHER", "BEN")
        cases.home(other, line="14 Example Street", city="Chicago")
    return made


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"number": "SIM 0143"}, "vehicle plate"),
        ({"number": "snd2608000123"}, "number of an encounter"),
        ({"address": "14 example st, boston"}, "address"),
        ({"workplace": "example college"}, "school"),
        ({"workplace": "SIM214F00000012"}, "school"),
        ({"workplace": "works sample"}, "employer"),
    ],
)
def test_an_element_finds_the_person_and_is_the_reason(ana: Subject, terms: dict[str, str], reason: str) -> None:
    with acting_as(person("ana.analyst", "analyst")):
        (hit,) = find(Terms(**terms)).hits

    assert hit.subject == ana
    assert reason in hit.fit.reasons


@pytest.mark.parametrize("stored", ["ABC-123", "ABC 123", "ABC123", "A-BC123"])
@pytest.mark.parametrize("typed", ["abc123", "ABC-123", " abc  123 "])
def test_a_plate_is_found_however_it_is_written(ana: Subject, stored: str, typed: str) -> None:
    with acting_as(service_actor("subjects")):
        cases.fact(VehicleFact, ana, plate=stored, state="TX", source="commercial")
    with acting_as(person("ana.analyst", "analyst")):
        (hit,) = find(Terms(number=typed)).hits

    assert (hit.subject, hit.fit.reasons) == (ana, ("vehicle plate",))


def test_a_docket_is_found_in_the_letters_in_which_the_court_wrote_it(ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        cases.fact(EncounterFact, ana, event_number="1:26-cr-00123", kind="arrest", occurred_on=cases.AS_OF, source="public")
    with acting_as(person("ana.analyst", "analyst")):
        (hit,) = find(Terms(number="1:26-cr-00123")).hits

    assert (hit.subject, hit.fit.reasons) == (ana, ("number of an encounter",))


def test_an_address_alone_finds_all_who_are_known_there(ana: Subject) -> None:
    with acting_as(person("ana.analyst", "analyst")):
        assert len(find(Terms(address="14 Example")).hits) == 2
        assert find(Terms(address="14 Example", name="Ana Doe")).hits[0].subject == ana
        assert find(Terms(address="1 Example")).hits == ()


def test_a_visa_is_found_by_its_control_number(ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        IdentityLink.objects.create(
            subject=ana,
            access_class_id=ana.access_class_id,
            source="ccd",
            record_key=record_key("ccd", "20269990000123"),
            decision="new",
            resolver_version="x",
            decided_by=service_actor("subjects"),
            decided_at=timezone.now(),
        )
    with acting_as(person("ana.analyst", "analyst")):
        (hit,) = find(Terms(number="20269990000123")).hits

    assert hit.fit.reasons == ("visa control number",)


def test_none_of_it_tells_of_a_protected_person(ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        hidden = cases.subject("PROTECTED", "ANA", protected=True)
        cases.home(hidden, line="99 Hidden Road")
        cases.fact(VehicleFact, hidden, plate="SIM0999", state="TX", source="tecs")
    with acting_as(person("ana.analyst", "analyst")):
        assert find(Terms(address="99 Hidden")).hits == find(Terms(number="SIM0999")).hits == ()
    with acting_as(person("cleo", "analyst", cleared_for="protected-person")):
        assert len(find(Terms(address="99 Hidden")).hits) == len(find(Terms(number="SIM0999")).hits) == 1


def test_the_words_of_an_address_are_sealed(ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        search = start_search(actor=analyst, terms=Terms(address="14 Example"), purpose="vetting", now=timezone.now())

    assert b"Example" not in bytes(search.sealed)
