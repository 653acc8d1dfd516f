"""A database for a benchmark: cloned from nothing but the migrations, dropped at the end."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from leadtrac import env
from leadtrac.reference import prepare


def owner_connection(name: str) -> psycopg.Connection[Any]:
    """A connection of the owner to database `name`, committing at once."""
    settings = env.database("DATABASE_OWNER_URL")
    return psycopg.connect(
        dbname=name, user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"], port=settings["PORT"], autocommit=True
    )


@contextmanager
def fresh_database() -> Iterator[str]:
    """Create, migrate and prepare a database, point Django's connection at it as the application role, drop it at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    original = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD")}
    owner = env.database("DATABASE_OWNER_URL")
    with owner_connection("postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        connection.close()
        connection.settings_dict.update(NAME=name, USER=owner["USER"], PASSWORD=owner["PASSWORD"])
        call_command("migrate", verbosity=0)
        prepare()
        connection.close()
        connection.settings_dict.update(USER=original["USER"], PASSWORD=original["PASSWORD"])
        yield name
    finally:
        connection.close()
        connection.settings_dict.update(original)
        with owner_connection("postgres") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", [name]
            )  # not WITH (FORCE), which the owner may not use while autovacuum is in there
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner for a while: for filling, and for yardsticks that know no row-level security."""
    mine = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    owner = env.database("DATABASE_OWNER_URL")
    connection.close()
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(mine)


def url_of(name: str, variable: str) -> str:
    """The address in `variable` with another database: what a worker process of a benchmark is given."""
    base, _, _ = os.environ[variable].rpartition("/")
    return f"{base}/{name}"
