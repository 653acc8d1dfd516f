"""Default deny, walked over every named address: nothing opens without a declared permission or a stated exception."""

from __future__ import annotations

import sys
import types

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from access.decorators import requires
from access.middleware import declared_permission
from access.permissions import Permission
from access.roles import ROLES
from leadtrac.bench.client import signed_in
from tests.factories.people import OfficeFactory, person
from tests.journeys.addresses import Address, every_address

pytestmark = pytest.mark.django_db

ADDRESSES = list(every_address())
PUBLIC = {"notice", "health", "session_awake", "gallery", "demo_sign_in"}  # a new name here needs a reason that a reviewer accepts


def is_public(address: Address) -> bool:
    return bool(getattr(address.view, "public_because", "")) or address.name in settings.PUBLIC_VIEW_NAMES


def asking(addresses: list[Address]) -> list[Address]:
    return [address for address in addresses if not is_public(address) and not address.is_of_the_account]


def test_the_addresses_are_many_enough_that_the_walk_means_something() -> None:
    assert len(asking(ADDRESSES)) > 40


def test_only_the_listed_addresses_are_open_without_sign_in() -> None:
    assert {address.name for address in ADDRESSES if is_public(address)} - set(settings.PUBLIC_VIEW_NAMES) == PUBLIC


def test_every_other_address_declares_a_permission() -> None:
    undeclared = [address.name for address in asking(ADDRESSES) if declared_permission(address.view) is None]
    assert undeclared == []


@pytest.mark.check(25)
def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    for address in asking(ADDRESSES):
        for send in (client.get, client.post):
            response = send(address.path)
            if address.path.startswith("/api/"):
                assert response.status_code == 401, address
                continue
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith("/accounts/login/?next="), address


@pytest.mark.check(25)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "service"])
def test_each_role_is_refused_wherever_its_permissions_do_not_reach(role: str) -> None:
    office = OfficeFactory.create(code="HSI-BOS") if ROLES[role].own_office else None
    client = signed_in(person(f"some.{role}", role, office=office))
    opened = []
    for address in asking(ADDRESSES):
        permission = declared_permission(address.view)
        if permission is Permission.SIGNED_IN or permission in ROLES[role].permissions:
            continue
        response = client.get(address.path)
        if response.status_code not in (403, 404):
            opened.append((address.name, response.status_code))
    assert opened == []


@requires(Permission.SIGNED_IN)
def _silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("something about somebody")


def _undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("something about somebody")


@pytest.fixture
def careless_pages() -> str:
    """An address table with a page that declares nothing and a page that records nothing."""
    from leadtrac import urls

    module = types.ModuleType("careless_pages")
    module.urlpatterns = [path("undeclared/", _undeclared, name="undeclared"), path("silent/", _silent, name="silent"), *urls.urlpatterns]  # type: ignore[attr-defined]
    module.handler404 = urls.handler404  # type: ignore[attr-defined]
    module.handler500 = urls.handler500  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    return module.__name__


def test_a_page_that_declares_no_permission_is_refused_to_everybody(careless_pages: str) -> None:
    with override_settings(ROOT_URLCONF=careless_pages):
        for role in ("analyst", "supervisor", "privacy_officer"):
            response = signed_in(person(f"some.{role}", role)).get("/undeclared/")
            assert response.status_code == 404
            assert b"something about somebody" not in response.content


@pytest.mark.check(38)
def test_a_page_that_records_no_event_shows_nothing(careless_pages: str) -> None:
    with override_settings(ROOT_URLCONF=careless_pages):
        response = signed_in(person("ana", "analyst")).get("/silent/")
        assert response.status_code == 503
        assert b"something about somebody" not in response.content
