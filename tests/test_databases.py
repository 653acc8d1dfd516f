"""The databases of the tests go with their tests."""

from __future__ import annotations

import os
import uuid

import psycopg
from psycopg import sql

from tests.databases import drop, owner_connection


def test_a_database_is_dropped_although_the_application_left_a_session_in_it() -> None:
    name = f"test_left_{uuid.uuid4().hex[:8]}"
    with owner_connection("postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        left = psycopg.connect(f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}")

        drop(admin, name)

        assert admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None
    left.close()
