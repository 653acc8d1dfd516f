"""The picture of a lead as it stands now: facts, judgement, and the stop signs that somebody passed by name."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from leads.judging import Judged, judge, sign_key
from leads.models import Finding, Lead, Referral, StopSignOverride
from leads.picture import Passed, Picture, picture_of
from leads.routing.areas import OfficeKind
from leads.routing.route import Route, route, route_place
from leads.rules.snapshot import Snapshot
from leads.rules.stop_signs import StopSign
from leads.rules.words import day
from leads.selectors.book import book_now
from leads.snapshots import snapshot_of, snapshots, sources_now
from leads.states import CLOSED_STATES


@dataclass(frozen=True, slots=True)
class Look:
    """A lead's judgement, and the picture made of it."""

    judged: Judged
    picture: Picture

    def says_what(self, referral: Referral) -> bool:
        """Whether what is known is still what the referral's packet says: verdict, address, names and numbers."""
        if self.picture.evaluation_digest != referral.evaluation_digest:
            return False
        return referral.reliance_digest in {"", self.judged.reliance}


def look_at(lead: Lead, now: datetime) -> Look:
    """Judge the lead's subject on what is known now; source ages count to the day of `now`.

    An organization's lead has no person to judge: its picture says why it was opened.
    """
    judged = judge(_snapshot(lead), on=now.date(), book=book_now(), led=_is_led(lead))
    return _look(lead, judged, _overrides([lead.pk]) if judged.blocking else [], now)


def look_at_many(leads: Sequence[Lead], now: datetime) -> dict[int, Look]:
    """The same for many leads, by id, with a fixed number of queries."""
    sources = sources_now()
    found = snapshots([lead.subject for lead in leads if lead.subject is not None], sources)
    overrides: dict[int, list[StopSignOverride]] = defaultdict(list)
    for row in _overrides([lead.pk for lead in leads]):
        overrides[row.lead_id].append(row)
    book = book_now()
    nobody = Snapshot(subject_ref="", sources=sources)
    judged = {lead.pk: judge(found.get(lead.subject_id or 0, nobody), on=now.date(), book=book, led=_is_led(lead)) for lead in leads}
    return {lead.pk: _look(lead, judged[lead.pk], overrides[lead.pk], now) for lead in leads}


def _look(lead: Lead, judged: Judged, overrides: Sequence[StopSignOverride], now: datetime) -> Look:
    picture = picture_of(judged, now.date(), _passed(judged, overrides))
    if lead.subject is None or not judged.evaluation.verdicts:
        picture = replace(picture, headline=lead.why or picture.headline)
    if lead.organization_id is not None:
        picture = replace(picture, evaluation_digest=_digest_of_signals(lead.organization_id))
    return Look(judged, picture)


def route_of(lead: Lead, look: Look, on: date, kind: OfficeKind = OfficeKind.HSI) -> Route:
    """Which office has the lead's place, and why: by the person's newest good address, or by the organization's own."""
    if lead.organization is None:
        return route(look.judged.snapshot.addresses, on, kind)
    of = lead.organization
    known = f", as of {day(of.as_of.date())}" if of.as_of else ""
    return route_place(of.state, of.postal_code, f"{of.get_kind_display()}'s own address{known}", on, kind)


def _is_led(lead: Lead) -> bool:
    return lead.subject is not None and lead.state not in CLOSED_STATES


def _snapshot(lead: Lead) -> Snapshot:
    if lead.subject is None:  # an organization's lead, or a person out of the reader's sight
        return Snapshot(subject_ref="", sources=sources_now())
    return snapshot_of(lead.subject)


def _digest_of_signals(organization_id: int) -> str:
    """What the signals of an organization say now: it changes when one begins or ends to speak, or says something else."""
    newest = Finding.objects.filter(organization_id=organization_id).order_by("rule_id", "-pk").distinct("rule_id")
    said = sorted(f"{each.rule_id} {each.evidence_digest}" for each in newest if each.holds)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def override_digest(judged: Judged, sign: StopSign) -> str:
    """What an override holds for: this evidence, and of a stale source this very age of its word."""
    if sign.code != "source_stale":
        return judged.seen
    return hashlib.sha256(f"{judged.seen} {_iso(sign.checked_on)}".encode()).hexdigest()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _overrides(lead_ids: Sequence[int]) -> list[StopSignOverride]:
    return list(StopSignOverride.objects.filter(lead_id__in=lead_ids).select_related("user"))


def _passed(judged: Judged, overrides: Sequence[StopSignOverride]) -> Mapping[str, Passed]:
    held = {(row.code, row.evaluation_digest): Passed(row.user.label, row.occurred_at) for row in overrides}
    wanted = {sign_key(sign): (sign_key(sign), override_digest(judged, sign)) for sign in judged.blocking}
    return {key: held[pair] for key, pair in wanted.items() if pair in held}
