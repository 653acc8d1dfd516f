"""The data map: what becomes of every table, file and message when a record is destroyed. It drives nothing by itself; the
removal finds its tables in the catalog, and a test compares the two: a table, field or folder that stands nowhere fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from retention.removal.contents import lead_branches, organization_branches, subject_branches


class Fate(StrEnum):
    """What happens when the lead is disposed of."""

    LEAD = "sealed and removed with its lead"
    SUBJECT = "sealed and removed with the subject's last lead; of a subject without one, erased when nobody needs it (ADR 33)"
    ORGANIZATION = "removed when no lead names the organization any more"
    DESTROYED = "destroyed with the archived record"
    OWN_CLOCK = "has a life of its own, shorter than any lead's"
    NO_CONTENT = "holds nothing about a person of the records"
    STAFF = "about colleagues, not about the people of the records"


@dataclass(frozen=True, slots=True)
class Place:
    """One table or folder with its fate and, in a sentence, why."""

    name: str
    fate: Fate
    why: str = ""


OTHER_TABLES = (
    Place("ingest_sourcerow", Fate.SUBJECT, "the raw row goes with the last fact that it made; in the buffer it expires"),
    Place("ingest_bufferkey", Fate.OWN_CLOCK, "goes when its row leaves the buffer"),
    Place("subjects_nametoken", Fate.SUBJECT, "words that no name holds any longer are forgotten in the same transaction"),
    Place("retention_retentionclock", Fate.LEAD, "the package keeps the dates"),
    Place(
        "audit_datakey",
        Fate.DESTROYED,
        "the keys of the lead and its package go first, those of its subject with the last record about the subject",
    ),
    Place(
        "audit_payload",
        Fate.DESTROYED,
        "words under the lead's or person's own scope; those about no single record end with the key of their day (AUDIT_WORDS_DAYS)",
    ),
    Place("retention_archivepackage", Fate.DESTROYED),
    Place("retention_archivefile", Fate.DESTROYED),
    Place("retention_archiveidentifier", Fate.DESTROYED),
    Place("retention_archiveopening", Fate.DESTROYED, "the reason is sealed under the lead's key; who opened it, and when, stays"),
    Place("retention_hold", Fate.OWN_CLOCK, "the reason is sealed under the hold's own key; it stays as long as the hold must be proved"),
    Place("retention_suppression", Fate.OWN_CLOCK, "a keyed hash of a row, never of a person; ends after SUPPRESSION_YEARS"),
    Place("ingest_quarantinedrow", Fate.OWN_CLOCK, "QUARANTINE_DAYS"),
    Place("ingest_previewedrow", Fate.OWN_CLOCK, "until its extract is applied or previewed anew, at most QUARANTINE_DAYS"),
    Place("subjects_personsearch", Fate.OWN_CLOCK, "a few hours"),
    Place("django_session", Fate.OWN_CLOCK, "12 hours; holds no case content"),
    Place("leads_savedview", Fate.STAFF, "filters of the queue: closed lists, never a name or number of a person"),
    Place("leads_capacity", Fate.STAFF),
    Place("leads_absence", Fate.STAFF),
    Place("leads_bulkrun", Fate.OWN_CLOCK, "what was ordered; its reason is forgotten after UNDO_DAYS, each lead's history keeps its own"),
    Place("oversight_disclosure", Fate.OWN_CLOCK, "five years, or the life of the record if that is longer; under keys of its own"),
    Place("oversight_compartmentmove", Fate.DESTROYED, "its words have the person's own key; who moved and who agreed stays"),
    Place("oversight_breakglass", Fate.OWN_CLOCK, "two hours of sight; the reason belongs to the review"),
    *[
        Place(name, Fate.NO_CONTENT, why)
        for name, why in {
            "audit_event": "skeletons with opaque ids and commitments: the log stays whole, and verifies",
            "audit_change": "names of tables, numbers of rows",
            "audit_untold": "ids of changes",
            "audit_leaf": "hashes of the sealed log",
            "audit_unsealed": "ids of events that wait for their seal",
            "audit_checkpoint": "signed sizes and roots",
            "ingest_extract": "figures of a drop",
            "ingest_extractpart": "line numbers and counts",
            "retention_schedule": "public",
            "retention_holdlead": "opaque ids and numbers of leads",
            "retention_disposition": "who signed what when",
            "retention_dispositionitem": "opaque ids and numbers of leads",
            "retention_forgettingnight": "how many people went and are kept, and why",
            "retention_certificate": "opaque ids, counts, people who signed",
            "retention_extension": "opaque ids and authorities",
            "retention_tombstone": "that a record was destroyed",
            "retention_databasemark": "which database this is",
            "retention_tablerewrite": "sizes of tables",
            "retention_registerentry": "locations, no content",
            "retention_schedulereview": "findings on schedules",
            "retention_restatement": "how far dating anew has come",
            "retention_unauthorizeddestruction": "which records, without content",
            "leads_measuredrate": "counts of outcomes by band",
            "leads_groupcount": "counts of people and leads by group, made anew every night",
            "leads_replay": "which version was judged beside which, and counts",
            "leads_rejudging": "that everybody is judged again, and how far that has come",
            "leads_underjudgement": "who is being judged at the moment, or could not be: ids only",
            "leads_promotion": "which version is in force, who signed",
            "leads_rulestop": "which rule is stopped, who said so",
            "access_accessclass": "markings",
            "access_compartment": "markings",
            "access_rolerecord": "roles",
            "access_context_secret": "a secret of the application",
            "auth_group": "unused",
            "auth_group_permissions": "unused",
            "auth_permission": "names of permissions",
            "django_content_type": "names of tables",
            "django_migrations": "names of migrations",
            "guardian_groupobjectpermission": "unused: grants are tables of their own",
            "guardian_userobjectpermission": "unused: grants are tables of their own",
        }.items()
    ],
    Place("oversight_unusualreading", Fate.STAFF, "days of a colleague's looks; the reviewer's words have a key of the year"),
    *[
        Place(name, Fate.STAFF)
        for name in (
            "access_office",
            "access_user",
            "access_user_groups",
            "access_user_user_permissions",
            "access_rolegrant",
            "access_membership",
            "access_clearance",
            "access_leaver",
            "access_usersight",
            "account_emailaddress",
            "account_emailconfirmation",
            "mfa_authenticator",
            "socialaccount_socialaccount",
            "socialaccount_socialapp",
            "socialaccount_socialapp_sites",
            "socialaccount_socialtoken",
            "usersessions_usersession",
        )
    ],
)

# settings that name a folder or a service where something is kept
PLACES = (
    Place("ARCHIVE_DIR", Fate.DESTROYED, "one encrypted file a record, removed last"),
    Place("ATTACHMENT_DIR", Fate.LEAD, "one file an attachment, sealed under its lead's key; the package holds the content"),
    Place("DROP_DIR", Fate.OWN_CLOCK, "DROP_FILE_DAYS; UNUSED_DROP_DAYS if never applied; parts are sealed under the extract's key"),
    Place("CHECKPOINT_DIR", Fate.NO_CONTENT, "checkpoints of the log and the ledger of destruction: opaque ids"),
    Place("SECOND_CHECKPOINT_DIR", Fate.NO_CONTENT, "the same again"),
    Place("REDIS_URL", Fate.OWN_CLOCK, "cache and queue: arguments are names of service actors, never data"),
    Place("LOG_PATHS", Fate.NO_CONTENT, "log lines: nothing that somebody typed, no value of a row"),
    Place("STATIC_ROOT", Fate.NO_CONTENT, "page assets"),
    Place("KEY_ENCRYPTION_KEY_FILE", Fate.NO_CONTENT, "a key"),
    Place("INDEX_KEY_FILE", Fate.NO_CONTENT, "a key"),
    Place("CONTEXT_SECRET_FILE", Fate.NO_CONTENT, "a key"),
    Place("LOG_KEY_FILE", Fate.NO_CONTENT, "a key"),
    Place("PDF_FONTS_DIR", Fate.NO_CONTENT, "fonts"),
)


@lru_cache(maxsize=1)
def tables() -> dict[str, Place]:
    """Every table with its fate: those that removal finds through the models, and the listed others."""
    found = {branch.table: Place(branch.table, Fate.LEAD) for branch in lead_branches()}
    for branch in subject_branches():
        found.setdefault(branch.table, Place(branch.table, Fate.SUBJECT))
    for branch in organization_branches():
        found.setdefault(branch.table, Place(branch.table, Fate.ORGANIZATION))
    for place in OTHER_TABLES:
        found.setdefault(place.name, place)
    return found
