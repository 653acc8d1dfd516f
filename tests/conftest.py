"""The test harness: as in production, the application role under row-level security.

Databases are created, migrated and prepared by the owner, then every connection is handed over to the application role.
Tests that need real commits (`world` fixture) run on a database of their own, cloned from the prepared one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql

from leadtrac import env
from leadtrac.reference import prepare
from tests.pages import client_as  # noqa: F401  # a fixture for every test of a page


def _log_in_as(variable: str) -> None:
    settings = env.database(variable)
    connection.close()
    for key in ("USER", "PASSWORD"):
        connection.settings_dict[key] = settings[key]


@pytest.fixture(scope="session", autouse=True)
def page_assets_by_their_own_names() -> None:
    """Pages render without collected files; the browser journeys use the hashed ones as in production."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": plain}


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The owner creates, migrates and prepares the test database, then hands over to the application role.

    Replaces pytest-django's fixture of this name, which creates nothing for tests that only clone (`world`).
    """
    with django_db_blocker.unblock():
        _log_in_as("DATABASE_OWNER_URL")
        configuration = setup_databases(verbosity=request.config.option.verbose, interactive=False, aliases={"default"})
        prepare()
        _log_in_as("DATABASE_URL")
    yield
    with django_db_blocker.unblock():
        _log_in_as("DATABASE_OWNER_URL")
        teardown_databases(configuration, verbosity=request.config.option.verbose)


def owner_connection(name: str) -> psycopg.Connection[Any]:
    """A connection of the owner to database `name`, committing at once: what tests count against."""
    settings = env.database("DATABASE_OWNER_URL")
    return psycopg.connect(
        dbname=name, user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"], port=settings["PORT"], autocommit=True
    )


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, with real commits; its name is the value."""
    template = connection.settings_dict["NAME"]
    name = f"{template}_{uuid.uuid4().hex[:8]}"
    connection.close()
    with owner_connection("postgres") as owner:
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    connection.settings_dict["NAME"] = name
    try:
        with django_db_blocker.unblock():
            yield name
            connection.close()
    finally:
        connection.settings_dict["NAME"] = template
        with owner_connection("postgres") as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def as_of() -> date:
    """The day on which most tests play."""
    return date(2026, 11, 22)
