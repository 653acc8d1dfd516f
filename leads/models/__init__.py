"""Leads: findings, claims, decisions, referrals, outcomes."""

from leads.models.attachment import Attachment
from leads.models.book import MeasuredRate, Promotion, Rejudging, Replay, ReplayEffect, RuleStop
from leads.models.bulk import BulkItem, BulkRun
from leads.models.decision import Correction, Decision, StopSignOverride, Transition
from leads.models.desk import Absence, Capacity, LeadVisit, Notice, SavedView
from leads.models.draft import Draft
from leads.models.fairness import GroupCount
from leads.models.finding import Finding
from leads.models.grant import LeadGrant
from leads.models.lead import Lead
from leads.models.quality import QualitySample
from leads.models.referral import Outcome, Packet, RecallNotice, Referral
from leads.models.under_judgement import UnderJudgement
from leads.models.work import Claim, Note, SystemCheck, Wait

__all__ = (
    "Absence",
    "Attachment",
    "BulkItem",
    "BulkRun",
    "Capacity",
    "Claim",
    "Correction",
    "Decision",
    "Draft",
    "Finding",
    "GroupCount",
    "Lead",
    "LeadGrant",
    "LeadVisit",
    "MeasuredRate",
    "Note",
    "Notice",
    "Outcome",
    "Packet",
    "Promotion",
    "QualitySample",
    "RecallNotice",
    "Referral",
    "Rejudging",
    "Replay",
    "ReplayEffect",
    "RuleStop",
    "SavedView",
    "StopSignOverride",
    "SystemCheck",
    "Transition",
    "UnderJudgement",
    "Wait",
)
