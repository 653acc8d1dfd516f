"""What must exist before anybody works: role records, service actors, compartments, the context secret.

Run by `manage.py prepare` under the owner's connection, and by the test harness; safe to run again.
"""

from __future__ import annotations

from django.db import connection, transaction

from access.context import context_secret
from access.models import Compartment, RoleGrant, RoleRecord, User
from access.roles import ROLES

SERVICES = ("ingest", "subjects", "leads", "retention", "audit")
PROTECTED = "protected-person"


@transaction.atomic
def prepare_access() -> None:
    """Bring the database's copies of roles, service actors, compartments and the context secret up to date."""
    for role in ROLES.values():
        RoleRecord.objects.update_or_create(
            code=role.code,
            defaults={"audiences": list(role.audiences), "own_office": role.own_office, "reads_audit": role.reads_audit},
        )
    for name in SERVICES:
        user, made = User.objects.get_or_create(
            username=f"svc-{name}", defaults={"kind": User.Kind.SERVICE, "display_name": f"System ({name})"}
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        if not RoleGrant.objects.filter(user=user, role_id="service", revoked_at=None).exists():
            RoleGrant.objects.create(user=user, role_id="service", reason="named service actor")
    Compartment.objects.get_or_create(
        code=PROTECTED,
        defaults={"name": "Protected person", "authority": "8 USC 1367; 8 CFR 208.6"},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_context_secret (single, secret) VALUES (true, %s) "
            "ON CONFLICT (single) DO UPDATE SET secret = EXCLUDED.secret",
            [context_secret()],
        )
