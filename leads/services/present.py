"""A lead as it stands at the moment of writing, whatever became of it since its page was read."""

from __future__ import annotations

from access.context import through_service
from access.selectors import service_actor
from foundation.errors import NotFound
from leads.models import Lead
from subjects.models import Subject


def present_lead(lead: Lead) -> Lead:
    """Lock the lead until the transaction ends and return it as it is, with its class.

    Between the reading of a page and a write the person may have become protected: what is written then takes the class of now,
    and a change of class waits for the write. The subject is locked first, in the order of the evaluation. Raises `NotFound`
    when the lead is out of the actor's sight by now.
    """
    with through_service(service_actor("leads")):
        if lead.subject_id is not None:
            Subject.objects.select_for_update(no_key=True).filter(pk=lead.subject_id).values_list("pk").first()
        Lead.objects.select_for_update(of=("self",), no_key=True).filter(pk=lead.pk).values_list("pk").first()
    found = Lead.objects.select_related("access_class", "subject").filter(pk=lead.pk).first()
    if found is None:
        raise NotFound
    return found
