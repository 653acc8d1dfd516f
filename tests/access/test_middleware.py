"""The one door for requests."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import path

from access.context import acting_as
from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.selectors import class_for, service_actor
from access.sign_in import METHODS_KEY
from audit.acts import Act
from audit.models import Event
from audit.services import record
from foundation.errors import InvalidInput
from leadtrac.bench.client import signed_in
from leadtrac.urls import urlpatterns as real_patterns
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories.people import person


@requires(Permission.VIEW_SUBJECT)
def counting(request: HttpRequest) -> HttpResponse:
    record(Act.LIST, object_kind="subject")
    return TemplateResponse(request, "base.html", {"probe": Subject.objects.count()})


@requires(Permission.VIEW_SUBJECT)
def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Ana was here")


def undeclared(request: HttpRequest) -> HttpResponse:
    record(Act.PAGE)
    return HttpResponse("open to all?")


@requires(Permission.VIEW_SUBJECT)
def failing(request: HttpRequest) -> HttpResponse:
    Subject.objects.create(access_class_id=class_for(audience="hq"), family_name="EXAMPLE")
    record(Act.VIEW, object_kind="subject")
    message = "Say which."
    raise InvalidInput(message)


urlpatterns = [
    path("counting/", counting),
    path("silent/", silent),
    path("undeclared/", undeclared),
    path("failing/", failing),
    *real_patterns,
]
handler404 = "leadtrac.errors.page_not_found"
handler500 = "leadtrac.errors.server_error"


def without_second_factor(user: User) -> Client:
    client = signed_in(user)
    session = client.session
    session[METHODS_KEY] = session[METHODS_KEY][:1]
    session.save()
    return client


pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture(autouse=True)
def probe_addresses() -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_a_page_is_rendered_inside_the_transaction_and_its_event_is_kept() -> None:
    with acting_as(service_actor("subjects")):
        Subject.objects.create(access_class_id=class_for(audience="hq"), family_name="EXAMPLE")
    analyst = person("ana", "analyst")

    response = signed_in(analyst).get("/counting/")

    assert response.status_code == 200
    assert response.context_data["probe"] == 1
    assert response.headers["Cache-Control"] == "no-store"
    with acting_as(analyst):
        assert Event.objects.filter(act=Act.LIST, actor_id=analyst.pk).count() == 1


@pytest.mark.check(38)
def test_a_view_that_records_nothing_is_not_shown() -> None:
    response = signed_in(person("ana", "analyst")).get("/silent/")

    assert response.status_code == 503
    assert b"Ana was here" not in response.content


def test_a_view_that_declares_no_permission_is_refused() -> None:
    response = signed_in(person("ana", "analyst")).get("/undeclared/")

    assert response.status_code == 404
    assert b"open to all" not in response.content


@pytest.mark.check(38)
def test_a_role_that_lacks_the_permission_gets_the_reason_and_the_refusal_is_on_record() -> None:
    administrator = person("adam", "administrator")

    response = signed_in(administrator).get("/counting/")

    assert response.status_code == 403
    assert "administrator" in response.content.decode().lower()
    with acting_as(administrator):
        denied = Event.objects.get(act=Act.DENIED)
    assert denied.allowed is False
    assert denied.actor_id == administrator.pk


def test_a_refused_act_leaves_nothing_half_done() -> None:
    analyst = person("ana", "analyst")

    response = signed_in(analyst).post("/failing/")

    assert response.status_code == 422
    with acting_as(analyst):
        assert Subject.objects.count() == 0
        assert not Event.objects.filter(act=Act.VIEW).exists()


@pytest.mark.check(43)
def test_a_broken_audit_table_gives_503_and_no_data_and_an_alarm(world: str, caplog: pytest.LogCaptureFixture) -> None:
    with acting_as(service_actor("subjects")):
        Subject.objects.create(access_class_id=class_for(audience="hq"), family_name="EXAMPLE")
    client = signed_in(person("ana", "analyst"))
    with owner_connection(world) as owner:
        owner.execute(f"REVOKE INSERT ON audit_event FROM {connection.settings_dict['USER']}")

    response = client.get("/counting/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert b"EXAMPLE" not in response.content
    assert [each.message for each in caplog.records if each.levelname == "CRITICAL"] == [
        "the audit log cannot be written (ProgrammingError): nothing is shown and nothing is changed"
    ]


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page() -> None:
    response = Client().get("/counting/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.check(1)
def test_one_factor_is_not_enough() -> None:
    response = without_second_factor(person("ana", "analyst")).get("/counting/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/2fa/"


def test_the_same_page_answers_for_a_missing_and_for_a_forbidden_address() -> None:
    client = signed_in(person("ana", "analyst"))

    missing, undeclared_page = client.get("/no-such-place/"), client.get("/undeclared/")

    assert missing.status_code == undeclared_page.status_code == 404
