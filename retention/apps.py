from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Schedules, clocks, archive, dispositions."""

    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"
