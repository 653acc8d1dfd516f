"""Every page, list, count, search, export, API answer and table against the oracle, for a drawn population; also after each revocation."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from access.context import acting_as
from access.models import Clearance, Membership, RoleGrant, User
from access.selectors import service_actor
from leads.models import Lead, LeadGrant
from subjects.services.protect import protect
from tests.access.oracle import PROTECTED, Held, Reader
from tests.access.population import Draw
from tests.access.surfaces import Surfaces
from tests.databases import owner_connection

SEEDS = (20261124, *range(7, 12))
SOME = 6  # readers of the short run; `make proof` asks all of them
ROUNDS = 3
AFTER_A_CHANGE = ("tables", "queue", "files", "referrals")


@pytest.fixture(autouse=True)
def long_pages(settings: LazySettings) -> None:
    settings.QUEUE_PAGE_ROWS = 200


@pytest.mark.check(32, 33)
@pytest.mark.parametrize(("seed", "readers"), [(SEEDS[0], SOME), *(pytest.param(seed, None, marks=pytest.mark.proof) for seed in SEEDS)])
def test_the_system_and_the_oracle_agree_on_every_surface(world: str, seed: int, readers: int | None) -> None:
    population = Draw(seed, world).everything()
    asked = random.Random(seed).sample(sorted(population.readers), readers or len(population.readers))  # noqa: S311  # a drawn world

    differing = [words for name in asked for words in Surfaces(population, name).disagreements()]

    assert differing == []
    seen = {name: len(population.leads_of(reader, timezone.now())) for name, reader in population.readers.items()}
    assert len(set(seen.values())) > 3, f"a population in which all see the same proves nothing: {seen}"


@pytest.mark.proof
@pytest.mark.check(37)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_taken_away_or_moved_is_gone_at_the_next_request(world: str, seed: int) -> None:
    """Changes drawn one after another; after each, the person concerned asks again on the same session."""
    draw = Draw(seed, world)
    population = draw.everything()
    drawn = random.Random(seed)  # noqa: S311  # a drawn world
    surfaces = {name: Surfaces(population, name) for name in population.readers}
    changes = Changes(draw, drawn)
    happened = []

    for kind in changes.kinds * ROUNDS:
        name, said = changes.one(kind)
        if said:
            happened.append(said)
            assert surfaces[name].disagreements(AFTER_A_CHANGE) == [], said

    assert len(set(happened)) == len(changes.kinds), happened
    assert [words for each in surfaces.values() if each.reader.active for words in each.disagreements(AFTER_A_CHANGE)] == []


class Changes:
    """Something is taken away, ends, is moved into a compartment, or an account is closed: in the database and in the oracle's records."""

    def __init__(self, draw: Draw, drawn: random.Random) -> None:
        self.draw = draw
        self.random = drawn
        self.kinds: tuple[Callable[[User, Reader], str], ...] = (
            self._take_role, self._end_role, self._leave_office, self._take_clearance, self._end_grants, self._hide_person, self._hide_lead,
        )  # fmt: skip

    def one(self, kind: Callable[[User, Reader], str]) -> tuple[str, str]:
        """Do it to the first reader, in a drawn order, to whom it can be done."""
        names = sorted(self.draw.population.readers)
        self.random.shuffle(names)
        for name in names:
            said = kind(User.objects.get(username=name), self.draw.population.readers[name])
            if said:
                return name, said
        return "", ""

    def _take(self, rows: list[Held]) -> Held | None:
        standing = [held for held in rows if held.holds(timezone.now())]
        return self.random.choice(standing) if standing else None

    def _take_role(self, user: User, reader: Reader) -> str:
        held = self._take(reader.roles)
        if held is None:
            return ""
        RoleGrant.objects.filter(user=user, role_id=held.what, revoked_at=None).update(revoked_at=timezone.now())
        held.revoked = True
        return "a role was taken away"

    def _end_role(self, user: User, reader: Reader) -> str:
        """The day comes: nobody writes anything, so the owner moves the end without the triggers that would tell the resolver."""
        held = self._take(reader.roles)
        if held is None or held.until is None:
            return ""
        held.until = timezone.now() - timedelta(seconds=1)
        with owner_connection(self.draw.database) as owner:
            owner.execute("ALTER TABLE access_rolegrant DISABLE TRIGGER USER")
            owner.execute(
                "UPDATE access_rolegrant SET until = %s WHERE user_id = %s AND role_id = %s AND revoked_at IS NULL",
                [held.until, user.pk, held.what],
            )
            owner.execute("ALTER TABLE access_rolegrant ENABLE TRIGGER USER")
            owner.execute("UPDATE access_usersight SET valid_until = %s WHERE user_id = %s", [held.until, user.pk])
        return "a role ended"

    def _leave_office(self, user: User, reader: Reader) -> str:
        held = self._take(reader.offices)
        if held is None:
            return ""
        Membership.objects.filter(user=user, office__code=held.what, revoked_at=None).update(revoked_at=timezone.now())
        held.revoked = True
        return "an office was left"

    def _take_clearance(self, user: User, reader: Reader) -> str:
        held = self._take(reader.clearances)
        if held is None:
            return ""
        Clearance.objects.filter(user=user, compartment__code=held.what, revoked_at=None).update(revoked_at=timezone.now())
        held.revoked = True
        return "a clearance was taken away"

    def _end_grants(self, user: User, reader: Reader) -> str:
        if not any(given.holds(timezone.now()) for given in reader.grants):
            return ""
        over = timezone.now() - timedelta(seconds=1)
        with acting_as(service_actor("leads")):
            LeadGrant.objects.filter(user=user).update(until=over)
        for given in reader.grants:
            given.until = over
        return "grants ended"

    def _hide_person(self, user: User, reader: Reader) -> str:
        seen = self.draw.population.people_of(reader, timezone.now())
        if not seen:
            return ""
        person = self.random.choice(seen)
        with acting_as(service_actor("subjects")):
            protect([person.pk])
        person.cls.compartments |= {PROTECTED}
        return "a person became protected"

    def _hide_lead(self, user: User, reader: Reader) -> str:
        """The nightly evaluation lets the leads of people who are protected by now follow them."""
        followed = [
            lead
            for lead in self.draw.population.leads.values()
            if not self.draw.population.people[lead.subject].cls.compartments <= lead.cls.compartments and lead.cls.phase == "live"
        ]
        if not followed:
            return ""
        with acting_as(service_actor("leads")), connection.cursor() as cursor:
            cursor.execute("SELECT leads_follow_subjects(%s)", [[lead.subject for lead in followed]])
        for lead in followed:
            lead.cls.compartments |= self.draw.population.people[lead.subject].cls.compartments
            for referral in lead.referrals:
                referral.cls.compartments |= lead.cls.compartments
        return "leads followed their people"


@pytest.mark.parametrize("seed", [20261124])
def test_a_closed_account_meets_nothing(world: str, seed: int) -> None:
    draw = Draw(seed, world)
    population = draw.everything()
    name = next(name for name, reader in population.readers.items() if population.leads_of(reader, timezone.now()) and reader.grants)
    reader = population.readers[name]
    surfaces = Surfaces(population, name)
    User.objects.filter(username=name).update(is_active=False)
    reader.active = False

    assert surfaces.disagreements(["tables"]) == []
    with acting_as(surfaces.user):
        assert Lead.objects.count() == 0
    assert surfaces.client.get("/queue/").status_code == 302
