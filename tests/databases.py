"""Test databases: one prepared template for each state of the migrations, cloned for whoever needs one.

Migrating takes half a minute, cloning a fifth of a second. The template's name carries a hash of everything that shapes it, so
a changed migration makes a new one, and two workers that start together make it once.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from leadtrac import env
from leadtrac.reference import prepare

SHAPING = (
    "*/migrations/*.py",
    "*/sql.py",
    "*/*_sql.py",
    "*/*/sql.py",
    "*/migration_operations.py",
    "*/reference.py",
    "retention/conditions.py",
    "*/roles.py",
    "leads/routing/data/*.csv",
)
DROP_TRIES = 12  # a minute in all
ONE_AT_A_TIME = 7_241_001  # advisory lock of whoever makes a template


def owner_connection(name: str) -> psycopg.Connection[Any]:
    """A connection of the owner to database `name`, committing at once: what tests count against."""
    owner = env.database("DATABASE_OWNER_URL")
    return psycopg.connect(
        dbname=name, user=owner["USER"], password=owner["PASSWORD"], host=owner["HOST"], port=owner["PORT"], autocommit=True
    )


def end_sessions(name: str) -> None:
    """End every session in database `name`, those too that a thread left behind: each role sees and ends its own alone."""
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTAIN_URL"):
        if variable not in os.environ:
            continue
        role = env.database(variable)
        with psycopg.connect(
            dbname="postgres", user=role["USER"], password=role["PASSWORD"], host=role["HOST"], port=role["PORT"], autocommit=True
        ) as own:
            own.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name]
            )


def drop(admin: psycopg.Connection[Any], name: str) -> None:
    """Drop a database whoever is connected; not WITH (FORCE), which the owner may not use while autovacuum is in there.

    PostgreSQL waits five seconds for what it cannot end (autovacuum that begins again on a large database), then refuses. From
    the first refusal on nobody may connect any more, so that what is left ends by itself.
    """
    for tries_left in reversed(range(DROP_TRIES)):
        end_sessions(name)
        try:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse:
            if not tries_left:
                raise
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        else:
            return


def log_in_as(variable: str) -> None:
    """Let Django's connection be that of DATABASE_URL or DATABASE_OWNER_URL."""
    role = env.database(variable)
    connection.close()
    for key in ("USER", "PASSWORD"):
        connection.settings_dict[key] = role[key]


def template_name() -> str:
    """The name under which the present state of migrations and reference data is kept."""
    digest = hashlib.sha256(importlib.metadata.version("django").encode() + Path(settings.CONTEXT_SECRET_FILE).read_bytes())
    root = Path(settings.BASE_DIR)
    for pattern in SHAPING:
        for path in sorted(root.glob(pattern)):
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return f"test_template_{digest.hexdigest()[:16]}"


def template() -> str:
    """Return the prepared template, made first when there is none."""
    name = template_name()
    with owner_connection("postgres") as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            _make(admin, name)
    return name


def _make(admin: psycopg.Connection[Any], name: str) -> None:
    unfinished = f"{name}_unfinished"  # renamed at the end: a killed run leaves no half template
    drop(admin, unfinished)
    admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    usual = connection.settings_dict["NAME"]
    log_in_as("DATABASE_OWNER_URL")
    connection.settings_dict["NAME"] = unfinished
    call_command("migrate", verbosity=0)
    prepare()
    connection.close()
    connection.settings_dict["NAME"] = usual
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name)))


@contextmanager
def cloned(source: str, name: str) -> Iterator[str]:
    """A copy of `source` called `name` (a new one), to which Django's connection points, as the application role; dropped at the end."""
    usual = connection.settings_dict["NAME"]
    with owner_connection("postgres") as admin:
        # Copying files takes a tenth of the time of writing every page through the log, which these servers do not need.
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(name), sql.Identifier(source)))
    with owner_connection(name) as owner:
        owner.execute("UPDATE retention_databasemark SET database = retention_this_database()")  # else it would count as restored
    log_in_as("DATABASE_URL")
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        with owner_connection("postgres") as admin:
            drop(admin, name)
