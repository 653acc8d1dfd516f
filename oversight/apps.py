from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The desks of auditors and privacy officers."""

    name = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put who looked on the pages of leads and people; say whom a merge took into a compartment, and who keeps a person."""
        from foundation.registries import Follower, Keeper, Panel, followers, keepers, panels
        from oversight.panels import compartment_of, disclosures_of, who_looked_at_lead, who_looked_at_subject
        from oversight.selectors.keeping import disclosed_among, moved_among
        from oversight.services.after_split import ask_for_the_way_out, marks_of_a_merge

        followers.register("compartments", Follower(follow=marks_of_a_merge, part=ask_for_the_way_out))
        keepers.register("disclosed", Keeper("part of the record left the agency, and the accounting of it lasts", disclosed_among))
        keepers.register("compartment", Keeper("somebody moved the person into a compartment, or out of it", moved_among))
        panels.register("who looked at a lead", Panel("lead", "who_looked", "oversight/_looked.html", who_looked_at_lead))
        panels.register("compartment of a subject", Panel("subject", "actions", "oversight/_compartment_link.html", compartment_of))
        panels.register("disclosures of a subject", Panel("subject", "actions", "oversight/_disclosure_link.html", disclosures_of))
        panels.register("who looked at a subject", Panel("subject", "who_looked", "oversight/_looked.html", who_looked_at_subject))
