from __future__ import annotations

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Schools, programs, employers and their officials."""

    name = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
