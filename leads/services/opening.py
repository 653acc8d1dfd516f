"""Opening a packet as a file: it holds the person's numbers in full."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import name_purpose
from audit.services import record
from foundation.errors import InvalidInput
from leads.packet.body import kinds_of_numbers
from leads.selectors.in_hand import errand_about_referral
from leads.selectors.referral import packet_json_for, packet_pdf_for

if TYPE_CHECKING:
    from access.models import User
    from leads.models import Referral


@transaction.atomic
def open_packet(*, actor: User, referral: Referral, form: str, reason: str = "", now: datetime) -> bytes:
    """Return the packet as `json` or `pdf`, exactly the bytes that were sealed.

    The office reads its own. To anybody else the numbers in it are a reveal: on record with their kinds, for the lead that the
    reader has claimed or for a `reason` (design 7). Raises `Forbidden`, `KeyDestroyed`, and `InvalidInput` without either.
    """
    packet = referral.packet
    said = packet_json_for(actor, packet.uuid)
    errand = errand_about_referral(actor, referral, now)
    if errand is not None:
        name_purpose(*errand)
    own = errand is not None and errand[0] == "referral"
    numbers = [] if own else kinds_of_numbers(json.loads(said))
    if numbers:
        require(actor, Permission.REVEAL_IDENTIFIER)
        if errand is None and not reason.strip():
            message = "Say why you need the whole numbers."
            raise InvalidInput(message, field="reason")
        if errand is None:
            name_purpose("reason")
        payload = {"reason": reason.strip()} if reason.strip() else None
        about = [referral.uuid, referral.lead_uuid]
        record(
            Act.REVEAL,
            object_kind="packet",
            object_uuid=packet.uuid,
            results=about,
            fields=numbers,
            payload=payload,
            scope=referral.lead_uuid,
        )
    record(Act.DOWNLOAD, object_kind="packet", object_uuid=packet.uuid, results=[referral.uuid, referral.lead_uuid], fields=[form])
    return said if form == "json" else packet_pdf_for(actor, packet.uuid)
