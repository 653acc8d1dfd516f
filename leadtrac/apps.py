from __future__ import annotations

from django.apps import AppConfig


class LeadTracConfig(AppConfig):
    """The composition root; no tables."""

    name = "leadtrac"
