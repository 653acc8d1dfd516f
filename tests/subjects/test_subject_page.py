"""The page of a person: who they are, what each source says, who may look."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from ingest.facts import IdentifierKind
from leads.models import Lead
from subjects.models import Associate, FilingFact, NameFact, Subject
from tests.factories import cases, drops
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def ana() -> Subject:
    with acting_as(service_actor("subjects")):
        adis = cases.extract("adis")
        ccd = cases.extract("ccd", as_of=date(2026, 11, 1))
        made = cases.subject("DOE EXAMPLE", "ANA", full_name_source_script="ДОУ Анна")
        cases.name(made, "DOE-EXAMPLE", "ANA MARIA", from_extract=ccd, date_of_birth=date(1991, 3, 3))
        cases.stay(made, from_extract=adis)
        cases.identifier(made, IdentifierKind.PASSPORT, "ZZ0004821", country="UTO", from_extract=adis)
        cases.home(made, from_extract=adis)
    return made


def page(client: Client, subject: Subject) -> Any:
    return client.get(reverse("subject_detail", args=[subject.uuid]))


@pytest.mark.check(27)
def test_the_page_says_who_the_person_is_and_masks_numbers(client_as: ClientAs, ana: Subject) -> None:
    text = words(page(client_as(person("ana.analyst", "analyst")), ana))

    assert "DOE EXAMPLE, Ana ДОУ Анна" in text
    assert "born 3 Mar 1991" in text
    assert "Portugal" in text
    assert "4821" in text
    assert "ZZ0004821" not in text


def test_sources_stand_side_by_side_and_say_whether_they_agree(client_as: ClientAs, ana: Subject) -> None:
    text = words(page(client_as(person("ana.analyst", "analyst")), ana))

    assert "DOE-EXAMPLE" in text
    assert "spelling" in text
    assert "None" not in text
    assert "Past the date admitted until" in text


def test_a_source_that_stopped_sending_is_stale_though_it_is_the_newest_that_speaks_of_the_person(client_as: ClientAs) -> None:
    today = timezone.now().date()
    with acting_as(service_actor("subjects")):
        silent, late = cases.extract("adis", as_of=today - timedelta(days=40)), cases.extract("ccd", as_of=today - timedelta(days=47))
        made = cases.subject("DOE EXAMPLE", "ANA")
        NameFact.objects.filter(subject=made).update(retracted_at=timezone.now())
        cases.stay(made, from_extract=silent)
        cases.name(made, "DOE EXAMPLE", "ANA", from_extract=late)
    client = client_as(person("ana.analyst", "analyst"))
    before = words(page(client, made))

    with acting_as(service_actor("subjects")):
        cases.extract("adis", as_of=today - timedelta(days=1))
    after = words(page(client, made))

    assert re.search(r"ADIS \S+ \S+ \S+ 40 days ago stale CCD \S+ \S+ \S+ 47 days ago stale", before)
    assert re.search(r"ADIS \S+ \S+ \S+ \S+ ok CCD \S+ \S+ \S+ 47 days ago stale", after)


def test_one_event_names_the_subject(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")

    page(client_as(analyst), ana)

    with acting_as(analyst):
        event = Event.objects.get(view="subject_detail")
    assert (event.act, event.object_uuid) == (Act.VIEW, ana.uuid)


def test_what_nobody_could_read_in_a_row_stands_on_the_person_the_fact_and_the_extract(
    client_as: ClientAs, tmp_path: Path, settings: Settings
) -> None:
    settings.DROP_DIR = tmp_path / "store"
    drops.load(tmp_path, [drops.overstay()])
    extract = drops.load(tmp_path, [drops.filing(status="rfe")], source="claims3")
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        filed = FilingFact.objects.select_related("subject").get()
    client = client_as(analyst)

    on_person = words(page(client, filed.subject))
    on_fact = words(client.get(reverse("fact_source", args=["filing", filed.uuid])))
    on_extract = words(client.get(reverse("extract_detail", args=[extract.uuid])))

    assert "CLAIMS 3: Status rfe is in no table" in on_person
    assert "Status rfe is in no table" in on_fact
    assert "Rows with a remark 1 that became facts" in on_extract


@pytest.mark.parametrize("role", ["field_officer", "administrator", "records_officer", "auditor", "data_operator"])
def test_for_other_roles_a_subject_looks_like_a_made_up_one(client_as: ClientAs, ana: Subject, role: str) -> None:
    client = client_as(person("olga", role, office=OfficeFactory.create(code="HSI-BOS")))

    real = page(client, ana)
    made_up = client.get(reverse("subject_detail", args=[uuid.uuid4()]))

    assert real.status_code == made_up.status_code == 404
    assert b"DOE EXAMPLE" not in real.content


def test_a_protected_person_is_not_found_without_the_clearance(client_as: ClientAs) -> None:
    with acting_as(service_actor("subjects")):
        hidden = cases.subject("HIDDEN", "JOAN", protected=True)

    assert page(client_as(person("ana.analyst", "analyst")), hidden).status_code == 404
    cleared = person("cleo", "analyst", cleared_for="protected-person")
    assert page(client_as(cleared), hidden).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_facts(client_as: ClientAs, ana: Subject) -> None:
    client = client_as(person("ana.analyst", "analyst"))
    page(client, ana)
    with counted_queries() as few:
        page(client, ana)
    with acting_as(service_actor("subjects")):
        source = cases.extract("adis")
        for number in range(20):
            cases.stay(ana, date(2020, 1, 1 + number), date(2020, 7, 1), from_extract=source)
            cases.student(ana, organization=cases.school(f"College {number}", code=f"SIM214F000{number:05d}"))
            cases.identifier(ana, IdentifierKind.I94, f"999000{number:03d}X4", from_extract=source)
    with counted_queries() as many:
        response = page(client, ana)

    assert response.status_code == 200
    assert len(many) == len(few)
    assert len(many) <= 45


def test_a_number_is_revealed_one_at_a_time_for_a_reason_on_record(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        number = ana.identifierfacts.get()
    client = client_as(analyst)
    address = reverse("identifier_reveal", args=[number.uuid])

    asked = client.post(address)
    refused = client.post(address, {"reason": ""})
    shown = client.post(address, {"reason": "compare with the visa file"})

    assert b"ZZ0004821" not in asked.content + refused.content
    assert refused.status_code == 422
    assert "ZZ0004821" in words(shown)
    with acting_as(analyst):
        event = Event.objects.get(act=Act.REVEAL)
        assert words_of(event) == {"reason": "compare with the visa file"}
    assert (event.object_uuid, event.result_uuids, event.field_names) == (ana.uuid, [number.uuid], ["passport"])
    assert (event.purpose_kind, event.purpose_uuid) == ("reason", None)


@pytest.mark.check(27)
def test_a_privacy_officer_sees_the_person_and_may_not_reveal(client_as: ClientAs, ana: Subject) -> None:
    officer = person("pia", "privacy_officer")
    with acting_as(officer):
        number = ana.identifierfacts.get()
    client = client_as(officer)

    assert "reveal" not in words(page(client, ana))
    assert client.post(reverse("identifier_reveal", args=[number.uuid]), {"reason": "look"}).status_code == 404


def test_a_value_leads_to_its_extract_and_line(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        source = cases.extract("adis")
        row = cases.source_row(source, "A,B,C", line=17)
        name = cases.name(ana, "DOE", "ANA", from_extract=source, source_row=row)
    client = client_as(person("ana.analyst", "analyst"))

    shown = client.get(reverse("fact_source", args=["name", name.uuid]))
    opened = client.post(reverse("fact_source", args=["name", name.uuid]), {"reason": "spelling"})

    text = words(shown)
    assert source.extract_id in text
    assert "Row 17" in text
    assert "22 Nov 2026" in text
    assert opened.status_code == 200
    assert "The row as its source wrote it" in words(opened)


def test_a_fact_of_a_made_up_kind_is_not_found(client_as: ClientAs, ana: Subject) -> None:
    response = client_as(person("ana.analyst", "analyst")).get(reverse("fact_source", args=["secret", uuid.uuid4()]))

    assert response.status_code == 404


def test_an_associate_is_added_by_hand_with_the_elements_of_the_notice(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    form = {"relation": "spouse", "family_name": "SAMPLE", "given_name": "JOAN", "contact": "+1-202-555-0143"}

    empty = client.post(reverse("associate_add", args=[ana.uuid]), {"relation": "spouse"})
    added = client.post(reverse("associate_add", args=[ana.uuid]), form)
    again = client.post(reverse("associate_add", args=[ana.uuid]), form)

    assert empty.status_code == 422
    assert added.status_code == 302
    assert again.status_code == 422
    assert "on the record already" in words(again)
    text = words(page(client, ana))
    assert "SAMPLE, Joan" in text
    assert f"entered by {analyst.label}" in text
    with acting_as(analyst):
        assert Associate.objects.get().access_class_id == ana.access_class_id
        assert Event.objects.filter(act=Act.ASSOCIATE_ADDED, object_uuid=ana.uuid).count() == 1


def an_associate(client: Client, ana: Subject, **elements: str) -> Associate:
    form = {"relation": "spouse", "family_name": "SAMPLE", "given_name": "JOAN", "identifying_number": "ZZ0009876"} | elements
    assert client.post(reverse("associate_add", args=[ana.uuid]), form).status_code == 302
    with acting_as(service_actor("subjects")):
        return Associate.objects.get(retracted_at=None)


def test_the_number_of_an_associate_is_revealed_for_a_reason_that_is_kept(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    associate = an_associate(client, ana)
    seen = client.get(reverse("associate_detail", args=[associate.uuid]))
    address = reverse("associate_reveal", args=[associate.uuid])

    without = client.post(address, {"reason": ""})
    shown = client.post(address, {"reason": "To tell two namesakes apart."})

    assert "ZZ0009876" not in words(seen) + words(without)
    assert without.status_code == 422
    assert "ZZ0009876" in words(shown)
    with acting_as(analyst):
        event = Event.objects.get(act=Act.REVEAL, object_uuid=ana.uuid)
        assert words_of(event) == {"reason": "To tell two namesakes apart."}


def test_an_associate_that_was_entered_wrongly_is_corrected_and_the_old_row_stays_known(client_as: ClientAs, ana: Subject) -> None:
    client = client_as(person("ana.analyst", "analyst"))
    associate = an_associate(client, ana)
    form = {"relation": "sibling", "family_name": "SAMPLE", "given_name": "JOANNA", "us_person": "yes"}

    assert client.post(reverse("associate_correct", args=[associate.uuid]), form).status_code == 302

    text = words(page(client, ana))
    assert "SAMPLE, Joanna" in text
    assert "citizen or permanent resident" in text
    with acting_as(service_actor("subjects")):
        made = Associate.objects.get(retracted_at=None)
        assert bytes(made.identifiers_sealed or b"") == bytes(associate.identifiers_sealed or b"")
        assert Associate.objects.exclude(retracted_at=None).get().given_name == "JOAN"
    assert client.get(reverse("associate_detail", args=[associate.uuid])).status_code == 404


def test_an_associate_goes_for_a_reason(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    associate = an_associate(client, ana)
    address = reverse("associate_remove", args=[associate.uuid])

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Another family."}).status_code == 302

    assert "SAMPLE" not in words(page(client, ana))
    with acting_as(analyst):
        assert Event.objects.filter(act=Act.ASSOCIATE_CHANGED, object_uuid=ana.uuid).count() == 1


def test_what_a_source_says_of_an_associate_is_corrected_there(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    associate = an_associate(client, ana)
    with acting_as(service_actor("subjects")):
        Associate.objects.update(source="sevis")

    refused = client.post(reverse("associate_remove", args=[associate.uuid]), {"reason": "Wrong."})

    assert refused.status_code == 422
    assert "corrected there" in words(refused)
    assert "corrected there" in words(client.get(reverse("associate_detail", args=[associate.uuid])))


def test_an_associate_is_linked_to_a_record_of_their_own_by_a_persons_word(client_as: ClientAs, ana: Subject) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    associate = an_associate(client, ana)
    with acting_as(service_actor("subjects")):
        joan = cases.subject("SAMPLE", "JOAN")
        cases.name(joan, "SAMPLE", "JOAN")
    address = reverse("associate_link", args=[associate.uuid])

    assert "SAMPLE, Joan" in words(client.get(address))
    assert client.post(address, {"record": str(ana.uuid), "reason": "Same."}).status_code == 422
    assert client.post(address, {"record": str(joan.uuid), "reason": "One address, one birthday."}).status_code == 302

    assert "own record" in words(page(client, ana))
    with acting_as(service_actor("subjects")):
        assert Associate.objects.get().linked_subject_id == joan.pk
    assert client.post(address, {"record": "nobody", "reason": "Another Joan."}).status_code == 302
    assert "own record" not in words(page(client, ana))


def test_addresses_stand_on_the_line_of_time(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        cases.home(ana, city="Boston", first_seen=date(2026, 4, 2), last_seen=date(2026, 9, 1))

    text = words(page(client_as(person("ana.analyst", "analyst")), ana))

    assert "Address in Boston (residence)" in text


def test_facts_are_listed_by_kind_and_source_and_carry_their_labels(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        cases.stay(ana)
        cases.name(ana, "DOE", "ANA", source="sevis")
    client, address = client_as(person("ana.analyst", "analyst")), reverse("subject_facts", args=[ana.uuid])

    def listed(**asked: str) -> str:
        return words(client.get(address, asked)).partition("What it says")[2]

    assert "admitted until: 10 Jul 2026" in listed()
    assert "Admission" in listed(kind="admission")
    assert "first and middle names: " in listed(kind="name")
    assert "admitted until" not in listed(kind="name")
    assert listed(kind="nonsense") == listed()
    assert "See all facts" in words(client.get(address, {"kind": "admission", "source": "sevis"}))


def test_a_taken_back_fact_does_not_stand(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        cases.name(ana, "WRONG", "NAME", retracted_at="2026-11-20T00:00:00Z")
        assert NameFact.objects.filter(family_name="WRONG").exists()

    assert "WRONG" not in words(page(client_as(person("ana.analyst", "analyst")), ana))


def test_the_page_of_all_facts_lists_each(client_as: ClientAs, ana: Subject) -> None:
    text = words(client_as(person("ana.analyst", "analyst")).get(reverse("subject_facts", args=[ana.uuid])))

    assert "5 facts stand" in text
    assert "14 Example St, Boston, MA" in text


def test_the_leads_of_the_person_stand_on_the_page(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("leads")):
        Lead.objects.create(
            number="L-7K4Q-92MD",
            access_class_id=ana.access_class_id,
            subject=ana,
            why="B2 over by 135 d; no exit",
            state_since=datetime(2026, 11, 22, tzinfo=UTC),
            record_created_on=date(2026, 11, 22),
        )

    text = words(page(client_as(person("ana.analyst", "analyst")), ana))

    assert "L-7K4Q-92MD B2 over by 135 d; no exit" in text
    assert "Who looked" not in text


def test_a_supervisor_finds_the_way_to_who_looked(client_as: ClientAs, ana: Subject) -> None:
    response = page(client_as(person("sue", "supervisor")), ana)

    assert reverse("audit_object", args=[ana.uuid]) in response.content.decode()


def test_dates_that_differ_only_in_the_order_of_day_and_month_are_said_so(client_as: ClientAs, ana: Subject) -> None:
    with acting_as(service_actor("subjects")):
        born = cases.subject("SAMPLE", "JOAN", date_of_birth=date(1987, 2, 4))
        cases.name(born, "SAMPLE", "JOAN", from_extract=cases.extract("ident"), date_of_birth=date(1987, 4, 2))

    assert "day and month swapped" in words(page(client_as(person("ana.analyst", "analyst")), born))
