from __future__ import annotations

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Errors, state tables, registries and formatting; no tables."""

    name = "foundation"
