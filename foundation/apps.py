from __future__ import annotations

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Errors, state tables, registries and formatting; no tables."""

    name = "foundation"

    def ready(self) -> None:
        """Give forms the words of the desk."""
        from foundation.forms import speak_plainly  # the registry of apps is ready now

        speak_plainly()
