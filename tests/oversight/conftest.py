"""Who reads, and who reviews what was read."""

from __future__ import annotations

import pytest

from access.models import User
from tests.factories.people import UserFactory, person


@pytest.fixture
def analyst() -> User:
    UserFactory.create(username="ana", display_name="Ana Osei")
    return person("ana", "analyst")


@pytest.fixture
def auditor() -> User:
    return person("otto.auditor", "auditor")


@pytest.fixture
def privacy() -> User:
    return person("paula.privacy", "privacy_officer")
