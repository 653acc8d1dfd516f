from __future__ import annotations

from django.apps import AppConfig


class LeadTracConfig(AppConfig):
    """The composition root; no tables."""

    name = "leadtrac"

    def ready(self) -> None:
        """Register the deployment checks."""
        from leadtrac import checks  # noqa: F401  # registers itself
