from __future__ import annotations

from django.apps import AppConfig


class LeadTracConfig(AppConfig):
    """The composition root; no tables."""

    name = "leadtrac"

    def ready(self) -> None:
        """Register the deployment checks; hear what people change about their own accounts."""
        from leadtrac import checks  # noqa: F401  # registers itself
        from leadtrac.account_events import listen  # needs the library's models

        listen()
