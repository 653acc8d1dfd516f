"""Addresses of the desk: they carry lead numbers and random ids only."""

from __future__ import annotations

from django.urls import path

from leads.views import acts, export, inbox, keys, lead, organizations, quality, queue, refer, referrals, rule_book, undo, waiting
from leads.views.page import TABS

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/new/", queue.queue_new_rows, name="queue_new_rows"),
    path("queue/export/<str:form>/", export.queue_export, name="queue_export"),
    path("queue/deal/", queue.queue_deal, name="queue_deal"),
    path("waiting/", waiting.waiting_list, name="waiting_list"),
    path("subjects/<uuid:subject_uuid>/open-lead/", waiting.subject_open_lead, name="subject_open_lead"),
    path("approvals/", refer.approval_queue, name="approval_queue"),
    path("undo/", undo.undo, name="undo"),
    path("keys/", keys.keys_switch, name="keys_switch"),
    path("rules/", rule_book.rule_book, name="rule_book"),
    path("leads/<str:number>/", lead.lead_page, name="lead_page"),
    *[path(f"leads/<str:number>/{tab}/", lead.lead_page, {"tab": tab}, name=f"lead_{tab}") for tab, _ in TABS],
    path("leads/<str:number>/decisions/<uuid:decision_uuid>/", lead.lead_decision, name="lead_decision"),
    path("leads/<str:number>/claim/", acts.lead_claim, name="lead_claim"),
    path("leads/<str:number>/release/", acts.lead_release, name="lead_release"),
    path("leads/<str:number>/note/", acts.lead_note, name="lead_note"),
    path("leads/<str:number>/hold/", acts.lead_hold, name="lead_hold"),
    path("leads/<str:number>/unhold/", acts.lead_unhold, name="lead_unhold"),
    path("leads/<str:number>/close/", acts.lead_close, name="lead_close"),
    path("leads/<str:number>/reopen/", acts.lead_reopen, name="lead_reopen"),
    path("leads/<str:number>/override/<str:key>/", acts.lead_override, name="lead_override"),
    path("leads/<str:number>/assign/", acts.lead_assign, name="lead_assign"),
    path("leads/<str:number>/refer/", refer.lead_refer, name="lead_refer"),
    path("leads/<str:number>/refer/send/", refer.lead_refer_send, name="lead_refer_send"),
    path("leads/<str:number>/decline/", refer.lead_decline, name="lead_decline"),
    path("organizations/<uuid:organization_uuid>/open-lead/", organizations.organization_open_lead, name="organization_open_lead"),
    path("quality/", quality.quality_list, name="quality_list"),
    path("quality/<uuid:sample_uuid>/", quality.quality_review, name="quality_review"),
    path("inbox/", inbox.office_inbox, name="office_inbox"),
    path("referrals/", referrals.referral_list, name="referral_list"),
    path("referrals/<uuid:referral_uuid>/", inbox.referral_page, name="referral_page"),
    path("referrals/<uuid:referral_uuid>/accept/", inbox.referral_accept, name="referral_accept"),
    path("referrals/<uuid:referral_uuid>/take/", inbox.referral_take, name="referral_take"),
    path("referrals/<uuid:referral_uuid>/return/", inbox.referral_return, name="referral_return"),
    path("referrals/<uuid:referral_uuid>/outcome/", inbox.referral_outcome, name="referral_outcome"),
    path("referrals/<uuid:referral_uuid>/acknowledge/", inbox.referral_acknowledge, name="referral_acknowledge"),
    path("referrals/<uuid:referral_uuid>/safe/", inbox.referral_safe, name="referral_safe"),
    path("referrals/<uuid:referral_uuid>/recall/", inbox.referral_recall, name="referral_recall"),
    path("packets/<uuid:packet_uuid>/", referrals.packet_status, name="packet_status"),
    path("referrals/<uuid:referral_uuid>/packet.pdf", referrals.packet_file, {"form": "pdf"}, name="packet_pdf"),
    path("referrals/<uuid:referral_uuid>/packet.json", referrals.packet_file, {"form": "json"}, name="packet_json"),
]
