from __future__ import annotations

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Rules, findings, leads, the queue, referrals, outcomes."""

    name = "leads"
    default_auto_field = "django.db.models.BigAutoField"
