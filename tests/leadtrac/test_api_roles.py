"""The API as each role: with real ids a 2xx for what the role may, 403 or 404 for the rest, never a 5xx, answers as the schema says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import schemathesis
import time_machine
import yaml
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as budget
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from access.context import acting_as
from access.models import Office, User
from access.permissions import Permission
from access.roles import ROLES
from leads.models import Lead, Referral
from leads.services.answer import accept_referral
from leads.services.deciding import close_lead, hold_lead
from leads.services.referral import propose_referral, recall_referral, refer_lead
from leads.services.triage import claim_lead
from leadtrac.bench.client import signed_in
from tests.factories import cases
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.leads.conftest import Desk, desk  # noqa: F401  # a fixture
from tests.leads.views.conftest import visitor

pytestmark = pytest.mark.django_db

PEOPLE = [role for role in ROLES if role != "service"]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ACTS = {  # how the records must stand for an act, and what it is sent
    "claim": {},
    "release": {},
    "note": {"text": "Called the school."},
    "hold": {"reason": "A filing is pending.", "until": "2026-12-01"},
    "unhold": {},
    "close": {"close_reason": "departed"},
    "reopen": {"reason": "He was seen again."},
    "accept": {},
    "take": {},
    "acknowledge": {},
    "safe": {},
    "send_back": {"return_reason": "better_address", "words": "Nobody of that name."},
    "outcome": {"code": "departed", "occurred_on": "2026-11-22"},
    "transfer": {"office": "HSI-ATL", "reason": "She moved."},
    "recall": {"reason": "Another person."},
    "search": {"name": "DOE EXAMPLE", "purpose": "vetting"},
}


@dataclass
class Api:
    """The schema, real records, and the people who ask."""

    schema: Any
    desk: Desk
    lead: Lead
    referral: Referral
    ids: dict[str, str]
    users: dict[str, User]
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def operations(self) -> list[Any]:
        return [found.ok() for found in self.schema.get_all_operations()]

    def send(self, case: Any, role: str) -> Any:
        """The answer to a signed-in person of the role; nothing of it stays."""
        headers = {"X-CSRFToken": "a" * 32}
        with transaction.atomic():
            response = case.call(cookies=self.cookies[role], headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)
        return response

    def real(self, operation: Any) -> dict[str, str]:
        """The ids that the operation's address asks for."""
        kind = operation.path.split("/")[3]
        return {name: self.ids[kind] for name in ("number", "uuid") if f"{{{name}}}" in operation.path}


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def api(desk: Desk) -> Iterator[Api]:  # noqa: F811
    """One lead in the queue, one with an office, an organization with an official, the extracts of the day."""
    lead, sent = desk.opened(visitor), desk.opened(lambda: visitor(1))
    with desk.facts():
        school = cases.school()
        cases.official(school)
        extract = cases.extract()
    with acting_as(desk.analyst):
        digest = propose_referral(user=desk.analyst, lead=sent, now=timezone.now()).digest
        boston = Office.objects.get(code="HSI-BOS")
        referral = refer_lead(actor=desk.analyst, lead=sent, office=boston, reason="", now=timezone.now(), digest=digest)
    assert lead.subject is not None
    ids = {
        "leads": lead.number,
        "referrals": str(referral.uuid),
        "subjects": str(lead.subject.uuid),
        "organizations": str(school.uuid),
        "extracts": str(extract.uuid),
    }
    known = {
        "analyst": desk.analyst,
        "supervisor": desk.supervisor,
        "field_officer": desk.boston,
        "field_supervisor": person("fay", "field_supervisor", office=Office.objects.get(code="HSI-BOS")),
        "data_operator": desk.operator,
    }
    users = {role: known.get(role) or person(f"some.{role}", role) for role in PEOPLE}
    session, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    cookies = {role: {session: signed_in(user).cookies[session].value, csrf: "a" * 32} for role, user in users.items()}
    document = signed_in(desk.analyst).get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    schema = schemathesis.openapi.from_dict(yaml.safe_load(document.content))
    schema.app = get_wsgi_application()
    for signal in (request_started, request_finished):  # the end of a request leaves the test's connection alone
        signal.disconnect(close_old_connections)
    yield Api(schema, desk, lead, referral, ids, users, cookies)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def act_of(operation: Any, ids: dict[str, str]) -> tuple[str, set[Permission]]:
    """The name of the act behind an operation, and all that it needs."""
    view: Any = resolve(operation.path.format(**ids)).func
    name = view.actions[operation.method.lower()]
    return name, {view.cls.required_permission, view.cls.act_permissions.get(name, view.cls.required_permission)}


def made_ready(api: Api, name: str) -> dict[str, Any] | None:
    """Bring the records to where the act is possible; the body to send."""
    if name not in ACTS:
        return None
    analyst, officer = api.desk.analyst, api.desk.boston
    with api.desk.facts():
        lead, referral = api.desk.fresh(api.lead), Referral.objects.select_related("office").get(pk=api.referral.pk)
    before: dict[str, Callable[[], object]] = {
        "release": lambda: claim_lead(actor=analyst, lead=lead, now=NOW),
        "unhold": lambda: hold_lead(actor=analyst, lead=lead, reason="x", until=date(2026, 12, 1), now=NOW),
        "reopen": lambda: close_lead(actor=analyst, lead=lead, close_reason="departed", reason="x", now=NOW),
        "outcome": lambda: accept_referral(actor=officer, referral=referral, now=NOW + timedelta(hours=1)),
        "acknowledge": lambda: recall_referral(actor=analyst, referral=referral, reason="x", now=NOW + timedelta(hours=1)),
    }
    if name in before:
        with acting_as(officer if name == "outcome" else analyst):
            before[name]()
    of_referral = name in {"accept", "send_back", "transfer", "outcome", "recall"}
    with api.desk.facts():
        record = Referral.objects.get(pk=api.referral.pk) if of_referral else Lead.objects.get(pk=api.lead.pk)
    versioned = of_referral or name in {"hold", "unhold", "close", "reopen"}
    return {**ACTS[name], **({"version": record.version} if versioned else {})}


def test_every_operation_is_open_to_the_roles_of_the_matrix_and_closed_to_the_rest(api: Api) -> None:
    wrong = []
    for operation in api.operations():
        ids = api.real(operation)
        name, needed = act_of(operation, ids)
        for role in PEOPLE:
            with transaction.atomic():
                body = made_ready(api, name)
                sent = {"body": body, "media_type": "application/json"} if body and operation.body else {}
                response = api.send(operation.Case(path_parameters=ids, **sent), role)
                transaction.set_rollback(True)
            allowed = needed <= ROLES[role].permissions
            if (200 <= response.status_code < 300) if not allowed else response.status_code not in (200, 201):
                wrong.append(f"{role} {operation.label}: {response.status_code} {response.text[:120]}")
            if not allowed and response.status_code not in (403, 404):
                wrong.append(f"{role} {operation.label}: {response.status_code}, not 403 or 404")

    assert not wrong, "\n".join(wrong)


def test_an_office_that_has_nothing_to_do_with_it_is_told_of_no_record(api: Api) -> None:
    api.users["field_officer"] = api.desk.atlanta
    session = settings.SESSION_COOKIE_NAME
    api.cookies["field_officer"][session] = signed_in(api.desk.atlanta).cookies[session].value
    for operation in api.operations():
        ids = api.real(operation)
        if not ids:
            continue
        name, _ = act_of(operation, ids)
        sent = {"body": {**ACTS[name], "version": 0}, "media_type": "application/json"} if operation.body else {}
        response = api.send(operation.Case(path_parameters=ids, **sent), "field_officer")
        assert response.status_code in (403, 404), operation.label


@pytest.mark.proof
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_whatever_is_sent_is_answered_as_the_schema_says(api: Api, mode: GenerationMode) -> None:
    """A few drawn requests for each role and operation; `tests/leadtrac/test_api_proof.py` draws many."""
    fuzz(api, mode, examples=6)


def fuzz(api: Api, mode: GenerationMode, *, examples: int) -> None:
    """Send drawn queries and bodies with real ids as the first role that may, and one as each role that may not."""
    for operation in api.operations():
        ids = api.real(operation)
        _, needed = act_of(operation, ids)
        may = [role for role in PEOPLE if needed <= ROLES[role].permissions]
        for role in PEOPLE:
            number = examples if role in may else 1
            if role in may[1:] and not ids:
                continue
            try_out(api, operation.as_strategy(generation_mode=mode, path_parameters=ids or None), role, number)


def try_out(api: Api, cases_of: Any, role: str, number: int) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

    @budget(max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=quiet, phases=[Phase.generate])
    @given(case=cases_of)
    def send(case: Any) -> None:
        api.send(case, role)

    send()
