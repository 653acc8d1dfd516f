from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Schedules, clocks, archive, dispositions."""

    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """New leads get their dates and their holds here; the lead page shows them; archived rows make nothing anew."""
        from foundation.registries import Birth, Panel, Suppressor, births, panels, suppressors
        from retention import checks  # noqa: F401  # registers on import, needs the app registry
        from retention.panels import retention_line
        from retention.services.clocks import start_clocks
        from retention.services.holds import hold_births
        from retention.services.upkeep import suppressed_rows

        births.register("retention clocks", Birth(born=start_clocks))
        births.register("live holds", Birth(born=hold_births))
        suppressors.register("archived and destroyed rows", Suppressor(among=suppressed_rows))
        panels.register("retention line", Panel(page="lead", slot="retention", template="retention/line.html", context=retention_line))
