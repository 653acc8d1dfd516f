"""Break-glass: two hours' sight of one lead for a reason, known to the privacy officers at once, reviewed by one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import Permission as DjangoPermission
from django.db import transaction

from access.context import through_service
from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from access.reference import PROTECTED
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import data_key, existing_keys
from audit.services import record
from foundation.calendar import add_business_days
from foundation.crypto import seal, unseal
from foundation.errors import Conflict, InvalidInput, NotFound
from leads.models import Lead, LeadGrant
from leads.numbers import normalize
from oversight.models import BreakGlass
from subjects.search.names import tokens

OPEN_FOR = timedelta(hours=2)
REVIEW_WORKING_DAYS = 1
NOTHING = "Nothing can be opened with this. Check the number, or ask your supervisor."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a lead number, or a name together with the case number of the older system."""

    number: str = ""
    name: str = ""
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class GlassLine:
    """One opening as the reviewer sees it; the words are empty when they ended with their record."""

    glass: BreakGlass
    who: str
    reason: str
    reviewer: str
    review: str
    overdue: bool
    open_now: bool


@transaction.atomic
def open_glass(*, actor: User, wanted: Wanted, reason: str, now: datetime) -> str:
    """Give `actor` sight of a lead for two hours from `now` (aware) and return its number; already in sight: nothing is opened.

    Raises `InvalidInput`, in the same words whether there is no such lead or it is of a protected person
    (8 USC 1367; 8 CFR 208.6).
    """
    require(actor, Permission.USE_BREAK_GLASS)
    if not reason.strip():
        raise InvalidInput("Say why you must see this record now.", field="reason")
    lead = _find(wanted)
    if lead is None:
        raise InvalidInput(NOTHING)
    if Lead.objects.filter(pk=lead.pk).exists():
        record(Act.PAGE, object_kind="lead", object_uuid=lead.uuid)
        return lead.number
    _grant(actor, lead, now)
    glass = _kept(actor, lead, reason.strip(), now)
    record(
        Act.BREAK_GLASS,
        object_kind="lead",
        object_uuid=lead.uuid,
        results=[glass.uuid],
        payload={"reason": reason.strip(), "until": glass.until.isoformat()},
        scope=lead.uuid,
    )
    return lead.number


def open_for(user: User, *, now: datetime) -> Sequence[BreakGlass]:
    """What the user holds open now, the last opened first."""
    return list(BreakGlass.objects.filter(user=user, until__gt=now).order_by("-opened_at"))


def openings_for(user: User, *, now: datetime) -> list[GlassLine]:
    """Every opening of others, those to be reviewed first, then the newest. Raises `Forbidden`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    found = BreakGlass.objects.exclude(user=user).select_related("user", "reviewed_by").order_by("verdict", "-opened_at")[:200]
    return _lines(list(found), now)


def opening_for(user: User, glass_uuid: UUID, *, now: datetime) -> GlassLine:
    """One opening of somebody else; raises `NotFound`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    glass = BreakGlass.objects.exclude(user=user).select_related("user", "reviewed_by").filter(uuid=glass_uuid).first()
    if glass is None:
        raise NotFound
    return _lines([glass], now)[0]


@transaction.atomic
def review_glass(*, actor: User, glass_uuid: UUID, verdict: str, words: str, now: datetime) -> None:
    """Say whether an opening was justified, and why. Raises `NotFound`, `InvalidInput`, `Conflict` when it was reviewed before."""
    line = opening_for(actor, glass_uuid, now=now)
    if verdict not in BreakGlass.Verdict.values:
        raise InvalidInput("Choose whether the access was justified.", field="verdict")
    if not words.strip():
        raise InvalidInput("Say what you found.", field="words")
    lead_uuid = line.glass.lead_uuid
    sealed = seal(data_key(lead_uuid, purpose="lead"), words.strip().encode(), line.glass.uuid.bytes)
    changed = BreakGlass.objects.filter(pk=line.glass.pk, verdict="").update(
        verdict=verdict, review_sealed=sealed, reviewed_by=actor, reviewed_at=now
    )
    if not changed:
        raise Conflict("Somebody has reviewed this access before you.")
    record(
        Act.BREAK_GLASS_REVIEWED,
        object_kind="break_glass",
        object_uuid=line.glass.uuid,
        results=[lead_uuid],
        payload={"verdict": verdict, "words": words.strip()},
        scope=lead_uuid,
    )


def _find(wanted: Wanted) -> Lead | None:
    """The lead that is meant, whoever may see it, unless it or its person is protected. The same questions whatever is found."""
    with through_service(service_actor("leads")):
        found = Lead.objects.select_related("access_class", "subject__access_class")
        if wanted.number:
            lead = found.filter(number=normalize(wanted.number)).first()
        else:
            lead = found.filter(legacy_number=wanted.case_number.strip()).exclude(legacy_number="").first()
            if lead is not None and not _is_called(lead, wanted.name):
                lead = None
        return None if lead is None or _is_protected(lead) else lead


def _is_called(lead: Lead, name: str) -> bool:
    asked = set(tokens(name))
    return bool(asked) and lead.subject is not None and asked <= set(lead.subject.name_key.split())


def _is_protected(lead: Lead) -> bool:
    protected = Compartment.objects.get(code=PROTECTED).pk
    classes = [lead.access_class, *([lead.subject.access_class] if lead.subject else [])]
    return any(protected in entry.compartments for entry in classes)


def _grant(actor: User, lead: Lead, now: datetime) -> None:
    permission = DjangoPermission.objects.get(content_type__app_label="leads", codename="view_lead")
    values = {"kind": "break_glass", "granted_by": actor, "reason": "break-glass", "granted_at": now, "until": now + OPEN_FOR}
    held = LeadGrant.objects.filter(user=actor, permission=permission, content_object_id=lead.pk)
    if not held.update(**values):  # an older opening of the same lead is over; `update_or_create` would ask for the hidden lead
        LeadGrant.objects.create(user=actor, permission=permission, content_object=lead, **values)


def _kept(actor: User, lead: Lead, reason: str, now: datetime) -> BreakGlass:
    glass = BreakGlass(
        user=actor,
        lead_uuid=lead.uuid,
        lead_number=lead.number,
        opened_at=now,
        until=now + OPEN_FOR,
        review_due_on=add_business_days(now.date(), REVIEW_WORKING_DAYS),
    )
    glass.reason_sealed = seal(data_key(lead.uuid, purpose="lead"), reason.encode(), glass.uuid.bytes)
    BreakGlass.objects.bulk_create([glass])
    return glass


def _lines(found: Sequence[BreakGlass], now: datetime) -> list[GlassLine]:
    keys = existing_keys([glass.lead_uuid for glass in found])
    return [
        GlassLine(
            glass=glass,
            who=glass.user.label,
            reason=_opened(glass, glass.reason_sealed, keys),
            reviewer=glass.reviewed_by.label if glass.reviewed_by else "",
            review=_opened(glass, glass.review_sealed, keys),
            overdue=not glass.verdict and glass.review_due_on < now.date(),
            open_now=glass.until > now,
        )
        for glass in found
    ]


def _opened(glass: BreakGlass, sealed: bytes | memoryview | None, keys: dict[UUID, bytes]) -> str:
    """Words in plain; empty where nothing was written, or the key was destroyed with the lead."""
    key = keys.get(glass.lead_uuid)
    return unseal(key, bytes(sealed), glass.uuid.bytes).decode() if sealed and key else ""
