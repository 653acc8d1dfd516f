"""The one closed list of acts. An event names one of these; nothing else can be recorded."""

from __future__ import annotations

from django.db import models


class Act(models.TextChoices):
    """What was done, with the sentence that the auditor reads."""

    # looking
    LIST = "list", "looked at a list"
    VIEW = "view", "opened a record"
    SEARCH = "search", "searched"
    REVEAL = "reveal", "revealed an identifier"
    EXPORT = "export", "exported"
    PRINT = "print", "printed"
    DOWNLOAD = "download", "downloaded"
    PAGE = "page", "opened a page without case content"
    API_READ = "api_read", "read through the API"
    # refused
    DENIED = "denied", "was refused"
    # signing in
    NOTICE_ACCEPTED = "notice_accepted", "accepted the system-use notice"
    SIGNED_IN = "signed_in", "signed in"
    SIGN_IN_FAILED = "sign_in_failed", "failed to sign in"
    SIGNED_OUT = "signed_out", "signed out"
    SCREEN_LOCKED = "screen_locked", "was locked out after idle time, or locked the screen"
    SCREEN_UNLOCKED = "screen_unlocked", "unlocked the screen"
    ACCOUNT = "account", "changed an account setting"
    BREAK_GLASS = "break_glass", "opened a record by break-glass"
    BREAK_GLASS_REVIEWED = "break_glass_reviewed", "reviewed a break-glass access"
    # administration
    ROLE_GRANTED = "role_granted", "granted a role"
    ROLE_REVOKED = "role_revoked", "revoked a role"
    CLEARANCE_GRANTED = "clearance_granted", "granted a clearance"
    CLEARANCE_REVOKED = "clearance_revoked", "revoked a clearance"
    USER_CREATED = "user_created", "created an account"
    USER_CHANGED = "user_changed", "changed an account"
    SESSION_ENDED = "session_ended", "ended a session"
    # extracts
    EXTRACT_RECEIVED = "extract_received", "received an extract"
    EXTRACT_REFUSED = "extract_refused", "refused an extract"
    EXTRACT_STAGED = "extract_staged", "staged part of an extract"
    EXTRACT_PREVIEWED = "extract_previewed", "previewed an extract"
    EXTRACT_APPLIED = "extract_applied", "applied an extract"
    EXTRACT_UNIMPORTED = "extract_unimported", "un-imported an extract"
    ROW_REPLAYED = "row_replayed", "repaired and replayed a row"
    CHECK_ENTERED = "check_entered", "entered the result of a check"
    ROWS_EXPIRED = "rows_expired", "removed rows whose time was over"
    # subjects
    SUBJECTS_LINKED = "subjects_linked", "linked source rows to subjects"
    SUBJECT_JUDGED = "subject_judged", "judged an identity"
    SUBJECTS_MERGED = "subjects_merged", "merged subjects"
    SUBJECT_SPLIT = "subject_split", "split a subject"
    ASSOCIATE_ADDED = "associate_added", "added an associate"
    PROTECTED = "protected", "moved a record into a compartment"
    # leads
    SUBJECTS_EVALUATED = "subjects_evaluated", "re-evaluated subjects"
    LEAD_OPENED = "lead_opened", "opened a lead"
    LEAD_MOVED = "lead_moved", "moved a lead"
    LEAD_CLAIMED = "lead_claimed", "claimed a lead"
    LEAD_RELEASED = "lead_released", "released a lead"
    LEAD_ASSIGNED = "lead_assigned", "assigned a lead"
    NOTE_ADDED = "note_added", "wrote a note"
    ATTACHMENT_ADDED = "attachment_added", "attached a file"
    STOP_SIGN_OVERRIDDEN = "stop_sign_overridden", "overrode a stop sign"
    LEAD_REFERRED = "lead_referred", "referred a lead"
    REFERRAL_ANSWERED = "referral_answered", "answered a referral"
    REFERRAL_RECALLED = "referral_recalled", "recalled a referral"
    OFFICE_TOLD = "office_told", "wrote to people about a packet"
    OUTCOME_REPORTED = "outcome_reported", "reported an outcome"
    BULK = "bulk", "worked on many leads at once"
    RULE_PROMOTED = "rule_promoted", "promoted a rule version"
    SAMPLE_REVIEWED = "sample_reviewed", "reviewed a quality sample"
    PREFERENCE = "preference", "changed a personal setting"
    # disclosure and requests
    DISCLOSED = "disclosed", "disclosed outside the agency"
    REQUEST_OPENED = "request_opened", "opened a request"
    REQUEST_MOVED = "request_moved", "moved a request"
    # retention
    SCHEDULE_CHANGED = "schedule_changed", "changed a retention schedule"
    RETENTION_DATED = "retention_dated", "computed retention dates"
    HOLD_PLACED = "hold_placed", "placed a hold"
    HOLD_RELEASED = "hold_released", "released a hold"
    ARCHIVED = "archived", "archived records"
    ARCHIVE_OPENED = "archive_opened", "opened an archived record"
    DISPOSITION = "disposition", "worked on a disposition"
    DESTROYED = "destroyed", "destroyed records"
    LEGACY_MIGRATED = "legacy_migrated", "migrated legacy leads"
    # the log itself
    LOG_SEALED = "log_sealed", "sealed the log"
    LOG_VERIFIED = "log_verified", "verified the log"
    DEMONSTRATION = "demonstration", "prepared the demonstration"
