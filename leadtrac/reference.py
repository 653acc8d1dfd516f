"""What must be in the database before anybody works; each app names its own part."""

from __future__ import annotations

from access.reference import prepare_access
from audit.reference import prepare_audit
from leads.reference import prepare_leads
from retention.reference import prepare_retention


def prepare() -> None:
    """Run every app's part, lowest first. Under the owner's connection only; safe to run again."""
    prepare_access()
    prepare_leads()
    prepare_retention()
    prepare_audit()  # last: it watches what the others have made
