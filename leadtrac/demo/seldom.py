"""What happens seldom, played once, so that no desk of the demonstration is empty: a leaver, a compartment, a broken glass, disclosures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from access.context import acting_as
from access.models import Compartment, Leaver, User
from access.selectors import service_actor
from access.services.compartments import make_compartment
from access.services.grants import clear_for
from access.services.leavers import tell_of_leaver
from audit.context import Work
from leads.models import Lead
from leads.states import LeadState
from oversight.selectors.disclosures import disclosures_for
from oversight.selectors.glass import openings_for
from oversight.services.compartments import move_in
from oversight.services.disclosures import record_disclosure
from oversight.services.glass import Wanted, open_glass
from subjects.models import Subject

SENSITIVE = "Sensitive investigation"
CLEARED = ("haddad", "quinn", "castellano")
RECENT = 200  # so many newest leads are passed over: the scripted ones stay as they are told of


def play_seldom(*, now: datetime) -> int:
    """Play what is missing up to `now` (aware), also after a start that was killed; returns how many acts were played."""
    return _leaver(now) + _compartment(now) + _glass(now) + _disclosures(now)


@contextmanager
def _at_desk(username: str, when: datetime, view: str) -> Iterator[User]:
    user = User.objects.get(username=username)
    with acting_as(user, Work(actor_id=user.pk, clock=when, view=view)):
        yield user


def _leaver(now: datetime) -> int:
    if Leaver.objects.exists():
        return 0
    when = now - timedelta(hours=5)
    with _at_desk("castellano", when, "leaver_new") as supervisor:
        tell_of_leaver(
            actor=supervisor,
            user=User.objects.get(username="mfano"),
            kind="changes",
            last_day=(now + timedelta(days=10)).date(),
            reason="Moves to the training unit: keeps reading, no longer decides",
            now=when,
        )
    return 1


def _compartment(now: datetime) -> int:
    """A compartment and who is cleared for it."""
    if Compartment.objects.filter(name=SENSITIVE).exists():
        return 0
    made = now - timedelta(days=4)
    with _at_desk("burke", made, "user_compartment_new") as administrator:
        words = "Ongoing investigation with a source whom mere reading would endanger"
        compartment = make_compartment(actor=administrator, name=SENSITIVE, authority="Order of the unit chief (fictional)", reason=words)
        for name in CLEARED:
            clear_for(actor=administrator, user=User.objects.get(username=name), compartment=compartment, reason="Answers for it")
    return 1 + len(CLEARED)


def _glass(now: datetime) -> int:
    """A person in the compartment, and an analyst who opens their lead and waits for the review."""
    compartment = Compartment.objects.get(name=SENSITIVE)
    with acting_as(service_actor("leads")):
        closed_off = Lead.objects.filter(access_class__compartments__contains=[compartment.pk]).first()
    lead = closed_off or _lead(state=LeadState.QUEUED)
    if lead is None:
        return 0
    acts = 0
    moved, opened = now - timedelta(days=3), now - timedelta(hours=20)
    with _at_desk("haddad", moved, "compartment_move") as privacy:
        if openings_for(privacy, now=moved).lines:
            return 0
        if closed_off is None:
            words = "The unit chief's order of that day"
            move_in(actor=privacy, subject=_person(lead), compartment=compartment, reason=words, now=moved)
            acts += 1
    with _at_desk("osei", opened, "break_glass") as analyst:
        words = "The duty officer asks whether the person is in danger; nobody who is cleared can be reached."
        open_glass(actor=analyst, wanted=Wanted(number=lead.number), reason=words, now=opened)
    return acts + 1


def _disclosures(now: datetime) -> int:
    """One to another agency, one to the public that a second privacy officer has not confirmed yet."""
    lead = _lead(state=LeadState.CLOSED)
    haddad = User.objects.get(username="haddad")
    with acting_as(haddad):
        known = {line.disclosure.basis for line in disclosures_for(haddad).lines}
    if lead is None:
        return 0
    each = (
        ("G", 20, "Name, class of admission, last address", "Investigation of a document mill", "State Police of Example"),
        ("N", 1, "That the case was closed", "Answer to a question of the press", "The Example Times"),
    )
    acts = 0
    for basis, days, nature, purpose, recipient in each:
        if basis in known:
            continue
        when = now - timedelta(days=days)
        with _at_desk("haddad", when, "disclosure_new") as privacy:
            record_disclosure(
                actor=privacy,
                subject=_person(lead),
                basis=basis,
                disclosed_on=when.date(),
                approved=basis == "N",
                words={"nature": nature, "purpose": purpose, "recipient": recipient, "address": "1 Example Plaza, Example"},
                now=when,
            )
        acts += 1
    return acts


def _person(lead: Lead) -> Subject:
    """The lead's person, as the one who acts sees them."""
    return Subject.objects.select_related("access_class").get(leads=lead)


def _lead(*, state: str) -> Lead | None:
    """A lead in that state that no scripted story is about, or None in a world too small."""
    with acting_as(service_actor("leads")):
        found = Lead.objects.filter(state=state, legacy_number="", access_class__compartments=[]).exclude(subject=None)
        newest = found.order_by("-pk")
        return newest[RECENT:].first() or newest.first()
