from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what and why: events, encrypted payloads, the keys that open them."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
