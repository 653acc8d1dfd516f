"""The API under a flood of drawn requests, as each role (`make proof`)."""

from __future__ import annotations

import pytest
from schemathesis.generation import GenerationMode

from tests.leads.conftest import desk  # noqa: F401  # a fixture
from tests.leadtrac.test_api_roles import Api, api, fuzz, morning  # noqa: F401  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_many_drawn_requests_are_answered_as_the_schema_says(api: Api, mode: GenerationMode) -> None:  # noqa: F811
    fuzz(api, mode, examples=30)
