"""Walks over every address: one factor, safe methods, tokens, headers, errors."""

from __future__ import annotations

import re
import sys
import time
import types
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.forms.models import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.serializers import ModelSerializer

from access.context import acting_as
from access.decorators import requires
from access.middleware import declared_permission
from access.models import User
from access.permissions import Permission
from access.roles import ROLES
from access.selectors import service_actor
from access.sign_in import METHODS_KEY
from leadtrac.bench.client import signed_in
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.journeys.addresses import Address, every_address
from tests.pages import words

pytestmark = pytest.mark.django_db
OURS = [each for each in every_address() if not each.is_of_the_account and declared_permission(each.view) is not None]
OF_REQUESTS = ("django_session", "audit_event", "audit_payload", "audit_datakey", "account_", "usersessions_", "access_usersight")


def one_of_each() -> list[User]:
    office = OfficeFactory.create(code="HSI-BOS")
    return [person(f"some.{role}", role, office=office if ROLES[role].own_office else None) for role in ROLES if role != "service"]


@pytest.mark.check(1)
def test_with_a_password_alone_no_page_of_ours_opens() -> None:
    client = signed_in(person("ana", "analyst"))
    session = client.session
    session[METHODS_KEY] = session[METHODS_KEY][:1]
    session.save()

    assert len(OURS) > 40
    for address in OURS:
        for send in (client.get, client.post):
            answer = send(address.path)
            if address.path.startswith("/api/"):
                assert answer.status_code == 401, address
                continue
            assert answer.status_code == 302, address
            assert answer.headers["Location"] == reverse("mfa_index"), address


@pytest.mark.check(2)
def test_the_second_factors_are_those_that_need_the_thing_itself() -> None:
    from allauth.account import app_settings as account_settings
    from allauth.mfa import app_settings

    assert set(app_settings.SUPPORTED_TYPES) == {"totp", "webauthn", "recovery_codes"}
    assert not account_settings.LOGIN_BY_CODE_ENABLED, "no sign-in by a code in a mail"


@pytest.mark.check(60)
@pytest.mark.proof
def test_a_get_writes_nothing_but_its_event() -> None:
    with acting_as(service_actor("subjects")):
        cases.subject("DOE EXAMPLE", "ANA")
    for user in one_of_each():
        client = signed_in(user)
        for address in OURS:
            with CaptureQueriesContext(connection) as asked:
                client.get(address.path)
            written = [
                query["sql"] for query in asked if re.match(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|COPY)\b", query["sql"], re.IGNORECASE)
            ]
            strange = [sql for sql in written if not any(f" {table}" in sql.replace('"', " ") for table in OF_REQUESTS)]
            assert strange == [], address


@pytest.mark.check(60)
def test_whatever_changes_something_needs_the_token() -> None:
    user = person("ana", "analyst")
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(user).cookies
    for address in OURS:
        if address.path.startswith("/api/"):
            continue
        answer = client.post(address.path, {"words": "x"})
        assert answer.status_code == 403, address
        assert "Nothing was changed" in words(answer) or "form" in words(answer).lower(), address


@pytest.mark.check(53, 54)
def test_every_page_carries_the_headers_and_is_kept_nowhere() -> None:
    client = signed_in(person("ana", "analyst"))
    for address in every_address():
        if address.is_of_the_account and address.name == "account_logout":
            continue
        answer = client.get(address.path)
        headers = answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert headers["X-Frame-Options"] == "DENY", address
        assert "no-store" in headers["Cache-Control"], address


@requires(Permission.SIGNED_IN)
def _broken(request: HttpRequest) -> HttpResponse:
    message = "a canary in /srv/leadtrac/secret.py: SELECT family_name FROM subjects_subject"
    raise RuntimeError(message)


@pytest.fixture
def broken_page() -> Iterator[str]:
    from leadtrac import urls

    module = types.ModuleType("a_broken_page")
    module.urlpatterns = [path("broken/", _broken, name="broken"), *urls.urlpatterns]  # type: ignore[attr-defined]
    module.handler404, module.handler500 = urls.handler404, urls.handler500  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    yield module.__name__
    del sys.modules[module.__name__]


@pytest.mark.check(62)
def test_an_error_shows_neither_stack_nor_query_nor_path(broken_page: str) -> None:
    with override_settings(ROOT_URLCONF=broken_page):
        client = signed_in(person("ana", "analyst"))
        client.raise_request_exception = False
        answer = client.get("/broken/")

    text = answer.content.decode()
    assert answer.status_code == 500
    for secret in ("canary", "Traceback", "SELECT", "secret.py", "RuntimeError"):
        assert secret not in text


@pytest.mark.check(26)
def test_an_object_out_of_scope_answers_like_a_made_up_one_whatever_the_verb() -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "ANA")
    objects = [each for each in OURS if "subject_uuid" in each.parameters and len(each.parameters) == 1]
    assert objects
    for role in ("field_officer", "records_officer", "auditor", "data_operator", "administrator"):
        office = OfficeFactory.create(code="HSI-BOS") if ROLES[role].own_office else None
        client = signed_in(person(f"some.{role}", role, office=office))
        for address in objects:
            if (role, address.name) == ("auditor", "audit_person"):
                continue  # who looked at whom is an auditor's own scope; of compartments see tests/oversight/test_audit_person.py
            real = _on(address, str(subject.uuid))
            for verb in ("get", "post", "put", "patch", "delete", "head", "options"):
                found, made_up = getattr(client, verb)(real), getattr(client, verb)(address.path)
                assert found.status_code == made_up.status_code, (role, verb, address)
                assert found.status_code in (302, 403, 404, 405), (role, verb, address)
                assert "DOE EXAMPLE" not in found.content.decode(), (role, verb, address)


def _on(address: Address, uuid: str) -> str:
    return address.path.replace("00000000-0000-4000-8000-000000000000", uuid)


GRAVE = {
    Permission.MANAGE_DISPOSITION,
    Permission.MANAGE_HOLD,
    Permission.APPROVE_SCHEDULE,
    Permission.OPEN_ARCHIVE,
    Permission.GRANT_ROLE,
    Permission.MANAGE_USER,
    Permission.RECORD_DISCLOSURE,
    Permission.PROTECT_PERSON,
}
# they list, or prepare what a signature must follow, or keep a record longer; a new name here needs a reason that a reviewer accepts
PREPARES = {
    "compartment_moves", "retention_archive", "retention_extensions", "retention_hold_progress", "retention_holds",
    "retention_register", "retention_report", "retention_reviews", "retention_run_cancel", "retention_run_reject",
    "retention_run_review", "retention_runs", "user_compartments", "user_list", "user_page",
}  # fmt: skip


@pytest.mark.check(18)
def test_what_is_grave_asks_for_a_fresh_sign_in_whatever_the_verb() -> None:
    """Destruction, schedules, holds, archive, grants, disclosures, compartments: each view of these permissions, or it is listed above."""
    grave = [each for each in OURS if declared_permission(each.view) in GRAVE and each.name not in PREPARES]
    assert len(grave) > 12
    with time_machine.travel(time.time(), tick=False) as clock:
        clients = {role: signed_in(person(f"some.{role}", role)) for role in ("records_officer", "privacy_officer", "administrator")}
        for age, asked in ((4 * 60 + 59, False), (2, True)):
            clock.shift(age)
            for address in grave:
                holder = next(role for role in clients if declared_permission(address.view) in ROLES[role].permissions)
                for verb in ("get", "post"):
                    answer = getattr(clients[holder], verb)(address.path)
                    confirms = answer.headers.get("Location", "").startswith(reverse("account_reauthenticate"))
                    assert confirms is asked, (address.name, verb, age, answer.status_code)


@pytest.mark.check(61)
def test_no_form_and_no_body_of_the_api_takes_the_fields_of_a_model_by_itself() -> None:
    """What a form does not name it cannot change: none that takes something in is made from a model."""

    def names_below(kind: type) -> set[str]:
        children: list[type] = kind.__subclasses__()
        return {name for child in children for name in ({child.__name__} | names_below(child))}

    assert OURS, "every view is imported, and with it every form and serializer"
    ours = [each for each in BaseModelForm.__subclasses__() if not each.__module__.startswith(("django.", "allauth."))]
    assert ours == []
    schema = SchemaGenerator().get_schema(request=None, public=True)
    taken_in = set(re.findall(r"'requestBody': \{'content': \{[^}]*'#/components/schemas/(\w+)'", str(schema)))
    assert len(taken_in) > 5
    assert taken_in & {name.removesuffix("Serializer") for name in names_below(ModelSerializer)} == set()


@pytest.mark.check(59)
@pytest.mark.parametrize("typed", ["'; DROP TABLE subjects_subject; --", "<script>alert(1)</script>", "{{ 7|add:7 }}", "%(x)s %s \\"])
def test_what_is_typed_is_text_and_nothing_else(typed: str) -> None:
    client = signed_in(person("ana", "analyst"))
    first = client.post("/search/", {"name": typed, "family_name": typed, "purpose": "other", "reason": typed}, follow=True)

    html = first.content.decode()
    assert first.status_code in (200, 422)
    assert "<script>alert(1)</script>" not in html
    assert "14" not in re.findall(r"value=\"([^\"]*)\"", html)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('subjects_subject') IS NOT NULL")
        assert cursor.fetchone() == (True,)
