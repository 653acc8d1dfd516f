"""Roles as readable classes: who holds one, what it may do, which access classes it sees.

`audiences` are the classes of rows a holder sees: `hq` (subjects, facts, leads, headquarters notes), `office` (referrals,
packets, outcomes, office notes), `records` (retention dates), `intake` (quarantined rows). `own_office` limits them to
the offices of the holder's memberships.
"""

from __future__ import annotations

from typing import ClassVar

from access.permissions import Permission as P


class Role:
    """A role of the house."""

    code: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    permissions: ClassVar[frozenset[P]]
    audiences: ClassVar[tuple[str, ...]] = ()
    own_office: ClassVar[bool] = False
    reads_audit: ClassVar[bool] = False


_DESK = frozenset(
    {
        P.VIEW_QUEUE,
        P.VIEW_LEAD,
        P.VIEW_SUBJECT,
        P.SEARCH_PERSON,
        P.VIEW_ORGANIZATION,
        P.JUDGE_IDENTITY,
        P.ENTER_CHECK,
        P.ADD_ASSOCIATE,
        P.CLAIM_LEAD,
        P.WRITE_NOTE,
        P.DECIDE_LEAD,
        P.OPEN_LEAD,
        P.REFER_LEAD,
        P.OVERRIDE_STOP_SIGN,
        P.REVEAL_IDENTIFIER,
        P.VIEW_REFERRAL,
        P.RECALL_REFERRAL,
        P.VIEW_EXTRACT,
        P.VIEW_RULE_BOOK,
        P.USE_BREAK_GLASS,
        P.EXPORT,
    }
)


class Analyst(Role):
    """Headquarters analyst of CTCEU or OAU."""

    code = "analyst"
    label = "Analyst"
    description = "Works the queue: claims leads, researches, decides, refers to a field office, closes with evidence."
    permissions = _DESK
    audiences = ("hq", "office", "records")


class Supervisor(Role):
    """Leads a team of analysts."""

    code = "supervisor"
    label = "Supervisor"
    description = "Assigns and balances work, approves what needs a second person, reviews samples, promotes rule versions."
    permissions = _DESK | {P.ASSIGN_LEAD, P.APPROVE_REFERRAL, P.REVIEW_SAMPLE, P.PROMOTE_RULE, P.WHO_LOOKED, P.TELL_OF_LEAVER}
    audiences = ("hq", "office", "records")


class FieldOfficer(Role):
    """Officer of an HSI or ERO field office."""

    code = "field_officer"
    label = "Field officer"
    description = "Sees what was referred to the own office and nothing else: accepts, returns, reports the outcome."
    permissions = frozenset({P.VIEW_REFERRAL, P.ANSWER_REFERRAL, P.REPORT_OUTCOME})
    audiences = ("office",)
    own_office = True


class FieldSupervisor(Role):
    """Supervises the officers of an HSI or ERO field office."""

    code = "field_supervisor"
    label = "Field supervisor"
    description = "The same for the own office, and assigns its referrals to its officers. Is told when nobody reads a recall."
    permissions = FieldOfficer.permissions | {P.ASSIGN_REFERRAL, P.TELL_OF_LEAVER}
    audiences = ("office",)
    own_office = True


class RecordsOfficer(Role):
    """Keeps the retention schedule."""

    code = "records_officer"
    label = "Records officer"
    description = "Schedules, holds, archive and destruction runs, certificates. Opens an archived record only with a reason."
    permissions = frozenset({P.VIEW_RETENTION, P.MANAGE_SCHEDULE, P.APPROVE_SCHEDULE, P.MANAGE_HOLD, P.MANAGE_DISPOSITION, P.OPEN_ARCHIVE})
    audiences = ("records",)


class PrivacyOfficer(Role):
    """Answers for the Privacy Act."""

    code = "privacy_officer"
    label = "Privacy officer"
    description = "Disclosure accounting, access and amendment requests, break-glass review, protected persons."
    permissions = frozenset(
        {
            P.VIEW_DISCLOSURE,
            P.RECORD_DISCLOSURE,
            P.HANDLE_REQUEST,
            P.PROTECT_PERSON,
            P.REVIEW_BREAK_GLASS,
            P.SEARCH_PERSON,
            P.VIEW_SUBJECT,
            P.VIEW_LEAD,
            P.WHO_LOOKED,
            P.VIEW_AUDIT,
        }
    )
    audiences = ("hq", "records")
    reads_audit = True


class Auditor(Role):
    """Checks who looked at what and why."""

    code = "auditor"
    label = "Auditor"
    description = "Reads the record of who looked at what and why, and verifies the sealed log. Own reads are on record too."
    permissions = frozenset({P.VIEW_AUDIT, P.WHO_LOOKED, P.VERIFY_LOG})
    reads_audit = True


class DataOperator(Role):
    """Runs the intake."""

    code = "data_operator"
    label = "Data operator"
    description = "Receives, previews, applies, replays and un-imports extracts; repairs quarantined rows."
    permissions = frozenset({P.VIEW_EXTRACT, P.HANDLE_EXTRACT})
    audiences = ("intake",)


class Administrator(Role):
    """Keeps the accounts."""

    code = "administrator"
    label = "Administrator"
    description = "Accounts, offices, roles. Sees no case content."
    permissions = frozenset({P.MANAGE_USER, P.GRANT_ROLE})


class Service(Role):
    """A named part of the system at work without a person."""

    code = "service"
    label = "Service"
    description = "The system itself: receives extracts, links facts, evaluates, computes dates. Never signs in."
    permissions = frozenset(P) - {P.MANAGE_USER, P.GRANT_ROLE, P.TELL_OF_LEAVER, P.APPROVE_SCHEDULE, P.APPROVE_REFERRAL}
    audiences = ("hq", "office", "records", "intake")


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        Analyst,
        Supervisor,
        FieldOfficer,
        FieldSupervisor,
        RecordsOfficer,
        PrivacyOfficer,
        Auditor,
        DataOperator,
        Administrator,
        Service,
    )
}
