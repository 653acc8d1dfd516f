from __future__ import annotations

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Sources, extracts, the airlock, source rows."""

    name = "ingest"
    default_auto_field = "django.db.models.BigAutoField"
