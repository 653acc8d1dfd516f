from __future__ import annotations

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    """People, facts about them, who is who."""

    name = "subjects"
    default_auto_field = "django.db.models.BigAutoField"
