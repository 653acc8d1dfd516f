"""How backups, restores and rewrites reach the database: by the owner's address as it was given."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from retention.services import postgres_programs
from retention.services.postgres_programs import owner_address, printed, run

VERIFIED = "postgresql://owner:p%2Fw@db.example:5433/elsewhere?sslmode=verify-full&sslrootcert=/ca.pem"


@pytest.fixture
def programs_tell_their_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_programs, "program", lambda name: "env")


def test_a_server_that_must_prove_itself_must_do_so_to_backups_too(settings: Any, programs_tell_their_environment: None) -> None:
    settings.DATABASE_OWNER_URL = VERIFIED

    told = set(run("pg_dump").decode().splitlines())

    assert {"PGHOST=db.example", "PGPORT=5433", "PGUSER=owner", "PGPASSWORD=p/w"} <= told
    assert {"PGSSLMODE=verify-full", "PGSSLROOTCERT=/ca.pem"} <= told
    assert f"PGDATABASE={connection.settings_dict['NAME']}" in told
    assert b"PGSSLMODE=verify-full" in b"".join(printed("pg_dump"))
    assert conninfo_to_dict(owner_address())["sslmode"] == "verify-full"


def test_a_server_on_a_socket_file_is_reached(settings: Any) -> None:
    settings.DATABASE_OWNER_URL = "postgresql://owner:pw@/elsewhere?host=/run/postgresql"

    address = conninfo_to_dict(owner_address())

    assert (address["host"], address["dbname"]) == ("/run/postgresql", connection.settings_dict["NAME"])
