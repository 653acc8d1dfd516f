"""Why somebody searches for a person, when no claimed lead, referral or request says so by itself (design 7)."""

from __future__ import annotations

from django.db import models


class Purpose(models.TextChoices):
    """The closed list; the word stands in every event of the search."""

    VETTING = "vetting", "Routine vetting"
    RESEARCH = "research", "Research on a lead"
    OFFICER = "officer", "Inquiry of a field officer"
    REQUEST = "request", "Privacy Act or FOIA request"
    REVIEW = "review", "Quality review"
