"""The test harness: as in production, the application role under row-level security.

A database is migrated and prepared once by the owner and cloned (`tests.databases`); tests connect as the application role.
Tests that need real commits (`world` fixture) run on a clone of their own.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.databases import cloned, template
from tests.pages import client_as  # noqa: F401  # a fixture for every test of a page


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a database: `make quick` leaves it out."""
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "django_db_setup"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def page_assets_by_their_own_names() -> None:
    """Pages render without collected files; the browser journeys use the hashed ones as in production."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": plain}
    django_settings.WHITENOISE_AUTOREFRESH = True  # else each test client reads the whole folder of collected files


@pytest.fixture(scope="session", autouse=True)
def files_of_leads_lie_in_a_folder_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests attach is not left beside the files of the machine."""
    django_settings.ATTACHMENT_DIR = tmp_path_factory.mktemp("attachments")


@pytest.fixture(scope="session")
def page_assets() -> str:
    """The folder of the collected page assets, as production serves them; collected once for all test processes."""
    folder = django_settings.STATIC_ROOT
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _assets_are_old(folder):
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], cwd=django_settings.BASE_DIR, check=True
            )
    return str(folder)


def _assets_are_old(folder: Path) -> bool:
    manifest = folder / "staticfiles.json"
    if not manifest.exists():
        return True
    newest = max(path.stat().st_mtime for path in (django_settings.BASE_DIR / "static").rglob("*") if path.is_file())
    return newest > manifest.stat().st_mtime


@pytest.fixture(scope="session", autouse=True)
def no_referral_is_drawn_by_chance() -> None:
    """Which referral goes to a second person is decided by a hash of random ids: the tests of drawing say so themselves."""
    django_settings.REFERRAL_SAMPLE_PERMILLE = 0
    os.environ["LEADTRAC_REFERRAL_SAMPLE_PERMILLE"] = "0"  # the sites of the journeys are processes of their own


@pytest.fixture(scope="session")
def prepared_template(django_test_environment: None, django_db_blocker: Any) -> str:
    """The migrated and prepared database from which every test database is cloned."""
    with django_db_blocker.unblock():
        return template()


@pytest.fixture(scope="session")
def django_db_setup(prepared_template: str, django_db_blocker: Any) -> Iterator[None]:
    """The database of the `db` tests of this process. Replaces pytest-django's fixture, which would migrate each time."""
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock(), cloned(prepared_template, name):
        yield


@pytest.fixture
def world(django_db_setup: None, prepared_template: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, with real commits; its name is the value."""
    with django_db_blocker.unblock(), cloned(prepared_template, f"test_world_{uuid.uuid4().hex[:12]}") as name:
        yield name


@pytest.fixture
def as_of() -> date:
    """The day on which most tests play."""
    return date(2026, 11, 22)
