"""Leads through the API: the queue, one lead with its judgement, and the acts of the desk. Referring stays with the page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from access.api import ACT_REFUSALS, CURSOR, READ_REFUSALS, DeskViewSet, cursor_of, given, next_page, who
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.api.answers import FilesSerializer, LeadDetailSerializer, QueuePageSerializer
from leads.api.bodies import CloseBody, HoldBody, NoteBody, ReasonBody, VersionBody
from leads.models import Lead
from leads.selectors.attachments import files_for
from leads.selectors.lead import lead_detail_for, lead_for
from leads.selectors.queue import QueueFilter, queue_for
from leads.services import triage
from leads.states import CloseReason
from leads.views.identifiers import masked_identifiers
from leads.views.people import name_purpose_of

NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH)
DONE = {200: LeadDetailSerializer, **ACT_REFUSALS}


def _text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description)


class LeadViewSet(DeskViewSet):
    """Leads that the signed-in person may see. An act answers with the lead as it then stands."""

    required_permission = Permission.VIEW_LEAD
    act_permissions = {
        "claim": Permission.CLAIM_LEAD,
        "release": Permission.CLAIM_LEAD,
        "note": Permission.WRITE_NOTE,
        "hold": Permission.DECIDE_LEAD,
        "unhold": Permission.DECIDE_LEAD,
        "close": Permission.DECIDE_LEAD,
        "reopen": Permission.DECIDE_LEAD,
    }
    queryset = Lead.objects.none()  # for the schema only; rows come from the selectors
    serializer_class = LeadDetailSerializer
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]+"

    @extend_schema(
        parameters=[
            CURSOR,
            _text("state", "A state of a lead, `cleared` or `closed`; empty: every open state."),
            _text("rule", "The id of a rule."),
            _text("risk", "high, medium or low."),
            _text("presence", "likely, possible or unlikely."),
            _text("clock", "overdue, today or week."),
            _text("office", "The code of an office."),
            _text("sort", "clock, risk or age."),
        ],
        responses={200: QueuePageSerializer, **READ_REFUSALS},
    )
    def list(self, request: Request) -> Response:
        """One page of leads, by key."""
        page = queue_for(who(request), QueueFilter.from_query(request.query_params), now=timezone.now(), cursor=cursor_of(request))
        record(Act.API_READ, object_kind="lead", results=[row.uuid for row in page.rows])
        return Response(QueuePageSerializer({"next": next_page(request, page.next_cursor), "results": page.rows}).data)

    @extend_schema(parameters=[NUMBER], responses={200: LeadDetailSerializer, **READ_REFUSALS})
    def retrieve(self, request: Request, number: str) -> Response:
        """One lead with its judgement."""
        user = who(request)
        detail = lead_detail_for(user, number, now=timezone.now())
        name_purpose_of(detail.lead)
        record(Act.API_READ, object_kind="lead", object_uuid=detail.lead.uuid, results=detail.named)
        shown = {
            "lead": detail.lead,
            "subject": detail.subject,
            "identifiers": masked_identifiers(user, detail.subject),
            "picture": detail.picture,
            "referrals": [referral.uuid for referral in detail.referrals],
        }
        return Response(LeadDetailSerializer(shown).data)

    @extend_schema(parameters=[NUMBER], responses={200: FilesSerializer, **READ_REFUSALS})
    @action(detail=True, methods=["get"], url_path="files")
    def attached(self, request: Request, number: str) -> Response:
        """The files of the lead, with the address of each one's content."""
        lead = lead_for(who(request), number)
        files = files_for(who(request), lead)
        record(Act.API_READ, object_kind="lead", object_uuid=lead.uuid, results=[each.uuid for each in files])
        shown = [{"file": each, "address": reverse("lead_file", args=[lead.number, each.uuid])} for each in files]
        return Response(FilesSerializer({"results": shown}).data)

    @extend_schema(parameters=[NUMBER], request=None, responses=DONE)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, number: str) -> Response:
        """Take the lead, or prolong one's own claim."""
        triage.claim_lead(actor=who(request), lead=lead_for(who(request), number), now=timezone.now())
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=None, responses=DONE)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, number: str) -> Response:
        """Give the lead back to the queue."""
        triage.release_lead(actor=who(request), lead=lead_for(who(request), number), now=timezone.now())
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=NoteBody, responses=DONE)
    @action(detail=True, methods=["post"], url_path="notes")
    def note(self, request: Request, number: str) -> Response:
        """Write a note, or a new version of one's own."""
        body = given(NoteBody, request)
        triage.write_note(actor=who(request), lead=lead_for(who(request), number), now=timezone.now(), **body)
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=HoldBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, number: str) -> Response:
        """Put the lead on hold until a day."""
        triage.hold_lead(actor=who(request), lead=lead_for(who(request), number), now=timezone.now(), **given(HoldBody, request))
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=VersionBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def unhold(self, request: Request, number: str) -> Response:
        """Take the lead off hold."""
        triage.unhold_lead(actor=who(request), lead=lead_for(who(request), number), now=timezone.now(), **given(VersionBody, request))
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=CloseBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, number: str) -> Response:
        """Close the lead with a reason from the list."""
        body = given(CloseBody, request)
        reason = body["reason"].strip() or str(CloseReason(body["close_reason"]).label)
        lead = lead_for(who(request), number)
        triage.close_lead(
            actor=who(request), lead=lead, close_reason=body["close_reason"], reason=reason, now=timezone.now(), version=body["version"]
        )
        return self.retrieve(request, number)

    @extend_schema(parameters=[NUMBER], request=ReasonBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str) -> Response:
        """Open a closed lead again."""
        triage.reopen_lead(actor=who(request), lead=lead_for(who(request), number), now=timezone.now(), **given(ReasonBody, request))
        return self.retrieve(request, number)
