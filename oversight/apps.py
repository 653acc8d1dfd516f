from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The desks of auditors and privacy officers."""

    name = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
