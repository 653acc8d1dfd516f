"""What an office arranges: who works on a referral, and another office that should have it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.permissions import Permission
from access.selectors import people_at
from leads.forms import GiveForm, TransferForm
from leads.selectors.referral import referral_for
from leads.services.office import assign_referral, hand_over_words, offices_to_transfer_to, transfer_referral
from leads.views.inbox import FORM_METHODS, form_page
from leads.views.people import who


@require_http_methods(FORM_METHODS)
@requires(Permission.ASSIGN_REFERRAL)
def referral_assign(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Give the referral to an officer of the office."""
    referral = referral_for(who(request), referral_uuid)
    people = people_at(referral.office, Permission.ANSWER_REFERRAL)
    form = GiveForm(request.POST or None, people=people, initial={"version": referral.version})

    def give(given: dict[str, Any]) -> str:
        assign_referral(actor=who(request), referral=referral, user=given["user"], now=timezone.now(), version=given["version"])
        return f"It is with {given['user'].label}."

    words = {"title": "Assign", "lede": "The officer finds it in the inbox under the own name.", "submit": "Assign"}
    return form_page(request, referral, form, words, give)


@require_http_methods(FORM_METHODS)
@requires(Permission.ANSWER_REFERRAL)
def referral_transfer(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Hand the referral to another office, with a packet addressed to it."""
    referral = referral_for(who(request), referral_uuid)
    now = timezone.now()
    offices = offices_to_transfer_to(referral, now)
    ero = hand_over_words(actor=who(request), referral=referral, now=now)
    form = TransferForm(request.POST or None, offices=offices, ero=ero, initial={"version": referral.version})

    def transfer(given: dict[str, Any]) -> str:
        transfer_referral(
            actor=who(request), referral=referral, office=given["office"], reason=given["reason"], now=now, version=given["version"]
        )
        return f"Transferred: {given['office'].name} has it now, with a packet of its own."

    lede = "Only while the packet still says what is known; otherwise return it, and the desk decides anew."
    words = {"title": "Transfer to another office", "lede": lede, "submit": "Transfer"}
    return form_page(request, referral, form, words, transfer)
