from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Schedules, clocks, archive, dispositions."""

    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """New leads get their dates here; the lead page shows them."""
        from foundation.registries import Birth, Panel, births, panels
        from retention.panels import retention_line
        from retention.services.clocks import start_clocks

        births.register("retention clocks", Birth(born=start_clocks))
        panels.register("retention line", Panel(page="lead", slot="record", template="retention/line.html", context=retention_line))
