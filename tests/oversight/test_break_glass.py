"""Break-glass: two hours' sight of one lead, known at once, reviewed by another; never of a protected person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import class_for, service_actor
from audit.models import Event
from foundation.errors import InvalidInput
from leads.models import Lead, LeadGrant
from oversight.models import BreakGlass
from oversight.selectors import glass as glass_selectors
from oversight.selectors.figures import glass_counts_for
from oversight.selectors.glass import openings_for
from oversight.services.glass import Wanted, open_glass, remind_of_reviews, review_glass
from subjects.models import NameFact, Subject
from tests.factories import cases
from tests.factories.people import person
from tests.pages import counted_queries, words

ClientAs = Callable[[User], Client]
pytestmark = pytest.mark.django_db
WHY = "A child is in danger and the duty officer asks."


@pytest.fixture
def analyst() -> User:
    return person("ana.analyst", "analyst")


@pytest.fixture
def privacy() -> User:
    return person("paula.privacy", "privacy_officer")


def closed_off(number: str = "L-7K4Q-92MD", *, protected: bool = False, legacy: str = "") -> Lead:
    """A lead in a compartment that no analyst of these tests is cleared for."""
    code = "protected-person" if protected else "special"
    compartment, _ = Compartment.objects.get_or_create(code=code, defaults={"name": "Special"})
    with acting_as(service_actor("leads")):
        class_id = class_for(audience="hq", compartments=[compartment.pk])
        subject = cases.subject("DOE EXAMPLE", "ANA")
        NameFact.objects.filter(subject=subject).update(access_class_id=class_id)
        Subject.objects.filter(pk=subject.pk).update(access_class_id=class_id)
        return Lead.objects.create(
            number=number,
            legacy_number=legacy,
            access_class_id=class_id,
            subject=subject,
            state_since=datetime(2026, 11, 22, tzinfo=UTC),
            record_created_on=date(2026, 11, 22),
        )


def sees(user: User) -> tuple[int, int, int]:
    with acting_as(user):
        return (Lead.objects.count(), Subject.objects.count(), NameFact.objects.count())


def test_missing_and_closed_records_show_the_same_page_with_the_same_form(client_as: ClientAs, analyst: User) -> None:
    lead = closed_off()
    client = client_as(analyst)

    closed, missing = client.get(reverse("lead_page", args=[lead.number])), client.get(reverse("lead_page", args=["L-0000-0000"]))

    assert (closed.status_code, missing.status_code) == (404, 404)
    assert "Break the glass" in words(closed)
    strip = lambda response: words(response).split("name this reference")[0]  # noqa: E731
    assert strip(closed) == strip(missing)


def test_those_who_may_not_break_the_glass_see_no_form(client_as: ClientAs, privacy: User) -> None:
    assert "Break the glass" not in words(client_as(privacy).get(reverse("lead_page", args=["L-0000-0000"])))
    assert client_as(privacy).get(reverse("break_glass")).status_code == 403


def test_the_glass_opens_the_lead_its_person_and_their_facts_and_a_banner_says_so(client_as: ClientAs, analyst: User) -> None:
    lead = closed_off()
    client = client_as(analyst)
    assert sees(analyst) == (0, 0, 0)

    posted = client.post(reverse("break_glass"), {"number": lead.number.lower(), "reason": WHY})
    page = client.get(posted.headers["Location"])

    assert page.status_code == 200
    assert "DOE EXAMPLE" in words(page)
    assert f"Lead {lead.number} is open to you until" in words(page)
    assert sees(analyst)[:2] == (1, 1)
    assert sees(analyst)[2] > 0
    assert "is open to you until" in words(client.get(reverse("queue")))
    with acting_as(analyst):
        look = Event.objects.filter(view="lead_page").latest("pk")
    assert (look.purpose_kind, look.purpose_uuid) == ("break_glass", lead.uuid)


def test_a_supervisor_who_broke_the_glass_gets_the_page_with_who_looked(client_as: ClientAs) -> None:
    supervisor, lead = person("sam.supervisor", "supervisor"), closed_off()
    with acting_as(supervisor):
        open_glass(actor=supervisor, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())

    page = client_as(supervisor).get(reverse("lead_page", args=[lead.number]), {"tab": "looked"})

    assert page.status_code == 200
    assert "Who looked" in words(page)


def test_after_two_hours_it_is_closed_again(analyst: User) -> None:
    lead = closed_off()
    long_ago = timezone.now() - timedelta(hours=2, seconds=1)
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=long_ago)

    assert sees(analyst) == (0, 0, 0)
    with acting_as(analyst):
        assert BreakGlass.objects.get().until == long_ago + timedelta(hours=2)


def test_it_can_be_opened_again_for_a_new_reason(analyst: User) -> None:
    lead = closed_off()
    for hours in (5, 0):
        with acting_as(analyst):
            open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now() - timedelta(hours=hours))

    assert sees(analyst)[0] == 1
    with acting_as(analyst):
        assert (BreakGlass.objects.count(), LeadGrant.objects.count()) == (2, 1)


def test_only_the_one_lead_is_opened(analyst: User) -> None:
    lead = closed_off()
    closed_off("L-OTHE-R000")
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())

    assert sees(analyst)[:2] == (1, 1)


def test_a_name_with_the_case_number_of_the_older_system_opens_too(analyst: User) -> None:
    lead = closed_off(legacy="LTS-0042")

    with acting_as(analyst):
        for wrong in (
            Wanted(name="Smith", case_number="LTS-0042"),
            Wanted(name="Doe", case_number="LTS-0043"),
            Wanted(name="", case_number="LTS-0042"),
        ):
            with pytest.raises(InvalidInput):
                open_glass(actor=analyst, wanted=wrong, reason=WHY, now=timezone.now())
        assert (
            open_glass(actor=analyst, wanted=Wanted(name="ana doe", case_number="LTS-0042"), reason=WHY, now=timezone.now()) == lead.number
        )


def test_a_protected_person_looks_like_a_made_up_number_and_is_never_opened(client_as: ClientAs, analyst: User) -> None:
    lead = closed_off("L-9X9X-9X9X", protected=True)
    client = client_as(analyst)

    protected = client.post(reverse("break_glass"), {"number": lead.number, "reason": WHY})
    made_up = client.post(reverse("break_glass"), {"number": "L-0000-0000", "reason": WHY})

    assert (protected.status_code, made_up.status_code) == (422, 422)
    assert words(protected) == words(made_up)
    assert sees(analyst) == (0, 0, 0)
    with acting_as(analyst):
        assert Event.objects.filter(act="break_glass", allowed=False).count() == 2


def test_a_lead_that_becomes_protected_while_the_glass_is_open_is_gone(analyst: User) -> None:
    lead = closed_off()
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())
    protected = Compartment.objects.get(code="protected-person")
    with acting_as(service_actor("subjects")):
        class_id = class_for(audience="hq", compartments=[protected.pk])
        Subject.objects.filter(pk=lead.subject_id).update(access_class_id=class_id)

    assert sees(analyst)[:2] == (0, 0)


def test_one_protected_fact_of_an_open_person_stays_hidden(analyst: User) -> None:
    lead = closed_off()
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())
    assert sees(analyst)[2] > 0
    protected = Compartment.objects.get(code="protected-person")
    with acting_as(service_actor("subjects")):
        NameFact.objects.filter(subject_id=lead.subject_id).update(access_class_id=class_for(audience="hq", compartments=[protected.pk]))

    assert sees(analyst) == (1, 1, 0)


def test_a_lead_in_sight_is_simply_shown_and_nothing_is_opened(client_as: ClientAs, analyst: User) -> None:
    lead = closed_off()
    person("ana.analyst", "analyst", cleared_for="special")

    posted = client_as(analyst).post(reverse("break_glass"), {"number": lead.number, "reason": WHY})

    assert posted.headers["Location"] == reverse("lead_page", args=[lead.number])
    with acting_as(analyst):
        assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("missing", ["reason", "number"])
def test_a_reason_and_a_record_must_be_named(client_as: ClientAs, analyst: User, missing: str) -> None:
    asked = {"number": "L-7K4Q-92MD", "reason": WHY, missing: ""}

    assert client_as(analyst).post(reverse("break_glass"), asked).status_code == 422


def test_privacy_officers_see_it_at_once_and_one_of_them_reviews_it(client_as: ClientAs, analyst: User, privacy: User) -> None:
    lead = closed_off()
    client_as(analyst).post(reverse("break_glass"), {"number": lead.number, "reason": WHY})
    client = client_as(privacy)

    listed = words(client.get(reverse("break_glass_list")))
    with acting_as(privacy):
        glass = BreakGlass.objects.get()
    address = reverse("break_glass_review", args=[glass.uuid])
    assert "1 to review" in listed
    assert WHY in listed
    assert WHY in words(client.get(address))
    client.post(address, {"verdict": "not_justified", "words": "The duty officer knew nothing of it."})

    text = words(client.get(address))
    assert "not justified" in text
    assert "The duty officer knew nothing of it." in text
    assert "Nothing to review." in words(client.get(reverse("break_glass_list")))
    with acting_as(privacy):
        assert Event.objects.filter(act="break_glass_reviewed", actor_id=privacy.pk, object_uuid=glass.uuid).count() == 1


def test_the_review_shows_the_pages_of_the_lead_and_of_its_person_that_were_opened(
    client_as: ClientAs, analyst: User, privacy: User
) -> None:
    lead = closed_off()
    client = client_as(analyst)
    client.get(reverse("queue"))
    client.post(reverse("break_glass"), {"number": lead.number, "reason": WHY})
    client.get(reverse("lead_page", args=[lead.number]))
    client.get(reverse("subject_facts", args=[lead.subject.uuid]))
    with acting_as(privacy):
        (line,) = openings_for(privacy, now=timezone.now()).lines
    cleared = person("cleo.privacy", "privacy_officer", cleared_for="special")

    shown, bare = (words(client_as(each).get(reverse("break_glass_review", args=[line.glass.uuid]))) for each in (cleared, privacy))

    looked = shown.partition("What was looked at while it was open")[2]
    assert "opened a record lead" in looked
    assert "opened a record subject" in looked
    assert "looked at a list" not in looked
    assert "opened a record" in bare, "that it happened; not at whom, to an officer who is not cleared"
    assert "opened a record subject" in bare


def test_the_privacy_officers_are_told_at_once_by_mail_and_by_a_number_on_every_page(
    client_as: ClientAs, analyst: User, privacy: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    User.objects.filter(pk=privacy.pk).update(email="paula@desk.example")
    lead, client = closed_off(), client_as(privacy)
    counted = 'Break-glass <span class="desk-nav__count">1</span>'
    assert counted not in client.get(reverse("figures")).content.decode()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # pytest-django's fixture is a context manager
        client_as(analyst).post(reverse("break_glass"), {"number": lead.number, "reason": WHY})

    (written,) = mail.outbox
    assert written.to == ["paula@desk.example"]
    assert reverse("break_glass_list") in str(written.body)
    assert not {lead.number, "Ana", WHY} & set(f"{written.subject} {written.body}".split()), "a mail has no content"
    assert counted in client.get(reverse("figures")).content.decode()


def test_an_overdue_review_is_remembered_until_it_is_done(
    analyst: User, privacy: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    User.objects.filter(pk=privacy.pk).update(email="paula@desk.example")
    lead, service, opened = closed_off(), service_actor("audit"), timezone.now() - timedelta(days=8)
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=opened)

    def reminded(now: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True), acting_as(service):  # type: ignore[attr-defined]  # as above
            return remind_of_reviews(actor=service, now=now)

    assert (reminded(opened), len(mail.outbox)) == (0, 0)
    assert (reminded(timezone.now()), len(mail.outbox)) == (1, 1)
    with acting_as(privacy):
        (line,) = openings_for(privacy, now=timezone.now()).lines
        review_glass(actor=privacy, glass_uuid=line.glass.uuid, verdict="justified", words="It was so.", now=timezone.now())
    assert (reminded(timezone.now()), len(mail.outbox)) == (0, 1)


def test_the_first_due_comes_first_and_the_list_goes_on_by_key(
    client_as: ClientAs, analyst: User, privacy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glass_selectors, "PAGE_ROWS", 2)
    numbers = ["L-7K4Q-92MD", "L-7K4Q-92MF", "L-7K4Q-92MG"]
    for days, number in zip((9, 30, 2), numbers, strict=True):
        lead = closed_off(number)
        with acting_as(analyst):
            open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now() - timedelta(days=days))
    client = client_as(privacy)

    first = client.get(reverse("break_glass_list"))
    onward = first.content.decode().split("after=")[1].split('"')[0]
    second = client.get(reverse("break_glass_list"), {"after": onward})

    shown = [re.findall(r"L-7K4Q-92M.", words(each)) for each in (first, second)]
    assert shown == [[numbers[1], numbers[0]], [numbers[2]]]
    assert "3 to review" in words(first)
    with acting_as(privacy):
        counts = glass_counts_for(privacy, now=timezone.now())
    assert (counts["overdue"] + counts["to review"], counts["justified"]) == (3, 0)


def test_the_review_is_due_one_working_day_later_and_says_when_it_is_late(analyst: User, privacy: User) -> None:
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)
    lead = closed_off()
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=friday)

    with acting_as(privacy):
        on_monday = openings_for(privacy, now=datetime(2026, 11, 23, 23, tzinfo=UTC)).lines[0]
        on_tuesday = openings_for(privacy, now=datetime(2026, 11, 24, 6, tzinfo=UTC)).lines[0]

    assert on_monday.glass.review_due_on == date(2026, 11, 23)
    assert (on_monday.overdue, on_tuesday.overdue) == (False, True)


def test_an_evening_at_headquarters_belongs_to_its_own_day(analyst: User, privacy: User) -> None:
    thursday_evening = datetime(2026, 11, 20, 2, tzinfo=UTC)  # nine in the evening in New York
    lead = closed_off()
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=thursday_evening)

    with acting_as(privacy):
        on_friday_evening = openings_for(privacy, now=datetime(2026, 11, 21, 2, tzinfo=UTC)).lines[0]

    assert (on_friday_evening.glass.review_due_on, on_friday_evening.overdue) == (date(2026, 11, 20), False)


@pytest.mark.check(34)
def test_nobody_reviews_an_access_of_their_own(analyst: User) -> None:
    both = person("ana.analyst", "privacy_officer")
    lead = closed_off()
    with acting_as(both):
        open_glass(actor=both, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())
        assert openings_for(both, now=timezone.now()).lines == ()
        assert BreakGlass.objects.update(verdict="justified") == 0


def test_colleagues_do_not_see_who_broke_the_glass(analyst: User) -> None:
    lead = closed_off()
    with acting_as(analyst):
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=WHY, now=timezone.now())

    with acting_as(person("bo", "analyst")):
        assert not BreakGlass.objects.exists()
    with pytest.raises(DatabaseError), acting_as(analyst), transaction.atomic():
        BreakGlass.objects.all().delete()


def test_the_list_asks_for_its_keys_once(client_as: ClientAs, analyst: User, privacy: User) -> None:
    client = client_as(privacy)

    def asked() -> int:
        with counted_queries() as queries:
            assert client.get(reverse("break_glass_list")).status_code == 200
        return len(queries)

    asked()  # what is asked once a process
    counted = []
    for number in ("L-7K4Q-92MD", "L-7K4Q-92MF"):
        closed_off(number)
        with acting_as(analyst):
            open_glass(actor=analyst, wanted=Wanted(number=number), reason=WHY, now=timezone.now())
        counted.append(asked())

    assert counted[0] == counted[1]
