from __future__ import annotations

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Rules, findings, leads, the queue, referrals, outcomes."""

    name = "leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Leads follow a merge and a split; grants on leads give sight."""
        from foundation.registries import (
            Errand,
            Follower,
            Foreseer,
            Grant,
            Panel,
            Stake,
            errands,
            followers,
            foreseers,
            grants,
            panels,
            stakes,
        )
        from leads.panels import leads_of_organization, leads_of_subject
        from leads.selectors.in_hand import errand_about_subject
        from leads.selectors.organization_signals import signals_of_organization
        from leads.selectors.stakes import RANKS, rank_of_leads
        from leads.services.foresight import foreseen
        from leads.services.merging import follow_subject, part_subjects

        followers.register("leads", Follower(follow=follow_subject, part=part_subjects))
        stakes.register("leads", Stake(rank=rank_of_leads, words=RANKS))
        errands.register("leads", Errand(about=errand_about_subject))
        foreseers.register("leads", Foreseer(figures=foreseen))
        grants.register("leads", Grant(table="leads_leadgrant", object_table="leads_lead"))
        panels.register("leads of a subject", Panel("subject", "leads", "leads/_of_record.html", leads_of_subject))
        panels.register("leads of an organization", Panel("organization", "leads", "leads/_of_record.html", leads_of_organization))
        panels.register("signals of an organization", Panel("organization", "leads", "leads/_signals.html", signals_of_organization))
